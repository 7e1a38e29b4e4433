#include "sim/world/circles.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/model/people.hpp"
#include "sim/model/problem.hpp"
#include "sim/world/circle_kinds.hpp"

namespace goodwill {

double person_bytes(const SocialNetwork& network, const Model& model) {
  constexpr double own = 64, half_edge = 4, while_drawn = 3;  // heard, said, names, offsets
  constexpr double weight = 12;                               // itself, and what it means
  double bytes = own;
  const auto add = [&](const Circle& kind) {
    const bool weighted = kind.edges.given() && are_weighted(*kind.edges.ties);
    bytes += (while_drawn * half_edge + (weighted ? weight : 0)) * mean_degree(kind, model);
  };
  for (const auto& [name, kind] : network.layers) add(kind);
  if (network.layers.empty()) add(network.all);
  return bytes;
}

Circles::Circles(const Plan& plan, std::uint64_t seed, std::uint32_t replication,
                 std::vector<std::vector<CustomerId>> ids)
    : ids_(std::move(ids)) {
  first_.push_back(0);
  for (std::size_t s = 0; s < ids_.size(); ++s)
    first_.push_back(first_.back() + static_cast<std::uint32_t>(ids_[s].size()) +
                     static_cast<std::uint32_t>(plan.segments[s].prospects.value_or(0)));
  const auto add_all = [&](const SocialNetwork& network, const std::string& path) {
    const auto luck = [&] {
      return network_luck(seed, replication, static_cast<std::uint32_t>(layers_.size()));
    };
    if (network.layers.empty()) add(network.all, path, plan, luck());
    for (const auto& [name, kind] : network.layers) add(kind, path + ".layers." + name, plan, luck());
  };
  const SocialNetwork *const told = plan.network(), *const market = plan.market_network();
  if (told) add_all(*told, "word_of_mouth.network");
  told_ = layers_.size();
  const bool own = market && !(told && same(*told, *market));
  if (own) add_all(*market, "market.network");
  for (std::size_t k = own ? told_ : 0; market && k < layers_.size(); ++k) market_.push_back(k);
  for (std::size_t k = 0; k < told_; ++k)
    if (!layers_[k].network.weights.empty()) layers_[k].chances = Chances(layers_[k].network);
  for (const std::size_t k : market_)
    if (const Network& n = layers_[k].network; n.directed || !n.weights.empty())
      layers_[k].attention = Attention(n);
  expose();
}

bool Circles::any_prospects() const {
  for (std::size_t s = 0; s < ids_.size(); ++s)
    if (people_of(s) > ids_[s].size()) return true;
  return false;
}

void Circles::add(const Circle& kind, const std::string& path, const Plan& plan, const NetworkLuck& luck) {
  Layer& layer = layers_.emplace_back(Layer{luck, kind.weight, {}});
  try {
    Seats seats;
    for (std::size_t s = 0; s < ids_.size(); ++s) {
      seats.base.push_back(static_cast<std::uint32_t>(ids_[s].size()));
      seats.prospects.push_back(people_of(s) - seats.base.back());
    }
    layer.network = draw_circle(kind, luck, plan, seats);
  } catch (const std::invalid_argument& refused) {
    throw ModelError(path + ": " + refused.what());
  }
  const bool has_places = !kind.blocks.empty() || kind.edges.given();
  if (!has_places && (ids_.size() > 1 || any_prospects())) mix(layer);
  for (std::size_t s = 0; s < ids_.size(); ++s)
    layer.wishes.push_back(wishes_of(kind, luck, plan.model(), s));
}

/// People of several segments, and customers and prospects, stand side by side at random. (In turn, each
/// would know more of the others.)
void Circles::mix(Layer& layer) const {
  std::vector<double> order;
  const auto place = [&](CustomerId id) {
    order.push_back(uniform_of(draw(layer.luck, static_cast<std::uint32_t>(id),
                                    static_cast<std::uint32_t>(id >> 32), purpose(Decision::name))));
  };
  for (std::size_t s = 0; s < ids_.size(); ++s) {
    std::ranges::for_each(ids_[s], place);
    for (std::uint32_t k = 0; k < people_of(s) - ids_[s].size(); ++k)
      place(prospect_id(static_cast<int>(s), k));
  }
  layer.at.resize(people());
  layer.place.resize(people());
  std::iota(layer.at.begin(), layer.at.end(), 0u);
  std::stable_sort(layer.at.begin(), layer.at.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return order[a] < order[b]; });
  for (std::uint32_t k = 0; k < people(); ++k) layer.place[layer.at[k]] = k;
}

std::uint32_t Circles::person(std::size_t segment, CustomerId id) const {
  const auto& all = ids_[segment];
  return first_[segment] +
         static_cast<std::uint32_t>(std::lower_bound(all.begin(), all.end(), id) - all.begin());
}

std::vector<Circles::Wish> Circles::wishes_of(const Circle& kind, const NetworkLuck& luck, const Model& model,
                                              std::size_t here) const {
  const auto another = [&](std::uint32_t number) {
    NetworkLuck own = luck;
    own.network |= number << 16;
    return own;
  };
  const double mean = kind.blocks.empty() ? mean_degree(kind, model) : 0;
  if (kind.edges.directed) return {{luck, mean, -1, Way::hears}, {another(1), mean, -1, Way::tells}};
  if (kind.blocks.empty()) return {{luck, mean, -1}};
  const auto table = known_by_block(kind, model.segments);
  std::vector<Wish> wishes;
  for (std::size_t there = 0; there < table.size(); ++there) {
    double degree = table[here][there];
    // What follows: as many edges, seen from the other side.
    if (std::isnan(degree) && people_of(here) > 0)
      degree = table[there][here] * people_of(there) / people_of(here);
    if (!(degree > 0)) continue;
    wishes.push_back({another(static_cast<std::uint32_t>(there + 1)), degree, static_cast<int>(there)});
  }
  return wishes;
}

/// Among the base, because prospects have nothing to tell.
void Circles::expose() {
  const std::uint32_t n = people();
  std::vector<double> told(n), heard(n);
  std::vector<std::uint8_t> here(n);
  for (std::size_t s = 0; s < ids_.size(); ++s)
    std::fill(here.begin() + first_[s], here.begin() + first_prospect(s), std::uint8_t{1});
  const auto each_edge = [&](const auto& visit) {  // each hears the same in the same order
    for (std::size_t k = 0; k < layers(); ++k)
      for (std::uint32_t place = 0; place < n; ++place) {
        const std::uint32_t teller = layers_[k].at.empty() ? place : layers_[k].at[place];
        for_each_edge(k, teller, [&](std::uint32_t other, std::uint64_t edge) {
          if (here[other] != 0) visit(teller, other, weight(k) * edge_weight(k, edge));
        });
      }
  };
  each_edge([&](std::uint32_t teller, std::uint32_t, double weight) { told[teller] += weight; });
  each_edge([&](std::uint32_t teller, std::uint32_t other, double weight) {
    if (here[teller] != 0) heard[other] += weight / told[teller];
  });
  exposure_.resize(n);
  for (std::size_t s = 0; s < ids_.size(); ++s) {
    const auto from = heard.begin() + first_[s], to = heard.begin() + first_prospect(s);
    const double all = std::accumulate(from, to, 0.0);
    for (std::uint32_t person = first_[s]; person < first_prospect(s) && all > 0; ++person)
      exposure_[person] = static_cast<float>(heard[person] * static_cast<double>(to - from) / all);
  }
}

}  // namespace goodwill

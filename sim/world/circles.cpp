#include "sim/world/circles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/model/people.hpp"
#include "sim/model/problem.hpp"
#include "sim/network/compress.hpp"
#include "sim/network/generate.hpp"

namespace goodwill {
namespace {

std::uint32_t whole(double n) { return static_cast<std::uint32_t>(std::lround(n)); }

std::vector<std::uint32_t> degrees_of(const Circle& kind) {
  std::vector<std::uint32_t> degrees;
  for (const std::string& text : kind.degrees) degrees.push_back(whole(std::stod(text)));
  return degrees;
}

/// People of each block, a segment, whom somebody of a segment knows; NaN where it follows from others.
std::vector<std::vector<double>> table_of(const Circle& kind, const Named<Segment>& segments) {
  std::vector<std::vector<double>> table;
  for (const auto& [here, a] : segments) {
    const Named<Number>* const row = kind.blocks.find(here);
    auto& degrees = table.emplace_back();
    for (const auto& [there, b] : segments) {
      const Number* const given = row ? row->find(there) : nullptr;
      degrees.push_back(given ? given->value : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return table;
}

/// The people of the list themselves.
Network own_network(const OwnEdges& edges, std::uint32_t people) {
  const std::vector<Tie>& ties = *edges.ties;
  for (const Tie& tie : ties)
    if (tie.other >= people)
      throw std::invalid_argument("the list of edges has a person " + std::to_string(tie.other) +
                                  ", and there are " + std::to_string(people) + " people, numbered from 0");
  const std::int64_t count = parts(ties.size());
  return compress(people, false, {count, [&](std::int64_t chunk, EdgeSink& sink) {
                                    for (std::uint64_t k = cut(ties.size(), chunk, count);
                                         k < cut(ties.size(), chunk + 1, count); ++k)
                                      sink.add(ties[k].one, ties[k].other);
                                  }});
}

Network draw_circle(const Circle& kind, const NetworkLuck& luck, const Named<Segment>& segments,
                    const std::vector<std::uint32_t>& people_of, std::uint32_t people) {
  if (people == 0) return {};
  if (kind.small_world)
    return small_world(luck, people, whole(kind.small_world->neighbours), kind.small_world->rewired);
  if (kind.ring.given) return ring(people, whole(kind.ring));
  if (kind.scale_free.given) return scale_free(luck, people, whole(kind.scale_free));
  if (kind.random.given) return random_network(luck, people, kind.random);
  if (!kind.degrees.empty()) return degrees_in_turn(luck, people, degrees_of(kind));
  auto table = table_of(kind, segments);
  std::vector<NetworkBlock> sizes;
  for (std::size_t s = people_of.size(); s-- > 0;) {
    if (people_of[s] > 0) {
      sizes.insert(sizes.begin(), {segments.items[s].first, people_of[s]});
      continue;
    }
    table.erase(table.begin() + static_cast<std::ptrdiff_t>(s));
    for (auto& row : table) row.erase(row.begin() + static_cast<std::ptrdiff_t>(s));
  }
  return blocks(luck, sizes, table);
}

bool same(const Named<Named<Number>>& a, const Named<Named<Number>>& b) {
  const auto number = [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.value == y.second.value;
  };
  return std::ranges::equal(a, b, [&](const auto& x, const auto& y) {
    return x.first == y.first && std::ranges::equal(x.second, y.second, number);
  });
}

bool same(const Circle& a, const Circle& b) {
  const auto ring = [](const Circle& c) { return c.small_world.value_or(SmallWorld{}); };
  for (const auto& [x, y] :
       {std::pair(a.ring, b.ring), std::pair(a.scale_free, b.scale_free), std::pair(a.random, b.random),
        std::pair(a.weight, b.weight), std::pair(ring(a).neighbours, ring(b).neighbours),
        std::pair(ring(a).rewired, ring(b).rewired)})
    if (x.given != y.given || x.value != y.value) return false;
  const auto &one = a.edges.ties, &other = b.edges.ties;
  return same(a.blocks, b.blocks) && a.degrees == b.degrees &&
         (one == other || (one && other && *one == *other));
}

/// Described alike, so that the same people know one another.
bool same(const SocialNetwork& a, const SocialNetwork& b) {
  return same(a.all, b.all) && std::ranges::equal(a.layers, b.layers, [](const auto& x, const auto& y) {
           return x.first == y.first && same(x.second, y.second);
         });
}

}  // namespace

double mean_degree(const Circle& kind, const Model& model) {
  if (kind.small_world) return kind.small_world->neighbours;
  if (kind.ring.given) return kind.ring;
  if (kind.scale_free.given) return 2 * kind.scale_free;
  if (kind.random.given) return kind.random;
  if (kind.edges.given()) {
    const auto people = static_cast<double>(all_people(model));
    return people > 0 ? 2 * static_cast<double>(kind.edges.ties->size()) / people : 0;
  }
  if (!kind.degrees.empty()) {
    const auto degrees = degrees_of(kind);
    return std::accumulate(degrees.begin(), degrees.end(), 0.0) / static_cast<double>(degrees.size());
  }
  double most = 0;
  for (const auto& [here, row] : kind.blocks) {
    double sum = 0;
    for (const auto& [there, degree] : row) sum += degree;
    most = std::max(most, sum);
  }
  return most;
}

double person_bytes(const SocialNetwork& network, const Model& model) {
  constexpr double own = 64, half_edge = 4, while_drawn = 3;  // heard, said, names, offsets
  double degree = 0;
  for (const auto& [name, kind] : network.layers) degree += mean_degree(kind, model);
  if (network.layers.empty()) degree = mean_degree(network.all, model);
  return own + while_drawn * half_edge * degree;
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
    layer.network = drawn(kind, luck, plan);
  } catch (const std::invalid_argument& refused) {
    throw ModelError(path + ": " + refused.what());
  }
  const bool has_places = !kind.blocks.empty() || kind.edges.given();
  if (!has_places && (ids_.size() > 1 || any_prospects())) mix(layer);
  for (std::size_t s = 0; s < ids_.size(); ++s)
    layer.wishes.push_back(wishes_of(kind, luck, plan.model(), s));
}

Network Circles::drawn(const Circle& kind, const NetworkLuck& luck, const Plan& plan) const {
  if (kind.edges.given() && people() > 0)
    return plan.is_sample ? degrees_in_turn(luck, people(), sampled_degrees(kind.edges, plan.model()))
                          : own_network(kind.edges, people());
  std::vector<std::uint32_t> sizes;
  for (std::size_t s = 0; s < ids_.size(); ++s) sizes.push_back(people_of(s));
  return draw_circle(kind, luck, plan.model().segments, sizes, people());
}

/// How many others the people of a sample know: customers and prospects of each segment as many as those of
/// the list, taken at even steps from the one who knows fewest to the one who knows most.
std::vector<std::uint32_t> Circles::sampled_degrees(const OwnEdges& edges, const Model& model) const {
  std::vector<std::uint32_t> known(static_cast<std::size_t>(all_people(model)));
  for (const Tie& tie : *edges.ties)
    for (const std::uint32_t end : {tie.one, tie.other})
      if (end < known.size()) ++known[end];
  std::vector<std::uint32_t> degrees;
  const auto take = [&](std::int64_t first, std::int64_t size, std::size_t wanted) {
    const auto from = known.begin() + first;
    std::sort(from, from + size);
    for (std::size_t k = 0; k < wanted; ++k) {
      const double at = (static_cast<double>(k) + 0.5) / static_cast<double>(wanted);
      const std::uint32_t degree =
          size > 0 ? from[static_cast<std::ptrdiff_t>(at * static_cast<double>(size))] : 0;
      degrees.push_back(std::min(degree, people() - 1));
    }
  };
  const std::vector<Numbered> all = numbered_people(model);
  for (std::size_t s = 0; s < ids_.size(); ++s) {
    take(all[s].first, all[s].customers, ids_[s].size());
    take(all[s].first + all[s].customers, all[s].prospects, people_of(s) - ids_[s].size());
  }
  return degrees;
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
  if (kind.blocks.empty()) return {{luck, mean_degree(kind, model), -1}};
  const auto table = table_of(kind, model.segments);
  std::vector<Wish> wishes;
  for (std::size_t there = 0; there < table.size(); ++there) {
    double degree = table[here][there];
    // What follows: as many edges, seen from the other side.
    if (std::isnan(degree) && people_of(here) > 0)
      degree = table[there][here] * people_of(there) / people_of(here);
    if (!(degree > 0)) continue;
    NetworkLuck own = luck;
    own.network |= static_cast<std::uint32_t>(there + 1) << 16;
    wishes.push_back({own, degree, static_cast<int>(there)});
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
  for (std::uint32_t person = 0; person < n; ++person)
    for (std::size_t k = 0; k < layers(); ++k)
      for_each_known(k, person, [&](std::uint32_t other) { told[person] += here[other] * weight(k); });
  for (std::uint32_t person = 0; person < n; ++person)
    for (std::size_t k = 0; k < layers(); ++k)
      for_each_known(k, person, [&](std::uint32_t other) {
        if (here[other] != 0 && told[other] > 0) heard[person] += weight(k) / told[other];
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

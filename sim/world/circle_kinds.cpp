#include "sim/world/circle_kinds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "sim/model/people.hpp"
#include "sim/network/compress.hpp"
#include "sim/network/generate.hpp"
#include "sim/network/weighted.hpp"

namespace goodwill {
namespace {

std::uint32_t whole(double n) { return static_cast<std::uint32_t>(std::lround(n)); }

std::vector<std::uint32_t> degrees_of(const Circle& kind) {
  std::vector<std::uint32_t> degrees;
  for (const std::string& text : kind.degrees) degrees.push_back(whole(std::stod(text)));
  return degrees;
}

/// The people of the list themselves.
Network own_network(const OwnEdges& edges, std::uint32_t people) {
  const std::vector<Tie>& ties = *edges.ties;
  for (const Tie& tie : ties)
    if (const std::uint32_t last = std::max(tie.one, tie.other); last >= people)
      throw std::invalid_argument("the list of edges has a person " + std::to_string(last) +
                                  ", and there are " + std::to_string(people) + " people, numbered from 0");
  const std::int64_t count = parts(ties.size());
  Network network = compress(people, edges.directed, {count, [&](std::int64_t chunk, EdgeSink& sink) {
                                                        for (std::uint64_t k = cut(ties.size(), chunk, count);
                                                             k < cut(ties.size(), chunk + 1, count); ++k)
                                                          sink.add(ties[k].one, ties[k].other);
                                                      }});
  if (!are_weighted(ties)) return network;
  network.weights.resize(network.targets.size());
  for (const Tie& tie : ties) {
    network.weights[network.place(tie.one, tie.other)] = tie.weight;
    if (!edges.directed) network.weights[network.place(tie.other, tie.one)] = tie.weight;
  }
  set_mean_weight_to_one(network);
  return network;
}

/// Edges of one person in a list: on how many they hear and tell, and the mean weight of these.
struct Edges {
  std::uint32_t hears = 0, tells = 0;
  double heard = 0, told = 0;
};

/// By person. Edges without direction are heard and told on both sides.
std::vector<Edges> edges_by_person(const OwnEdges& list, std::size_t people) {
  std::vector<Edges> all(people);
  double sum = 0;
  for (const Tie& tie : *list.ties) sum += tie.weight;
  const double scale = static_cast<double>(list.ties->size()) / sum;
  const auto add = [&](std::uint32_t from, std::uint32_t to, double weight) {
    ++all[from].tells;
    all[from].told += weight;
    ++all[to].hears;
    all[to].heard += weight;
  };
  for (const Tie& tie : *list.ties) {
    add(tie.one, tie.other, tie.weight * scale);
    if (!list.directed) add(tie.other, tie.one, tie.weight * scale);
  }
  for (Edges& own : all) {
    own.told /= std::max(own.tells, 1u);
    own.heard /= std::max(own.hears, 1u);
  }
  return all;
}

/// Edges of the people of a sample: customers and prospects of each segment have as many as those of the
/// list, taken at even steps from the one who hears fewest to the one who hears most.
std::vector<Edges> sampled(std::vector<Edges> list, const Seats& seats, const Model& model) {
  const std::uint32_t most = seats.all() - 1;
  std::vector<Edges> sample;
  const auto take = [&](std::int64_t first, std::int64_t size, std::size_t wanted) {
    const auto from = list.begin() + first;
    std::sort(from, from + size, [](const Edges& a, const Edges& b) {
      return std::tie(a.hears, a.tells, a.heard, a.told) < std::tie(b.hears, b.tells, b.heard, b.told);
    });
    for (std::size_t k = 0; k < wanted; ++k) {
      const double at = (static_cast<double>(k) + 0.5) / static_cast<double>(wanted);
      Edges own = size > 0 ? from[static_cast<std::ptrdiff_t>(at * static_cast<double>(size))] : Edges();
      own.hears = std::min(own.hears, most);
      own.tells = std::min(own.tells, most);
      sample.push_back(own);
    }
  };
  const std::vector<Numbered> all = numbered_people(model);
  for (std::size_t s = 0; s < seats.base.size(); ++s) {
    take(all[s].first, all[s].customers, seats.base[s]);
    take(all[s].first + all[s].customers, all[s].prospects, seats.prospects[s]);
  }
  return sample;
}

/// As if who has which edges were by chance: the weight of an edge is that of its two people.
Network sampled_network(const OwnEdges& edges, const NetworkLuck& luck, const Model& model,
                        const Seats& seats) {
  const auto all = static_cast<std::size_t>(all_people(model));
  const std::vector<Edges> people = sampled(edges_by_person(edges, all), seats, model);
  std::vector<std::uint32_t> hears, tells;
  for (const Edges& own : people) {
    hears.push_back(own.hears);
    tells.push_back(own.tells);
  }
  Network network =
      edges.directed ? one_way_degrees(luck, tells, hears) : degrees_in_turn(luck, seats.all(), hears);
  if (!are_weighted(*edges.ties)) return network;
  for (std::uint32_t person = 0; person < network.people(); ++person)
    for (const std::uint32_t other : network.neighbours(person))
      network.weights.push_back(static_cast<float>(people[person].told * people[other].heard));
  set_mean_weight_to_one(network);
  return network;
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
  return same(a.blocks, b.blocks) && a.degrees == b.degrees && a.edges.directed == b.edges.directed &&
         (one == other || (one && other && *one == *other));
}

}  // namespace

bool same(const SocialNetwork& a, const SocialNetwork& b) {
  return same(a.all, b.all) && std::ranges::equal(a.layers, b.layers, [](const auto& x, const auto& y) {
           return x.first == y.first && same(x.second, y.second);
         });
}

double mean_degree(const Circle& kind, const Model& model) {
  if (kind.small_world) return kind.small_world->neighbours;
  if (kind.ring.given) return kind.ring;
  if (kind.scale_free.given) return 2 * kind.scale_free;
  if (kind.random.given) return kind.random;
  if (kind.edges.given()) {
    const auto people = static_cast<double>(all_people(model));
    const double ends = kind.edges.directed ? 1 : 2;
    return people > 0 ? ends * static_cast<double>(kind.edges.ties->size()) / people : 0;
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

std::vector<std::vector<double>> known_by_block(const Circle& kind, const Named<Segment>& segments) {
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

std::uint32_t Seats::all() const {
  return std::accumulate(base.begin(), base.end(), 0u) +
         std::accumulate(prospects.begin(), prospects.end(), 0u);
}

Network draw_circle(const Circle& kind, const NetworkLuck& luck, const Plan& plan, const Seats& seats) {
  const std::uint32_t people = seats.all();
  if (people == 0) return {};
  if (kind.edges.given())
    return plan.is_sample ? sampled_network(kind.edges, luck, plan.model(), seats)
                          : own_network(kind.edges, people);
  if (kind.small_world)
    return small_world(luck, people, whole(kind.small_world->neighbours), kind.small_world->rewired);
  if (kind.ring.given) return ring(people, whole(kind.ring));
  if (kind.scale_free.given) return scale_free(luck, people, whole(kind.scale_free));
  if (kind.random.given) return random_network(luck, people, kind.random);
  if (!kind.degrees.empty()) return degrees_in_turn(luck, people, degrees_of(kind));
  const Named<Segment>& segments = plan.model().segments;
  auto table = known_by_block(kind, segments);
  std::vector<NetworkBlock> sizes;
  for (std::size_t s = segments.size(); s-- > 0;) {
    if (const std::uint32_t own = seats.base[s] + seats.prospects[s]; own > 0) {
      sizes.insert(sizes.begin(), {segments.items[s].first, own});
      continue;
    }
    table.erase(table.begin() + static_cast<std::ptrdiff_t>(s));
    for (auto& row : table) row.erase(row.begin() + static_cast<std::ptrdiff_t>(s));
  }
  return blocks(luck, sizes, table);
}

}  // namespace goodwill

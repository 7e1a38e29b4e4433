#include "sim/network/from_edges.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "sim/network/generate.hpp"
#include "sim/world/parallel.hpp"
#include "tests/cpp/refusal.hpp"

namespace goodwill {
namespace {

constexpr NetworkLuck luck = network_luck(7, 1, 0);
constexpr std::uint32_t people = 20'011;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(NetworkBits, OwnEdgesMayComeInAnyOrder) {
  const Network network = random_network(luck, people, 5);
  std::vector<Edge> all;
  for (std::uint32_t i = 0; i < people; ++i)
    for (const std::uint32_t j : network.neighbours(i))
      if (i < j) all.push_back({i, j});
  Network first;
  for (const unsigned shuffled : {0u, 1u, 2u}) {
    std::mt19937 generator(shuffled);
    if (shuffled > 0) std::shuffle(all.begin(), all.end(), generator);
    std::vector<std::int64_t> from, to;
    std::vector<double> weights;
    for (const Edge& e : all) {
      const bool turned = shuffled > 0 && generator() % 2 == 0;
      from.push_back(turned ? e.to : e.from);
      to.push_back(turned ? e.from : e.to);
      weights.push_back(1 + e.from % 7 + 0.5 * (e.to % 3));
    }
    in_pool(2, [&] {
      EXPECT_EQ(from_edges(people, {from, to}, false), network);
      const Network weighted = from_edges(people, {from, to, weights}, false);
      if (shuffled == 0) first = weighted;
      EXPECT_EQ(weighted, first);
    });
  }
  for (std::uint32_t i = 0; i < people; ++i)
    for (std::size_t k = 0; k < first.degree(i); ++k) {
      const std::uint32_t j = first.neighbours(i)[k], low = std::min(i, j), high = std::max(i, j);
      ASSERT_EQ(first.weights[first.offsets[i] + k], 1 + low % 7 + 0.5f * static_cast<float>(high % 3));
    }
}

TEST(NetworkEdges, DirectedEdgesStandWhereTheyLeave) {
  const std::vector<std::int64_t> from{2, 0, 1}, to{0, 1, 0};
  const std::vector<double> weights{0.5, 1, 2};
  const Network network = from_edges(3, {from, to, weights}, true);
  EXPECT_EQ(network.edges(), 3u);
  EXPECT_EQ(network.targets, (std::vector<std::uint32_t>{1, 0, 0}));
  EXPECT_EQ(network.weights, (std::vector<float>{1, 2, 0.5f}));
}

TEST(NetworkEdges, MistakesInOwnEdgesAreNamed) {
  using Ends = std::vector<std::int64_t>;
  const auto said = [](const Ends& from, const Ends& to, bool directed, std::vector<double> weights = {}) {
    return refusal([&] { from_edges(4, {from, to, weights}, directed, {"line", 2}); });
  };
  EXPECT_EQ(said({0, 1}, {1, 4}, false), "line 3: 'to' is 4, and the 4 people are numbered 0 to 3");
  EXPECT_EQ(said({0, -1}, {1, 4}, false), "line 3: 'from' is -1, and the 4 people are numbered 0 to 3");
  EXPECT_EQ(said({2, 9}, {2, 4}, false), "line 2: the edge leads from 2 to themselves");
  EXPECT_EQ(
      said({0, 1, 1, 1}, {1, 2, 0, 2}, false),
      "line 4: the edge from 1 to 0 comes a second time, after line 2; without direction each edge is given "
      "once, from either end");
  EXPECT_EQ(said({0, 1, 1, 1}, {1, 2, 0, 2}, true),
            "line 5: the edge from 1 to 2 comes a second time, after line 3");
  EXPECT_EQ(said({0, 1}, {1, 2}, false, {1, 0}), "line 3: 'weight' is 0; it must be above 0 and finite");
  EXPECT_EQ(said({0, 1}, {1, 2}, false, {nan, 1}), "line 2: 'weight' is nan; it must be above 0 and finite");
  EXPECT_EQ(said({0, 1}, {1, 2}, false, {1, 1e300}),
            "line 3: 'weight' is 1e+300; it must be above 0 and finite");
  EXPECT_EQ(said({0, 1}, {1}, false), "the length of 'to' is 1; it must be that of 'from' (2)");
  EXPECT_EQ(said({}, {}, false), "accepted");
}

}  // namespace
}  // namespace goodwill

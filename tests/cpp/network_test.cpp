#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "sim/network/choice.hpp"
#include "sim/network/generate.hpp"
#include "sim/world/parallel.hpp"
#include "tests/cpp/refusal.hpp"

namespace goodwill {
namespace {

constexpr NetworkLuck luck = network_luck(7, 1, 0);
constexpr std::uint32_t people = 20'011;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Make = std::function<Network(const NetworkLuck&, std::uint32_t)>;

Network two_blocks(const NetworkLuck& with, std::uint32_t first, std::uint32_t second) {
  const NetworkBlock all[] = {{"a", first}, {"b", second}};
  return blocks(with, all, {{8, 2}, {nan, 3}});
}

Network in_turn(const NetworkLuck& with, std::uint32_t n, std::vector<std::uint32_t> degrees) {
  return degrees_in_turn(with, n, degrees);
}

const std::map<std::string, Make>& kinds() {
  static const std::map<std::string, Make> all{
      {"ring", [](const NetworkLuck&, std::uint32_t n) { return ring(n, 6); }},
      {"small_world", [](const NetworkLuck& w, std::uint32_t n) { return small_world(w, n, 6, 0.3); }},
      {"scale_free", [](const NetworkLuck& w, std::uint32_t n) { return scale_free(w, n, 3); }},
      {"random", [](const NetworkLuck& w, std::uint32_t n) { return random_network(w, n, 6.5); }},
      {"blocks", [](const NetworkLuck& w, std::uint32_t n) { return two_blocks(w, 8'000, n - 8'000); }},
      {"degrees", [](const NetworkLuck& w, std::uint32_t n) {
         return in_turn(w, n, {2, 11});
       }}};
  return all;
}

/// Rows in ascending order, nobody twice, nobody themselves, and every edge at both ends.
void expect_simple(const Network& network) {
  ASSERT_EQ(network.offsets.back(), network.targets.size());
  for (std::uint32_t i = 0; i < network.people(); ++i) {
    const auto row = network.neighbours(i);
    for (std::size_t k = 0; k < row.size(); ++k) {
      ASSERT_LT(row[k], network.people());
      ASSERT_NE(row[k], i);
      ASSERT_TRUE(k == 0 || row[k - 1] < row[k]);
      const auto back = network.neighbours(row[k]);
      ASSERT_TRUE(network.directed || std::binary_search(back.begin(), back.end(), i));
    }
  }
}

/// Later end first, in ascending order.
std::vector<std::pair<std::uint32_t, std::uint32_t>> edges_below(const Network& network, std::uint32_t end) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
  for (std::uint32_t i = 0; i < end; ++i)
    for (const std::uint32_t j : network.neighbours(i))
      if (j < i) found.emplace_back(i, j);
  return found;
}

struct Changes {
  std::size_t gone, added;
  bool operator==(const Changes&) const = default;
};

/// What becomes of the edges between all but the last person of the second network.
Changes changes(const Network& before, const Network& after) {
  const auto a = edges_below(before, before.people()), b = edges_below(after, before.people());
  auto both = a;
  both.clear();
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return {a.size() - both.size(), b.size() - both.size()};
}

double mean_degree(const Network& network) {
  return static_cast<double>(network.targets.size()) / network.people();
}

TEST(NetworkBits, AreTheSameOnAnyNumberOfThreads) {
  for (const auto& [name, make] : kinds()) {
    const Network one = make(luck, people);
    for (const int threads : {1, 2, 5})
      in_pool(threads, [&, &make = make, &name = name] { EXPECT_EQ(make(luck, people), one) << name; });
  }
}

/// Raise RESULTS and say so in the changes if these must change.
TEST(NetworkBits, StayFromVersionToVersion) {
  const std::map<std::string, std::uint64_t> known{
      {"blocks", 933561848613562858u},       {"degrees", 9254710131078408165u},
      {"random", 4027532112528474791u},      {"ring", 11968503088763751867u},
      {"scale_free", 13685009634360112948u}, {"small_world", 769051341581975726u}};
  for (const auto& [name, make] : kinds()) {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const std::uint32_t target : make(luck, people).targets) hash = (hash ^ target) * 1099511628211u;
    EXPECT_EQ(hash, known.at(name)) << name;
  }
}

TEST(Network, OfEachKindIsSimpleAndHasItsOwnLuck) {
  for (const auto& [name, make] : kinds()) {
    const Network network = make(luck, people);
    expect_simple(network);
    EXPECT_EQ(network.people(), people);
    if (name == "ring") continue;
    for (const NetworkLuck& other : {network_luck(8, 1, 0), network_luck(7, 2, 0), network_luck(7, 1, 1)})
      EXPECT_NE(make(other, people), network) << name;
  }
}

TEST(Network, OfOnePersonOrTwo) {
  for (const std::uint32_t n : {1u, 2u}) {
    EXPECT_EQ(ring(n, 0).edges(), 0u);
    EXPECT_EQ(small_world(luck, n, 0, 1).edges(), 0u);
    EXPECT_EQ(scale_free(luck, n, 1).people(), n);
    EXPECT_EQ(random_network(luck, n, n - 1).edges(), n - 1);
    EXPECT_EQ(in_turn(luck, n, {n - 1}).people(), n);
  }
}

TEST(Network, RingKnowsTheNearest) {
  const Network network = ring(10, 4);
  const auto row = network.neighbours(1);
  EXPECT_EQ(std::vector(row.begin(), row.end()), (std::vector<std::uint32_t>{0, 2, 3, 9}));
  for (std::uint32_t i = 0; i < 10; ++i) EXPECT_EQ(network.degree(i), 4u);
  EXPECT_EQ(ring(7, 6), random_network(luck, 7, 6));  // both complete
}

TEST(Network, SmallWorldRewiresTheShareAsked) {
  EXPECT_EQ(small_world(luck, people, 6, 0), ring(people, 6));
  for (const double rewired : {0.1, 1.0}) {
    const Network network = small_world(luck, people, 6, rewired);
    std::uint64_t far = 0;
    for (std::uint32_t i = 0; i < people; ++i)
      for (const std::uint32_t j : network.neighbours(i))
        far += std::min((i - j + people) % people, (j - i + people) % people) > 3;
    const double edges = 3.0 * people, spread = std::sqrt(edges * rewired * (1 - rewired));
    EXPECT_NEAR(static_cast<double>(far) / 2, edges * rewired, 5 * spread + 60);  // 60: near again, or twice
    EXPECT_NEAR(mean_degree(network), 6, 36.0 / people);
  }
}

TEST(Network, ScaleFreeBringsItsEdges) {
  const Network network = scale_free(luck, people, 3);
  EXPECT_NEAR(mean_degree(network), 6, 2 * 9 * std::log(people) / people);
  std::uint32_t fewer = 0;
  for (std::uint32_t i = 0; i < people; ++i) fewer += network.degree(i) < 3;
  EXPECT_LT(fewer, 9 * std::log(people));
}

TEST(Network, RandomHasTheDegreeAsked) {
  for (const double degree : {0.0, 0.01, 6.5, 300.0}) {
    const Network network = random_network(luck, people, degree);
    EXPECT_NEAR(mean_degree(network), degree, 5 * std::sqrt(2 * degree / people));
    expect_simple(network);
  }
  const Network dense = random_network(luck, 40, 30);
  expect_simple(dense);
  EXPECT_NEAR(static_cast<double>(dense.edges()), 600, 5 * std::sqrt(600.0 * 9 / 39));
}

TEST(Network, BlocksHaveTheirDegrees) {
  const std::uint32_t sizes[] = {8'000, 12'011};
  const Network network = two_blocks(luck, sizes[0], sizes[1]);
  double ends[2][2] = {};
  for (std::uint32_t i = 0; i < people; ++i)
    for (const std::uint32_t j : network.neighbours(i)) ++ends[i >= sizes[0]][j >= sizes[0]];
  EXPECT_NEAR(ends[0][0], 64'000, 5 * std::sqrt(2 * 64'000.0));
  EXPECT_NEAR(ends[0][1], 16'000, 5 * std::sqrt(16'000.0));
  EXPECT_NEAR(ends[1][1], 36'033, 5 * std::sqrt(2 * 36'033.0));
  EXPECT_EQ(ends[1][0], ends[0][1]);
}

TEST(Network, DegreesAreThoseAskedForInTurn) {
  const Network network = in_turn(luck, people, {2, 0, 18});
  std::uint64_t wrong = 0;
  for (std::uint32_t i = 0; i < people; ++i) {
    const std::uint32_t asked[] = {2, 0, 18};
    EXPECT_LE(network.degree(i), asked[i % 3]);
    wrong += asked[i % 3] - network.degree(i);
  }
  // 2 ends each of (2 + 18 x 17) / 20 / 2 = 7.7 that lead back and 59 that come twice; one is left over.
  EXPECT_LT(wrong, 2 * (7.7 + 59) + 5 * 2 * std::sqrt(67));
  EXPECT_GT(wrong, 0u);
}

TEST(Network, OneMorePersonChangesWhatTheKindMust) {
  const auto of = [](const char* kind, std::uint32_t n) { return kinds().at(kind)(luck, n); };
  const auto changed = [&](const char* kind) { return changes(of(kind, people), of(kind, people + 1)); };
  EXPECT_EQ(changed("ring"), (Changes{3, 0}));  // those that reach farthest across the place
  EXPECT_EQ(changed("scale_free"), (Changes{0, 0}));
  const Changes small_world = changed("small_world");
  EXPECT_LE(small_world.gone,
            6 + 8u);  // one of a person's 0.9 rewired ends, and two seams of Poisson numbers
  EXPECT_LE(small_world.added, 8u);
  for (const char* kind : {"random", "blocks"}) {
    const Changes c = changed(kind);
    EXPECT_EQ(c.added, 0u) << kind;
    EXPECT_LE(c.gone, 15u) << kind;  // 3.25 and at most 3.5 on average
  }
  for (std::uint32_t n = people; n < people + 20;
       ++n) {  // 2 or 11 wishes, each with log2(130,000) = 17 on its way
    const Changes c = changes(of("degrees", n), of("degrees", n + 1));
    EXPECT_LE(c.gone, 11 * 17u);
    EXPECT_LE(c.added, 11 * 17u);
  }
}

TEST(Network, ChoicesStayWhenOneMoreCanBeChosen) {
  constexpr std::uint32_t draws = 20'000, most = 300;
  std::vector<std::uint32_t> before(draws, 0);
  for (std::uint32_t n = 1; n <= most; ++n) {
    std::vector<std::uint32_t> count(n);
    for (std::uint32_t k = 0; k < draws; ++k) {
      const std::uint32_t now =
          choose(n, [&](std::uint32_t index) { return draw(luck, k, 0, purpose(Decision::end, index)); });
      ASSERT_TRUE(now == before[k] || now == n - 1);
      before[k] = now;
      ++count[now];
    }
    if (n < 2) continue;
    const double expected = static_cast<double>(draws) / n;
    double chi = 0;
    for (const std::uint32_t c : count) chi += (c - expected) * (c - expected) / expected;
    EXPECT_LT(chi, n - 1 + 6 * std::sqrt(2.0 * (n - 1)) + 12) << n;  // 300 tests that share their draws
  }
}

TEST(Network, NumbersOutOfRangeAreRefused) {
  EXPECT_EQ(
      refusal([] { ring(10, 3); }),
      "neighbours is 3; it must be even, half of them on each side, and below the number of people (10)");
  EXPECT_EQ(refusal([] { ring(0, 0); }), "people is 0; it must be from 1 to 2147483647");
  EXPECT_EQ(refusal([] { small_world(luck, 10, 4, 1.5); }), "rewired is 1.5; it must be a probability");
  EXPECT_EQ(refusal([] { scale_free(luck, 10, 0); }),
            "edges is 0; it must be 1 or more: how many each person brings");
  EXPECT_EQ(refusal([] { random_network(luck, 10, nan); }),
            "degree is nan; it must be from 0 to 9, the number of others");
  EXPECT_EQ(refusal([] { random_network(luck, 2'000'000'000, 20); }),
            "the number of edges is 20000000000; it must be at most 2147483647");
  EXPECT_EQ(refusal([] {
              in_turn(luck, 10, {2, 10});
            }),
            "degrees[1] is 10; it must be below the number of people (10)");
  EXPECT_EQ(refusal([] { in_turn(luck, 10, {}); }),
            "degrees is empty; it must be a list with at least one number");
  const NetworkBlock all[] = {{"a", 100}, {"b", 50}};
  EXPECT_EQ(refusal([&] {
              blocks(luck, all, {{8, 2}, {3, 0}});
            }),
            "the degree of 'b' in 'a' is 3; it must be 4, because the degree of 'a' in 'b' is 2: these are "
            "the same "
            "edges (100 and 50 people); leave one of the two out");
  EXPECT_EQ(refusal([&] {
              blocks(luck, all, {{8, 60}, {nan, 0}});
            }),
            "the degree of 'a' in 'b' is 60; it must be from 0 to 50, the people there");
  const NetworkBlock star[] = {{"fans", 100'000'000}, {"idol", 1}};
  EXPECT_EQ(refusal([&] {
              blocks(luck, star, {{0, 1}, {nan, 0}});
            }),
            "the degree of 'idol' in 'fans' is 100000000; it must be at most 10000000");
}

TEST(OneWay, AllGiveAndTakeAsManyEdgesAsTheyWish) {
  std::vector<std::uint32_t> give, take;
  for (std::uint32_t k = 0; k < people; ++k) {
    give.push_back(k % 3);
    take.push_back(k % 2 == 0 ? 2 : 0);
  }
  Network network;
  for (const int threads : {1, 3})
    in_pool(threads, [&] {
      const Network again = one_way_degrees(luck, give, take);
      if (threads > 1) {
        EXPECT_EQ(again, network);
      }
      network = again;
    });
  EXPECT_TRUE(network.directed);
  std::vector<std::uint32_t> taken(people);
  std::uint32_t missing = 0;
  for (std::uint32_t k = 0; k < people; ++k) {
    EXPECT_LE(network.degree(k), give[k]);
    missing += give[k] - network.degree(k);
    for (const std::uint32_t other : network.neighbours(k)) ++taken[other];
  }
  for (std::uint32_t k = 0; k < people; ++k) EXPECT_LE(taken[k], take[k]);
  // Poisson: one edge in expectation leads back, and a quarter comes twice; one is left over.
  EXPECT_LE(missing, 10u);
}

}  // namespace
}  // namespace goodwill

// Own edges between the people of a world.
#include "sim/world/circles.hpp"

#include <algorithm>
#include <random>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;
using Pairs = std::vector<std::pair<int, int>>;

std::string list(const Pairs& pairs) {
  std::string text = "{edges: \"from,to";
  for (const auto& [a, b] : pairs) text += "\\n" + std::to_string(a) + "," + std::to_string(b);
  return text + "\\n\"}";
}
/// People who know the next `reach` on either side, from `first` on.
Pairs ring_of(int first, int people, int reach) {
  Pairs pairs;
  for (int i = 0; i < people; ++i)
    for (int k = 1; k <= reach; ++k) pairs.emplace_back(first + i, first + (i + k) % people);
  return pairs;
}

const char* const town = R"(
horizon: 12
agents: all
segments: {here: {count: 400, arrivals: 20}}
stages: {customer: {fee: 10, churn: {base: 2 %, good_word: -0.3, bad_word: 0.3}}}
survey: {response: 0 %}
referrals: {rate: {base: 0.1, good_word: 0.1}, conversion: 50 %}
word_of_mouth: {positive: 1, negative: 2, network: NETWORK}
investments: {offer: {changes: {customer.churn: {times: 0.5}}}}
scenarios: {offer: [offer]}
)";
std::string in_town(const std::string& network) { return replaced(town, "NETWORK", network); }
const std::vector<std::string> scenarios{"baseline", "offer"};

TEST(OwnEdgesBits, AListOfARingIsTheRing) {
  const World ring(in_town("{ring: 6}"), scenarios, all_kept());
  EXPECT_GT(ring.sum("joined"), 200);
  Pairs pairs = ring_of(0, 400, 3);
  expect_same(World(in_town(list(pairs)), scenarios, all_kept()), ring);
  std::mt19937 generator(1);
  std::shuffle(pairs.begin(), pairs.end(), generator);
  for (auto& [a, b] : pairs)
    if (generator() % 2 == 0) std::swap(a, b);
  expect_same(World(in_town(list(pairs)), scenarios, all_kept()), ring);
  // Layers, too.
  const auto layers = [](const std::string& family) {
    return "{layers: {family: " + family + ", online: {scale_free: 2, weight: 3}}}";
  };
  expect_same(World(in_town(layers(list(pairs))), scenarios, all_kept()),
              World(in_town(layers("{ring: 6}")), scenarios, all_kept()));
}

TEST(OwnEdgesBits, EqualWeightsAreNone) {
  const Pairs pairs = ring_of(0, 400, 3);
  std::string weighted = "{edges: \"from,to,weight";
  for (const auto& [a, b] : pairs) weighted += "\\n" + std::to_string(a) + "," + std::to_string(b) + ",0.2";
  expect_same(World(in_town(weighted + "\\n\"}"), scenarios, all_kept()),
              World(in_town(list(pairs)), scenarios, all_kept()));
}

TEST(OwnEdgesBits, ThreadsAndBlocksDoNotMatter) {
  std::string edges = "edges: \"from,to,weight";
  for (const auto& [a, b] : ring_of(0, 400, 5))
    edges += "\\n" + std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(1 + (a + 3 * b) % 7) +
             ".3";
  const std::string one_way = "{directed: true, " + edges + "\\n\"}";
  for (const std::string& network :
       {one_way, "{layers: {work: " + one_way + ", family: {" + edges + "\\n\", weight: 3}}}"}) {
    // Prospects look at those whose edges lead to them.
    const std::string text =
        replaced(in_town(network), "count: 400, arrivals: 20", "count: 250, arrivals: 2") +
        "market: {size: 400, imitation: 0.2, network: " + one_way + "}\n";
    const World first(text, scenarios, all_kept());
    EXPECT_GT(first.sum("adopted"), 20);
    for (const auto& [threads, block] : {std::pair(2, 4096), std::pair(5, 512), std::pair(1, 64)}) {
      SimulationOptions options = all_kept();
      options.threads = threads;
      options.block = block;
      expect_same(World(text, scenarios, options), first);
    }
  }
}

TEST(OwnEdgesBits, AListOfNoEdgesIsNobodyWhoTalks) {
  expect_same(World(in_town(list({})), scenarios, all_kept()),
              World(in_town("{random: 0}"), scenarios, all_kept()));
}

TEST(OwnEdgesBits, MoreEdgesChangeOnlyWhatTheyReach) {
  const std::string two =
      replaced(replaced(town, "here: {count: 400, arrivals: 20}", "here: {count: 300}, there: {count: 200}"),
               "referrals: {rate: {base: 0.1, good_word: 0.1}, conversion: 50 %}\n", "");
  Pairs pairs = ring_of(0, 300, 2);
  std::ranges::copy(ring_of(300, 200, 2), std::back_inserter(pairs));
  const World before(replaced(two, "NETWORK", list(pairs)));
  for (int k = 0; k < 40; ++k) pairs.emplace_back(310, 400 + k);
  const World after(replaced(two, "NETWORK", list(pairs)));
  int changed = 0;
  for (int t = 1; t <= 12; ++t)
    for (int k = 0; k < before.plan.layout.counters; ++k) {
      const auto cell = [&](const World& w, int segment) {
        return w.ledger().get(segment, t, Origin::initial, k);
      };
      ASSERT_EQ(cell(before, 0), cell(after, 0));
      changed += cell(before, 1) != cell(after, 1);
    }
  EXPECT_GT(changed, 10);
}

/// Circles of made-up ids, so many of each segment.
Circles circles_of(const Plan& plan, const std::vector<int>& base) {
  std::vector<std::vector<CustomerId>> ids;
  CustomerId id = 0;
  for (const int n : base) {
    auto& own = ids.emplace_back();
    for (int k = 0; k < n; ++k) own.push_back(++id);
  }
  return Circles(plan, 1, 0, ids);
}
std::string known_by(const Circles& circles, std::uint32_t person) {
  std::string text;
  circles.for_each_known(0, person, [&](std::uint32_t other) { text += std::to_string(other) + " "; });
  return text;
}

const char* const market = R"(
agents: all
segments: {a: {count: 3}, b: {count: 2}}
stages: {customer: {}}
market: {size: {a: 5, b: 4}, imitation: 0.1, network: NETWORK}
)";

TEST(OwnEdges, PeopleHaveTheNumbersOfTheList) {
  const World w(replaced(market, "NETWORK", list({{0, 8}, {3, 4}, {5, 6}, {0, 7}})));
  const Circles circles = circles_of(w.plan, {3, 2});
  EXPECT_EQ(circles.people(), 9u);
  EXPECT_EQ(circles.first_prospect(0), 3u);
  EXPECT_EQ(circles.first_of(1), 5u);
  EXPECT_EQ(known_by(circles, 0), "7 8 ");
  EXPECT_EQ(known_by(circles, 4), "3 ");
  EXPECT_EQ(known_by(circles, 1), "");
  EXPECT_DOUBLE_EQ(circles.wishes(0, 1)[0].degree, 8.0 / 9);
}

TEST(OwnEdges, DirectedOnesLeadOneWay) {
  const World w(replaced(market, "NETWORK",
                         replaced(list({{8, 0}, {3, 4}, {4, 3}, {7, 0}}), "}", ", directed: true}")));
  const Circles circles = circles_of(w.plan, {3, 2});
  EXPECT_EQ(known_by(circles, 0), "");
  EXPECT_EQ(known_by(circles, 8), "0 ");
  EXPECT_EQ(known_by(circles, 3), "4 ");
  EXPECT_EQ(known_by(circles, 4), "3 ");
  EXPECT_EQ(circles.parts(0, 0), 2u);
  EXPECT_EQ(circles.parts(0, 8), 0u);
}

TEST(OwnEdges, NewcomersGetToKnowBothThoseTheyHearAndThoseTheyTell) {
  const std::string leads = replaced(list({{0, 399}, {3, 4}, {4, 3}, {7, 0}}), "}", ", directed: true}");
  const World w(in_town(leads));
  const Circles circles = circles_of(w.plan, {400});
  const auto& wishes = circles.wishes(0, 0);
  ASSERT_EQ(wishes.size(), 2u);
  EXPECT_EQ(wishes[0].way, Circles::Way::hears);
  EXPECT_EQ(wishes[1].way, Circles::Way::tells);
  for (const Circles::Wish& wish : wishes) EXPECT_DOUBLE_EQ(wish.degree, 4.0 / 400);
  EXPECT_NE(wishes[0].luck.network, wishes[1].luck.network);
}

TEST(OwnEdges, FewerPeopleThanTheListHasAreRefused) {
  const World w(replaced(market, "NETWORK", list({{0, 8}})));
  EXPECT_EQ(refusal_of([&] {
              circles_of(w.plan, {3, 1});
            }),
            "market.network: the list of edges has a person 8, and there are 8 people, numbered from 0");
}

TEST(OwnEdges, ASampleKnowsAsManyPeople) {
  // Of the customers of a half know 2 others and half 10; those of b know nobody.
  Pairs pairs = ring_of(0, 100, 1);
  std::ranges::copy(ring_of(100, 100, 5), std::back_inserter(pairs));
  const Model m = read_model_text("agents: all\nsegments: {a: {count: 200}, b: {count: 100}}\n"
                                  "stages: {customer: {churn: {base: 0.1, bad_word: 0.1}}}\n"
                                  "word_of_mouth: {negative: 1, network: " +
                                      list(pairs) + "}\n",
                                  "m.yaml");
  const Plan plan(m, unanchored(m), {"baseline"}, {.agents_per_segment = 1'000});
  const Circles circles = circles_of(plan, {2'000, 1'000});
  int few = 0, many = 0;
  for (std::uint32_t k = 0; k < 2'000; ++k) {
    few += circles.degree(0, k) == 2;
    many += circles.degree(0, k) == 10;
  }
  // Pairs that lead back or come twice are left out, about 50 of 12,000.
  EXPECT_NEAR(few, 1'000, 10);
  EXPECT_NEAR(many, 1'000, 90);
  for (std::uint32_t k = 2'000; k < 3'000; ++k) EXPECT_EQ(circles.degree(0, k), 0u);
  EXPECT_DOUBLE_EQ(circles.wishes(0, 0)[0].degree, 4);
}

TEST(OwnEdges, ASampleHearsAndTellsAsManyAndAsReadily) {
  // Each of 20 tells ten of the 200 others, half of whom hear each on an edge of weight 3, half of weight 1.
  std::string text;
  for (int k = 0; k < 200; ++k)
    text += "\\n" + std::to_string(k % 20) + "," + std::to_string(20 + k) + "," + (k % 2 == 0 ? "3" : "1");
  const Model m = read_model_text("agents: all\nsegments: {a: {count: 20}, b: {count: 200}}\n"
                                  "stages: {customer: {churn: {base: 0.1, bad_word: 0.1}}}\n"
                                  "word_of_mouth: {negative: 1, network: {directed: true, edges: "
                                  "\"from,to,weight" +
                                      text + "\\n\"}}\n",
                                  "m.yaml");
  const Plan plan(m, unanchored(m), {"baseline"}, {.agents_per_segment = 1'000});
  const Circles circles = circles_of(plan, {200, 2'000});
  double light = 0, heavy = 0;
  for (std::uint32_t k = 0; k < 200; ++k) {
    EXPECT_NEAR(circles.degree(0, k), 10, 1);  // few come twice
    circles.for_each_edge(0, k, [&](std::uint32_t other, std::uint64_t edge) {
      EXPECT_GE(other, 200u);
      (other < 1'200 ? light : heavy) += circles.edge_weight(0, edge);
    });
  }
  for (std::uint32_t k = 200; k < 2'200; ++k) EXPECT_EQ(circles.degree(0, k), 0u);
  // In the list each tells on edges of one weight only; here people meet by chance, and hear as readily.
  EXPECT_NEAR(heavy / light, 3, 0.3);
}

}  // namespace

// Directed and weighted edges: closed forms of what is heard and of who adopts.
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

struct OwnEdge {
  int from, to;
  double weight = 1;
};
std::string list(const std::vector<OwnEdge>& edges, bool directed) {
  std::string text = std::string("{directed: ") + (directed ? "true" : "false") + ", edges: \"from,to,weight";
  for (const auto& [from, to, weight] : edges)
    text += "\\n" + std::to_string(from) + "," + std::to_string(to) + "," + std::to_string(weight);
  return text + "\\n\"}";
}

const int groups = full() ? 40'000 : sanitized ? 1'000 : 4'000;

/// Groups of one loud person, `a`, and of one quiet `b` and one quiet `c`: nobody else says anything.
std::string talk(const std::string& network) {
  const std::string n = std::to_string(groups), quiet = n + ", satisfaction: {mean: 7, sd: 0}}\n";
  return "horizon: 10\nagents: all\nsegments:\n  a: {count: " + n +
         ", satisfaction: {mean: 10, sd: 0}}\n  b: {count: " + quiet + "  c: {count: " + quiet +
         "stages: {customer: {}}\norders: {rate: {base: 1, good_word: 0.1}, value: 1}\nsurvey: {noise: 0}\n" +
         "word_of_mouth: {positive: 1.5, network: " + network + "}\n";
}
/// Good words from a period on, of people who all stay.
double heard(const World& w, std::size_t segment, std::size_t from = 1) {
  double sum = 0;
  const std::vector<double>& all = w.result.words[0];
  for (std::size_t row = (from - 1) * 3 + segment; 2 * row < all.size(); row += 3) sum += all[2 * row];
  return groups * sum;
}
/// A Poisson number.
void expect_messages(double found, double expected, const std::string& what) {
  EXPECT_NEAR(found, expected, 5 * std::sqrt(expected)) << what;
}
const double sent = 1.5 * 10 * groups;

std::vector<OwnEdge> of_groups(const std::vector<OwnEdge>& one) {
  std::vector<OwnEdge> all;
  for (int k = 0; k < groups; ++k)
    for (const auto& [from, to, weight] : one) all.push_back({from * groups + k, to * groups + k, weight});
  return all;
}

TEST(WeightedEdges, AreToldInProportion) {
  const std::vector<OwnEdge> one{{0, 1, 0.9}, {0, 2, 0.1}};
  for (const bool directed : {false, true}) {
    const World w(talk(list(of_groups(one), directed)));
    expect_messages(heard(w, 0), 0, "a");
    expect_messages(heard(w, 1), 0.9 * sent, "b");
    expect_messages(heard(w, 2), 0.1 * sent, "c");
  }
}

TEST(WeightedEdges, OfOneWhoSaysVeryMuchToo) {
  // Each acquaintance draws for themselves.
  const std::string text = replaced(talk(list(of_groups({{0, 1, 0.9}, {0, 2, 0.1}}), true)), "1.5", "600");
  const World w(text);
  expect_messages(heard(w, 1), 0.9 * 400 * sent, "b");
  expect_messages(heard(w, 2), 0.1 * 400 * sent, "c");
}

TEST(WeightedEdges, AlmostEqualOnesAreAsNone) {
  const World w(talk(list(of_groups({{0, 1, 1}, {0, 2, 1.000001}}), false)));
  expect_messages(heard(w, 1), sent / 2, "b");
  expect_messages(heard(w, 2), sent / 2, "c");
}

TEST(WeightedEdges, OfALayerAddUpToItsWeight) {
  // In one layer a tells b and c, in another, of weight 2, only c. Means over each list are 1.
  const std::string network = "{layers: {one: " + list(of_groups({{0, 1, 30}, {0, 2, 10}}), true) +
                              ", two: {weight: 2, " + list(of_groups({{0, 2, 1}}), true).substr(1) + "}}";
  const World w(talk(network));
  expect_messages(heard(w, 1), sent * 1.5 / 4, "b");
  expect_messages(heard(w, 2), sent * 2.5 / 4, "c");
}

TEST(WeightedEdges, WhoLeavesIsToldNoMore) {
  // Those of b leave at once, so that all is told to c, who are told little otherwise.
  std::string text = talk(list(of_groups({{0, 1, 0.999}, {0, 2, 0.001}}), true));
  text = replaced(text, "  b: {", "  b: {changes: {customer.churn: {set: 1}}, ");
  text = replaced(text, "customer: {}", "customer: {churn: 0 %}");
  const World left(text);
  expect_messages(heard(left, 2, 3), 0.8 * sent, "c");
}

TEST(DirectedEdges, LeadOneWay) {
  // Those who speak are in the middle of stars, which lead outwards or inwards.
  const World out(talk(list(of_groups({{0, 1}, {0, 2}}), true)));
  expect_messages(heard(out, 1) + heard(out, 2), sent, "b and c");
  const World in(talk(list(of_groups({{1, 0}, {2, 0}}), true)));
  EXPECT_EQ(heard(in, 0) + heard(in, 1) + heard(in, 2), 0);
}

TEST(DirectedEdges, BothWaysAreAsOneWithoutDirection) {
  std::vector<OwnEdge> once, both;
  for (int k = 0; k < 3 * groups; ++k) {
    const int next = (k + groups) % (3 * groups);
    once.push_back({k, next});
    both.push_back({k, next});
    both.push_back({next, k});
  }
  expect_same(World(talk(list(both, true))), World(talk(list(once, false))));
}

// ------------------------------------------------------------------------------------------------- adoption

/// Groups of one customer and `more` prospects, numbered group by group behind all the customers.
std::string market(const std::string& network, int more, const std::string& kind = "imitation: 0.4") {
  return "horizon: 12\nagents: all\nsegments: {all: {count: " + std::to_string(groups) +
         "}}\nstages: {customer: {}}\nmarket: {size: " + std::to_string(groups * (1 + more)) + ", " + kind +
         ", network: " + network + "}\n";
}
int prospect(int group, int k, int more) { return groups + group * more + k; }
void expect_share(double found, double n, double p, const std::string& what) {
  EXPECT_NEAR(found / n, p, 5 * std::sqrt(p * (1 - p) / n)) << what;
}

TEST(DirectedEdges, AdoptionGoesRoundARing) {
  // Each looks at one who comes before, so that in each period one more adopts with the same probability.
  const int more = 14;
  std::vector<OwnEdge> ring;
  for (int g = 0; g < groups; ++g) {
    ring.push_back({g, prospect(g, 0, more)});
    for (int k = 0; k + 1 < more; ++k) ring.push_back({prospect(g, k, more), prospect(g, k + 1, more)});
    ring.push_back({prospect(g, more - 1, more), g});
  }
  const World w(market(list(ring, true), more));
  for (int t = 1; t <= 12; ++t)
    expect_share(w.sum("adopted", {.from = t, .to = t}), groups, 1 - std::exp(-0.4), std::to_string(t));
  std::vector<OwnEdge> back;
  for (const OwnEdge& e : ring) back.push_back({e.to, e.from});
  const World turned(market(list(back, true), more));
  for (int t = 1; t <= 12; ++t)
    expect_share(turned.sum("adopted", {.from = t, .to = t}), groups, 1 - std::exp(-0.4), std::to_string(t));
}

TEST(DirectedEdges, WhoIsNotLookedAtMovesNobody) {
  // Prospects tell customers, and hear of none.
  std::vector<OwnEdge> edges;
  for (int g = 0; g < groups; ++g) edges.push_back({prospect(g, 0, 1), g});
  EXPECT_EQ(World(market(list(edges, true), 1)).sum("adopted"), 0);
  EXPECT_GT(World(market(list(edges, false), 1)).sum("adopted"), 0.5 * groups);
}

TEST(WeightedEdges, AdoptersCountByTheirWeight) {
  // Of two prospects one has most of their edges with a customer, by weight, the other least; both have the
  // rest with a third prospect, who hears of nobody.
  const int more = 3;
  for (const bool directed : {true, false}) {
    std::vector<OwnEdge> edges;
    for (int g = 0; g < groups; ++g)
      for (int k = 0; k < 2; ++k) {
        edges.push_back({g, prospect(g, k, more), k == 0 ? 9.0 : 0.25});
        edges.push_back({prospect(g, 2, more), prospect(g, k, more), k == 0 ? 1.0 : 0.75});
      }
    const World w(market(list(edges, directed), more));
    const double one = 1 - std::exp(-0.4 * 0.9), other = 1 - std::exp(-0.4 * 0.25);
    const double deviation = std::sqrt(groups * (one * (1 - one) + other * (1 - other)));
    EXPECT_NEAR(w.sum("adopted", {.from = 1, .to = 1}), groups * (one + other), 5 * deviation) << directed;
  }
}

TEST(WeightedEdges, LayersOfAMarketWeighAsMuchAsTheySay) {
  // One layer leads from a customer, on edges of mean weight 1; another, of weight 3, from a prospect.
  std::vector<OwnEdge> near, far;
  for (int g = 0; g < groups; ++g) {
    near.push_back({g, prospect(g, 0, 2), g % 2 == 0 ? 0.5 : 1.5});
    far.push_back({prospect(g, 1, 2), prospect(g, 0, 2)});
  }
  const World w(market(
      "{layers: {near: " + list(near, true) + ", far: {weight: 3, " + list(far, true).substr(1) + "}}", 2));
  const double one = 1 - std::exp(-0.4 * 0.5 / 3.5), other = 1 - std::exp(-0.4 * 1.5 / 4.5);
  const double deviation = std::sqrt(groups / 2 * (one * (1 - one) + other * (1 - other)));
  EXPECT_NEAR(w.sum("adopted", {.from = 1, .to = 1}), groups / 2 * (one + other), 5 * deviation);
}

}  // namespace

// What is kept of each person of a market: it adds up to the ledger, and costs nobody their luck.
#include <numeric>

#include "tests/cpp/worlds.hpp"

namespace goodwill {
namespace {

const std::string firm = R"(
horizon: 12
agents: all
segments:
  homes: {count: 400, arrivals: 6, acquisition_cost: 40}
  shops: {count: 100, arrivals: 2, acquisition_cost: 90}
stages:
  curious: {kind: prospect, service_cost: 0.5, moves: {customer: 20 %}, churn: 10 %}
  customer: {fee: 30, churn: 3 %}
orders: {rate: 0.3, value: 20, value_cv: 0.5, margin: 40 %}
referrals: {rate: 0.06, conversion: 50 %, reward: 5}
market: {size: {homes: 2_000}, innovation: 0.02, imitation: 0.3, stage: curious}
finance: {discount: 10 %}
investments: {more: {start: 3, changes: {market.innovation: {times: 2}, customer.churn: {times: 0.8}}}}
scenarios: {more: [more]}
)";
const std::string on_network = replaced(firm, "stage: curious}", "stage: curious, network: {ring: 6}}");

SimulationOptions kept(int within = 12) {
  SimulationOptions options = all_kept();
  options.prospect_lives = within;
  return options;
}

World lived(const std::string& text, const SimulationOptions& options, int run_off = 0) {
  PlanOptions of_plan;
  of_plan.run_off = run_off;
  return World(text, {"baseline", "more"}, options, of_plan);
}

std::vector<double> within(const World& w, std::size_t world) {
  std::vector<double> values;
  for (const ProspectLife& life : w.result.prospect_lives[world]) values.push_back(life.within);
  return values;
}

TEST(ProspectLives, AddUpToTheLedger) {
  for (const std::string& text : {firm, on_network}) {
    const World w = lived(text, kept(), 30);
    ASSERT_EQ(w.result.prospect_lives.size(), 4u);
    for (std::size_t k = 0; k < w.result.ledgers.size(); ++k) {
      const Ledger& ledger = w.result.ledgers[k];
      const auto& lives = w.result.prospect_lives[k];
      ASSERT_EQ(static_cast<std::int64_t>(lives.size()), *w.plan.segments[0].prospects);
      double whole = 0;
      std::int64_t joined = 0, came = 0, ways[3] = {};
      for (const ProspectLife& life : lives) {
        whole += life.whole;
        joined += life.joined > 0;
        ways[static_cast<std::size_t>(life.way)] += life.joined > 0;
        EXPECT_TRUE(life.since == 0 || life.since >= life.joined);
        came += life.since > 0 && life.since <= 12;
      }
      const double sum = ledger.values[static_cast<std::size_t>(Origin::acquired)].sum() +
                         ledger.values[static_cast<std::size_t>(Origin::referred)].sum();
      EXPECT_NEAR(whole, sum, 1e-9 * std::abs(sum));
      const auto& became = ledger.cohorts[0].became;  // by period of joining; first the base
      EXPECT_EQ(came, std::accumulate(became.begin() + 1, became.end(), std::int64_t{0}));
      EXPECT_GT(came, 100);
      EXPECT_GT(joined, came);
      Cells cells{.scenario = static_cast<int>(k) / 2, .replication = static_cast<int>(k) % 2, .segment = 0};
      EXPECT_EQ(ways[0], w.count("adopted", cells));
      cells.from = 12;
      EXPECT_EQ(joined, *w.plan.segments[0].prospects - w.count("potential", cells));
      for (const std::int64_t way : ways) EXPECT_GT(way, 20);
    }
  }
}

TEST(ProspectLives, ValueWithinAHorizonIsThatOfAFirmThatEndsThere) {
  const World whole = lived(firm, kept(), 30), none = lived(firm, kept()), some = lived(firm, kept(5), 30),
              ends = lived(replaced(firm, "horizon: 12", "horizon: 5"), kept(5));
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(within(whole, k), within(none, k));
    EXPECT_EQ(within(some, k), within(ends, k));
    for (const ProspectLife& life : none.result.prospect_lives[k]) EXPECT_EQ(life.within, life.whole);
  }
}

TEST(ProspectLives, ChangeNothingAndAreKeptOnlyWhereAsked) {
  for (const std::string& text : {firm, on_network}) {
    const World with = lived(text, kept(), 30), without = lived(text, all_kept(), 30);
    expect_same(with, without);
    for (const auto& lives : without.result.prospect_lives) EXPECT_TRUE(lives.empty());
  }
  const World open("horizon: 3\nsegments: {all: {arrivals: 5}}\nstages: {customer: {fee: 10}}\n",
                   {"baseline"}, kept(3));
  for (const auto& lives : open.result.prospect_lives) EXPECT_TRUE(lives.empty());
  SimulationOptions valueless = kept();
  valueless.values = false;
  EXPECT_NE(refusal_of([&] { lived(firm, valueless); }), "");
}

TEST(ProspectLives, AreTheSameOnAnyNumberOfThreadsAndInAnyBlocks) {
  for (const std::string& text : {firm, on_network}) {
    const World one = lived(text, kept(), 30);
    SimulationOptions other = kept();
    other.threads = 2;
    other.block = 64;
    const World two = lived(text, other, 30);
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_EQ(within(one, k), within(two, k));
      for (std::size_t i = 0; i < one.result.prospect_lives[k].size(); ++i) {
        EXPECT_EQ(one.result.prospect_lives[k][i].joined, two.result.prospect_lives[k][i].joined);
        EXPECT_EQ(one.result.prospect_lives[k][i].since, two.result.prospect_lives[k][i].since);
        EXPECT_EQ(one.result.prospect_lives[k][i].whole, two.result.prospect_lives[k][i].whole);
      }
    }
  }
}

}  // namespace
}  // namespace goodwill

// Survival weights: identities that hold exactly, the same bits however they are computed, and where the
// weights are used. tests/proof/survival_weights_test.cpp and exact_test.cpp show that the means are right.
#include <cmath>
#include <stdexcept>

#include "scenarios/study.hpp"
#include "sim/kernel/dispatch.hpp"
#include "sim/kernel/weight.hpp"
#include "sim/plan/survival.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::vector<std::string> scenarios{"baseline", "people", "all", "all_in_breach"};
const PlanOptions weights{.survival_weights = true};

SimulationOptions standard() {
  SimulationOptions options;
  options.seed = 20240229;
  options.replications = sanitized ? 1 : 2;
  options.threads = 1;
  return options;
}

const World& rich_world() {
  static const Model model = read_model_text(rich, "rich.yaml");
  static const World world(model, unanchored(model, 0, 30), scenarios, standard(), weights);
  return world;
}

void expect_same(const SimulationOptions& options, const std::string& what) {
  const auto ledgers = simulate(rich_world().plan, options).ledgers;
  for (std::size_t k = 0; k < ledgers.size(); ++k)
    EXPECT_EQ(difference(rich_world().plan.layout, ledgers[k], rich_world().result.ledgers[k]), "")
        << what << ", ledger " << k;
}

TEST(Weights, SameBitsForThreadsBlocksKernelsAndWalks) {
  for (const int threads : {2, 0}) {
    SimulationOptions options = standard();
    options.threads = threads;
    expect_same(options, std::to_string(threads) + " threads");
  }
  for (const int block : {17, 1000, 5000}) {
    SimulationOptions options = standard();
    options.block = block;
    expect_same(options, "blocks of " + std::to_string(block));
  }
  for (const Kernel* one : available_kernels())
    for (const WalkMode walk : {WalkMode::masked, WalkMode::wave, WalkMode::automatic}) {
      SimulationOptions options = standard();
      options.kernel = one;
      options.walk = walk;
      expect_same(options, one->name + (", walk " + std::to_string(static_cast<int>(walk))));
    }
}

TEST(Weights, LedgersAddUp) {
  const World& w = rich_world();
  const Layout& l = w.plan.layout;
  bool any_lapsed = false;
  for (int k = 0; k < static_cast<int>(scenarios.size()); ++k)
    for (int s = 0; s < l.segments; ++s)
      for (int o = 0; o < origins; ++o) {
        std::int64_t customers = 0, lapsed = 0;
        for (int t = 1; t <= l.periods; ++t) {
          const auto n = [&](const std::string& name) {
            return w.count(name, {.scenario = k, .segment = s, .origin = o, .from = t, .to = t});
          };
          if (t == 1 && o == 0) {  // some of the base are paused by their past
            customers = n("start");
            lapsed = full_weight * w.plan.segments[static_cast<std::size_t>(s)].agents - customers;
            any_lapsed = any_lapsed || lapsed > 0;
          }
          ASSERT_EQ(n("start"), customers + n("joined")) << scenarios[static_cast<std::size_t>(k)] << t;
          ASSERT_EQ(n("stage.customer") + n("stage.premium"), n("start"));
          ASSERT_EQ(n("stage.paused"), lapsed);
          ASSERT_EQ(n("end"), n("start") + n("won") + n("won_back") - n("lost"));
          ASSERT_LE(n("move.customer.lost") + n("move.premium.lost"), n("lost"));
          ASSERT_EQ(n("stage.curious"), n("prospects_start"));
          ASSERT_GE(n("prospects_start"), n("prospects") + n("won"));
          ASSERT_GE(n("contacts.help.call"), n("failed.help.call") + n("recovered.help.call"));
          ASSERT_GE(n("surveyed"), n("responses"));
          customers = n("end");
          lapsed = n("lapsed");
        }
      }
  EXPECT_TRUE(any_lapsed);
}

TEST(Weights, ANullInvestmentIsExactlyNothing) {
  std::string text = rich;
  const std::string before = "investments:\n", after = "scenarios:\n";
  text.insert(text.find(before) + before.size(), "  unchanged: {start: 2, ramp: 3, reach: 37 %, changes: "
                                                 "{phone.quality: {add: 0}, customer.churn: {odds: 1}}}\n");
  text.insert(text.find(after) + after.size(), "  unchanged: [unchanged]\n");
  const Model model = read_model_text(text, "rich.yaml");
  const World w(model, unanchored(model, 0, 30), {"baseline", "unchanged"}, standard(), weights);
  EXPECT_EQ(difference(w.plan.layout, w.ledger(0), w.ledger(1)), "");
}

TEST(Weights, ConstantChurnIsNoLongerAMatterOfLuck) {
  // 0.97^40 = 0.296 is above the least weight, so nobody is drawn: the sums are those of a formula. Each
  // period rounds to 2^-30; the probability itself has the 24 bits of a float: 40 x 2^-25 = 1.2e-6.
  const int periods = 40;
  const World w("horizon: 40\nagents: 500\nsegments: {all: {count: 500}}\n"
                "stages: {customer: {fee: 30, service_cost: 0.02, churn: 3 %}}\n",
                {"baseline"}, {}, weights);
  double left = 500;
  for (int t = 1; t <= periods; ++t) {
    const Cells cell{.from = t, .to = t};
    EXPECT_NEAR(w.sum("start", cell), left, 2e-6 * left) << t;
    EXPECT_NEAR(w.sum("fees", cell), 30 * left, 2e-6 * 30 * left) << t;
    EXPECT_NEAR(w.sum("service_cost", cell), 0.02 * left, 2e-6 * 0.02 * left) << t;
    EXPECT_EQ(w.count("expected.customer.churn", cell), w.count("move.customer.lost", cell)) << t;
    EXPECT_EQ(w.count("lost", cell), w.count("move.customer.lost", cell)) << t;
    left *= 0.97;
  }
}

TEST(Weights, NobodyIsCarriedWhoCannotBeThere) {
  const World all("horizon: 3\nagents: 500\nsegments: {all: {count: 500}}\n"
                  "stages: {customer: {churn: 100 %}}\n",
                  {"baseline"}, {}, weights);
  EXPECT_EQ(all.count("end"), 0);
  EXPECT_EQ(all.count("sum_tenure"), 0);
  EXPECT_EQ(all.count("lost"), 500LL * full_weight);
  const World none("horizon: 3\nagents: 500\nsegments: {all: {count: 500}}\nstages: {customer: {}}\n",
                   {"baseline"}, {}, weights);
  EXPECT_EQ(none.count("lost"), 0);
  EXPECT_EQ(none.mean("sum_tenure"), 2);
}

TEST(Weights, ReferredCustomersInheritTheWeightOfTheirReferrer) {
  // Everybody refers; referrals converted in one period join in the next, weight by weight.
  const World w("horizon: 12\nagents: 2_000\nsegments: {all: {count: 2_000}}\n"
                "stages: {customer: {churn: 6 %}}\nreferrals: {rate: 0.3, conversion: 20 %}\n",
                {"baseline"}, {}, weights);
  bool in_parts = false;
  for (int t = 1; t < 12; ++t) {
    const std::int64_t converted = w.count("converted", {.from = t, .to = t}),
                       joined = w.count("joined", {.origin = 2, .from = t + 1, .to = t + 1});
    EXPECT_EQ(joined, converted) << t;
    in_parts |= joined % full_weight != 0;
  }
  EXPECT_TRUE(in_parts);
}

TEST(Weights, TheyServeMeansOnly) {
  SimulationOptions options = standard();
  options.values = true;
  EXPECT_THROW(simulate(rich_world().plan, options), std::logic_error);
  options.values = false;
  options.survey_bins = true;
  EXPECT_THROW(simulate(rich_world().plan, options), std::logic_error);
}

TEST(Weights, WhereTheyServe) {
  const auto serve = [](const std::string& stages, const std::string& segment = "") {
    return survival_weights_serve(
        read_model_text("segments: {all: {count: 9" + segment + "}}\nstages: {" + stages + "}\n", "m.yaml"));
  };
  EXPECT_TRUE(serve("c: {churn: 2 %}"));
  EXPECT_TRUE(serve("c: {churn: {average: 2 %, satisfaction: -1}}"));
  EXPECT_TRUE(serve("c: {churn: {beta: [1, 20]}}"));
  EXPECT_TRUE(serve("c: {churn: {0 months: 0 %, 12 months: 3 %}}"));
  EXPECT_TRUE(serve("c: {churn: 0 %}", ", changes: {c.churn: {set: 1 %}}"));
  EXPECT_TRUE(serve("c: {moves: {away: 2 %}}, away: {kind: lapsed, churn: 10 %}"));
  EXPECT_FALSE(serve("c: {}"));
  EXPECT_FALSE(serve("c: {moves: {notice: 2 %}}, notice: {churn: 100 %}"));
  EXPECT_FALSE(serve("c: {churn: {0 months: 0 %, 12 months: 100 %}}"));
}

}  // namespace

// What lies beyond the horizon: the same rules, nobody new, and one end for all scenarios.
#include "sim/world/run_off.hpp"

#include "sim/exact/expect.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

struct RunOffWorld {
  RunOffWorld(const std::string& text, int run_off, const std::string& scenario = "baseline",
              SimulationOptions options = {}, Thinning thinning = {})
      : model(read_model_text(text, "m.yaml")),
        plan(model, unanchored(model), {scenario}, of_plan(run_off, thinning)),
        ledger(simulate(plan, options).ledgers.front()) {}
  static PlanOptions of_plan(int run_off, Thinning thinning = {}) {
    PlanOptions options;
    options.run_off = run_off;
    options.thinning = thinning;
    return options;
  }
  double sum(RunOff what, int period) const {
    double total = 0;
    for (int s = 0; s < plan.layout.segments; ++s)
      for (int o = 0; o < origins; ++o)
        total += ledger.run_off(s, period, static_cast<Origin>(o), what) *
                 plan.segments[static_cast<std::size_t>(s)].weight;
    return total;
  }
  Model model;
  Plan plan;
  Ledger ledger;
};

const std::string steady = "horizon: 12\nagents: all\nsegments: {all: {count: 40_000}}\n"
                           "stages: {customer: {fee: 30, service_cost: 5, churn: 5 % / month}}\n"
                           "finance: {discount: 10 %}\n";

TEST(RunOff, ConstantChurnGoesOnAfterTheHorizon) {
  const RunOffWorld w(steady, 60);
  for (const int k : {1, 12, 60}) {
    const double expected = 40'000 * std::pow(0.95, 12 + k - 1), p = expected / 40'000;
    EXPECT_NEAR(w.sum(run_off_present, k), expected, 4.5 * std::sqrt(40'000 * p * (1 - p))) << k;
    EXPECT_NEAR(w.sum(run_off_revenue, k), 30 * w.sum(run_off_present, k), 1e-3);
    EXPECT_NEAR(w.sum(run_off_contribution, k), 25 * w.sum(run_off_present, k), 1e-3);
  }
}

TEST(RunOff, HorizonAndWhatLiesBeyondAreTheWholeLife) {
  // The exact solver's infinite horizon is the judge; standard error of the total about 0.4 %.
  const RunOffWorld w(steady, 1200);
  double total = 0;
  for (int t = 1; t <= 12; ++t)
    total += w.plan.discount.recurring[static_cast<std::size_t>(t - 1)] *
             (w.ledger.number(0, t, Origin::initial, money_fee_margin) -
              w.ledger.number(0, t, Origin::initial, money_service_cost));
  for (int k = 1; k <= 1200; ++k)
    total += w.plan.discount.recurring[static_cast<std::size_t>(12 + k - 1)] * w.sum(run_off_contribution, k);
  const Expectation exact = expect(w.model, unanchored(w.model), "baseline", {}, true);
  EXPECT_NEAR(total / exact.lifetime->base[0], 1, 0.015);
  EXPECT_EQ(w.ledger.left(0, Origin::initial), 0);
}

TEST(RunOff, HalvedAgainAndAgainItMeansTheSame) {
  SimulationOptions options;
  options.block = 512;
  const std::string lasting = "horizon: 6\nagents: all\nsegments: {all: {count: 40_000}}\n"
                              "stages: {customer: {fee: 30, churn: 0.5 % / month}}\n";
  const RunOffWorld all(lasting, 96, "baseline", options);
  for (const int at_once : {0, 2}) {
    const RunOffWorld few(lasting, 96, "baseline", options, {at_once, 24});
    for (const int k : {1, 24, 25, 48, 49, 96}) {
      // Of n customers, n / 2^h are left as a binomial number, and each stands for 2^h.
      const double n = all.sum(run_off_present, k), each = std::ldexp(1.0, at_once + (k - 1) / 24);
      EXPECT_NEAR(few.sum(run_off_present, k), n, 4.5 * std::sqrt(n * (each - 1))) << k;
      EXPECT_EQ(few.sum(run_off_present, k) != n, each > 1);
      EXPECT_NEAR(few.sum(run_off_revenue, k), 30 * few.sum(run_off_present, k), 1e-3);
    }
    const double left = static_cast<double>(all.ledger.left(0, Origin::initial)),
                 each = std::ldexp(1.0, at_once + 3);
    EXPECT_NEAR(static_cast<double>(few.ledger.left(0, Origin::initial)), left,
                4.5 * std::sqrt((each - 1) * left));
  }
}

TEST(RunOff, TheLotIsTheCustomersOwn) {
  // Half of the customers live in other blocks in the second scenario, and the blocks are of another size.
  const std::string firm = "horizon: 6\nagents: all\nsegments: {all: {count: 3_000}}\n"
                           "stages: {customer: {fee: 30, churn: 1 % / month}}\n"
                           "investments: {idle: {reach: 50 %, changes: {customer.fee: {times: 1}}}}\n"
                           "scenarios: {s: [idle]}\n";
  SimulationOptions small;
  small.block = 256;
  const RunOffWorld a(firm, 240, "baseline", {}, {2, 12}), b(firm, 240, "s", small, {2, 12});
  for (int k = 1; k <= 240; ++k) EXPECT_EQ(a.sum(run_off_revenue, k), b.sum(run_off_revenue, k));
}

TEST(RunOff, HalvedWithSurvivalWeightsItMeansTheSame) {
  const std::string lasting = "horizon: 6\nagents: all\nsegments: {all: {count: 40_000}}\n"
                              "stages: {customer: {fee: 30, churn: 1 % / month}}\n";
  PlanOptions options;
  options.run_off = 72;
  options.survival_weights = true;
  const Model model = read_model_text(lasting, "m.yaml");
  const Plan all(model, unanchored(model), {"baseline"}, options);
  options.thinning = {0, 24};
  const Plan few(model, unanchored(model), {"baseline"}, options);
  const Ledger of_all = simulate(all, {}).ledgers.front(), of_few = simulate(few, {}).ledgers.front();
  for (const int k : {1, 25, 72}) {
    const auto customers = [&](const Ledger& ledger) {
      return ledger.run_off(0, k, Origin::initial, run_off_present);
    };
    const double each = std::ldexp(1.0, (k - 1) / 24), n = customers(of_all);
    EXPECT_NEAR(n, 40'000 * std::pow(0.99, 6 + k - 1), 1e-3 * n) << k;
    // A customer in doubt has the weight w = n / 40,000: the variance of what the lot leaves is n w (each -
    // 1).
    EXPECT_NEAR(customers(of_few), n, 4.5 * std::sqrt(n * n / 40'000 * (each - 1)) + 1e-6) << k;
  }
}

TEST(RunOff, NobodyJoinsAndInvestmentsEnd) {
  const std::string growing = "horizon: 6\nagents: all\n"
                              "segments: {all: {count: 2_000, arrivals: 100 / month, acquisition_cost: 9}}\n"
                              "stages: {customer: {fee: 10}}\n"
                              "referrals: {rate: 0.1 / month}\n"
                              "investments: {dearer: {changes: {customer.fee: {set: 15}}}}\n"
                              "scenarios: {s: [dearer]}\n";
  const RunOffWorld w(growing, 24, "s");
  double at_horizon = 0;
  for (int o = 0; o < origins; ++o)
    at_horizon += static_cast<double>(w.ledger.get(0, 6, static_cast<Origin>(o), count_end));
  EXPECT_GT(at_horizon, 2'600);
  for (const int k : {1, 24}) {
    EXPECT_EQ(w.sum(run_off_present, k), at_horizon);
    EXPECT_NEAR(w.sum(run_off_revenue, k), 10 * at_horizon, 1e-3);
  }
}

TEST(RunOff, WhatIsWithinTheHorizonKeepsItsBits) {
  const RunOffWorld without(steady, 0), with(steady, 24);
  EXPECT_EQ(without.ledger.numbers(), with.ledger.numbers());
}

TEST(RunOff, TheSameBitsForAnyBlockAndThreads) {
  SimulationOptions one, other;
  one.threads = 1;
  other.threads = 2;
  other.block = 512;
  EXPECT_TRUE(RunOffWorld(steady, 48, "baseline", one).ledger ==
              RunOffWorld(steady, 48, "baseline", other).ledger);
}

TEST(RunOff, LastsUntilOneInAThousandIsLeft) {
  // 0.95^k <= 0.001 from k = 134.7 on; the last few customers of the sample decide when.
  const Model model = read_model_text(steady, "m.yaml");
  EXPECT_NEAR(run_off_periods(model, unanchored(model)), 135, 25);
  const Model loyal = read_model_text(
      "horizon: 3\nsegments: {a: {count: 500, tenure: 0}}\nstages: {customer: {fee: 1}}\n", "m");
  EXPECT_EQ(run_off_periods(loyal, unanchored(loyal)), 1200);
}

TEST(RunOff, ValuesOfNewcomersAsOfTheirJoining) {
  // One order of 1 a period for ever, nobody leaves: without the horizon, worth the same whenever one joins.
  const std::string text = "horizon: 24\nagents: all\nsegments: {all: {arrivals: 50 / month}}\n"
                           "stages: {customer: {fee: 100, churn: 20 % / month}}\nfinance: {discount: 30 %}\n";
  const Model model = read_model_text(text, "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline"}, RunOffWorld::of_plan(1200));
  SimulationOptions options;
  options.values = true;
  options.values_at_joining = true;
  const Ledger ledger = simulate(plan, options).ledgers.front();
  const Distribution& values = ledger.values[static_cast<std::size_t>(Origin::acquired)];
  double customers = 0, middles = 0;
  for (int k = 0; k < Distribution::size; ++k) {
    const double here = static_cast<double>(values.counts()[static_cast<std::size_t>(k)]);
    customers += here;
    middles += Distribution::center(k) * here;
  }
  const double sum = values.sum();
  EXPECT_NEAR(middles / sum, 1, 0.016);  // half a bin
  // A mid-period annuity of 100 with retention 0.8: 100 v^(1/2) / (1 - 0.8 v).
  const double v = std::pow(1.3, -1.0 / 12), expected = 100 * std::sqrt(v) / (1 - 0.8 * v);
  EXPECT_EQ(customers, 1200);
  EXPECT_NEAR(sum / customers / expected, 1, 0.1);  // 3.5 standard errors of a geometric life
}

}  // namespace

// Scenarios on the same customers with the same luck.
#include "scenarios/study.hpp"

#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

Study compared(const std::string& text, const std::vector<std::string>& names, int replications = 3) {
  const Model model = read_model_text(text, "m.yaml");
  StudyOptions options;
  options.simulation.seed = 5;
  options.terms = terms_of(model);
  options.replications = replications;
  return compare(model, unanchored(model, 0, 12), names, options);
}

const std::string world = R"(
horizon: 12
agents: 1_000
segments: {a: {count: 9_000, arrivals: 50}, b: {count: 3_000}}
stages: {customer: {fee: 20, churn: {average: 3 %, satisfaction: -0.4}}}
journeys: {help: {starts: {base: 20 %, failures: 0.5}, first: {call: 70 %}, touchpoints: {call: {failure: 20 %, recovery: 30 %, cost: 5}}}}
referrals: {rate: {base: 0.02, satisfaction: 0.3}}
finance: {discount: 10 %}
investments:
  nothing: {cost: {}}
  unchanged: {start: 2, ramp: 3, reach: 45 %, changes: {customer.churn: {set: 3 %}, help.call.failure: {times: 1}, help.call.quality: {add: 0},
         help.call.recovery: {odds: 1}, help.first.call: {set: 70 %}, help.starts: {times: 1}}}
  better: {start: 2, cost: {upfront: 5_000, running: 100}, changes: {help.call.failure: {times: 0.5}}}
  best: {start: 2, cost: {upfront: 9_000, running: 100}, changes: {help.call.failure: {times: 0.1}, help.call.quality: {add: 1}}}
  wasted: {start: 3, cost: {upfront: 120}}
events: {shock: {start: 4, reach: 50 %, impulse: {satisfaction: -2}}}
scenarios:
  nothing: [nothing]
  unchanged: [unchanged]
  better: [better]
  best: [best]
  wasted: [wasted]
  shock: [shock]
  better_in_shock: [shock, better]
compare: {better_in_shock: shock}
)";

TEST(Compare, WhatChangesNothingReturnsExactlyNothing) {
  const Study s = compared(world, {"nothing", "unchanged"});
  ASSERT_EQ(s.comparisons.size(), 2u);
  for (const Comparison& c : s.comparisons) {
    for (const Interval& i : {c.npv, c.contribution, c.cost}) {
      EXPECT_EQ(i.mean, 0) << c.scenario;
      EXPECT_EQ(i.low, 0) << c.scenario;
      EXPECT_EQ(i.high, 0) << c.scenario;
    }
    EXPECT_EQ(c.p_zero, 1);
    EXPECT_TRUE(std::isnan(c.roi.value));
    EXPECT_NEAR(c.correlation, 1, 1e-12);
  }
}

TEST(Compare, AWastedInvestmentLosesExactlyItsCost) {
  const Study s = compared(world, {"wasted"});
  const Comparison& c = s.comparisons[0];
  const double cost = 120 * std::pow(1.1, -2.0 / 12);
  EXPECT_EQ(c.contribution.mean, 0);
  EXPECT_NEAR(c.cost.mean, cost, 1e-9);
  EXPECT_NEAR(c.npv.mean, -cost, 1e-9);
  EXPECT_NEAR(c.roi.value, -1, 1e-12);
  EXPECT_TRUE(c.roi.bounded);
  EXPECT_EQ(c.p_negative, 1);
}

TEST(Compare, FiguresAgree) {
  const Study s = compared(world, {"better"}, 6);
  const Comparison& c = s.comparisons[0];
  EXPECT_EQ(c.against, "baseline");
  EXPECT_EQ(s.worlds->size(), 6);
  EXPECT_EQ(s.status, Status::fixed);
  EXPECT_NEAR(c.npv.mean, c.contribution.mean - c.cost.mean, 1e-6);
  EXPECT_NEAR(c.roi.value, c.npv.mean / c.cost.mean, 1e-9);
  EXPECT_LT(c.npv.low, c.npv.mean);
  EXPECT_GT(c.npv.high, c.npv.mean);
  EXPECT_NEAR(c.p_positive + c.p_zero + c.p_negative, 1, 1e-12);
  // The differences by hand.
  std::vector<double> npv;
  for (std::size_t r = 0; r < 6; ++r) {
    const auto npv_of = [&](const char* name) {
      return present_value(s.worlds->world(name).flows[r], terms_of(s.worlds->plan().model()), 12).npv();
    };
    npv.push_back(npv_of("better") - npv_of("baseline"));
  }
  const Interval i = mean_interval(npv, 0.95);
  EXPECT_NEAR(c.npv.mean, i.mean, 1e-6);
  EXPECT_NEAR(c.npv.low, i.low, 1e-6);
  EXPECT_NEAR(c.npv.high, i.high, 1e-6);
}

TEST(Compare, TheSameLuckNarrowsTheInterval) {
  const Study s = compared(world, {"better"}, 8);
  EXPECT_GT(s.comparisons[0].correlation, 0.9);
}

TEST(Compare, WithoutAnOutlayThereIsNoReturn) {
  // The better one laid out 4,000 less than the best; an event lays out nothing.
  std::string text = world;
  text.replace(text.find("compare: {better_in_shock: shock}"), 33, "compare: {better: best}");
  const Study s = compared(text, {"better", "shock"});
  const Comparison &saving = s.comparisons[0], &event = s.comparisons[1];
  EXPECT_NEAR(saving.cost.mean, -4'000 * std::pow(1.1, -1.0 / 12), 1e-6);
  EXPECT_EQ(saving.roi_reason,
            "it saves cost against 'best': nothing is laid out, its net benefit is what counts");
  EXPECT_EQ(event.roi_reason, "nothing is invested");
  for (const Comparison& c : s.comparisons) {
    EXPECT_TRUE(c.irr.rates.empty());
    EXPECT_EQ(c.irr.reason, c.roi_reason);
    EXPECT_EQ(c.payback.reason, c.roi_reason);
    for (const double x :
         {c.roi.value, c.mirr, c.payback.first, c.discounted_payback.first, c.payback_beyond})
      EXPECT_TRUE(std::isnan(x)) << c.scenario;
  }
}

TEST(Compare, AnotherScenarioToCompareWith) {
  const Study s = compared(world, {"better_in_shock"});
  ASSERT_EQ(s.comparisons.size(), 1u);
  EXPECT_EQ(s.comparisons[0].against, "shock");
  ASSERT_EQ(s.worlds->names().size(), 3u);  // the baseline, the scenario, and what it is compared with
  EXPECT_GT(s.comparisons[0].cost.mean, 5'000);
}

TEST(Compare, AllScenariosUnlessNamed) {
  const Study s = compared(world, {}, 1);
  EXPECT_EQ(s.comparisons.size(), 7u);
  EXPECT_TRUE(std::isinf(s.comparisons[2].npv.low));  // one replication has no interval
}

TEST(Compare, AScenarioDoesNotDependOnItsNeighbours) {
  const Study one = compared(world, {"better"}), many = compared(world, {"shock", "best", "better"});
  EXPECT_EQ(one.comparisons[0].npv.mean, many.comparisons[2].npv.mean);
  EXPECT_EQ(one.comparisons[0].npv.low, many.comparisons[2].npv.low);
}

TEST(Compare, AnUnknownScenarioIsRefused) {
  const std::string said = refusal_of([] { compared(world, {"beter"}); });
  EXPECT_EQ(said.find("there is no scenario 'beter'; did you mean 'better'? (scenarios: baseline, nothing"),
            0u)
      << said;
}

}  // namespace

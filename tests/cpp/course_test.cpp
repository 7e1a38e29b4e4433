// When interventions begin and end, what is left of them, and how likely what begins by chance is.
#include "sim/plan/course.hpp"

#include <algorithm>
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

constexpr const char* firm = R"(
horizon: 24
segments: {all: {count: 1_000, arrivals: 10}}
stages: {customer: {fee: 10, churn: 2 %}}
journeys: {use: {starts: 50 %, touchpoints: {use: {quality: 6, failure: 20 %}}}}
)";

struct Planned {
  explicit Planned(const std::string& more, const std::vector<std::string>& scenarios)
      : model(read_model_text(firm + more, "m.yaml")), plan(model, unanchored(model), scenarios) {}
  const Course& course(std::size_t scenario = 0) const { return *plan.scenarios[scenario].course; }
  const TouchpointParams& use(int period) const {
    return plan.compiled(course(), 0, 0, false, period).params().journeys[0].touchpoints[0];
  }
  double paid(CostKind kind, int period) const {
    double sum = 0;
    for (const FirmPayment& due : course().payments())
      if (due.counter == plan.layout.cost(kind, 0) && due.period == period) sum += due.amount;
    return sum;
  }
  Model model;
  Plan plan;
};

TEST(Course, SeasonsBeginAnew) {
  const Planned p(R"(
investments:
  sale:
    start: 3
    every: 6
    lasts: 4
    ramp: 2
    impulse: {satisfaction: 1}
    changes: {use.use.quality: {add: 2}, arrivals: {times: 2}}
    cost: {upfront: 100, running: 10, per_customer: 1}
scenarios: {sale: [sale]}
)",
                  {"sale"});
  for (int t = 1; t <= 24; ++t) {
    const int age = t < 3 ? 0 : (t - 3) % 6 + 1;
    const bool acts = age >= 1 && age <= 4;
    const float quality = !acts ? 6.0f : age == 1 ? 7.0f : 8.0f;
    EXPECT_FLOAT_EQ(p.use(t).quality, quality) << t;
    EXPECT_DOUBLE_EQ(p.course().joining(0, t).arrivals, !acts ? 10 : age == 1 ? 15 : 20) << t;
    EXPECT_EQ(p.plan.compiled(p.course(), 0, 0, false, t).params().n_impulses, age == 1) << t;
    EXPECT_EQ(p.paid(CostKind::upfront, t), age == 1 ? 100 : 0) << t;
    EXPECT_EQ(p.paid(CostKind::running, t), acts ? 10 : 0) << t;
    ASSERT_EQ(p.course().treatments(t).size(), acts ? 1u : 0u) << t;
    for (const TreatmentCost& due : p.course().treatments(t)) EXPECT_EQ(due.begins, age == 1) << t;
  }
}

TEST(Course, WhatEveryPeriodBeginsAgainActsAlways) {
  const Planned p(
      "events: {rain: {every: 1, impulse: {trust: -0.1}, cost: {upfront: 5}}}\nscenarios: {rain: [rain]}",
      {"rain"});
  for (int t = 1; t <= 24; ++t) {
    EXPECT_EQ(p.paid(CostKind::upfront, t), 5) << t;
    EXPECT_EQ(p.plan.compiled(p.course(), 0, 0, false, t).params().n_impulses, 1) << t;
  }
}

TEST(Course, WhatEndsMayFade) {
  const Planned p(R"(
investments:
  drive:
    start: 2
    lasts: 3
    fades: 2
    ramp: 2
    impulse: {trust: 0.1, who: {tenure: {above: 1}}}
    changes: {use.use.quality: {add: 2}, use.use.failure: {odds: 0.25}}
    cost: {running: 10, per_customer: 1, each: {use.use: 3}}
scenarios: {drive: [drive]}
)",
                  {"drive"});
  const auto left = [](int t) {
    if (t < 2) return 0.0;
    if (t <= 4) return t == 2 ? 0.5 : 1.0;
    return t - 4 < 7 * 2 ? std::pow(0.5, (t - 4) / 2.0) : 0.0;  // 13 periods, then 0.8 % is cut
  };
  EXPECT_GT(left(17), 0.01);
  EXPECT_EQ(left(18), 0);
  for (int t = 1; t <= 24; ++t) {
    const TouchpointParams& use = p.use(t);
    EXPECT_FLOAT_EQ(use.quality, static_cast<float>(6 + 2 * left(t))) << t;
    const double odds = 0.25 * std::pow(0.25, left(t));
    EXPECT_NEAR((use.failure.limit + 2147483648.0) / 4294967296.0, odds / (1 + odds), 1e-9) << t;
    const bool lasts = t >= 2 && t <= 4;
    const Params& params = p.plan.compiled(p.course(), 0, 0, false, t).params();
    EXPECT_EQ(params.n_impulses, lasts) << t;
    EXPECT_EQ(p.paid(CostKind::running, t), lasts ? 10 : 0) << t;
    EXPECT_EQ(p.course().treatments(t).size(), lasts ? 1u : 0u) << t;
    const int use_cost = p.plan.layout.money_place(p.plan.layout.cost(CostKind::use, 0));
    const bool priced = std::any_of(params.prices, params.prices + params.n_prices,
                                    [&](const Price& price) { return price.money == use_cost; });
    EXPECT_EQ(priced, lasts) << t;
  }
}

TEST(Course, ANewBeginningTakesThePlaceOfWhatFades) {
  const Planned p(
      "investments: {sale: {every: 4, lasts: 1, fades: 3, changes: {use.use.quality: {add: 2}}}}\n"
      "scenarios: {sale: [sale]}",
      {"sale"});
  for (int t = 1; t <= 24; ++t)
    EXPECT_FLOAT_EQ(p.use(t).quality, static_cast<float>(6 + 2 * std::pow(0.5, ((t - 1) % 4) / 3.0))) << t;
}

constexpr const char* risky = R"(
events:
  breach: {chance: 10 %, lasts: 3, impulse: {trust: -0.2}, changes: {arrivals: {times: 0.5}}, cost: {upfront: 7}}
  storm: {start: 5}
investments:
  security: {start: 9, ramp: 2, changes: {breach.chance: {times: 0.5}, events.breach.impulse.trust: {times: 0.25}}}
  luck: {chance: 50 %, changes: {use.use.quality: {add: 1}}}
scenarios: {safe: [security], named: [security, breach], lucky: [luck]}
)";

TEST(Course, EventsByChanceActInEveryScenario) {
  const Planned p(risky, {"baseline", "safe", "named", "lucky"});
  const auto names = [&](std::size_t k) {
    std::vector<std::string> all;
    for (const Intervention& one : p.plan.scenarios[k].interventions) all.push_back(one.name);
    return all;
  };
  EXPECT_EQ(names(0), (std::vector<std::string>{"breach"}));
  EXPECT_EQ(names(1), (std::vector<std::string>{"breach", "security"}));
  EXPECT_EQ(names(2), names(1)) << "to list it changes nothing";
  EXPECT_EQ(names(3), (std::vector<std::string>{"breach", "luck"}));
  EXPECT_EQ(Plan(p.model, unanchored(p.model), {"baseline"}, {.circumstances = false})
                .scenarios[0]
                .interventions.size(),
            0u);
}

TEST(Course, InvestmentsChangeChancesAndImpulses) {
  const Planned p(risky, {"safe"});
  const std::vector<double>& chance = p.plan.scenarios[0].interventions[0].chance;
  for (int t = 1; t <= 24; ++t)
    EXPECT_DOUBLE_EQ(chance[static_cast<std::size_t>(t - 1)], t < 9 ? 0.1 : t == 9 ? 0.075 : 0.05) << t;
  const int breach = 2, security = 0;  // investments come first
  const auto trust = [&](const Activity& activity) {
    return p.plan.tables.of(0, false, activity).params().impulses[0].trust;
  };
  EXPECT_FLOAT_EQ(trust({{breach, 1, 0}}), -0.2f);
  EXPECT_FLOAT_EQ(trust({{breach, 1, 0}, {security, 2, 0}}), -0.05f);
}

TEST(Course, TheExtremesHoldAllThatChanceMayBring) {
  const Planned p(risky, {"lucky"});
  const ScenarioPlan& s = p.plan.scenarios[0];
  ASSERT_EQ(s.extremes.size(), 4u);
  double least = 1e9, most = 0;
  for (const Course& course : s.extremes) {
    least = std::min(least, course.arrivals(0));
    most = std::max(most, course.arrivals(0));
  }
  EXPECT_DOUBLE_EQ(least, 120);
  EXPECT_DOUBLE_EQ(most, 240);
  EXPECT_DOUBLE_EQ(s.arrivals(0), most);
}

TEST(Course, WhatOnlyChanceCanBringOutOfBoundsIsRefused) {
  const std::string said = refusal_of([] {
    Planned("events:\n  a: {chance: 1 %, changes: {use.use.quality: {add: 2.5}}}\n"
            "  b: {chance: 1 %, changes: {use.use.quality: {add: 2.5}}}\n",
            {"baseline"});
  });
  EXPECT_NE(said.find("the change leads to 11; accepted: 0 to 10"), std::string::npos) << said;
}

TEST(Course, ManyChancesAreRefused) {
  std::string events = "events:\n";
  for (int k = 0; k < 9; ++k) events += "  e" + std::to_string(k) + ": {chance: 1 %}\n";
  EXPECT_EQ(
      refusal_of([&] { Planned(events, {"baseline"}); }),
      "scenario 'baseline' has more than 8 investments and events that begin by chance or by what is seen");
}

TEST(Course, OddsAreExact) {
  Intervention one;
  one.lasts = 1;
  one.chance = {0.5, 0.25, 0, 1};
  EXPECT_DOUBLE_EQ(odds_of(one).at_least_one, 1);
  EXPECT_DOUBLE_EQ(odds_of(one).expected, 1.75);
  one.chance = {0.5, 0.5, 0.5};
  one.lasts = 2;  // begins in 1 and 3, 1, 2, 3 or never: 1/4, 1/4, 1/4, 1/8, 1/8
  EXPECT_DOUBLE_EQ(odds_of(one).at_least_one, 0.875);
  EXPECT_DOUBLE_EQ(odds_of(one).expected, 0.5 + 0.25 + 0.375);
}

}  // namespace

// The plan: weights and agents, ramps, audiences and groups, costs, and errors in words.
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

struct Planned {
  explicit Planned(const std::string& text, const std::vector<std::string>& scenarios = {"baseline"})
      : model(read_model_text(text, "m.yaml")), plan(model, unanchored(model), scenarios) {}
  Model model;
  Plan plan;
};

TEST(Plan, AnUnknownScenarioIsRefusedByName) {
  const std::string text =
      "segments: {all: {count: 10}}\nstages: {customer: {churn: 2 %}}\n"
      "investments: {bot: {cost: {upfront: 5}}}\nscenarios: {digital: [bot], people: [bot]}\n";
  EXPECT_EQ(refusal_of([&] { Planned(text, {"digitl"}); }),
            "there is no scenario 'digitl'; did you mean 'digital'? (scenarios: baseline, digital, people)");
  EXPECT_EQ(refusal_of([&] { Planned(text, {"zzzzzz"}); }),
            "there is no scenario 'zzzzzz' (scenarios: baseline, digital, people)");
  EXPECT_EQ(refusal_of([&] { Planned(text, {"baseline", "people"}); }), "");
}

TEST(Plan, AgentsAndWeights) {
  // min(count, 20,000) customers in all, at least min(count, 200) of a segment.
  const Planned p(R"(
segments: {big: {count: 180_000}, middle: {count: 19_900}, small: {count: 100}, later: {arrivals: 3}}
stages: {customer: {churn: 2 %}}
)");
  EXPECT_EQ(p.plan.segments[0].agents, 18'000);
  EXPECT_EQ(p.plan.segments[1].agents, 1'990);
  EXPECT_EQ(p.plan.segments[2].agents, 100);
  EXPECT_EQ(p.plan.segments[3].agents, 0);
  EXPECT_DOUBLE_EQ(p.plan.segments[0].weight, 10);
  EXPECT_DOUBLE_EQ(p.plan.segments[2].weight, 1);
  EXPECT_DOUBLE_EQ(p.plan.segments[3].weight, 10);  // the mean weight
  const Planned floor("agents: 1_000\nsegments: {a: {count: 999_000}, b: {count: 1_000}}\n"
                      "stages: {customer: {churn: 2 %}}\n");
  EXPECT_EQ(floor.plan.segments[0].agents, 999);
  EXPECT_EQ(floor.plan.segments[1].agents, 200);
  EXPECT_DOUBLE_EQ(floor.plan.segments[1].weight, 5);
  const Planned few("segments: {a: {count: 700}}\nstages: {customer: {churn: 2 %}}\n");
  EXPECT_EQ(few.plan.segments[0].agents, 700);
  EXPECT_DOUBLE_EQ(few.plan.segments[0].weight, 1);
  const Planned all("agents: all\nsegments: {a: {count: 70_000}}\nstages: {customer: {churn: 2 %}}\n");
  EXPECT_EQ(all.plan.segments[0].agents, 70'000);
}

TEST(Plan, SamplesOfPeople) {
  const auto sample = [](const std::string& customers, const std::string& network) {
    const Model model =
        read_model_text("segments: {all: {count: " + customers +
                            "}}\nstages: {customer: {churn: 2 %}}\nmarket: {size: 12_000" + network + "}\n",
                        "m.yaml");
    const Plan plan(model, unanchored(model), {"baseline"}, {.agents_per_segment = 16'384});
    return std::pair(plan.segments[0].agents, plan.segments[0].agents + *plan.segments[0].prospects);
  };
  using Sample = std::pair<std::int64_t, std::int64_t>;  // customers, people
  EXPECT_EQ(sample("6_000", ""), Sample(16'384, 2 * 16'384));
  EXPECT_EQ(sample("500", ""), Sample(10'923, 16 * 16'384 + 8)) << "16 people for each of 16,384";
  const std::string network = ", network: {random: 8}";
  EXPECT_EQ(sample("6_000", network), Sample(8'192, 16'384));
  EXPECT_EQ(sample("3_000", network), Sample(8'192, 2 * 16'384));
  EXPECT_EQ(sample("500", network), Sample(2'731, 4 * 16'384 + 8)) << "at most four times as many";
}

const char* const ramped = R"(
horizon: 10
segments: {one: {count: 100, arrivals: 20}, two: {count: 100}}
stages: {customer: {churn: {base: 10 %, satisfaction: -0.1}}}
journeys: {use: {starts: 50 %, touchpoints: {use: {quality: 7, failure: 20 %, cost: 4}}}}
investments:
  slow: {start: 3, ramp: 4, changes: {use.use.quality: {add: 1}, use.use.failure: {odds: 0.25}, use.use.cost: {set: 8},
         one.arrivals: {times: 2}}}
  short: {start: 2, lasts: 3, reach: {one: 30 %}, changes: {use.use.quality: {times: 1.1}}}
  same: {start: 4, reach: 30 %, audience: short, cost: {running: 5}}
  other: {reach: 30 %, cost: {upfront: 70, running: 2, per_customer: 3}}
  partly: {audience: short, reach: 60 %, cost: {running: 1}}
events: {shock: {start: 6, impulse: {trust: -0.1}, cost: {upfront: 11}}}
scenarios: {slow: [slow], short: [short], audiences: [same, other, partly], shock: [shock]}
)";

const Params& at(const Planned& p, int scenario, int segment, std::uint32_t mask, int period) {
  return p.plan
      .compiled(*p.plan.scenarios[static_cast<std::size_t>(scenario)].course, segment, mask, false, period)
      .params();
}

/// What one of this counter is worth in that money; 0: nothing.
double price(const Params& params, int counter, int money) {
  for (int k = 0; k < params.n_prices; ++k)
    if (params.prices[k].counter == counter && params.prices[k].money == money - first_money())
      return params.prices[k].amount;
  return 0;
}

TEST(Plan, ArrivalsOfAnotherFirmAreRefusedBeforeTheyTakeHours) {
  const std::string text = "horizon: 12\nsegments: {young: {count: 1_000, arrivals: 2_300_000}}\nstages: "
                           "{customer: {churn: 2 %}}\n";
  EXPECT_EQ(refusal_of([&] { Planned{text}; }),
            "segment 'young': young.arrivals brings 27.6 million customers to be simulated over the horizon, "
            "beside 1000 at the start; accepted: 10 million, or any number where agents says how many to "
            "simulate (fewer agents stand for more customers each, newcomers included)");
  EXPECT_EQ(refusal_of([&] { Planned{"agents: 200\n" + text}; }), "");
  EXPECT_EQ(refusal_of([&] { Planned{"agents: all\n" + text}; }), "");
}

TEST(Plan, RampsMoveFromTheOldValue) {
  const Planned p(ramped, {"slow"});
  const float quality[] = {7, 7, 7.25, 7.5, 7.75, 8, 8, 8, 8, 8};
  const double arrivals[] = {20, 20, 25, 30, 35, 40, 40, 40, 40, 40};
  for (int t = 1; t <= 10; ++t) {
    const TouchpointParams& use = at(p, 0, 0, 0, t).journeys[0].touchpoints[0];
    const double f = std::min(1.0, std::max(0, t - 2) / 4.0);
    EXPECT_FLOAT_EQ(use.quality, quality[t - 1]) << t;
    EXPECT_DOUBLE_EQ(price(at(p, 0, 0, 0, t), use.counter, money_touchpoint_cost), 4 + 4 * f) << t;
    const double odds = 0.25 * std::pow(0.25, f), share = odds / (1 + odds);
    EXPECT_NEAR((use.failure.limit + 2147483648.0) / 4294967296.0, share, 1e-9) << t;
    EXPECT_DOUBLE_EQ(p.plan.scenarios[0].course->joining(0, t).arrivals, arrivals[t - 1]) << t;
  }
}

TEST(Plan, WhatLastsEnds) {
  const Planned p(ramped, {"short"});
  const ScenarioPlan& s = p.plan.scenarios[0];
  ASSERT_EQ(s.audiences.size(), 1u);
  EXPECT_EQ(s.interventions[0].reach, (std::vector<double>{0.3, 0.0}));
  for (int t = 1; t <= 10; ++t) {
    const bool active = t >= 2 && t <= 4;
    EXPECT_FLOAT_EQ(at(p, 0, 0, 1, t).journeys[0].touchpoints[0].quality, active ? 7.7f : 7.0f) << t;
    EXPECT_FLOAT_EQ(at(p, 0, 0, 0, t).journeys[0].touchpoints[0].quality, 7.0f) << t;
    EXPECT_FLOAT_EQ(at(p, 0, 1, 1, t).journeys[0].touchpoints[0].quality, 7.0f)
        << "a segment not named, " << t;
  }
}

TEST(Plan, AudiencesAreGroups) {
  // The same audience with another reach is another group, on the same luck; another name has its own.
  const Planned p(ramped, {"audiences"});
  const ScenarioPlan& s = p.plan.scenarios[0];
  ASSERT_EQ(s.audiences.size(), 3u);
  EXPECT_EQ(s.audiences[0].hash, s.audiences[2].hash);
  EXPECT_NE(s.audiences[0].hash, s.audiences[1].hash);
  EXPECT_FALSE(s.audiences[0] == s.audiences[2]);
  EXPECT_EQ(s.groups(), 8u);
}

TEST(Plan, CostsAreDated) {
  const Planned p(ramped, {"audiences", "shock"});
  const ScenarioPlan& s = p.plan.scenarios[0];
  const auto paid = [&](const ScenarioPlan& world, CostKind kind, const std::string& name, int period) {
    double sum = 0;
    for (const FirmPayment& due : world.course->payments())
      for (const Intervention& i : world.interventions)
        if (i.name == name && due.counter == p.plan.layout.cost(kind, i.index) && due.period == period)
          sum += due.amount;
    return sum;
  };
  EXPECT_EQ(paid(s, CostKind::upfront, "other", 1), 70);
  EXPECT_EQ(paid(s, CostKind::upfront, "other", 2), 0);
  EXPECT_EQ(paid(s, CostKind::running, "same", 3), 0);  // it starts in period 4
  EXPECT_EQ(paid(s, CostKind::running, "same", 4), 5);
  EXPECT_EQ(paid(s, CostKind::running, "other", 1), 2);
  for (int t = 1; t <= 10; ++t) {
    const std::vector<TreatmentCost>& due = s.course->treatments(t);
    ASSERT_EQ(due.size(), 2u) << t;  // `other`, in both segments
    EXPECT_EQ(due[0].amount, 3);
    EXPECT_EQ(due[0].bit, 1);
    EXPECT_EQ(due[0].begins, t == 1) << t;
  }
  const ScenarioPlan& shock = p.plan.scenarios[1];
  EXPECT_EQ(paid(shock, CostKind::upfront, "shock", 6), 11);
  for (int t = 1; t <= 10; ++t) EXPECT_EQ(at(p, 1, 0, 0, t).n_impulses, t == 6) << t;
}

TEST(Plan, ManyPartialAudiencesAreRefused) {
  std::string investments, list;
  for (int k = 0; k < 9; ++k) {
    investments += "  i" + std::to_string(k) + ": {reach: 50 %, cost: {running: 1}}\n";
    list += (k ? ", i" : "i") + std::to_string(k);
  }
  const std::string text = "segments: {all: {count: 10}}\nstages: {customer: {churn: 2 %}}\ninvestments:\n" +
                           investments + "scenarios: {nine: [" + list + "]}\n";
  EXPECT_EQ(refusal_of([&] { Planned(text, {"nine"}); }),
            "scenario 'nine' has more than 8 audiences that reach only a part of the customers");
}

TEST(Plan, ChangesThatLeaveTheBoundsAreRefused) {
  const std::string text =
      "segments: {all: {count: 10}}\nstages: {customer: {churn: 60 %}}\n"
      "investments: {worse: {changes: {customer.churn: {times: 2}}}}\nscenarios: {worse: [worse]}\n";
  const std::string said = refusal_of([&] { Planned(text, {"worse"}); });
  EXPECT_NE(said.find("customer.churn"), std::string::npos) << said;
  EXPECT_NE(said.find("m.yaml:3:"), std::string::npos) << said;
}

TEST(Plan, WhatOpposingRampsReachOnTheWayIsRefused) {
  // Quality 9: 10.4 when two ramps are at their top, 9.6 when the third is.
  const std::string said = refusal_of([&] {
    Planned(R"(
horizon: 12
segments: {every: {count: 10}}
stages: {customer: {churn: 2 %}}
journeys: {use: {starts: 50 %, touchpoints: {use: {quality: 9}}}}
investments:
  one: {ramp: 2, changes: {use.use.quality: {add: 0.8}}}
  two: {ramp: 2, changes: {use.use.quality: {add: 0.8}}}
  down: {ramp: 10, changes: {use.use.quality: {add: -1}}}
scenarios: {three: [down, one, two]}
)",
            {"three"});
  });
  EXPECT_NE(said.find("use.use.quality"), std::string::npos) << said;
}

TEST(Plan, DiscountFactors) {
  const auto factors = [](const std::string& timing) {
    const Model m = read_model_text("segments: {all: {count: 10}}\nstages: {customer: {churn: 2 %}}\n"
                                    "finance: {discount: 10 %, timing: " +
                                        timing + "}\n",
                                    "m.yaml");
    const DiscountFactors found = discount_factors(valuation_of(m), m.periods_per_year(), 24);
    return std::pair(found.recurring, found.dated);
  };
  const auto [start, dated] = factors("start");
  EXPECT_EQ(start, dated);
  EXPECT_EQ(dated[0], 1);
  EXPECT_NEAR(dated[12], 1 / 1.1, 1e-15);  // effective: a year's factor is 1 / (1 + r), not (1 + r / 12)^-12
  EXPECT_NEAR(factors("end").first[11], 1 / 1.1, 1e-15);
  EXPECT_NEAR(factors("mid").first[11], std::pow(1.1, -11.5 / 12), 1e-15);
  EXPECT_EQ(factors("end").second, dated);  // timing moves recurring flows only
  // nominal: money grows by 2 % while it is discounted at 10 %
  EXPECT_NEAR(factors("start, prices: nominal, inflation: 2 %").second[12], 1.02 / 1.1, 1e-15);
  EXPECT_EQ(factors("start, inflation: 2 %").second, dated);
}

}  // namespace

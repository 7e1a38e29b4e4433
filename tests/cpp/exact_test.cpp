// The exact solver against closed forms and sums by hand. Probabilities are multiples of 2^-32 and amounts
// floats, hence the tolerances of 1e-6 and less. One file, because all tests ask the one solver through the
// same few helpers.
#include "sim/exact/expect.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "sim/file/read.hpp"
#include "sim/model/problem.hpp"

namespace {

using namespace goodwill;

constexpr auto initial = Origin::initial, acquired = Origin::acquired, referred = Origin::referred;

/// No averages to solve; candidates for the base have this age (0: a fresh cohort).
Anchors aged(const Model& model, int age = 0) {
  Anchors anchors;
  SegmentAnchor one;
  for_each_response(model, [&](const std::string&, const Response&) {
    one.solved.push_back(std::numeric_limits<double>::quiet_NaN());
  });
  one.tenure_cdf.assign(static_cast<std::size_t>(age) + 1, 0.0);
  one.tenure_cdf.back() = 1;
  anchors.segments.assign(model.segments.size(), one);
  return anchors;
}

Expectation expected(const std::string& text, const std::string& scenario = "baseline", bool infinite = false,
                     int age = 0) {
  const Model model = read_model_text(text, "m.yaml");
  return expect(model, aged(model, age), scenario, {}, infinite);
}

std::string refusal(const std::string& text, bool infinite = false) {
  try {
    expected(text, "baseline", infinite);
  } catch (const ModelError& error) {
    return error.what();
  }
  return "";
}

std::string retention_model(double retention, const std::string& timing) {
  return "period: year\nhorizon: 40\nsegments: {all: {count: 1}}\nstages: {customer: {fee: 1, churn: " +
         std::to_string(1 - retention) + "}}\nfinance: {discount: 12 %, timing: " + timing + "}\n";
}

TEST(Exact, ConstantRetentionHasTheTextbookMultiples) {
  const double retention[] = {0.6, 0.7, 0.8, 0.9}, multiple[] = {1.154, 1.667, 2.5, 4.091};
  for (int k = 0; k < 4; ++k) {
    const double r = retention[k], i = 0.12;
    const auto at_start = expected(retention_model(r, "start"), "baseline", true);
    const auto at_mid = expected(retention_model(r, "mid"), "baseline", true);
    const auto at_end = expected(retention_model(r, "end"), "baseline", true);
    const double start = at_start.lifetime->by_stage[0][0];
    EXPECT_NEAR(start, (1 + i) / (1 + i - r), 1e-7);  // the first margin at t = 0
    EXPECT_NEAR(start - 1, multiple[k], 5e-4);        // the first margin one period after acquisition
    EXPECT_NEAR(start - 1, r / (1 + i - r), 1e-7);
    EXPECT_NEAR(at_mid.lifetime->by_stage[0][0], std::sqrt(1 + i) / (1 + i - r), 1e-7);
    EXPECT_NEAR(at_end.lifetime->by_stage[0][0], 1 / (1 + i - r), 1e-7);
    EXPECT_NEAR(at_start.lifetime->base[0], start, 1e-12);
    // Over 40 years: the geometric series cut off.
    EXPECT_NEAR(at_start.present_value(), start * (1 - std::pow(r / (1 + i), 40)), 1e-7);
    EXPECT_EQ(at_start.present_value(), at_start.present_value(0, initial));
  }
}

TEST(Exact, AnAnnuityIsDatedByTheTiming) {
  const auto value = [](const std::string& period, const std::string& timing) {
    return expected("period: " + period +
                    "\nhorizon: 5 years\nsegments: {all: {count: 1}}\nstages: {customer: {fee: 1 / " +
                    "year}}\nfinance: {discount: 10 %, timing: " + timing + "}\n")
        .present_value();
  };
  EXPECT_NEAR(value("year", "end"), 3.791, 5e-4);
  EXPECT_NEAR(value("year", "mid"), 3.976, 5e-4);
  EXPECT_NEAR(value("year", "start"), 4.170, 5e-4);
  EXPECT_NEAR(value("month", "end"), 3.9615, 5e-5);
  EXPECT_NEAR(value("month", "mid"), 3.9773, 5e-5);
}

TEST(Exact, AJourneyIsAnAbsorbingChain) {
  // Of 1 who calls: .6 ok, .1 recovered, .3 failed, half of which call again: 1 / .85 calls.
  const auto e = expected(R"(
horizon: 3
segments: {all: {count: 100}}
stages:
  customer: {fee: 10, margin: 50 %, service_cost: 1, churn: 10 %}
  watched: {}
journeys:
  help:
    stages: [customer]
    starts: 50 %
    touchpoints:
      call:
        failure: 40 %
        recovery: 25 %
        cost: 8
        recovery_cost: 16
        earns: 4
        margin: 25 %
        next: {failed: {call: 50 %, lost: 20 %}, recovered: watched}
)");
  const double starts = 50, calls = starts / 0.85, lost = 0.3 * 0.2 * calls, watched = 0.1 * calls;
  const auto get = [&](int counter) { return e.get(0, 1, initial, counter); };
  EXPECT_NEAR(get(e.layout.journeys_at), starts, 1e-6);
  EXPECT_NEAR(get(e.layout.journeys_at + 1), 0, 1e-12);
  EXPECT_NEAR(get(e.layout.touchpoints_at), calls, 1e-6);
  EXPECT_NEAR(get(e.layout.touchpoints_at + 1), 0.3 * calls, 1e-6);
  EXPECT_NEAR(get(e.layout.touchpoints_at + 2), 0.1 * calls, 1e-6);
  EXPECT_NEAR(get(money_touchpoint_cost), 8 * calls, 1e-5);
  EXPECT_NEAR(get(money_recovery_cost), 1.6 * calls, 1e-5);
  EXPECT_NEAR(get(money_earnings), 4 * calls, 1e-5);
  EXPECT_NEAR(get(money_earnings_margin), calls, 1e-5);
  const double churned = 0.1 * (100 - lost - watched);
  EXPECT_NEAR(get(e.layout.moves_at), churned, 1e-6);
  EXPECT_NEAR(get(count_lost), lost + churned, 1e-6);
  EXPECT_NEAR(e.get(0, 2, initial, e.layout.stages_at + 1), watched, 1e-6);
  EXPECT_NEAR(e.contribution(0, 1, initial), 400 + calls - 8 * calls - 1.6 * calls, 1e-4);
  EXPECT_TRUE(std::isnan(get(sum_satisfaction)));
  for (int t = 1; t <= 3; ++t)
    EXPECT_NEAR(e.total(t, count_start) + (t == 1 ? 0 : e.total(t, count_joined)) - e.total(t, count_lost),
                e.total(t, count_end), 1e-9);
}

TEST(Exact, WalksAreCutOffAfter64Steps) {
  const auto e = expected(R"(
horizon: 1
segments: {all: {count: 1}}
stages: {customer: {}}
journeys:
  round:
    starts: 100 %
    first: {a: 25 %, b: 25 %}
    touchpoints:
      a: {next: {b: 100 %}}
      b: {next: {a: 100 %}, happens: 50 %}
)");
  const int at = e.layout.touchpoints_at;
  EXPECT_NEAR(e.get(0, 1, initial, at), 0.5 * 32, 1e-9);
  EXPECT_NEAR(e.get(0, 1, initial, at + 3), 0.5 * 32 * 0.5, 1e-8);  // a step without a contact is a step
  EXPECT_NEAR(e.get(0, 1, initial, e.layout.journeys_at + 1), 0.5, 1e-9);
}

TEST(Exact, OneChangeOfStageAPeriod) {
  const auto e = expected(R"(
horizon: 2
segments: {all: {count: 1000}}
stages:
  customer: {churn: 10 %, moves: {up: 20 %, customer: 30 %, gone: otherwise}}
  up: {churn: 50 %}
  gone: {kind: lapsed, churn: 50 %}
journeys:
  raise: {stages: [customer], starts: 40 %, touchpoints: {offer: {next: up}}}
  leave: {stages: [up], starts: 50 %, touchpoints: {exit: {next: lost}}}
orders: {rate: 2, value: 5, margin: 20 %}
survey: {response: 25 %}
)");
  const auto get = [&](int t, int counter) { return e.get(0, t, initial, counter); };
  // 400 move up by the journey; half of them walk `leave`, but have had their change of stage.
  EXPECT_NEAR(get(1, e.layout.journeys_at + journey_counters), 200, 1e-5);
  const int at = e.layout.moves_at;
  EXPECT_NEAR(get(1, at), 600 * 0.1, 1e-5);
  EXPECT_NEAR(get(1, at + 1), 600 * 0.9 * 0.2, 1e-5);
  EXPECT_NEAR(get(1, at + 2), 600 * 0.9 * 0.8 * 0.3, 1e-5);
  EXPECT_NEAR(get(1, at + 3), 600 * 0.9 * 0.8 * 0.7, 1e-5);
  EXPECT_NEAR(get(2, e.layout.stages_at + 1), 400 + 108, 1e-5);
  EXPECT_NEAR(get(2, e.layout.stages_at + 2), 600 * 0.9 * 0.8 * 0.7, 1e-5);
  EXPECT_NEAR(get(1, count_orders), 2000, 1e-5);
  EXPECT_NEAR(get(1, money_orders), 10000, 1e-3);
  EXPECT_NEAR(get(1, money_order_margin), 2000, 1e-3);
  EXPECT_NEAR(get(1, count_responses), 250, 1e-5);
  // In period 2 half of those up leave by the journey before they could order; who lapsed orders nothing.
  const double customers = 1000 * 0.6 * 0.9 * 0.8 * 0.3, up = 508;
  EXPECT_NEAR(get(2, count_orders), 2 * (customers + up / 2), 1e-4);
}

TEST(Exact, TablesByTenureAndWho) {
  const std::string text = R"(
horizon: 6
segments: {all: {count: 1000, tenure: {exactly: 2}}}
stages: {customer: {fee: 1, churn: {0: 50 %, 3: 20 %, 5: 10 %}}}
journeys:
  greet: {starts: 100 %, touchpoints: {card: {who: {tenure: 3 to 4}, cost: 2}}}
finance: {timing: start}
)";
  const auto fresh = expected(text);
  const double keep[] = {0.5, 0.5, 0.5, 0.8, 0.8, 0.9};
  double alive = 1000;
  for (int t = 1; t <= 6; ++t) {
    EXPECT_NEAR(fresh.total(t, count_start), alive, 1e-4) << t;
    EXPECT_NEAR(fresh.total(t, fresh.layout.touchpoints_at), t == 4 ? alive : 0, 1e-4) << t;
    alive *= keep[t - 1];
  }
  const auto old = expected(text, "baseline", false, 2);  // all 1000 are two periods old
  EXPECT_NEAR(old.total(2, old.layout.touchpoints_at), 500, 1e-4);
  // For ever: the last value holds from there on.
  const auto whole = expected(text, "baseline", true);
  const double value = 1 + .5 + .25 + .125 + .125 * .8 + .125 * .64 * 10 - 2 * .125;
  EXPECT_NEAR(whole.lifetime->by_stage[0][0], value, 1e-6);
  EXPECT_NEAR(whole.lifetime->base[0], 1000 * value, 1e-3);
}

TEST(Exact, TheBaseIsWhoSurvivedItsPast) {
  const std::string text = R"(
horizon: 1
segments: {all: {count: 1000}}
stages: {young: {churn: 40 %, moves: {old: 50 %}}, old: {churn: 10 %}}
)";
  double young = 1, old = 0;
  for (int age = 0; age <= 30; ++age) {
    const auto e = expected(text, "baseline", false, age);
    EXPECT_NEAR(e.get(0, 1, initial, e.layout.stages_at), 1000 * young / (young + old), 1e-4) << age;
    EXPECT_NEAR(e.total(1, count_start), 1000, 1e-9);
    if (age >= 24) continue;  // hardly anybody young is left: 0.3^24
    old = 0.9 * old + 0.3 * young;
    young *= 0.3;
  }
}

constexpr const char* referring = R"(
horizon: 4
segments: {all: {count: 100, arrivals: 10, acquisition_cost: 7}}
stages: {customer: {fee: 1, churn: 20 %}}
finance: {discount: 21 %, timing: start}
period: year
)";

TEST(Exact, ReferralsBranch) {
  const std::string text = std::string(referring) + "referrals: {rate: 0.25, conversion: 40 %}\n";
  const auto e = expected(text, "baseline", true);
  double first = 100, joined = 0, friends = 0, before = 0;
  for (int t = 1; t <= 4; ++t) {
    joined += 10;
    friends += before;
    EXPECT_NEAR(e.get(0, t, initial, count_start), first, 1e-5);
    EXPECT_NEAR(e.get(0, t, acquired, count_start), joined, 1e-5);
    EXPECT_NEAR(e.get(0, t, referred, count_start), friends, 1e-5);
    EXPECT_NEAR(e.get(0, t, referred, count_joined), before, 1e-5);
    EXPECT_NEAR(e.total(t, money_acquisition), 70, 1e-9);
    before = 0.1 * (first + joined + friends);
    EXPECT_NEAR(e.total(t, count_converted), before, 1e-5);
    EXPECT_NEAR(e.total(t, count_referrals), 2.5 * before, 1e-5);
    first *= 0.8;
    joined *= 0.8;
    friends *= 0.8;
  }
  const double v = 1 / 1.21, own = 1 / (1 - 0.8 * v);
  EXPECT_NEAR(e.lifetime->referral_growth, 0.5, 1e-8);
  EXPECT_NEAR(e.lifetime->by_stage[0][0], own, 1e-7);
  EXPECT_NEAR(e.lifetime->with_referrals[0][0], own / (1 - 0.1 * v * own), 1e-7);
  EXPECT_NEAR(e.lifetime->with_referrals[0][0], 1 / (1 - 0.9 * v),
              1e-7);  // a customer is worth 0.8 + 0.1 of one later
  EXPECT_NEAR(e.lifetime->base_with_referrals[0], 100 / (1 - 0.9 * v), 1e-5);
}

TEST(Exact, AnInfiniteHorizonIsTheLimitOfLongOnes) {
  const std::string text = R"(
horizon: 1500
segments:
  a: {count: 100, stage: trial}
  b: {count: 50, changes: {member.fee: {set: 12}, referrals.rate: {times: 2}}}
stages:
  member: {fee: 20, margin: 60 %, service_cost: 3, churn: {0: 10 %, 12: 3 %}, moves: {idle: 5 %}}
  trial: {fee: 5, churn: 20 %, moves: {member: 30 %}}
  idle: {kind: lapsed, service_cost: 1, churn: 5 %, moves: {member: 10 %}}
journeys:
  help:
    starts: {0: 40 %, 6: 15 %}
    touchpoints: {call: {cost: 4, failure: 20 %, next: {failed: {call: 50 %, lost: 10 %}}}}
orders: {rate: 0.2, value: 15, margin: 30 %}
referrals: {rate: 2 %, stage: trial}
finance: {discount: 8 %}
)";
  const auto e = expected(text, "baseline", true, 7);
  for (int s = 0; s < 2; ++s) {
    const double own = e.present_value(s, initial), value = e.lifetime->base[static_cast<std::size_t>(s)];
    EXPECT_GT(value, 0);
    EXPECT_NEAR(value, own, 1e-9 * own);
    const double all = own + e.present_value(s, referred);
    EXPECT_NEAR(e.lifetime->base_with_referrals[static_cast<std::size_t>(s)], all, 1e-9 * all);
    EXPECT_GT(all, 1.02 * own);
  }
}

TEST(Exact, ReferralsThatExplodeAreRefused) {
  EXPECT_EQ(
      refusal(std::string(referring) + "referrals: {rate: 0.5, conversion: 50 %}\n", true),
      "m.yaml:7:12: referrals: explode: a referred customer brings 1.25 referred customers in a lifetime; "
      "accepted: fewer than 1");
  EXPECT_EQ(refusal(std::string(referring) + "referrals: {rate: 0.5, conversion: 50 %}\n", false), "");
}

TEST(Exact, ValuesWithoutLimitAreRefused) {
  EXPECT_NE(refusal("segments: {all: {count: 1}}\nstages: {customer: {fee: 1, churn: 1 %}}\n"
                    "finance: {discount: 1 %, prices: nominal, inflation: 3 %}\n",
                    true)
                .find("m.yaml:3:54: finance.inflation: is above the discount"),
            std::string::npos);
  EXPECT_EQ(
      refusal("segments: {all: {count: 1}}\nstages: {customer: {fee: 1}}\n", true),
      "finance.discount: is 0, and in segment 'all' nobody in stage 'customer' is ever lost: the value of a "
      "customer has no limit (give a discount, a churn or a horizon)");
  EXPECT_EQ(
      refusal("segments: {all: {count: 1}}\nstages: {customer: {fee: 1}}\nfinance: {discount: 1 %}\n", true),
      "");
  // Who lapses for ever is not lost, but costs nothing.
  const auto e = expected("segments: {all: {count: 1}}\nstages: {customer: {fee: 1, moves: {lapsed: 20 %}}, "
                          "lapsed: {kind: lapsed}}\nreferrals: {rate: 0.05}\n",
                          "baseline", true);
  EXPECT_NEAR(e.lifetime->by_stage[0][0], 5, 1e-6);
  EXPECT_EQ(e.lifetime->by_stage[0][1], 0);
  EXPECT_NEAR(e.lifetime->with_referrals[0][0], 5 / (1 - 0.05 * 5), 1e-6);
}

TEST(Exact, InvestmentsReachAPart) {
  const std::string text = R"(
horizon: 5
segments: {all: {count: 1000, arrivals: 20}, other: {count: 500}}
stages: {customer: {fee: 30, churn: 10 %}}
journeys: {visit: {starts: 50 %, touchpoints: {stay: {}}}}
investments:
  club:
    start: 2
    ramp: 2
    reach: {all: 40 %}
    audience: members
    changes: {customer.fee: {add: 10}, arrivals: {add: 5}}
    cost: {per_customer: 3, each: {visit.stay: 2}}
  calls: {start: 3, lasts: 1, reach: 25 %, audience: members, changes: {customer.churn: {set: 0 %}}}
scenarios: {both: [club, calls]}
)";
  const auto e = expected(text, "both");
  const auto fee = [&](int s, int t) {
    return e.get(s, t, initial, money_fees) / e.get(s, t, initial, count_start);
  };
  EXPECT_NEAR(fee(0, 1), 30, 1e-5);
  EXPECT_NEAR(fee(0, 2), 30 + 0.4 * 5, 1e-5);
  EXPECT_NEAR(fee(0, 3), 30 + 0.4 * 10, 1e-5);
  EXPECT_NEAR(fee(1, 3), 30, 1e-5);
  // One audience, two reaches: all whom `calls` reaches are members too. In period 3 they do not leave.
  const double here = 810, called = here * 0.25;
  EXPECT_NEAR(e.get(0, 3, initial, count_lost), 0.1 * (here - called), 1e-4);
  const double members = 0.9 * here * 0.15 + called;
  EXPECT_NEAR(e.get(0, 4, initial, money_fees), 30 * (0.9 * (here - called) + called) + 10 * members, 1e-3);
  // Arrivals are not scaled by reach, but follow the ramp.
  const double joined[] = {20, 22.5, 25, 25, 25};
  for (int t = 1; t <= 5; ++t) EXPECT_NEAR(e.get(0, t, acquired, count_joined), joined[t - 1], 1e-9) << t;
  // Members pay 3 when first reached, and 2 for each stay.
  const int reached = e.layout.cost(CostKind::per_customer, 0), use = e.layout.cost(CostKind::use, 0),
            treated = e.layout.treated_at;
  EXPECT_EQ(e.total(1, reached) + e.total(1, use), 0);
  EXPECT_NEAR(e.get(0, 2, initial, treated), 0.4 * 900, 1e-4);
  EXPECT_NEAR(e.get(0, 2, initial, reached), 0.4 * 900 * 3, 1e-4);
  EXPECT_NEAR(e.get(0, 2, initial, use), 0.4 * 900 * 0.5 * 2, 1e-4);
  EXPECT_NEAR(e.get(0, 2, acquired, treated), 0.4 * (18 + 22.5), 1e-4);
  EXPECT_NEAR(e.get(0, 3, initial, use), 0.4 * here * 0.5 * 2, 1e-4);
  EXPECT_EQ(e.get(0, 3, initial, reached), 0);
  EXPECT_NEAR(e.get(0, 3, acquired, treated), 0.4 * 25, 1e-4);
  EXPECT_EQ(e.get(1, 2, initial, treated), 0);
}

TEST(Exact, WhatIsNoMarkovChainIsNamed) {
  const std::string found =
      refusal(R"(segments: {all: {count: 10, changes: {customer.churn.trust: {set: -0.8}}}}
stages:
  customer: {churn: {base: 2 %, satisfaction: -0.35, frailty: 0.5}, moves: {idle: {base: 0 %, satisfaction: 1}}}
  idle: {churn: {beta: [0.7, 1.2]}}
journeys:
  gift: {starts: 10 %, touchpoints: {card: {who: {failed_ago: 12 to 24, satisfaction: {below: 5}, surveyed: detractor}}}}
)");
  const std::string limit = ": the exact solver takes no effects, frailty or beta\n";
  const std::string who = ": the exact solver takes only who by stage and tenure";
  const std::string expected_text = "m.yaml:3:47: customer.churn: depends on satisfaction (-0.35)" + limit +
                                    "m.yaml:1:39: customer.churn: depends on trust (-0.8)" + limit +
                                    "m.yaml:3:63: customer.churn: has frailty (0.5)" + limit +
                                    "m.yaml:4:25: idle.churn: is {beta: [0.7, 1.2]}" + limit +
                                    "m.yaml:6:50: gift.card.who: looks at failed_ago (12 to 24)" + who +
                                    "\n" + "m.yaml:6:50: gift.card.who: looks at satisfaction (below 5)" +
                                    who + "\n" + "m.yaml:6:50: gift.card.who: looks at surveyed (detractor)" +
                                    who;
  EXPECT_EQ(found, expected_text);
}

TEST(Exact, AnInvestmentMayBringAnEffect) {
  const Model model = read_model_text(R"(segments: {all: {count: 10}}
stages: {customer: {churn: {base: 2 %}}}
orders: {rate: {base: 1}, spread: {gamma: 2}, value: 1}
investments: {warm: {changes: {customer.churn.failures: {set: 0.4}}, impulse: {trust: 0.1}}}
scenarios: {one: [warm]}
)",
                                      "m.yaml");
  EXPECT_NEAR(expect(model, aged(model)).total(1, count_orders), 10, 1e-6);
  try {
    expect(model, aged(model), "one");
    FAIL();
  } catch (const ModelError& error) {
    EXPECT_NE(std::string(error.what())
                  .find("customer.churn: depends on failures (0.4): the exact solver takes no "),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(expect(model, aged(model), "two"), ModelError);
  EXPECT_THROW(expect(model, aged(model), "one", {}, true), ModelError);
  EXPECT_THROW(expect(model, aged(model), "baseline", 0), ModelError);
  EXPECT_THROW(expect(model, Anchors{}), ModelError);
  EXPECT_EQ(expect(model, aged(model), "baseline", 7).layout.periods, 7);
}

}  // namespace

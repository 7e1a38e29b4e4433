// From a definition to the kernel's flat tables.
#include "sim/plan/compile.hpp"

#include <cmath>

#include "sim/random/math64.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

bool below(std::uint32_t word, const Threshold& t) {
  return t.always || static_cast<std::int32_t>(word ^ 0x80000000u) < t.limit;
}

TEST(Compile, ThresholdsAreExactAtTheEnds) {
  EXPECT_FALSE(below(0, threshold(0)));
  EXPECT_FALSE(below(0xffffffffu, threshold(0)));
  EXPECT_TRUE(below(0, threshold(1)));
  EXPECT_TRUE(below(0xffffffffu, threshold(1)));
  EXPECT_TRUE(below(0x7fffffffu, threshold(0.5)));
  EXPECT_FALSE(below(0x80000000u, threshold(0.5)));
  EXPECT_FALSE(threshold(1 - 1e-9).always);
}

TEST(Compile, ThresholdsHoldTinyProbabilities) {
  // The share of all words is p to within one word, 2^-32.
  for (const double p : {1e-9, 1e-7, 3e-5, 0.02, 0.5, 0.97, 1 - 1e-7}) {
    const Threshold t = threshold(p);
    const auto words = static_cast<std::uint32_t>(std::floor(p * 4294967296.0));
    EXPECT_TRUE(below(words - 1, t)) << p;
    EXPECT_FALSE(below(words, t)) << p;
  }
}

class Tables {
public:
  explicit Tables(const std::string& text)
      : model(read_model_text(text, "m.yaml")), layout(make_layout(model)),
        models(make_segment_models(model, unanchored(model), ChangeSet(model))),
        traits(make_traits(models[0], frail_responses(model, models))),
        log_tenure(log_of_tenure(model.periods_per_year())),
        compiled(models[0], layout, traits, log_tenure, false, {}, {}) {}
  const Params& params() const { return compiled.params(); }
  const TouchpointParams& touchpoint(int journey, int place) const {
    return params().journeys[journey].touchpoints[place];
  }

  Model model;
  Layout layout;
  std::vector<Model> models;
  std::vector<Trait> traits;
  std::vector<float> log_tenure;
  Compiled compiled;
};

TEST(Compile, JourneysAndBranches) {
  const Tables t(R"(
segments: {all: {count: 1}}
stages: {customer: {}, away: {kind: lapsed}}
journeys:
  use:
    starts: 100 %
    first: {b: 30 %, a: otherwise}
    touchpoints:
      a: {next: {b: 25 %, away: 50 %, lost: 0 %}}
      b: {failure: 10 %, recovery: 50 %, next: {failed: {lost: 100 %}, ok: a}}
  other: {stages: [away], starts: 5 %, touchpoints: {x: {failure: 5 %, next: {failed: {x: 10 %}}}}}
)");
  const JourneyParams& use = t.params().journeys[0];
  EXPECT_EQ(use.stages, 1u);
  EXPECT_EQ(t.params().journeys[1].stages, 2u);
  EXPECT_TRUE(use.starts.threshold.always);
  ASSERT_EQ(use.first.size, 2);
  EXPECT_EQ(use.first.arrows[0].target, 1);
  EXPECT_EQ(use.first.arrows[0].up_to, threshold(0.3));
  EXPECT_EQ(use.first.arrows[1].target, 0);
  EXPECT_TRUE(use.first.arrows[1].up_to.always);
  const BranchParams& a = t.touchpoint(0, 0).next[0];
  ASSERT_EQ(a.size, 2);  // a target without a share has no arrow; what is left over goes to done
  EXPECT_EQ(a.arrows[0].target, 1);
  EXPECT_EQ(a.arrows[0].up_to, threshold(0.25));
  EXPECT_EQ(a.arrows[1].target, go_stage - 1);
  EXPECT_EQ(a.arrows[1].up_to, threshold(0.75));
  EXPECT_EQ(t.touchpoint(0, 0).next[1].size, 2);  // a plain next serves every outcome
  const TouchpointParams& b = t.touchpoint(0, 1);
  EXPECT_EQ(b.next[0].arrows[0].target, 0);
  EXPECT_EQ(b.next[1].arrows[0].target, go_lost);
  EXPECT_EQ(b.next[2].arrows[0].target, 0);  // recovered leads on as ok
  const TouchpointParams& x = t.touchpoint(1, 0);
  EXPECT_EQ(x.next[0].size, 0);
  EXPECT_EQ(x.next[1].size, 1);
  EXPECT_EQ(x.next[2].size, 0);
  EXPECT_EQ(t.touchpoint(0, 1).counter, t.layout.touchpoints_at + 3);
  EXPECT_EQ(x.counter, t.layout.touchpoints_at + 6);
}

TEST(Compile, Who) {
  const Tables t(R"(
segments: {all: {count: 1}}
stages: {customer: {moves: {away: 1 %}}, away: {kind: lapsed}}
journeys:
  use:
    starts: 100 %
    touchpoints:
      a: {who: {failed_ago: 12 to 24 months}, next: b}
      b: {who: {tenure: {above: 1 years}, satisfaction: {below: 5}, stage: [away], surveyed: detractor}, next: c}
      c: {wait: 25 minutes, weight: 5, happens: 40 %}
)");
  const WhoParams& a = t.touchpoint(0, 0).who;
  EXPECT_FALSE(a.any);
  EXPECT_TRUE(a.closes);
  EXPECT_EQ(a.failed_from, 12);
  EXPECT_EQ(a.failed_to, 24);  // from 12 on and before 24
  const WhoParams& b = t.touchpoint(0, 1).who;
  EXPECT_FALSE(b.closes);
  EXPECT_EQ(b.tenure_from, 12);
  EXPECT_EQ(b.satisfaction_to, 5.0f);
  EXPECT_EQ(b.stages, 2u);
  EXPECT_EQ(b.surveyed, 1);
  const TouchpointParams& c = t.touchpoint(0, 2);
  EXPECT_TRUE(c.who.any);
  EXPECT_FALSE(c.always_happens);
  EXPECT_TRUE(t.touchpoint(0, 0).always_happens);
  EXPECT_EQ(c.happens, threshold(0.4));
  EXPECT_FLOAT_EQ(c.quality, static_cast<float>(7.5 - 0.0949 * std::log(26.0)));
  EXPECT_EQ(c.step, 1.0f);  // learning x weight, at most 1
  EXPECT_EQ(t.touchpoint(0, 0).step, 0.3f);
}

TEST(Compile, Money) {
  const Tables t(R"(
segments: {all: {count: 1}}
stages: {customer: {fee: 30.1, margin: 60 %, service_cost: 2.37}}
journeys: {use: {starts: 50 %, touchpoints: {a: {cost: 6.5, recovery_cost: 12, earns: 9, margin: 40 %}}}}
orders: {rate: 1, value: 35, value_cv: 0.7, margin: 30 %}
)");
  EXPECT_EQ(t.params().stages[0].fee, 30.1);
  EXPECT_DOUBLE_EQ(t.params().stages[0].left, 18.06 - 2.37);
  EXPECT_DOUBLE_EQ(t.touchpoint(0, 0).left, 3.6 - 6.5);
  // Everything that an event costs or brings is a price of its counter.
  const auto price = [&](int counter, int money) {
    double sum = 0;
    for (const Price& p : t.compiled.prices())
      if (p.counter == counter && p.money == t.layout.money_place(money)) sum += p.amount;
    return sum;
  };
  const int held = t.layout.stages_at, contact = t.layout.touchpoints_at;
  EXPECT_EQ(price(held, money_fees), 30.1);
  EXPECT_DOUBLE_EQ(price(held, money_fee_margin), 18.06);
  EXPECT_EQ(price(held, money_service_cost), 2.37);
  EXPECT_EQ(price(contact, money_touchpoint_cost), 6.5);
  EXPECT_EQ(price(contact + 2, money_recovery_cost), 12);
  EXPECT_EQ(price(contact, money_earnings), 9);
  EXPECT_DOUBLE_EQ(price(contact, money_earnings_margin), 3.6);
  EXPECT_EQ(price(count_orders, money_orders), 0);  // each order has a value of its own
  // A lognormal order value with this mean and coefficient of variation.
  const OrderParams& o = t.params().orders;
  EXPECT_NEAR(std::exp(o.log_mean + o.log_sd * o.log_sd / 2.0), 35, 1e-4);
  EXPECT_NEAR(std::sqrt(std::expm1(static_cast<double>(o.log_sd) * o.log_sd)), 0.7, 1e-6);
}

TEST(Compile, Responses) {
  const Tables t(R"(
segments: {all: {count: 1}}
stages:
  customer: {churn: {base: 2 %, satisfaction: -0.4, frailty: 0.6}, moves: {away: {base: 0 %, trust: 3}, done_with: otherwise}}
  away: {kind: lapsed, churn: {0 months: 10 %, 6 months: 4 %}, moves: {customer: {beta: [2, 3]}}}
  done_with: {kind: lapsed, churn: 100 %}
orders: {rate: {base: 0.4, trust: 0.5}, value: 1}
)");
  const StageParams& customer = t.params().stages[0];
  ASSERT_EQ(customer.n_moves, 2);
  EXPECT_EQ(customer.moves[0].form, ResponseParams::link);
  EXPECT_FLOAT_EQ(customer.moves[0].level, static_cast<float>(math::logit(0.02)));
  EXPECT_EQ(customer.moves[0].trait, 0);
  EXPECT_FLOAT_EQ(customer.moves[0].trait_scale, 0.6f);
  EXPECT_EQ(customer.targets[0], 3);                            // lost
  EXPECT_EQ(customer.moves[1].form, ResponseParams::constant);  // nobody is exact, whatever the effects
  EXPECT_EQ(customer.moves[1].value, 0.0f);
  EXPECT_EQ(customer.otherwise, 2);
  const StageParams& away = t.params().stages[1];
  ASSERT_EQ(away.moves[0].form, ResponseParams::table);
  ASSERT_EQ(away.moves[0].tenures, 7);
  EXPECT_FLOAT_EQ(away.moves[0].by_tenure[5], 0.1f);
  EXPECT_FLOAT_EQ(away.moves[0].by_tenure[6], 0.04f);
  EXPECT_EQ(away.moves[1].trait, 1);
  EXPECT_EQ(away.moves[1].level, 0.0f);
  EXPECT_EQ(t.params().stages[2].moves[0].form, ResponseParams::constant);
  EXPECT_TRUE(t.params().stages[2].moves[0].threshold.always);
  EXPECT_TRUE(t.params().orders.rate.rate);
  EXPECT_FLOAT_EQ(t.params().orders.rate.level, std::log(0.4f));
}

}  // namespace

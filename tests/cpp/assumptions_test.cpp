// The register of assumptions: scales, quantiles, uses and correlations.
#include "scenarios/assumptions.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/beta.hpp>

#include "sim/random/math64.hpp"
#include "tests/cpp/uncertain.hpp"

namespace {

using namespace goodwill;

std::string distribution_error(const std::string& text) {
  std::string out;
  for (const Problem& p : check_distributions(model_of(kStages + text))) out += p.str() + "\n";
  return out;
}

/// One assumption and its use.
struct Use {
  const char* assumption;
  const char* use;
  Scale scale;
};

TEST(Assumptions, ScaleFollowsTheUse) {
  const Use cases[] = {
      {"{low: 40 %, best: 55 %, high: 75 %}", "investments: {i: {changes: {phone.failure: {times: $x}}}}",
       Scale::log},
      {"{low: 0.4, best: 0.55, high: 0.75}", "investments: {i: {changes: {phone.failure: {odds: $x}}}}",
       Scale::log},
      {"{low: 1 %, best: 2 %, high: 3 %}", "investments: {i: {changes: {phone.failure: {add: $x}}}}",
       Scale::plain},
      {"{low: 1 %, best: 2 %, high: 3 %}", "investments: {i: {changes: {phone.failure: {set: $x}}}}",
       Scale::log_odds},
      {"{low: 6, best: 6.5, high: 7}", "investments: {i: {changes: {phone.quality: {set: $x}}}}",
       Scale::plain},
      {"{low: 1, best: 2, high: 3}", "investments: {i: {cost: {upfront: $x}}}", Scale::log},
      {"{low: 1 / month, best: 2 / month, high: 3 / month}", "investments: {i: {cost: {running: $x}}}",
       Scale::log},
      {"{low: 5, best: 6, high: 8}", "investments: {i: {ramp: $x}}", Scale::log},
      {"{low: 3, best: 6, high: 9}", "investments: {i: {start: $x}}", Scale::log},
      {"{low: 20 %, best: 40 %, high: 50 %}", "investments: {i: {reach: {all: $x}}}", Scale::log_odds},
      {"{low: -0.3, best: -0.2, high: -0.1}", "events: {e: {impulse: {trust: $x}}}", Scale::plain},
      {"{low: 0.2, best: 0.3, high: 0.4}", "experience: {learning: $x}", Scale::log_odds},
      {"{low: 1.5, best: 2, high: 2.5}", "experience: {loss_aversion: $x}", Scale::log},
      {"{low: -0.4, best: -0.3, high: -0.2}", "referrals: {rate: {base: 1 %, satisfaction: $x}}",
       Scale::plain},
      {"{low: 0.01, best: 0.02, high: 0.03}", "referrals: {rate: {average: $x}}", Scale::log},
      {"{low: 10 %, best: 20 %, high: 30 %}", "survey: {response: {average: $x, extreme: 0.1}}",
       Scale::log_odds},
      {"{low: 1, best: 2, high: 3}", "", Scale::plain},
      {"{low: 0.4, best: 0.5, high: 0.6}", "experience: {learning: $x, adaptation: 0.1, loss_aversion: $x}",
       Scale::log_odds},  // the narrowest
  };
  for (const Use& c : cases) {
    const Model m = model_of(kStages + "assumptions: {x: " + c.assumption + "}\n" + c.use + "\n");
    EXPECT_EQ(scales(m).front(), c.scale) << c.use;
    EXPECT_TRUE(check_distributions(m).empty()) << c.use << check_distributions(m)[0].str();
    const auto paths = uses(m).front();
    EXPECT_EQ(paths.empty(), std::string(c.use).empty());
    for (const double p : {0.1, 0.5, 0.9})
      EXPECT_NEAR(quantile(m, 0, p),
                  *(p < 0.4   ? m.assumptions.items[0].second.low
                    : p < 0.6 ? m.assumptions.items[0].second.best
                              : m.assumptions.items[0].second.high),
                  1e-13);
  }
}

TEST(Assumptions, UsesAreFullPaths) {
  const Model m = model_of(kStages + R"(
assumptions: {x: {low: 0.1, best: 0.2, high: 0.3}, money: {low: 1, best: 2, high: 3}, unused: {uniform: [0, 1]}}
experience: {learning: $x}
investments:
  i: {changes: {phone.quality: {times: $x}}, cost: {each: {support.call: $money}}}
)");
  EXPECT_EQ(uses(m)[0],
            (std::vector<std::string>{"experience.learning", "investments.i.changes.phone.quality.times"}));
  EXPECT_EQ(uses(m)[1], std::vector<std::string>{"investments.i.cost.each.support.call"});
  EXPECT_TRUE(uses(m)[2].empty());
}

TEST(Assumptions, QuantilesByName) {
  const Model m =
      model_of(kStages + "assumptions: {n: {normal: [3, 0.5]}, b: {beta: [2, 5]}, u: {uniform: [2, 6]}}\n");
  EXPECT_EQ(quantile(m, 0, 0.5), 3);
  EXPECT_NEAR(quantile(m, 0, 0.975), 3 + 0.5 * 1.959963984540054, 1e-14);
  const boost::math::beta_distribution<> beta(2, 5);
  for (const double p : {1e-6, 0.1, 0.5, 0.9, 1 - 1e-6})
    EXPECT_NEAR(quantile(m, 1, p), boost::math::quantile(beta, p), 1e-10);
  EXPECT_EQ(quantile(m, 2, 0.25), 3);
}

TEST(Assumptions, ImpossibleDistributionsAreToldAtTheAssumption) {
  const auto told = [](const std::string& assumption, const std::string& use) {
    return distribution_error("assumptions: {x: " + assumption + "}\n" + use + "\n");
  };
  const std::string times = "investments: {i: {changes: {phone.failure: {times: $x}}}}";
  const std::string set = "investments: {i: {changes: {phone.failure: {set: $x}}}}";
  EXPECT_NE(told("{low: 0, best: 0.5, high: 0.9}", times)
                .find("m.yaml:6:18: assumptions.x: low is 0, but amounts and factors"),
            std::string::npos)
      << told("{low: 0, best: 0.5, high: 0.9}", times);
  EXPECT_NE(
      told("{low: 10 %, best: 50 %, high: 100 %}", set).find("assumptions.x: high is 1, but probabilities"),
      std::string::npos);
  EXPECT_NE(
      told("{low: 1, best: 1.1, high: 10}", "investments: {i: {cost: {upfront: $x}}}")
          .find("too skewed for a distribution through them; with this low and high, best lies between 1.46"),
      std::string::npos)
      << told("{low: 1, best: 1.1, high: 10}", "investments: {i: {cost: {upfront: $x}}}");
  // a normal distribution of a probability is never clipped
  EXPECT_NE(told("{normal: [0.1, 0.1]}", set).find("its 5 % quantile is -0.06448536"), std::string::npos)
      << told("{normal: [0.1, 0.1]}", set);
  // what comes out of a change counts, too: 7 + 2 + 1.645 points
  EXPECT_NE(told("{normal: [2, 1]}", "investments: {i: {changes: {phone.quality: {add: $x}}}}")
                .find("the change leads to 10.64"),
            std::string::npos)
      << told("{normal: [2, 1]}", "investments: {i: {changes: {phone.quality: {add: $x}}}}");
  EXPECT_EQ(told("{normal: [0.1, 0.02]}", set), "");
}

TEST(Assumptions, MistakesAreReadWithTheirPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"assumptions: {a: {uniform: [0, 1], correlation: {b: 0.5}}}",
       "assumptions.a.correlation.b: 'b' is not an assumption"},
      {"assumptions: {a: {uniform: [0, 1], correlation: {a: 0.5}}}",
       "m.yaml:6:53: assumptions.a.correlation.a: an assumption has no correlation with itself"},
      {"assumptions: {a: {uniform: [0, 1], correlation: {b: 1}}, b: {uniform: [0, 1]}}",
       "two assumptions that always move together are one"},
      {"assumptions: {a: {uniform: [0, 1], correlation: {b: 1.5}}, b: {uniform: [0, 1]}}",
       "'1.5' is out of bounds; accepted: -1 to 1"},
      {"assumptions: {a: {uniform: [0, 1], correlation: {b: 0.5}}, b: {uniform: [0, 1], correlation: {a: "
       "0.4}}}",
       "assumptions.b.correlation.a: 'a' gives another correlation with 'b'; give it once"},
      {"assumptions: {a: {uniform: [0, 1], correlation: {b: $b}}, b: {uniform: [0, 1]}}",
       "an assumption is not made of others"},
      {"assumptions: {a: {low: 1, best: 4, high: 3}}",
       "m.yaml:6:18: assumptions.a: low, best and high must increase"},
      {"assumptions: {a: {low: 3, best: 4, high: 5}}\nhorizon: $a",
       "horizon: '$a': this belongs to the definition of the model"},
      {"assumptions: {a: {uniform: [0, 1]}}\ngoals: {nps: {at_least: $a}}",
       "goals.nps.at_least: '$a': this belongs to the definition of the model"},
      {"assumptions: {a: {uniform: [0.5, 2]}}\nexperience: {learning: $a}",
       "experience.learning: '$a' is 1.25 at best; accepted: 0 to 1"},
  };
  for (const auto& [text, message] : cases) {
    const std::string told = refusal_of([&text = text] { model_of(kStages + text); });
    EXPECT_NE(told.find(message), std::string::npos) << told;
  }
  EXPECT_EQ(refusal_of([] {
              model_of(kStages +
                       "assumptions: {a: {uniform: [0, 1], correlation: {b: 0.5}}, b: {uniform: [0, 1], "
                       "correlation: {a: 0.5}}}\n");
            }),
            "");
}

TEST(Assumptions, CorrelationsThatContradictEachOther) {
  const std::string told = distribution_error("assumptions: {a: {uniform: [0, 1], correlation: {b: 0.9, c: "
                                              "-0.9}}, b: {uniform: [0, 1], correlation: {c: 0.9}}, "
                                              "c: {uniform: [0, 1]}, d: {uniform: [0, 1]}}\n");
  EXPECT_NE(told.find("the correlations of a, b, c contradict each other"), std::string::npos) << told;
}

}  // namespace

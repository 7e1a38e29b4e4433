// The register of assumptions: scales, draws, correlations, and the model at a draw.
#include "scenarios/assumptions.hpp"
#include "scenarios/intervals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <cmath>
#include <numeric>

#include "sim/change/numbers.hpp"
#include "sim/file/assign.hpp"
#include "sim/file/read.hpp"
#include "sim/file/write.hpp"
#include "sim/random/math64.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

Model model_of(const std::string& text) {
  return read_model_text(R"(
segments: {all: {count: 100, arrivals: 5}}
channels: {phone: {quality: 7, failure: 20 %}}
journeys: {support: {starts: 10 %, touchpoints: {call: {channel: phone}}}}
)" + text,
                         "m.yaml");
}
const std::string kStages = "stages: {customer: {fee: 30, churn: 2 %}}\n";

template <class F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const ModelError& error) {
    return error.what();
  }
  return "no error";
}

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
    const std::string told = error_of([&text = text] { model_of(kStages + text); });
    EXPECT_NE(told.find(message), std::string::npos) << told;
  }
  EXPECT_EQ(error_of([] {
              model_of(kStages +
                       "assumptions: {a: {uniform: [0, 1], correlation: {b: 0.5}}, b: {uniform: [0, 1], "
                       "correlation: {a: 0.5}}}\n");
            }),
            "no error");
}

TEST(Assumptions, CorrelationsThatContradictEachOther) {
  const std::string told = distribution_error("assumptions: {a: {uniform: [0, 1], correlation: {b: 0.9, c: "
                                              "-0.9}}, b: {uniform: [0, 1], correlation: {c: 0.9}}, "
                                              "c: {uniform: [0, 1]}, d: {uniform: [0, 1]}}\n");
  EXPECT_NE(told.find("the correlations of a, b, c contradict each other"), std::string::npos) << told;
}

// ---- draws

const std::string kFive = kStages + R"(
assumptions:
  bot: {low: 0.40, best: 0.55, high: 0.75}
  push: {normal: [0.5, 0.1], correlation: {bot: 0.6}}
  share: {beta: [2, 8]}
  cost: {low: 50, best: 100, high: 300, correlation: {share: -0.5, push: 0.2}}
  free: {uniform: [2, 6]}
investments:
  i:
    changes: {phone.failure: {times: $bot}, phone.quality: {add: $push}}
    reach: $share
    cost: {upfront: $cost}
)";

std::vector<double> column(const std::vector<std::vector<double>>& draws, std::size_t j) {
  std::vector<double> out;
  for (const auto& d : draws) out.push_back(d[j]);
  return out;
}

TEST(Draws, ALongerStudyExtendsAShorterOne) {
  const Model m = model_of(kFive);
  const auto all = draw_assumptions(m, 7, 0, 128), first = draw_assumptions(m, 7, 0, 64);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), all.begin()));
  for (const int from : {1, 2, 63, 64, 100}) {
    const auto later = draw_assumptions(m, 7, from, 128 - from);
    EXPECT_TRUE(std::equal(later.begin(), later.end(), all.begin() + from)) << from;
  }
  EXPECT_EQ(draw_assumptions(m, 7, 0, 128), all);
  EXPECT_NE(draw_assumptions(m, 8, 0, 1), first);
  EXPECT_TRUE(draw_assumptions(m, 7, 0, 0).empty());
  EXPECT_EQ(draw_assumptions(model_of(kStages), 7, 0, 3), std::vector<std::vector<double>>(3));
}

TEST(Draws, EverySetIsANetAndKnowsNothingOfTheOthers) {
  // 16 points of each set: in each direction one in each of 16 equal intervals, whatever the shift.
  const Model m = model_of(
      kStages + "assumptions: {a: {uniform: [0, 16]}, b: {uniform: [0, 16]}, c: {uniform: [0, 16]}}\n");
  constexpr std::size_t points = 16;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const auto draws = draw_assumptions(m, seed, 0, points * draw_sets);
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t set = 0; set < draw_sets; ++set) {
        std::vector<int> met(points);
        for (std::size_t k = 0; k < points; ++k) ++met[std::size_t(draws[k * draw_sets + set][j])];
        EXPECT_EQ(met, std::vector<int>(points, 1));
      }
    }
  }
  // The first point of each set is its shift. 400 seeds: the correlation of two sets, and of two
  // assumptions of a set, is within 4.5 standard errors of 1 / sqrt(400) of 0.
  std::vector<double> a, b, c;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto draws = draw_assumptions(m, seed, 0, 2);
    a.push_back(draws[0][0]), b.push_back(draws[1][0]), c.push_back(draws[0][1]);
  }
  const auto together = [](const std::vector<double>& x, const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - 8) * (y[i] - 8);
    return sum / double(x.size()) / (16.0 * 16 / 12);
  };
  EXPECT_NEAR(together(a, b), 0, 4.5 / 20);
  EXPECT_NEAR(together(a, c), 0, 4.5 / 20);
  EXPECT_NEAR(together(a, a), 1, 4.5 * 0.9 / 20);  // uniform: the standard error of the variance
}

TEST(Draws, MarginalQuantiles) {
  const Model m = model_of(kFive);
  const int n = 4096;
  const auto draws = draw_assumptions(m, 3, 0, n);
  for (int j = 0; j < 5; ++j)
    for (const double p : {0.05, 0.1, 0.5, 0.9, 0.95}) {
      const double q = quantile(m, j, p);
      int below = 0;
      for (const double v : column(draws, static_cast<std::size_t>(j))) below += v < q;
      // 4 standard errors of independent draws; the cut of a tail at 0.1 % moves less
      EXPECT_NEAR(double(below) / n, p, 4 * std::sqrt(p * (1 - p) / n) + 0.001) << j << " " << p;
    }
}

TEST(Draws, NormalScoresAreCorrelatedAsAsked) {
  const Model m = model_of(kStages + R"(
assumptions:
  a: {normal: [0, 1], correlation: {b: 0.6, c: -0.5}}
  b: {normal: [5, 2]}
  c: {uniform: [2, 6], correlation: {b: 0.1}}
  d: {normal: [0, 1]}
)");
  const auto draws = draw_assumptions(m, 5, 0, 4096);
  // 4 standard errors of 4,096 independent draws, (1 - r^2) / sqrt(n), are 0.04 to 0.063
  const auto scores = [&](std::size_t j) {
    std::vector<double> z = column(draws, j);
    for (double& v : z) v = j == 1 ? (v - 5) / 2 : j == 2 ? math::normal_quantile((v - 2) / 4) : v;
    return z;
  };
  const auto correlation = [&](std::size_t i, std::size_t j) {
    const auto x = scores(i), y = scores(j);
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0) / 4096;
  };
  EXPECT_NEAR(correlation(0, 1), 0.6, 0.04);
  EXPECT_NEAR(correlation(0, 2), -0.5, 0.047);
  EXPECT_NEAR(correlation(1, 2), 0.1, 0.062);
  EXPECT_NEAR(correlation(0, 3), 0, 0.063);
  EXPECT_NEAR(correlation(1, 3), 0, 0.063);
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(correlation(j, j), 1, 4 * std::sqrt(2.0 / 4096));
}

TEST(Draws, ACorrelationLeavesTheOthersAlone) {
  const std::string free = "assumptions: {a: {normal: [0, 1]}, b: {normal: [0, 1]}, c: {normal: [0, 1]}}\n";
  const std::string tied =
      "assumptions: {a: {normal: [0, 1]}, b: {normal: [0, 1], correlation: {a: 0.3}}, c: {normal: [0, 1]}}\n";
  const auto x = draw_assumptions(model_of(kStages + free), 1, 0, 64),
             y = draw_assumptions(model_of(kStages + tied), 1, 0, 64);
  EXPECT_EQ(column(x, 0), column(y, 0));
  EXPECT_NE(column(x, 1), column(y, 1));
  EXPECT_EQ(column(x, 2), column(y, 2));
}

TEST(Draws, WhatTheModelDoesNotAcceptIsHeldAtTheBound) {
  // Trust cannot change by more than 1. The 0.1 % quantile of x is -0.9, but some of 16,384 draws would be
  // below -1; everything that y can be is possible.
  const Model m = model_of(kStages + R"(
assumptions: {x: {low: -0.45, best: -0.25, high: -0.10}, y: {normal: [0, 0.05]}}
events: {e: {impulse: {trust: $x}}, f: {impulse: {trust: $y}}}
)");
  const int n = 1 << 14;
  const auto draws = draw_assumptions(m, 1, 0, n);
  const auto x = column(draws, 0), y = column(draws, 1);
  const auto shares = held(m);
  EXPECT_GT(shares[0], 0.0001);
  EXPECT_LT(shares[0], 0.001);
  EXPECT_EQ(shares[1], 0);
  EXPECT_NEAR(quantile(m, 0, shares[0]), -1, 1e-4);  // a millionth of a tail is above 1
  const double least = *std::min_element(x.begin(), x.end());
  EXPECT_GE(least, -1);
  EXPECT_NEAR(least, -1, 1e-8);
  // In each of 16 sets of 1,024 points the share beyond is met to one point.
  EXPECT_NEAR(double(std::count(x.begin(), x.end(), least)) / n, shares[0], 1.0 / 1024);
  const auto [least_y, most_y] = std::minmax_element(y.begin(), y.end());
  EXPECT_LT(*least_y, quantile(m, 1, 1.0 / 1024));
  EXPECT_GT(*most_y, quantile(m, 1, 1 - 1.0 / 1024));
}

TEST(Draws, OneDrawOfAThousandBeyondABoundIsNoMistake) {
  // Quality of at most 10: the 99.9 % quantile of the gift's effect lies beyond it.
  const Model m = model_of(kStages + R"(
assumptions: {gift: {low: 8.5, best: 9.5, high: 9.9}}
investments: {remember: {changes: {phone.quality: {set: $gift}}}}
)");
  EXPECT_TRUE(check_distributions(m).empty());
  for (const auto& values : draw_assumptions(m, 1, 0, 4096)) {
    EXPECT_LE(values[0], 10);
    EXPECT_NO_THROW(at_values(m, values));
  }
}

TEST(Draws, WhatAnAssumptionMakesADifferenceTo) {
  const std::string firm = kStages + R"(
assumptions: {gain: {low: 1, best: 2, high: 3}, idle: {low: 1, best: 2, high: 3}}
investments: {a: {changes: {customer.fee: {add: $gain}}}, ab: {cost: {upfront: 5}}, b: {cost: {upfront: 5}}}
events: {a_storm: {impulse: {trust: -0.1}}}
scenarios: {with_a: [b, a], only_ab: [ab], storm: [a_storm], nothing: []}
)";
  const Model m = model_of(firm);
  EXPECT_TRUE(is_uncertain(m, "with_a"));
  for (const auto* scenario : {"only_ab", "storm", "nothing", "baseline"})
    EXPECT_FALSE(is_uncertain(m, scenario)) << scenario;
  const Model of_firm = model_of(firm + "survey: {response: {base: 20 %, extreme: $idle}}\n");
  for (const auto* scenario : {"with_a", "only_ab", "storm", "nothing", "baseline"})
    EXPECT_TRUE(is_uncertain(of_firm, scenario)) << scenario;
}

TEST(Draws, DimensionsHaveALimit) {
  Model m = model_of(kStages);
  for (int k = 0; k < 4000; ++k) m.assumptions.items.emplace_back("a" + std::to_string(k), Assumption{});
  EXPECT_EQ(error_of([&] { draw_assumptions(m, 1, 0, 1); }),
            "the model has 4000 assumptions; Sobol numbers have 3667 dimensions at most");
  EXPECT_NE(error_of([&] { draw_assumptions(m, 1, -1, 1); }).find("draws from -1"), std::string::npos);
}

// ---- a model at a draw

/// Every kind of place at once; `$p`, `$amount` and `$points` say what kind of number.
const std::string kEverywhere = R"(
segments:
  all: {count: 100, arrivals: {count: $amount, stage: trial}, acquisition_cost: $amount, expects: {mean: $points, sd: 0.5}, changes: {customer.churn.average: {set: $p}}}
stages:
  trial: {moves: {customer: $p}, churn: {0 months: $p, 12 months: 4 %}}
  customer: {fee: $amount, margin: $p, churn: {average: 2 %, satisfaction: $points, frailty: $p}}
channels: {phone: {failure: $p, quality: $points}}
journeys:
  support:
    starts: {base: $p, trust: $points}
    first: {call: $p, chat: otherwise}
    touchpoints:
      call: {channel: phone, wait: $amount, next: {failed: {chat: $p}}}
      chat: {channel: phone, who: {tenure: {above: $amount}}}
orders: {rate: {average: $p}, spread: {gamma: $amount}, value: $amount}
referrals: {rate: {base: $p}, conversion: $p}
survey: {response: $p, noise: $points}
experience: {learning: $p}
investments:
  i:
    start: $amount
    ramp: $amount
    reach: {all: $p}
    changes: {phone.failure: {set: $p}, customer.fee: {add: $amount}}
    impulse: {satisfaction: $points, who: {satisfaction: {below: $points}}}
    cost: {upfront: $amount, each: {support.call: $amount}}
)";

/// Each use has an assumption of its own, because the units differ.
Model everywhere() {
  std::string text, register_text = "assumptions:\n";
  int number = 0;
  const std::string& from = kEverywhere;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] != '$') {
      text += from[i];
      continue;
    }
    const std::size_t end = from.find_first_not_of("abcdefghijklmnopqrstuvwxyz", i + 1);
    const std::string kind = from.substr(i + 1, end - i - 1), name = "x" + std::to_string(number++);
    text += "$" + name;
    register_text += "  " + name +
                     (kind == "p"        ? ": {low: 0.05, best: 0.1, high: 0.2}\n"
                      : kind == "points" ? ": {low: 2, best: 3, high: 4}\n"
                                         : ": {uniform: [2, 4]}\n");
    i = end - 1;
  }
  return read_model_text(text + register_text, "m.yaml");
}

TEST(AtValues, ReplacesEverywhere) {
  const Model m = everywhere();
  const std::size_t n = m.assumptions.size();
  EXPECT_EQ(n, static_cast<std::size_t>(std::count(kEverywhere.begin(), kEverywhere.end(), '$')));
  for (const auto& paths : uses(m)) EXPECT_EQ(paths.size(), 1u);
  std::vector<double> values;
  for (const auto& [name, a] : m.assumptions) values.push_back(*a.best * 1.03125);
  const Model drawn = at_values(m, values);
  std::size_t seen = 0;
  Model copy = m;
  std::vector<double> expected;
  for_each_number(copy, [&](const NumberPlace& place) {
    const int i = m.assumptions.index(place.number.assumption);
    expected.push_back(i < 0 ? place.number.value
                             : used_at(values[static_cast<std::size_t>(i)], place.accept));
    seen += i >= 0;
  });
  EXPECT_EQ(seen, n);
  std::size_t k = 0;
  copy = drawn;
  for_each_number(copy, [&](const NumberPlace& place) {
    EXPECT_TRUE(place.number.assumption.empty()) << place.path;
    EXPECT_EQ(place.number.value, expected[k++]) << place.path;
  });
  // an independent judge: the text of the drawn model has no `$` any more
  EXPECT_EQ(write_model(drawn, Write::all).find('$'), std::string::npos);
  EXPECT_EQ(drawn.investments.find("i")->start.value, 3);  // whole periods: the nearest
  EXPECT_EQ(drawn.segments.find("all")->changes[0].value.value, 0.1 * 1.03125);
}

TEST(AtValues, BestValuesAreTheModelItself) {
  const Model m = model_of(kFive);
  std::vector<double> best;
  for (const auto& [name, a] : m.assumptions) best.push_back(*a.best);
  const Model drawn = at_values(m, best);
  Model copy = m;
  for_each_number(copy, [](const NumberPlace& place) { place.number.assumption.clear(); });
  EXPECT_EQ(write_model(drawn, Write::all), write_model(copy, Write::all));
}

TEST(Assigned, TheBestValueReachesEveryUse) {
  const Model m = model_of(kStages + R"(
assumptions: {x: {low: 0.1, best: 0.2, high: 0.3}}
experience: {learning: $x}
survey: {response: {base: 20 %, extreme: $x}}
investments: {i: {changes: {phone.failure: {times: $x}}}}
)");
  const Model changed = assign(m, {{"assumptions.x.best", Node::scalar("0.25")}});
  int uses_seen = 0;
  Model copy = changed;
  for_each_number(copy, [&](const NumberPlace& place) {
    if (place.number.assumption != "x") return;
    EXPECT_EQ(place.number.value, 0.25) << place.path;
    ++uses_seen;
  });
  EXPECT_EQ(uses_seen, 3);
  EXPECT_NE(error_of([&] {
              assign(m, {{"assumptions.x.best", Node::scalar("0.5")}});
            }).find("must increase"),
            std::string::npos);
}

TEST(AtValues, RefusesWhatDoesNotFit) {
  const Model m = model_of(kFive);
  EXPECT_EQ(error_of([&] { at_values(m, {1}); }), "expected a value for each of the 5 assumptions, found 1");
  EXPECT_NE(error_of([&] {
              at_values(m, {0.5, 0.5, 1.2, 100, 3});
            }).find("investments.i.reach: '$share' is 120 % in this draw; accepted: 0 % to 100 %"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              at_values(m, {5.5, 0.5, 0.2, 100, 3});
            }).find("the change leads to 110 %; accepted: 0 % to 100 %"),
            std::string::npos);
  const Model branch = read_model_text(R"(
assumptions: {x: {low: 20 %, best: 30 %, high: 40 %}}
segments: {all: {count: 10}}
stages: {customer: {}}
journeys: {support: {touchpoints: {call: {next: {lost: $x, customer: 50 %}}}}}
)",
                                       "m.yaml");
  EXPECT_NE(error_of([&] { at_values(branch, {0.6}); }).find("the branch adds up to 110 %"),
            std::string::npos)
      << error_of([&] { at_values(branch, {0.6}); });
}

TEST(Shifted, AveragesMoveOnTheLinkScaleAndNothingElse) {
  const std::string text = R"(
assumptions: {leaving: {low: 1 %, best: 2 %, high: 4 %}, referring: {low: 0.01, best: 0.02, high: 0.03}, b_leaves: {low: 2 %, best: 3 %, high: 5 %}}
stages: {customer: {fee: 30, churn: {average: $leaving, satisfaction: -0.3}}, resting: {churn: 1 %}}
segments: {a: {count: 10}, b: {count: 10, stage: resting, changes: {customer.churn.average: {set: $b_leaves}}}}
referrals: {rate: {average: $referring}}
survey: {response: {average: 20 %, extreme: 0.1}}
)";
  const Model m = read_model_text(text, "m.yaml");
  Anchors anchors = unanchored(m, 0, 5);
  for (auto& s : anchors.segments) s.solved = {-3.5, std::nan(""), -4.25, -1.5};
  anchors.survey_bias = 0.3;
  const auto same_bits = [](const Anchors& x, const Anchors& y) {
    if (x.survey_bias != y.survey_bias) return false;
    for (std::size_t s = 0; s < x.segments.size(); ++s) {
      if (x.segments[s].tenure_cdf != y.segments[s].tenure_cdf) return false;
      for (std::size_t k = 0; k < x.segments[s].solved.size(); ++k) {
        const double a = x.segments[s].solved[k], b = y.segments[s].solved[k];
        if (a != b && !(std::isnan(a) && std::isnan(b))) return false;
      }
    }
    return true;
  };
  EXPECT_TRUE(same_bits(shifted(m, at_values(m, {0.02, 0.02, 0.03}), anchors), anchors));
  const Anchors moved = shifted(m, at_values(m, {0.04, 0.01, 0.03}), anchors);
  EXPECT_EQ(moved.segments[0].solved[0], -3.5 + (math::logit(0.04) - math::logit(0.02)));
  EXPECT_EQ(moved.segments[1].solved[0], -3.5);  // the segment asks for its own
  EXPECT_EQ(moved.segments[0].solved[2], -4.25 + (math::log(0.01) - math::log(0.02)));
  EXPECT_EQ(moved.segments[0].solved[3], -1.5);
  EXPECT_TRUE(std::isnan(moved.segments[0].solved[1]));
  const Anchors own = shifted(m, at_values(m, {0.02, 0.02, 0.05}), anchors);
  EXPECT_EQ(own.segments[0].solved[0], -3.5);
  EXPECT_EQ(own.segments[1].solved[0], -3.5 + (math::logit(0.05) - math::logit(0.03)));
}

TEST(Shifted, TheDrawnFirmLosesAsManyAsItSays) {
  // Without effects the level is the logit of the average: the drawn firm loses what it says, without being
  // anchored.
  const Model m =
      read_model_text("assumptions: {x: {low: 1 %, best: 2 %, high: 4 %}}\nsegments: {all: {count: 10, "
                      "tenure: 0}}\nstages: {customer: {fee: 30, churn: {average: $x, frailty: 0}}}\n",
                      "m.yaml");
  Anchors anchors = unanchored(m);
  anchors.segments[0].solved[0] = math::logit(0.02);
  const Anchors moved = shifted(m, at_values(m, {0.04}), anchors);
  EXPECT_NEAR(math::expit(moved.segments[0].solved[0]), 0.04, 1e-16);
}

TEST(Telecom, TheShippedRegisterCanBeDrawn) {
  const Model m = read_model(std::string(GOODWILL_SOURCE_DIR) + "/scenarios/models/telecom.yaml");
  ASSERT_EQ(m.assumptions.size(), 4u);
  EXPECT_TRUE(check_distributions(m).empty());
  for (const auto& [name, a] : m.assumptions) EXPECT_FALSE(a.source.empty()) << name;
  for (const auto& paths : uses(m)) EXPECT_EQ(paths.size(), 1u);
  for (const auto& values : draw_assumptions(m, 1, 0, 64)) EXPECT_NO_THROW(at_values(m, values));
  EXPECT_EQ(m.investments.find("better_bot")->changes[0].value.value, 0.55);
  EXPECT_EQ(m.events.find("breach")->impulse->trust.value, -0.25);
}

}  // namespace

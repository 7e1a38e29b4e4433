// Draws of the assumptions: nets, margins, correlations, bounds.
#include "scenarios/assumptions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "scenarios/intervals.hpp"
#include "sim/random/math64.hpp"
#include "tests/cpp/uncertain.hpp"

namespace {

using namespace goodwill;

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
  EXPECT_EQ(refusal_of([&] { draw_assumptions(m, 1, 0, 1); }),
            "the model has 4000 assumptions; Sobol numbers have 3667 dimensions at most");
  EXPECT_NE(refusal_of([&] { draw_assumptions(m, 1, -1, 1); }).find("draws from -1"), std::string::npos);
}

}  // namespace

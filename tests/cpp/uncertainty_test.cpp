// Analysis of variance, the correction of draws, and what is read from them, by hand and by identity.
#include "scenarios/uncertainty.hpp"

#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;
using Eigen::MatrixXd;
using Eigen::VectorXd;

double variance(const VectorXd& x) { return (x.array() - x.mean()).square().sum() / double(x.size() - 1); }

TEST(Uncertainty, AnalysisOfVarianceByHand) {
  // Means 2, 6, 13 (variance 31). Variances within: 2, 8, 2; of the mean of two, half of that: 2 on average.
  const Variances v = variances({{1, 3}, {4, 8}, {12, 14}});
  EXPECT_DOUBLE_EQ(v.simulation, 2);
  EXPECT_NEAR(v.parameter, 31 - 2, 1e-12);
  EXPECT_NEAR(v.share(), 29.0 / 31, 1e-12);
  // The draws spread less than simulation alone would make them: nothing is left for the assumptions.
  EXPECT_EQ(variances({{0, 10}, {1, 9}, {2, 8.5}}).parameter, 0);
  EXPECT_EQ(variances({{1, 1}, {1, 1}}).share(), 0);
}

TEST(Uncertainty, CorrectionOfOneScenario) {
  const Units x{{1, 3}, {4, 8}, {12, 14}};
  const MatrixXd corrected = corrected_draws({x});
  for (int d = 0; d < 3; ++d)
    EXPECT_NEAR(corrected(d, 0), 7 + std::sqrt(29.0 / 31) * (draw_means({x})(d, 0) - 7), 1e-12);
  const MatrixXd certain = corrected_draws({{{0, 10}, {1, 9}, {2, 8.5}}});
  EXPECT_NEAR((certain.array() - certain.mean()).abs().maxCoeff(), 0, 1e-12);
}

TEST(Uncertainty, EveryScenarioKeepsItsMeanAndHasTheParameterVariance) {
  // The second is the first on another scale, the third nearly its opposite, the fourth changes nothing.
  const Units a{{1, 3}, {4, 8}, {12, 14}, {3, 3.5}, {7, 5}}, b{{5, 2}, {1, 0}, {-6, -7}, {2, 3}, {0, 1}};
  Units scaled = a, nothing = a;
  for (std::size_t d = 0; d < a.size(); ++d)
    for (std::size_t k = 0; k < 2; ++k) scaled[d][k] = 1e6 * a[d][k], nothing[d][k] = 0;
  const DrawnValues values{a, scaled, b, nothing};
  const MatrixXd corrected = corrected_draws(values), means = draw_means(values);
  for (int s = 0; s < 4; ++s) {
    const double expected = variances(values[std::size_t(s)]).parameter;
    EXPECT_NEAR(corrected.col(s).mean(), means.col(s).mean(), 1e-9 * (1 + std::abs(means.col(s).mean())));
    EXPECT_NEAR(variance(corrected.col(s)), expected, 1e-9 * expected) << s;
  }
  EXPECT_NEAR((corrected.col(1) - 1e6 * corrected.col(0)).cwiseAbs().maxCoeff(), 0, 1e-3);
  EXPECT_EQ(corrected.col(3).cwiseAbs().maxCoeff(), 0);
}

TEST(Uncertainty, WithoutSimulationErrorNothingIsCorrected) {
  const DrawnValues values{{{1, 1}, {5, 5}, {2, 2}}, {{4, 4}, {-5, -5}, {0, 0}}};
  EXPECT_NEAR((corrected_draws(values) - draw_means(values)).cwiseAbs().maxCoeff(), 0, 1e-12);
}

TEST(Uncertainty, ReadFromTheDraws) {
  MatrixXd draws(4, 2);
  draws << 1, 2,  //
      -1, -2,     //
      3, 0,       //
      0, 5;
  EXPECT_EQ(probability_above(draws.col(0), 0), 0.5);
  EXPECT_EQ(probability_above(draws.col(0), -1), 0.75);
  const MatrixXd table = acceptability(draws, {0, 2.5});
  EXPECT_EQ(table(0, 0), 0.5);
  EXPECT_EQ(table(1, 0), 0.25);
  EXPECT_EQ(table(1, 1), 0.25);
  EXPECT_EQ(probability_best(draws)[0], 0.25);
  EXPECT_EQ(probability_best(draws)[1], 0.5);  // and doing nothing in the second draw
  EXPECT_EQ(quantile(draws.col(0), 0), -1);
  EXPECT_EQ(quantile(draws.col(0), 0.5), 0.5);
  EXPECT_DOUBLE_EQ(quantile(draws.col(0), 0.9), 1 + 0.7 * 2);
  EXPECT_EQ(quantile(draws.col(0), 1), 3);
}

TEST(Uncertainty, OneScenarioIsCorrectedTheSameWayEverywhere) {
  const Units x{{1, 3}, {4, 8}, {12, 14}, {3, 3.5}, {7, 5}}, other{{5, 2}, {1, 0}, {-6, -7}, {2, 3}, {0, 1}};
  EXPECT_NEAR((corrected(x) - corrected_draws({x}).col(0)).cwiseAbs().maxCoeff(), 0, 1e-12);
  EXPECT_GT((corrected(x) - corrected_draws({x, other}).col(0)).cwiseAbs().maxCoeff(), 1e-3);
}

TEST(Uncertainty, AProbabilityKnowsHowFewDrawsItIsMadeOf) {
  Units x;
  for (int d = 0; d < 64; ++d) x.push_back({1.0 + d % 16 + d / 16, 1.0 + d % 16 + d / 16});  // 1 to 19
  const Interval sure = probability_within(x, 5e-324, 1e300, 0.95);
  EXPECT_EQ(sure.mean, 1);
  EXPECT_EQ(sure.high, 1);
  // All of 64: Wilson's bound is n / (n + t^2), with t of 15 degrees of freedom.
  EXPECT_NEAR(sure.low, 64 / (64 + 2.131449546 * 2.131449546), 1e-9);
  const Interval half = probability_within(x, 10.5, 1e300, 0.95);
  EXPECT_EQ(half.mean, 30 / 64.0);
  EXPECT_LT(half.low, 0.37);
  EXPECT_GT(half.high, 0.57);
  // Within a range as well; what never happens has a probability that may be above 0.
  EXPECT_EQ(probability_within(x, 3.5, 4.5, 0.95).mean, 4 / 64.0);
  EXPECT_EQ(probability_within(x, 100, 200, 0.95).low, 0);
  EXPECT_GT(probability_within(x, 100, 200, 0.95).high, 0.05);
}

TEST(Uncertainty, WhereSimulationHidesTheAssumptionsTheProbabilityIsOpen) {
  // No parameter variance is found, and the mean of 0.5 cannot be told from 0: the correction puts all draws
  // at the mean, but nobody knows on which side of 0 they lie.
  Units x;
  for (int d = 0; d < 64; ++d)
    x.push_back({0.5 + (d % 2 ? 9.0 : -9.0) - 20, 0.5 + (d % 2 ? 9.0 : -9.0) + 20});
  ASSERT_EQ(variances(x).parameter, 0);
  const Interval p = probability_within(x, 5e-324, 1e300, 0.95);
  EXPECT_EQ(p.mean, 1);
  EXPECT_EQ(p.low, 0);
}

TEST(Uncertainty, RoundingIsNoVariation) {
  EXPECT_FALSE(varies({{0, 0}, {0, 0}}));
  EXPECT_FALSE(varies({{-12'000, -12'000}, {-12'000 - 1e-9, -12'000}}));
  EXPECT_TRUE(varies({{0, 0}, {0, 1e-12}}));
  EXPECT_TRUE(varies({{-12'000, -12'000}, {-12'000.01, -12'000}}));
}

TEST(Uncertainty, WhatIsRefused) {
  EXPECT_NE(refusal_of([] { variances({{1, 2}}); }).find("draws: 1"), std::string::npos);
  EXPECT_NE(refusal_of([] { variances({{1, 2}, {1}}); }).find("batches: 1 in a draw"), std::string::npos);
  EXPECT_NE(refusal_of([] { corrected_draws({{{1, 2}, {3, 4}}, {{1, 2}}}); }), "");
  EXPECT_NE(refusal_of([] {
              variances({{1, std::nan("")}, {1, 2}});
            }).find("not a finite number"),
            std::string::npos);
  EXPECT_NE(refusal_of([] { quantile(VectorXd::Zero(3), 95); }).find("quantile: 95"), std::string::npos);
}

}  // namespace

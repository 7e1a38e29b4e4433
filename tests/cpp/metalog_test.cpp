// The metalog: through its quantiles, on its scale, increasing.
#include "scenarios/metalog.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sim/random/math64.hpp"

namespace {

using namespace goodwill;

struct Quantiles {
  double low, best, high;
  Scale scale;
};
const std::vector<Quantiles> kExamples{
    {-0.45, -0.25, -0.10, Scale::plain}, {0.40, 0.55, 0.75, Scale::log}, {0.22, 0.35, 0.45, Scale::log_odds},
    {1e-6, 2e-6, 5e-6, Scale::log_odds}, {1e5, 9e5, 2e6, Scale::log},    {0.1, 0.4, 0.8, Scale::plain},
    {0.9, 0.99, 0.9999, Scale::log_odds}};

TEST(Metalog, PassesThroughItsQuantiles) {
  for (const Quantiles& q : kExamples) {
    const Metalog m(q.low, q.best, q.high, q.scale);
    // a logit, a product and the way back from the scale each round once or twice
    EXPECT_NEAR(m.quantile(0.1), q.low, 1e-14 * std::abs(q.high));
    EXPECT_NEAR(m.quantile(0.5), q.best, 1e-14 * std::abs(q.high));
    EXPECT_NEAR(m.quantile(0.9), q.high, 1e-14 * std::abs(q.high));
  }
}

TEST(Metalog, SymmetricIsTheLogistic) {
  // Without skew it is the logistic distribution: median + s logit(p), s = (high - low) / (2 ln 9).
  const Metalog m(8, 10, 12, Scale::plain);
  EXPECT_NEAR(m.quantile(0.75), 10 + 2 / std::log(9.0) * std::log(3.0), 1e-14);  // = 11: ln 9 = 2 ln 3
  EXPECT_NEAR(m.quantile(0.75), 11, 1e-14);
  const Metalog factor(0.5, 1, 2, Scale::log);
  EXPECT_NEAR(factor.quantile(0.75), std::sqrt(2.0), 1e-15);
  const Metalog share(0.1, 0.5, 0.9, Scale::log_odds);
  EXPECT_NEAR(share.quantile(0.75), 0.75, 1e-15);  // uniform
}

TEST(Metalog, SkewedByHand) {
  // a1 = best, a2 = (high - low) / (2 ln 9), a3 = (high + low - 2 best) / (0.8 ln 9):
  // m(3/4) = a1 + (a2 + a3 / 4) ln 3, and ln 3 = ln 9 / 2
  const Metalog m(1, 4, 10, Scale::plain);
  const double a2 = 9 / (2 * std::log(9.0)), a3 = 3 / (0.8 * std::log(9.0));
  EXPECT_NEAR(m.quantile(0.75), 4 + a2 * std::log(3.0) + a3 * 0.25 * std::log(3.0), 1e-14);
  EXPECT_NEAR(m.quantile(0.75), 4 + 9.0 / 4 + 3 / 6.4, 1e-14);
}

TEST(Metalog, Increases) {
  for (const Quantiles& q : kExamples) {
    const Metalog m(q.low, q.best, q.high, q.scale);
    ASSERT_TRUE(m.feasible());
    double before = m.quantile(1e-5);
    for (int k = 2; k < 99'999; ++k) {
      const double now = m.quantile(k * 1e-5);
      EXPECT_LE(before, now) << k;
      before = now;
    }
  }
}

TEST(Metalog, TooSkewedIsNotFeasible) {
  EXPECT_TRUE(Metalog(0, 0.1667, 1, Scale::plain).feasible());
  EXPECT_TRUE(Metalog(0, 0.8333, 1, Scale::plain).feasible());
  const Metalog left(0, 0.1665, 1, Scale::plain), right(0, 0.8335, 1, Scale::plain);
  EXPECT_FALSE(left.feasible());
  EXPECT_FALSE(right.feasible());
  // and indeed it decreases somewhere, while those above do not: this is what the limit means
  const auto falls = [](const Metalog& m) {
    for (int k = 2; k < 9'999; ++k)
      if (m.quantile(k * 1e-4) < m.quantile((k - 1) * 1e-4)) return true;
    return false;
  };
  EXPECT_TRUE(falls(left));
  EXPECT_TRUE(falls(right));
  EXPECT_FALSE(falls(Metalog(0, 0.1667, 1, Scale::plain)));
  EXPECT_FALSE(falls(Metalog(0, 0.8333, 1, Scale::plain)));
  EXPECT_NEAR(left.least_best(), 0.16658, 1e-12);
  EXPECT_NEAR(left.most_best(), 0.83342, 1e-12);
}

}  // namespace

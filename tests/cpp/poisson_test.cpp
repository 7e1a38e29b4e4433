// Poisson counts of the kernel against the distribution itself.
#include "sim/random/poisson.hpp"

#include <cmath>
#include <iterator>

#include <boost/math/distributions/poisson.hpp>
#include <gtest/gtest.h>

namespace {

using namespace goodwill;

/// The smallest n >= 1 with P(N > n) <= v: what the inversion of an upper tail probability must find.
bool is_quantile(std::int64_t n, double lambda, double v, double tolerance) {
  const boost::math::poisson_distribution<double> law(lambda);
  const auto above = [&](std::int64_t k) { return cdf(complement(law, static_cast<double>(k))); };
  return above(n) <= v * (1 + tolerance) && (n == 1 || above(n - 1) > v * (1 - tolerance));
}

TEST(Poisson, TheLadderFindsTheQuantile) {
  // 1 - v is rounded to 1e-16; of a tail of 1e-9 that is 1e-7.
  for (const double lambda : {1e-4, 0.003, 0.14, 1.0, 2.5, 17.0, 120.0, 299.0})
    for (double tail = 1; tail > 1e-9; tail *= 0.83) {
      PoissonLadder ladder;
      std::fill(std::begin(ladder.lambda), std::end(ladder.lambda), 0.0);
      std::fill(std::begin(ladder.v), std::end(ladder.v), 1.0);
      const double v = tail * -std::expm1(-lambda);
      ladder.lambda[3] = lambda;
      ladder.v[3] = v;
      ladder.climb();
      EXPECT_TRUE(is_quantile(ladder.count[3], lambda, v, 1e-6))
          << lambda << ", " << v << ": " << ladder.count[3];
    }
}

TEST(Poisson, AndSoDoesTheExpansionForManyEvents) {
  for (const double lambda : {301.0, 1'000.0, 20'000.0})
    for (double v = 0.999; v > 1e-9; v *= 0.71)
      EXPECT_TRUE(is_quantile(poisson_of_many(lambda, v), lambda, v, 1e-6)) << lambda << ", " << v;
}

}  // namespace

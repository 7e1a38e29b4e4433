// Poisson counts of the kernel against the distribution itself.
#include "sim/random/poisson.hpp"

#include <array>
#include <cmath>
#include <cstddef>

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
  // 1 - v is rounded to 1e-16, which is 1e-7 of a tail of 1e-9. The lanes of a ladder have different means.
  constexpr std::array means{1e-4, 0.003, 0.14, 1.0, 2.5, 17.0, 120.0, 299.0, 300.0};
  std::size_t next = 0;
  for (double tail = 1; tail > 1e-9; tail *= 0.83)
    for (std::size_t round = 0; round < means.size(); ++round) {
      PoissonLadder ladder;
      for (int i = 0; i < PoissonLadder::lanes; ++i) {
        ladder.lambda[i] = means[next++ % means.size()];
        ladder.v[i] = tail * -std::expm1(-ladder.lambda[i]);
      }
      ladder.climb();
      for (int i = 0; i < PoissonLadder::lanes; ++i)
        EXPECT_TRUE(is_quantile(ladder.count[i], ladder.lambda[i], ladder.v[i], 1e-6))
            << ladder.lambda[i] << ", " << ladder.v[i] << ": " << ladder.count[i];
    }
}

TEST(Poisson, AndSoDoesTheExpansionForManyEvents) {
  for (const double lambda : {301.0, 1'000.0, 20'000.0})
    for (double v = 0.999; v > 1e-9; v *= 0.71)
      EXPECT_TRUE(is_quantile(poisson_of_many(lambda, v), lambda, v, 1e-6)) << lambda << ", " << v;
}

}  // namespace

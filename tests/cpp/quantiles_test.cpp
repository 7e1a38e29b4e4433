// Quantile functions against Boost.Math, and against the distribution functions they invert.
#include <gtest/gtest.h>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "sim/random/math64.hpp"

namespace {

namespace math = goodwill::math;

TEST(NormalQuantile, AgreesWithBoost) {
  const boost::math::normal_distribution<> normal;
  for (int k = 1; k < 100'000; ++k) {
    const double p = k * 1e-5, z = boost::math::quantile(normal, p);
    EXPECT_NEAR(math::normal_quantile(p), z, 1e-14 * (1 + std::abs(z))) << p;
  }
  for (double p = 1e-5; p > 1e-300; p /= 7) {
    const double z = boost::math::quantile(normal, p);
    EXPECT_NEAR(math::normal_quantile(p) / z, 1, 1e-14) << p;
  }
}

TEST(NormalQuantile, InvertsTheProbability) {
  for (const double p : {1e-6, 0.001, 0.1, 0.5, 0.925, 0.999})
    EXPECT_NEAR(math::normal_cdf(math::normal_quantile(p)), p, 1e-15);
  EXPECT_EQ(math::normal_quantile(0.5), 0);
  EXPECT_EQ(math::normal_quantile(0), -HUGE_VAL);
  EXPECT_EQ(math::normal_quantile(1), HUGE_VAL);
  EXPECT_TRUE(std::isnan(math::normal_quantile(-0.1)) && std::isnan(math::normal_quantile(1.1)) &&
              std::isnan(math::normal_quantile(NAN)));
}

TEST(BetaQuantile, AgreesWithBoost) {
  for (const double a : {0.3, 1.0, 2.5, 40.0, 3e4})
    for (const double b : {0.5, 1.0, 7.0, 900.0}) {
      const boost::math::beta_distribution<> beta(a, b);
      for (const double p : {1e-8, 0.001, 0.1, 0.5, 0.9, 0.999}) {
        const double x = math::beta_quantile(a, b, p), y = boost::math::quantile(beta, p);
        // regularized_beta is good to 1e-11; the error in x is that divided by the density
        EXPECT_NEAR(x, y, 1e-11 / boost::math::pdf(beta, y) + 1e-12 * y) << a << " " << b << " " << p;
      }
    }
}

TEST(BetaQuantile, KnownValues) {
  EXPECT_NEAR(math::beta_quantile(1, 1, 0.3), 0.3, 1e-15);
  EXPECT_NEAR(math::beta_quantile(2, 1, 0.49), 0.7, 1e-14);          // x^2
  EXPECT_NEAR(math::beta_quantile(1, 3, 0.875), 0.5, 1e-14);         // 1 - (1 - x)^3
  EXPECT_NEAR(math::beta_quantile(0.5, 1, 1e-8) / 1e-16, 1, 1e-10);  // sqrt(x)
  EXPECT_EQ(math::beta_quantile(2, 3, 0), 0);
  EXPECT_EQ(math::beta_quantile(2, 3, 1), 1);
  EXPECT_TRUE(std::isnan(math::beta_quantile(0, 3, 0.5)) && std::isnan(math::beta_quantile(2, 3, 1.5)));
}

}  // namespace

// The C library in long double judges the elementary functions, Boost.Math the special ones.
#include "sim/random/math64.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace math = goodwill::math;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 2.3e-16;  // one unit in the last place, at worst

/// Numbers spread over many orders of magnitude, of both signs: raw bits of the engine, which are portable.
std::vector<double> spread(double smallest, double largest, bool positive, int n = 20'000) {
  std::mt19937_64 engine(7);
  std::vector<double> out;
  for (int i = 0; i < n; ++i) {
    const double u = static_cast<double>(engine() >> 11) * 0x1p-53;
    const double size = std::exp(std::log(smallest) * (1 - u) + std::log(largest) * u);
    out.push_back(!positive && engine() % 2 ? -size : size);
  }
  return out;
}

double error(double got, long double expected) {
  const double rounded = static_cast<double>(expected);
  if (got == rounded) return 0;  // infinities too
  if (std::fabs(rounded) < std::numeric_limits<double>::min())
    return std::fabs(got - rounded) > 0x1p-1074 ? 1 : 0;
  return static_cast<double>(std::fabs((got - expected) / expected));
}

TEST(Math64, Exp) {
  for (double x : spread(1e-20, 746, false))
    EXPECT_LE(error(math::exp(x), std::exp((long double)x)), kTolerance) << x;
}

TEST(Math64, Expm1) {
  for (double x : spread(1e-300, 746, false))
    EXPECT_LE(error(math::expm1(x), std::expm1((long double)x)), kTolerance) << x;
}

TEST(Math64, Log) {
  for (double x : spread(5e-324, 1.7e308, true))
    EXPECT_LE(error(math::log(x), std::log((long double)x)), kTolerance) << x;
  for (double x : spread(1e-16, 0.6, false))
    EXPECT_LE(error(math::log(1 + x), std::log((long double)(1 + x))), kTolerance) << x;
}

TEST(Math64, Log1p) {
  for (double x : spread(1e-300, 1e300, true))
    EXPECT_LE(error(math::log1p(x), std::log1p((long double)x)), kTolerance) << x;
  for (double x : spread(1e-300, 0.9999999, false))
    EXPECT_LE(error(math::log1p(x), std::log1p((long double)x)), kTolerance) << x;
}

TEST(Math64, Pow) {
  const auto bases = spread(5e-324, 1.7e308, true), exponents = spread(1e-3, 10, false);
  for (std::size_t i = 0; i < bases.size(); ++i) {
    const double x = bases[i], y = exponents[(i * 7919) % exponents.size()];
    const long double l = y * std::log((long double)x);
    // The oracle's own exp has 64 bits: beyond this its error shows.
    if (std::fabs(l) > 700) continue;
    EXPECT_LE(error(math::pow(x, y), std::pow((long double)x, (long double)y)), kTolerance) << x << ' ' << y;
  }
  for (double x : spread(1e-9, 0.9, false))  // compounding: close to 1, high powers
    for (double y : {1 / 12.0, 12.0, -365.0, 1e3})
      EXPECT_LE(error(math::pow(1 + x, y), std::pow((long double)(1 + x), (long double)y)), kTolerance)
          << x << ' ' << y;
}

TEST(Math64, PowLimits) {
  const struct {
    double x, y;
  } cases[] = {
      {0, 0},          {0, 2},          {0, -1},         {-0.0, 3},        {-0.0, -3},
      {-0.0, 2},       {-2, 3},         {-2, 2},         {-2, -1},         {-2, 0.5},
      {-1, kInfinity}, {2, kInfinity},  {2, -kInfinity}, {0.5, kInfinity}, {0.5, -kInfinity},
      {kInfinity, 2},  {kInfinity, -2}, {-kInfinity, 3}, {-kInfinity, -3}, {-kInfinity, 0.5},
      {1, kNaN},       {kNaN, 0},       {kNaN, 1},       {2, kNaN},        {10, 400},
      {10, -400},      {-10, 401},      {2, 1e300},      {2, -1e300},      {-1, 1e300},
      {2, 1023},       {2, -1074},      {0, 0.5},        {0, -0.5},
  };
  for (const auto [x, y] : cases) {
    const double got = math::pow(x, y), expected = std::pow(x, y);
    if (std::isnan(expected))
      EXPECT_TRUE(std::isnan(got)) << x << ' ' << y;
    else
      EXPECT_EQ(std::bit_cast<std::uint64_t>(got), std::bit_cast<std::uint64_t>(expected))
          << x << ' ' << y << ' ' << got;
  }
}

TEST(Math64, LogitAndExpit) {
  for (double p : spread(5e-324, 0.99999, true)) {
    const long double l = p;
    const long double expected =
        std::fabs(2 * l - 1) < 0.2L ? 2 * std::atanh(2 * l - 1) : std::log(l / (1 - l));
    EXPECT_LE(error(math::logit(p), expected), kTolerance) << p;
  }
  for (double d : spread(1e-16, 0.4, false))
    EXPECT_LE(error(math::logit(0.5 + d), 2 * std::atanh(2 * ((long double)(0.5 + d)) - 1)), kTolerance) << d;
  for (double x : spread(1e-20, 740, false)) {
    const long double e = std::exp(-std::fabs((long double)x));
    EXPECT_LE(error(math::expit(x), x < 0 ? e / (1 + e) : 1 / (1 + e)), kTolerance) << x;
  }
}

TEST(Math64, Limits) {
  EXPECT_EQ(math::exp(0), 1);
  EXPECT_EQ(math::exp(kInfinity), kInfinity);
  EXPECT_EQ(math::exp(-kInfinity), 0);
  EXPECT_EQ(math::exp(709.8), kInfinity);
  EXPECT_EQ(math::expm1(0), 0);
  EXPECT_EQ(math::expm1(-kInfinity), -1);
  EXPECT_EQ(math::expm1(1000), kInfinity);
  EXPECT_EQ(math::log(1), 0);
  EXPECT_EQ(math::log(0), -kInfinity);
  EXPECT_EQ(math::log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(math::log(-1)));
  EXPECT_EQ(math::log1p(-1), -kInfinity);
  EXPECT_TRUE(std::isnan(math::log1p(-1.1)));
  EXPECT_EQ(math::logit(0), -kInfinity);
  EXPECT_EQ(math::logit(1), kInfinity);
  EXPECT_EQ(math::logit(0.5), 0);
  EXPECT_TRUE(std::isnan(math::logit(1.1)));
  EXPECT_EQ(math::expit(0), 0.5);
  EXPECT_EQ(math::expit(kInfinity), 1);
  EXPECT_EQ(math::expit(-kInfinity), 0);
  for (auto f : {math::exp, math::expm1, math::log, math::log1p, math::logit, math::expit, math::lgamma})
    EXPECT_TRUE(std::isnan(f(kNaN)));
}

TEST(Math64, LogGamma) {
  for (double x : spread(1e-300, 1e290, true)) {
    const double expected = boost::math::lgamma(x);
    EXPECT_NEAR(math::lgamma(x), expected, 1e-13 * std::max(1.0, std::fabs(expected))) << x;
  }
  for (double x : spread(1e-3, 100, true)) {
    const double expected = boost::math::lgamma(x);
    EXPECT_NEAR(math::lgamma(x), expected, 1e-13 * std::max(1.0, std::fabs(expected))) << x;
  }
  EXPECT_TRUE(std::isnan(math::lgamma(0)));
  EXPECT_TRUE(std::isnan(math::lgamma(-1.5)));
}

TEST(Math64, RegularizedGamma) {
  for (double a : spread(1e-4, 1e8, true, 300))
    for (double k : {-30.0, -5.0, -3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 5.0, 30.0}) {
      const double x = k < 0 && a < k * k ? a * std::exp(k) : a + k * std::sqrt(a);
      EXPECT_NEAR(math::regularized_gamma(a, x), boost::math::gamma_p(a, x), 1e-11) << a << ' ' << x;
    }
  EXPECT_EQ(math::regularized_gamma(2, 0), 0);
  EXPECT_EQ(math::regularized_gamma(2, kInfinity), 1);
  EXPECT_TRUE(std::isnan(math::regularized_gamma(0, 1)));
  EXPECT_TRUE(std::isnan(math::regularized_gamma(1, -1)));
  EXPECT_TRUE(std::isnan(math::regularized_gamma(1, kNaN)));
}

TEST(Math64, RegularizedBeta) {
  const auto shapes = spread(1e-3, 1e8, true, 400);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const double a = shapes[i], b = shapes[(i * 37 + 11) % shapes.size()];
    const double mean = a / (a + b), sd = std::sqrt(mean * (1 - mean) / (a + b + 1));
    for (double k : {-30.0, -5.0, -3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 5.0, 30.0}) {
      const double x = mean + k * sd;
      if (x <= 0 || x >= 1) continue;
      // The oracle itself moves by more than its rounding where x = 1 - tiny stands for a long tail; 1e-11
      // covers it.
      EXPECT_NEAR(math::regularized_beta(a, b, x), boost::math::ibeta(a, b, x), 1e-11)
          << a << ' ' << b << ' ' << x;
    }
    for (double x : {1e-10, 1e-3, 0.3, 0.999})
      EXPECT_NEAR(math::regularized_beta(a, b, x), boost::math::ibeta(a, b, x), 1e-11)
          << a << ' ' << b << ' ' << x;
  }
  EXPECT_EQ(math::regularized_beta(2, 3, 0), 0);
  EXPECT_EQ(math::regularized_beta(2, 3, 1), 1);
  EXPECT_TRUE(std::isnan(math::regularized_beta(2, 3, 1.1)));
  EXPECT_TRUE(std::isnan(math::regularized_beta(-2, 3, 0.1)));
}

// One number for the bits of all functions: it must not change with the compiler, its flags or the processor.
TEST(Math64, SameBitsEverywhere) {
  std::uint64_t hash = 14695981039346656037u;
  const auto add = [&](double x) { hash = (hash ^ std::bit_cast<std::uint64_t>(x)) * 1099511628211u; };
  std::mt19937_64 engine(11);
  for (int i = 0; i < 10'000; ++i) {
    const double u = (static_cast<double>(engine() >> 11) + 0.5) * 0x1p-53;
    const double x = (u - 0.5) * 80, a = 20 * u + 0.01;
    for (double v :
         {math::exp(x), math::expm1(x), math::log(a), math::log1p(u), math::pow(a, x), math::logit(u),
          math::expit(x), math::lgamma(a), math::regularized_gamma(a, 10), math::regularized_beta(a, 3, u)})
      add(v);
  }
  EXPECT_EQ(hash, 12477370148628063533u);
}

}  // namespace

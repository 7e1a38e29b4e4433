// The kernel's float functions against the C library and Boost.Math.
#include "sim/random/lanes.hpp"

#include <cmath>
#include <iterator>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <gtest/gtest.h>

#include "sim/kernel/dispatch.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// Words over the whole range: both ends one by one, the middle, and steps between.
std::vector<std::uint32_t> words() {
  std::vector<std::uint32_t> all;
  const std::uint32_t step = full() ? 1009 : 104'729, end = full() ? 1'000'000 : 20'000;
  for (std::uint32_t i = 0; i < end; ++i) all.push_back(i);
  for (std::uint64_t w = end; w < 0xffffffffu - end; w += step) all.push_back(static_cast<std::uint32_t>(w));
  for (std::uint32_t i = 0; i < 4000; ++i) all.push_back(0x80000000u - 2000 + i);
  for (std::uint32_t i = end; i > 0; --i) all.push_back(0u - i);
  std::sort(all.begin(), all.end());
  return all;
}

double exact_normal(std::uint32_t word) {
  const bool upper = word >= 0x80000000u;
  const double tail = (static_cast<double>(upper ? ~word : word) + 0.5) / 4294967296.0;
  const double z = boost::math::quantile(boost::math::normal(), tail);
  return upper ? -z : z;
}

TEST(Lanes, NormalIsAccurateOverTheWholeRange) {
  double worst = 0;
  for (const std::uint32_t w : words()) worst = std::max(worst, std::abs(normal_lane(w) - exact_normal(w)));
  EXPECT_LT(worst, 2e-6);
  EXPECT_NEAR(normal_lane(0), -6.33804, 1e-4);  // the quantile of 2^-33
  EXPECT_NEAR(normal_lane(0xffffffffu), 6.33804, 1e-4);
  EXPECT_NEAR(normal_lane(0), exact_normal(0), 2e-6);
  EXPECT_NEAR(normal_lane(0xffffffffu), exact_normal(0xffffffffu), 2e-6);
}

TEST(Lanes, NormalIsSymmetricAndMonotone) {
  // Neighbouring words may change places by rounding, by less than the error allowed; words 2^-20 of the
  // range apart may not.
  const auto all = words();
  float highest = -10;
  for (const std::uint32_t w : all) {
    const float z = normal_lane(w);
    EXPECT_EQ(normal_lane(~w), -z);
    EXPECT_GT(z, highest - 1e-6f) << w;
    highest = std::max(highest, z);
  }
  float before = -10;
  for (std::uint64_t w = 0; w <= 0xffffffffu; w += 1 << 12) {
    const float z = normal_lane(static_cast<std::uint32_t>(w));
    EXPECT_GE(z, before - 5e-7f) << w;
    before = z;
  }
  before = -10;
  for (std::uint64_t w = 0; w <= 0xffffffffu; w += 1 << 14) {
    const float z = normal_lane(static_cast<std::uint32_t>(w));
    EXPECT_GT(z, before) << w;
    before = z;
  }
}

TEST(Lanes, NormalHasItsMoments) {
  // Over equidistant words, so without chance: mean 0, variance 1, kurtosis 3 up to the steps at both ends.
  double n = 0, second = 0, fourth = 0, sum = 0;
  for (std::uint64_t w = 1 << 11; w <= 0xffffffffu; w += 1 << 12) {
    const double z = normal_lane(static_cast<std::uint32_t>(w));
    n += 1;
    sum += z;
    second += z * z;
    fourth += z * z * z * z;
  }
  EXPECT_NEAR(sum / n, 0, 1e-5);
  EXPECT_NEAR(second / n, 1, 1e-4);
  EXPECT_NEAR(fourth / n, 3, 1e-3);
}

TEST(Lanes, NormalIsInterpolated) {
  // The coefficients, worked out again: divided differences at the nodes, then powers of g.
  constexpr int n = normal_degree + 1;
  using Real = long double;
  for (int k = 0; k < normal_binades; ++k) {
    Real node[n], difference[n], power[n] = {};
    for (int i = 0; i < n; ++i) {
      node[i] = std::cos(boost::math::constants::pi<Real>() * i / normal_degree) / 2;
      difference[i] = -boost::math::quantile(boost::math::normal_distribution<Real>(),
                                             std::ldexp(node[i] + 1.5L, -k - 2));
    }
    for (int order = 1; order < n; ++order)
      for (int i = n - 1; i >= order; --i)
        difference[i] = (difference[i] - difference[i - 1]) / (node[i] - node[i - order]);
    for (int i = n - 1; i >= 0; --i) {  // power = power * (g - node[i]) + difference[i]
      for (int j = n - 1; j > 0; --j) power[j] = power[j - 1] - power[j] * node[i];
      power[0] = difference[i] - power[0] * node[i];
    }
    for (int j = 0; j < n; ++j)
      EXPECT_FLOAT_EQ(normal_table[j][k], static_cast<float>(power[j])) << "binade " << k << ", power " << j;
  }
}

TEST(Lanes, Exp) {
  double worst = 0;
  for (double x = -86.9; x < 87.9; x += full() ? 1e-5 : 1e-3) {
    const float f = static_cast<float>(x);
    worst = std::max(worst, std::abs(exp_lane(f) / std::exp(static_cast<double>(f)) - 1));
  }
  EXPECT_LT(worst, 2.5e-7);
  EXPECT_EQ(exp_lane(0.0f), 1.0f);
}

TEST(Lanes, ExpSaturates) {
  EXPECT_EQ(exp_lane(1e4f), exp_lane(88.0f));
  EXPECT_EQ(exp_lane(-1e4f), exp_lane(-87.0f));
  EXPECT_GT(exp_lane(-1e4f), 0.0f);
  EXPECT_TRUE(std::isfinite(exp_lane(1e4f)));
  EXPECT_EQ(1.0f / (1.0f + exp_lane(-40.0f)), 1.0f);  // a probability never leaves [0, 1]
}

TEST(Lanes, ExpInDoublePrecision) {
  double worst = 0;
  for (double x = -699.9; x < 699.9; x += full() ? 1e-4 : 1e-2)
    worst = std::max(worst, std::abs(exp_wide(x) / std::exp(x) - 1));
  EXPECT_LT(worst, 1e-15);
  EXPECT_EQ(exp_wide(0.0), 1.0);
}

TEST(Lanes, LogInDoublePrecision) {
  double worst = 0;
  for (double x = -690; x < 690; x += full() ? 1e-4 : 1e-2) {
    const double at = std::exp(x), exact = std::log(at);
    worst = std::max(worst, std::abs(log_wide(at) - exact) / std::max(std::abs(exact), 0.1));
  }
  EXPECT_LT(worst, 1e-15);
  for (int k = 2; k < 53; ++k) {  // near 1
    const double x = -std::ldexp(1.0, -k);
    EXPECT_NEAR(log_wide(1 + x) / std::log1p(x), 1, 1e-14) << k;
  }
  EXPECT_EQ(log_wide(1.0), 0.0);
}

TEST(Lanes, UniformLiesInTheOpenInterval) {
  EXPECT_EQ(uniform(0), 0x1p-32f);
  float before = 0;
  for (const std::uint32_t w : words()) {
    const float u = uniform(w);
    ASSERT_GT(u, 0.0f);
    ASSERT_LT(u, 1.0f);
    ASSERT_GE(u, before);
    ASSERT_NEAR(u, (w + 0.5) / 4294967296.0, 2.4e-7 * u + 0x1p-32);
    before = u;
  }
  // Fine enough for small probabilities: a tail of one in a million holds thousands of steps.
  int below = 0;
  for (std::uint32_t w = 0; w < 20'000; ++w) below += uniform(w) <= 1e-6f;
  EXPECT_NEAR(below, 4295, 2);
}

TEST(Lanes, Choose) {
  EXPECT_EQ(choose(-1, 1.5f, 2.5f), 1.5f);
  EXPECT_EQ(choose(0, 1.5f, 2.5f), 2.5f);
  EXPECT_EQ(choose(-1, 3, 4), 3);
  EXPECT_EQ(choose(0, 3, 4), 4);
  EXPECT_EQ(clamp(-1.0f, 0.0f, 10.0f), 0.0f);
  EXPECT_EQ(clamp(11.0f, 0.0f, 10.0f), 10.0f);
  EXPECT_EQ(clamp(5.0f, 0.0f, 10.0f), 5.0f);
}

TEST(Lanes, EveryKernelComputesTheSameBits) {
  const auto all = words();
  const auto n = static_cast<std::int32_t>(std::min<std::size_t>(all.size(), 100'003));
  std::vector<float> x, exp(all.size()), normal(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) x.push_back(static_cast<float>(all[i]) * 3e-8f - 64.0f);
  for (const Kernel* kernel : available_kernels()) {
    kernel->functions(n, x.data(), all.data(), exp.data(), normal.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      ASSERT_EQ(exp[i], exp_lane(x[i])) << kernel->name;
      ASSERT_EQ(normal[i], normal_lane(all[i])) << kernel->name;
    }
  }
}

}  // namespace

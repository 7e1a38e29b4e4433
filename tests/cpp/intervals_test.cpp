// Intervals of differences and of ratios of means, worked out by hand and counted over many studies.
#include "scenarios/intervals.hpp"

#include <algorithm>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;
using Plain = std::vector<double>;

TEST(Intervals, MeanInterval) {
  // {1, 2, 3, 6}: mean 3, s^2 = 14/3; t with 3 degrees of freedom at 97.5 % is 3.182446.
  const Interval i = mean_interval(Plain{1, 2, 3, 6}, 0.95);
  const double half = 3.182446305 * std::sqrt(14.0 / 3 / 4);
  EXPECT_DOUBLE_EQ(i.mean, 3);
  EXPECT_NEAR(i.low, 3 - half, 1e-8);
  EXPECT_NEAR(i.high, 3 + half, 1e-8);
  const Interval one = mean_interval(Plain{5}, 0.95);
  EXPECT_EQ(one.mean, 5);
  EXPECT_TRUE(std::isinf(one.low) && std::isinf(one.high));
  const Interval same = mean_interval(Plain{2, 2, 2}, 0.95);
  EXPECT_EQ(same.low, 2);
  EXPECT_EQ(same.high, 2);
}

TEST(Intervals, FiellerByHand) {
  // a = {1, 2, 3, 4}, b = {2, 2.5, 2, 3.5}: means 2.5 and 2.5, variances 5/3 and 1/2, covariance 2/3, t^2/4
  // = 2.5319912. The bounds solve 4.9840044 x^2 - 2 * 4.5620059 x + 2.0300147 = 0.
  const Ratio r = ratio_of_means(Plain{1, 2, 3, 4}, Plain{2, 2.5, 2, 3.5}, 0.95);
  EXPECT_DOUBLE_EQ(r.value, 1);
  EXPECT_TRUE(r.bounded);
  const double root = std::sqrt(4.5620059 * 4.5620059 - 4.9840044 * 2.0300147);
  EXPECT_NEAR(r.low, (4.5620059 - root) / 4.9840044, 1e-6);
  EXPECT_NEAR(r.high, (4.5620059 + root) / 4.9840044, 1e-6);
  // Fieller's bounds are where mean(a) - x mean(b) is t standard errors from 0.
  for (const double x : {r.low, r.high}) {
    const double variance = (5.0 / 3 - 2 * x * 2 / 3 + x * x / 2) / 4;
    EXPECT_NEAR(std::abs(2.5 - x * 2.5) / std::sqrt(variance), 3.182446305, 1e-6);
  }
}

TEST(Intervals, ACertainCostGivesTheIntervalOfTheMean) {
  const Ratio r = ratio_of_means(Plain{1, 2, 3, 6}, Plain{2, 2, 2, 2}, 0.95);
  const Interval i = mean_interval(Plain{1, 2, 3, 6}, 0.95);
  EXPECT_NEAR(r.low, i.low / 2, 1e-12);
  EXPECT_NEAR(r.high, i.high / 2, 1e-12);
}

TEST(Intervals, ACostThatMayBeNothingHasNoBounds) {
  const Ratio r = ratio_of_means(Plain{1, 2, 3, 4}, Plain{1, -1, 2, -1.5}, 0.95);
  EXPECT_FALSE(r.bounded);
  EXPECT_TRUE(std::isinf(r.low) && std::isinf(r.high));
  const Ratio none = ratio_of_means(Plain{1, 2}, Plain{0, 0}, 0.95);
  EXPECT_TRUE(std::isnan(none.value));
  EXPECT_FALSE(none.bounded);
  EXPECT_FALSE(ratio_of_means(Plain{1}, Plain{2}, 0.95).bounded);
}

TEST(Intervals, Correlation) {
  EXPECT_NEAR(correlation({1, 2, 3}, {2, 4, 6}), 1, 1e-15);
  EXPECT_NEAR(correlation({1, 2, 3}, {3, 2, 1}), -1, 1e-15);
  EXPECT_TRUE(std::isnan(correlation({1}, {2})));
  EXPECT_TRUE(std::isnan(correlation({1, 1, 1}, {1, 2, 3})));
}

TEST(Intervals, FewDrawsByHand) {
  // Fewer draws than sets: each is a set. Means 2, 10 and 9: mean 7, s^2 = 19; t with 2 degrees of freedom.
  const Units x{{1, 2, 3}, {8, 12}, {9}};
  const Interval i = mean_interval(x, 0.95);
  EXPECT_DOUBLE_EQ(i.mean, 7);
  EXPECT_NEAR(i.high - 7, 4.302652730 * std::sqrt(19.0 / 3), 1e-7);
  EXPECT_NEAR(7 - i.low, i.high - 7, 1e-12);
}

TEST(Intervals, TheSpreadIsThatBetweenSets) {
  // Two draws a set that add up to twice their number: within the sets all spread is taken back by the
  // partner, as it is within a net. The sets' means are 0, 1, ... 15.
  Units x;
  for (std::size_t d = 0; d < 2 * draw_sets; ++d) {
    const double set = double(d % draw_sets), far = d < draw_sets ? 1e3 : -1e3;
    x.push_back({set + far - 5, set + far + 5});
  }
  const Interval i = mean_interval(x, 0.95);
  EXPECT_NEAR(i.mean, 7.5, 1e-9);
  EXPECT_NEAR(i.high - i.mean, 2.131449546 * std::sqrt((16 * 17 / 12.0) / 16), 1e-7);
  // A set with a draw more weighs more: 17 draws, set 0 has 0 and 17.
  Units uneven;
  for (std::size_t d = 0; d <= draw_sets; ++d) uneven.push_back({d < draw_sets ? 1.0 + double(d % 2) : 17.0});
  const Interval u = mean_interval(uneven, 0.95);
  const double mean = (24 + 17) / 17.0, first = 18 - 2 * mean, odd = 2 - mean, even = 1 - mean;
  EXPECT_NEAR(u.mean, mean, 1e-12);
  EXPECT_NEAR(u.high - mean,
              2.131449546 * std::sqrt((first * first + 8 * odd * odd + 7 * even * even) * 16 / 15) / 17,
              1e-7);
}

TEST(Intervals, FiellerOverDraws) {
  const Units a{{1, 2, 3}, {4, 7, 5}, {2, 2}}, b{{2, 2.5, 2}, {3, 3.5, 4}, {2.5, 2.25}};
  const Ratio r = ratio_of_means(a, b, 0.8);
  ASSERT_TRUE(r.bounded);
  EXPECT_NEAR(r.value, (2 + 16.0 / 3 + 2) / (6.5 / 3 + 3.5 + 2.375), 1e-12);
  // At its bounds the mean of a - x b is t standard errors from 0; t with 2 degrees of freedom.
  for (const double x : {r.low, r.high}) {
    Units rest = a;
    for (std::size_t d = 0; d < 3; ++d)
      for (std::size_t k = 0; k < rest[d].size(); ++k) rest[d][k] -= x * b[d][k];
    const Interval i = mean_interval(rest, 0.8);
    EXPECT_NEAR(std::min(std::abs(i.low), std::abs(i.high)), 0, 1e-9);
  }
}

TEST(Intervals, SeveralComparisonsAtOnce) {
  const Plain x{1, 2, 3, 6};
  // Sidak: 0.95^(1/3) each.
  EXPECT_DOUBLE_EQ(mean_interval(x, 0.95, 3).high, mean_interval(x, std::pow(0.95, 1.0 / 3)).high);
  EXPECT_GT(mean_interval(x, 0.95, 3).high, mean_interval(x, 0.95).high);
  EXPECT_LT(ratio_of_means(x, Plain{2, 2, 2, 2}, 0.95, 3).low,
            ratio_of_means(x, Plain{2, 2, 2, 2}, 0.95).low);
}

TEST(Intervals, CoverWhatTheyPromise) {
  // 32 draws of a number that is normal itself, with normal units around it, in batches of 3: 2,000 studies,
  // 95 % +- 4 standard errors of sqrt(.95 * .05 / 2000) = 0.0049.
  boost::random::mt19937_64 engine(7);
  boost::random::normal_distribution<double> normal;
  int covered = 0;
  for (int study = 0; study < 2000; ++study) {
    Units x(32, Plain(3));
    for (auto& draw : x) {
      const double drawn = 17.5 + 5 * normal(engine);
      for (double& value : draw) value = drawn + normal(engine);
    }
    const Interval i = mean_interval(x, 0.95);
    covered += i.low <= 17.5 && 17.5 <= i.high;
  }
  EXPECT_NEAR(covered / 2000.0, 0.95, 0.0195);
}

TEST(Intervals, Skewness) {
  EXPECT_NEAR(skewness({{0, 0, 0, 4}}), 2 / std::sqrt(3), 1e-12);  // m2 = 3, m3 = 6
  EXPECT_NEAR(skewness({{-1, 0, 1}}), 0, 1e-12);
  EXPECT_NEAR(skewness({{0, 0}, {-1, 1}, {0}, {3, 5}}), 2 / std::sqrt(3), 1e-12);  // of the draws' means
  EXPECT_EQ(skewness({{3, 3}}), 0);
}

TEST(Intervals, WhatCommonLuckSaves) {
  const Plain a{1, 2, 3, 4}, b{2, 3, 5, 6};  // variances 5/3 and 10/3, of the difference 1/3
  EXPECT_NEAR(variance_ratio(a, b, 4), 15, 1e-12);
  EXPECT_NEAR(variance_ratio(a, {2, 1, 4, 3}, 4), (10.0 / 3) / (4.0 / 3), 1e-12);
  // In draws of two each only what varies within them counts.
  EXPECT_NEAR(variance_ratio({0, 1, 100, 101}, {0, 2, 200, 202}, 2), 5, 1e-12);
  EXPECT_TRUE(std::isnan(variance_ratio(a, a, 4)));
  EXPECT_TRUE(std::isnan(variance_ratio({1}, {2}, 1)));
}

TEST(Intervals, WhatIsRefused) {
  const Plain x{1, 2};
  EXPECT_NE(refusal_of([&] { mean_interval(x, 95); }).find("level: 95; accepted"), std::string::npos);
  EXPECT_NE(refusal_of([&] { mean_interval(x, 0.95, 0); }).find("simultaneous: 0"), std::string::npos);
  EXPECT_NE(refusal_of([&] { mean_interval(Units{}, 0.95); }), "");
  EXPECT_NE(refusal_of([&] { ratio_of_means(x, Plain{1}, 0.95); }), "");
}

}  // namespace

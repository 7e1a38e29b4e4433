// When a study stops: targets, looks, verdicts.
#include "scenarios/stopping.hpp"

#include <cmath>
#include <limits>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

TEST(Stopping, Targets) {
  const Interval i{200, 190, 210};
  EXPECT_TRUE(reached(i, {.half_width = 10}));
  EXPECT_FALSE(reached(i, {.half_width = 9.9}));
  EXPECT_TRUE(reached(i, {.half_width = 0.05, .relative = true}));
  EXPECT_FALSE(reached(i, {.half_width = 0.04, .relative = true}));
  // A mean near 0 has no relative precision; the floor gives it one. Its sign does not matter.
  EXPECT_FALSE(reached({0, -10, 10}, {.half_width = 0.05, .relative = true}));
  EXPECT_TRUE(reached({0, -10, 10}, {.half_width = 0.05, .relative = true, .floor = 200}));
  EXPECT_TRUE(reached({-200, -210, -190}, {.half_width = 0.05, .relative = true}));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(reached({5, -infinity, infinity}, {.half_width = 1e300}));
}

TEST(Stopping, WhatIsRefused) {
  EXPECT_EQ(refusal_of([] { check(Target{.half_width = 25'000}); }), "");
  EXPECT_NE(refusal_of([] { check(Target{}); }).find("precision: 0"), std::string::npos);
  EXPECT_NE(refusal_of([] { check(Target{.half_width = -1}); }), "");
  EXPECT_NE(refusal_of([] { check(Target{.half_width = std::nan("")}); }), "");
  EXPECT_NE(refusal_of([] { check(Target{.half_width = 5, .relative = true}); }).find("5 % is 0.05"),
            std::string::npos);
  EXPECT_NE(refusal_of([] { check(Target{.half_width = 0.1, .relative = true, .floor = -1}); }), "");
}

Look at(int units, bool reached, double skewness = 0) {
  return {{0, -1, 1}, units, units, skewness, reached};
}

TEST(Stopping, LooksGrow) {
  std::vector<Look> looks;
  std::vector<int> sizes;
  while (sizes.empty() || sizes.back() < 400) {
    sizes.push_back(next_look(looks, 400));
    looks.push_back(at(sizes.back(), false));
  }
  EXPECT_EQ(sizes, (std::vector<int>{30, 45, 68, 102, 153, 230, 345, 400}));
  EXPECT_EQ(next_look(std::vector<Look>{at(30, false, 1.2)}, 400), 100);
  EXPECT_EQ(next_look(std::vector<Look>{at(30, false, -1.2)}, 400), 100);
  EXPECT_EQ(next_look(std::vector<Look>{at(30, false, 1.2)}, 60), 60);
  EXPECT_EQ(next_look({}, 10), 10);
}

TEST(Stopping, Verdicts) {
  const auto after = [](const Look& last) { return verdict(std::vector<Look>{last}, 1000); };
  EXPECT_EQ(verdict({}, 1000), std::nullopt);
  EXPECT_EQ(after(at(30, false)), std::nullopt);
  EXPECT_EQ(after(at(30, true)), Status::reached);
  EXPECT_EQ(after(at(20, true)), std::nullopt);
  EXPECT_EQ(after(at(30, true, 2)), std::nullopt);  // skewed: not before 100
  EXPECT_EQ(after(at(100, true, 2)), Status::reached);
  EXPECT_EQ(after(at(1000, false)), Status::capped);
  EXPECT_EQ(after(at(1000, true)), Status::reached);
  // Units that are all the same say nothing about precision: an investment that changes nothing.
  const Look same = look({std::vector<double>(30, 0.0)}, {.half_width = 1}, 0.95);
  EXPECT_EQ(after(same), Status::degenerate);
  EXPECT_EQ(after(look({std::vector<double>(10, 0.0)}, {.half_width = 1}, 0.95)), std::nullopt);
}

TEST(Stopping, DrawsAreWhatCounts) {
  // 64 draws of 4 batches, skewed: 100 draws are wanted, not 100 units.
  const Look skewed{{0, -1, 1}, 256, 64, 1.2, true};
  EXPECT_EQ(verdict(std::vector<Look>{skewed}, 2000), std::nullopt);
  EXPECT_EQ(next_look(std::vector<Look>{skewed}, 2000), 400);
  EXPECT_EQ(next_look(std::vector<Look>{{{0, -1, 1}, 256, 64, 0, false}}, 2000), 384);
}

TEST(Stopping, ALook) {
  // Means 2, 10 and 9: +- 10.8.
  const Units x{{1, 2, 3}, {8, 12}, {9}};
  const Look seen = look(x, {.half_width = 10}, 0.95);
  EXPECT_EQ(seen.units, 6);
  EXPECT_EQ(seen.samples, 3);
  EXPECT_DOUBLE_EQ(seen.interval.mean, 7);
  EXPECT_FALSE(seen.reached);
  EXPECT_TRUE(look(x, {.half_width = 11}, 0.95).reached);
  EXPECT_FALSE(look(x, {.half_width = 11}, 0.95, 10).reached);
  EXPECT_NE(refusal_of([&] { look(x, {}, 0.95); }), "");
}

}  // namespace

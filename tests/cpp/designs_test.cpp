// Points that fill a cube evenly.
#include "scenarios/designs.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/model/problem.hpp"

namespace {

using namespace goodwill;

TEST(Designs, EachDimensionHasOnePointInEachPart) {
  constexpr int n = 64, dimensions = 5;
  for (const auto& points : {sobol_points(3, dimensions, n), latin_hypercube(3, dimensions, n)})
    for (int j = 0; j < dimensions; ++j) {
      std::set<int> parts;
      for (int k = 0; k < n; ++k) parts.insert(static_cast<int>(n * points[std::size_t(k * dimensions + j)]));
      EXPECT_EQ(parts.size(), std::size_t(n));
    }
}

TEST(Designs, TwoDimensionsOfSobolFillTheirPlane) {
  const auto points = sobol_points(1, 2, 64);
  std::set<int> cells;
  for (std::size_t k = 0; k < 64; ++k)
    cells.insert(8 * static_cast<int>(8 * points[2 * k]) + static_cast<int>(8 * points[2 * k + 1]));
  EXPECT_EQ(cells.size(), 64u);
}

TEST(Designs, MorePointsOfSobolExtendFewer) {
  const auto all = sobol_points(9, 3, 40);
  for (const int n : {1, 2, 16, 39}) {
    const auto some = sobol_points(9, 3, n);
    EXPECT_EQ(some.size(), std::size_t(3 * n));
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << n;
  }
  EXPECT_NE(sobol_points(8, 3, 4), sobol_points(9, 3, 4));
  EXPECT_NE(latin_hypercube(8, 3, 4), latin_hypercube(9, 3, 4));
  EXPECT_TRUE(sobol_points(1, 0, 4).empty());
}

TEST(Designs, TooManyDimensionsAreRefused) { EXPECT_THROW(sobol_points(1, 100'000, 1), ModelError); }

}  // namespace

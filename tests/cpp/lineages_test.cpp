#include "sim/ledger/lineages.hpp"

#include <gtest/gtest.h>

namespace goodwill {
namespace {

TEST(Lineages, EachRootHasItsOwnGenerations) {
  std::int32_t last = -1;
  for (int segment = 0; segment < 3; ++segment)
    for (const Root root : {Root::promoter, Root::passive, Root::detractor, Root::other, Root::acquired})
      for (int generation = 0; generation < generations; ++generation) {
        EXPECT_EQ(descent(segment, root, generation), last + 1);
        last = descent(segment, root, generation);
      }
  EXPECT_EQ(next_generation(descent(1, Root::passive)), descent(1, Root::passive, 1));
}

TEST(Lineages, TheLastGenerationHoldsAllLaterOnes) {
  std::int32_t of = descent(2, Root::acquired);
  for (int k = 0; k < 3 * generations; ++k) of = next_generation(of);
  EXPECT_EQ(of, descent(2, Root::acquired, generations - 1));
}

TEST(Lineages, AddAndMergeInAnyOrder) {
  Lineages a(2, 40), b(2, 40), all(2, 40);
  const std::int32_t first = descent(0, Root::promoter), second = descent(1, Root::detractor, 3);
  a.add(first, true, 12.5);
  a.add(second, false, -3.25);
  b.add(first, true, 0.1);
  all.add(first, true, 0.1);
  all.add(second, false, -3.25);
  all.add(first, true, 12.5);
  a.merge(b);
  EXPECT_EQ(a, all);
  const std::vector<double> found = a.numbers();
  EXPECT_EQ(found.size(), 2u * roots * generations * 3);
  EXPECT_EQ(found[0], 2);  // people, customers, value of the first promoter
  EXPECT_EQ(found[1], 2);
  EXPECT_NEAR(found[2], 12.6, 1e-9);
  const auto at = static_cast<std::size_t>(second) * 3;
  EXPECT_EQ(found[at], 1);
  EXPECT_EQ(found[at + 1], 0);
  EXPECT_EQ(found[at + 2], -3.25);
}

}  // namespace
}  // namespace goodwill

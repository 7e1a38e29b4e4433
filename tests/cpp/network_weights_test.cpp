// What the weights of edges mean.
#include "sim/network/weighted.hpp"

#include <gtest/gtest.h>

namespace {

using namespace goodwill;

/// Person 0 tells 1, 2 and 3; 1 tells 0; 3 tells 0 and 2.
Network some() {
  Network n;
  n.directed = true;
  n.offsets = {0, 3, 4, 4, 6};
  n.targets = {1, 2, 3, 0, 0, 2};
  n.weights = {1, 6, 3, 5, 15, 2};
  return n;
}

TEST(Weights, TheirMeanBecomesOne) {
  Network n = some();
  set_mean_weight_to_one(n);
  EXPECT_EQ(n.weights, (std::vector<float>{0.1875, 1.125, 0.5625, 0.9375, 2.8125, 0.375}));
}

TEST(Weights, ChancesAreInProportion) {
  const Network n = some();
  const Chances chances(n);
  EXPECT_EQ(chances.all(0), 10);
  EXPECT_EQ(chances.all(2), 0);
  const auto picked = [&](double u) { return chances.pick(n, 0, u); };
  EXPECT_EQ(picked(0), 0u);
  EXPECT_EQ(picked(0.0999999), 0u);
  EXPECT_EQ(picked(0.1000001), 1u);
  EXPECT_EQ(picked(0.6999999), 1u);
  EXPECT_EQ(picked(0.7000001), 2u);
  EXPECT_EQ(picked(1), 2u);
  EXPECT_EQ(chances.pick(n, 1, 1), 0u);
  EXPECT_EQ(chances.pick(n, 3, 0.9), 1u);
}

TEST(Weights, AttentionIsThatOfWhoeverAnEdgeLeadsTo) {
  const Network n = some();
  const Attention all(n);
  const double half = 1 << 29;
  EXPECT_NEAR(all.part(3), half / 2, 1);      // 5 of the 20 that person 0 hears
  EXPECT_NEAR(all.part(4), 3 * half / 2, 1);  // 15 of them
  EXPECT_NEAR(all.part(1), 3 * half / 2, 1);  // 6 of the 8 of person 2
  EXPECT_EQ(all.whole(2), static_cast<std::uint32_t>(all.part(1) + all.part(5)));
  EXPECT_DOUBLE_EQ(all.weight(0) * all.whole(0), 20);
  EXPECT_DOUBLE_EQ(all.weight(2) * all.whole(2), 8);
  Network plain = n;
  plain.weights.clear();
  const Attention counted(plain);
  EXPECT_EQ(counted.whole(0), 2u);
  EXPECT_EQ(counted.whole(3), 1u);
  EXPECT_EQ(counted.part(4), 1);
  EXPECT_EQ(counted.weight(0), 1);
}

TEST(Weights, MayDifferByAnyFactor) {
  Network n = some();
  n.weights = {1e-30f, 1e30f, 1e-30f, 1, 1e-20f, 1e-38f};
  set_mean_weight_to_one(n);
  const Chances chances(n);
  EXPECT_EQ(chances.pick(n, 0, 0.5), 1u);
  EXPECT_TRUE(chances.all(3) >= 0);
  const Attention all(n);
  for (std::uint32_t person = 0; person < 4; ++person) EXPECT_LE(all.whole(person), (1u << 30) + 2) << person;
}

}  // namespace

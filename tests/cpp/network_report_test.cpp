#include "sim/network/report.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/network/from_edges.hpp"
#include "sim/network/generate.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr NetworkLuck luck = network_luck(3, 0, 0);

TEST(NetworkReport, OfASmallGraph) {  // a triangle with a tail, a pair, and somebody alone
  const std::vector<std::int64_t> from{0, 1, 2, 2, 4}, to{1, 2, 0, 3, 5};
  const NetworkReport r = report(from_edges(7, {from, to}, false));
  EXPECT_DOUBLE_EQ(r.mean_degree, 10.0 / 7);
  EXPECT_EQ(r.min_degree, 0u);
  EXPECT_EQ(r.max_degree, 3u);
  EXPECT_EQ(r.degree_quantiles, (std::array<std::uint32_t, 6>{0, 1, 1, 2, 3, 3}));
  EXPECT_DOUBLE_EQ(r.isolated, 1.0 / 7);
  EXPECT_EQ(r.components, 3u);
  EXPECT_DOUBLE_EQ(r.largest, 4.0 / 7);
  EXPECT_DOUBLE_EQ(r.clustering, 3.0 / 5);
  EXPECT_EQ(r.pairs_drawn, 0u);
}

TEST(NetworkReport, OfADirectedGraphIsWithoutDirection) {
  const std::vector<std::int64_t> from{0, 1, 3}, to{2, 2, 4};
  const NetworkReport r = report(from_edges(6, {from, to}, true));
  EXPECT_DOUBLE_EQ(r.mean_degree, 0.5);
  EXPECT_EQ(r.max_degree, 1u);
  EXPECT_EQ(r.components, 3u);
  EXPECT_DOUBLE_EQ(r.isolated, 1.0 / 6);
  EXPECT_TRUE(std::isnan(r.clustering));
}

TEST(NetworkReport,
     ClusteringOfRings) {  // 3 (k - 2) / (4 (k - 1)) for k neighbours (Watts and Strogatz 1998)
  const NetworkReport counted = report(ring(10'000, 10));
  EXPECT_DOUBLE_EQ(counted.clustering, 3.0 * 8 / (4 * 9));
  EXPECT_EQ(counted.pairs_drawn, 0u);
  const Network large = ring(100'000, 20);
  const NetworkReport drawn = report(large);
  EXPECT_EQ(drawn.pairs_drawn, 1'000'000u);
  EXPECT_NEAR(drawn.clustering, 3.0 * 18 / (4 * 19), 5 * 0.0005);
  in_pool(3, [&] { EXPECT_EQ(report(large).clustering, drawn.clustering); });
}

TEST(NetworkReport, PairsAreDrawnByDegree) {  // drawn of five copies of what is counted
  const Network one = scale_free(luck, 5'000, 20);
  std::vector<std::int64_t> from, to;
  for (std::uint32_t i = 0; i < one.people(); ++i)
    for (const std::uint32_t j : one.neighbours(i))
      if (i < j)
        for (std::int64_t copy = 0; copy < 5; ++copy) {
          from.push_back(i + copy * one.people());
          to.push_back(j + copy * one.people());
        }
  const NetworkReport counted = report(one), drawn = report(from_edges(5 * one.people(), {from, to}, false));
  ASSERT_EQ(counted.pairs_drawn, 0u);
  ASSERT_EQ(drawn.pairs_drawn, 1'000'000u);
  EXPECT_NEAR(drawn.clustering, counted.clustering, 5 * std::sqrt(counted.clustering / 1e6));
  EXPECT_EQ(drawn.components, 5 * counted.components);
}

TEST(NetworkReport, OfNobodyWithTwoNeighbours) { EXPECT_TRUE(std::isnan(report(ring(5, 0)).clustering)); }

}  // namespace
}  // namespace goodwill

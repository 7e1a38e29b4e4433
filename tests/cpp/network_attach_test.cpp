#include "sim/network/attach.hpp"

#include <cmath>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

namespace goodwill {
namespace {

constexpr NetworkLuck luck = network_luck(7, 1, 0);

/// People 0 to n - 1 of the base, and `joined` after them; all are here.
struct Town {
  explicit Town(std::uint32_t n, std::uint32_t more = 0) : here(n + more, {3, 0}), joined(more) {
    std::iota(joined.begin(), joined.end(), n);
    crowd = {0, n, joined, here, 3};
  }
  std::vector<Presence> here;
  std::vector<std::uint32_t> joined;
  Crowd crowd;
};

TEST(NetworkAttach, NewcomersMeetWhoReferredThemFirst) {
  const Town town(20'000, 11);
  const auto met = attach(luck, 1ull << 40, 8, town.crowd, {17});
  EXPECT_EQ(met.size(), 8u);
  EXPECT_EQ(met.front(), 17u);
  EXPECT_EQ(std::set(met.begin(), met.end()).size(), 8u);
  EXPECT_EQ(attach(luck, 1ull << 40, 8, town.crowd, {17}), met);
  EXPECT_NE(attach(luck, 1ull << 41, 8, town.crowd, {17}), met);
  EXPECT_NE(attach(network_luck(7, 1, 1), 1ull << 40, 8, town.crowd, {17}), met);
  EXPECT_EQ(attach(luck, 3, 8, Town(4, 1).crowd, {2}).size(), 5u);  // everybody
  EXPECT_TRUE(attach(luck, 3, 8, Town(0).crowd).empty());
  EXPECT_TRUE(attach(luck, 3, 0, Town(5).crowd, {2}).empty());
}

TEST(NetworkAttach, EverybodyIsMetAlike) {
  const Town town(7, 3), larger(8, 3);
  std::size_t all = 0, other = 0;
  std::vector<std::uint32_t> count(10);
  for (std::uint32_t id = 0; id < 10'000; ++id) {
    const auto found = attach(luck, id, 2.25, town.crowd);
    all += found.size();
    for (const std::uint32_t person : found) ++count[person];
    auto more = attach(luck, id, 2.25, larger.crowd);
    for (std::uint32_t& person : more)
      if (person > 7) --person;  // the newcomers have moved up
    other += found != more;
  }
  EXPECT_NEAR(static_cast<double>(all), 22'500, 5 * std::sqrt(10'000 * 0.25 * 0.75));
  for (const std::uint32_t c : count) EXPECT_NEAR(c, 2'250, 5 * std::sqrt(2'250 * 0.775));
  EXPECT_LT(other, 10'000 * 4 / 11);  // next to only those who meet the new one
}

TEST(NetworkAttach, WhoIsAbsentIsMetByNobody) {
  Town town(6, 4);
  for (const std::uint32_t gone : {0, 1, 4, 8}) town.here[gone].here = 2;
  for (std::uint32_t id = 0; id < 200; ++id) {
    const auto found = attach(luck, id, 9, town.crowd);
    EXPECT_EQ(std::set(found.begin(), found.end()), (std::set<std::uint32_t>{2, 3, 5, 6, 7, 9}));
  }
}

}  // namespace
}  // namespace goodwill

#include "sim/network/attach.hpp"

#include <cmath>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

namespace goodwill {
namespace {

constexpr NetworkLuck luck = network_luck(7, 1, 0);
constexpr std::uint32_t people = 20'011;

TEST(NetworkAttach, NewcomersMeetWhoReferredThemFirst) {
  const auto met = attach(luck, 1ull << 40, 8, people, 17u);
  EXPECT_EQ(met.size(), 8u);
  EXPECT_EQ(met.front(), 17u);
  EXPECT_EQ(std::set(met.begin(), met.end()).size(), 8u);
  EXPECT_EQ(attach(luck, 1ull << 40, 8, people, 17u), met);
  EXPECT_NE(attach(luck, 1ull << 41, 8, people, 17u), met);
  EXPECT_EQ(attach(luck, 3, 8, 5, 2u), (std::vector<std::uint32_t>{2, 0, 1, 3, 4}));  // everybody
  EXPECT_EQ(attach(luck, 3, 4'096, 4'097).size(), 4'096u);
  EXPECT_TRUE(attach(luck, 3, 8, 0).empty());
  EXPECT_TRUE(attach(luck, 3, 0, 5, 2u).empty());

  std::size_t all = 0, other = 0;
  std::vector<std::uint32_t> count(10);
  for (std::uint32_t id = 0; id < 10'000; ++id) {
    const auto found = attach(luck, id, 2.25, 10);
    all += found.size();
    for (const std::uint32_t person : found) ++count[person];
    const auto more = attach(luck, id, 2.25, 11);
    other += found != more;
  }
  EXPECT_NEAR(static_cast<double>(all), 22'500, 5 * std::sqrt(10'000 * 0.25 * 0.75));
  for (const std::uint32_t c : count) EXPECT_NEAR(c, 2'250, 5 * std::sqrt(2'250 * 0.775));
  EXPECT_LT(other, 10'000 * 3 / 11);  // only those who meet the new one
}

TEST(NetworkAttach, NumbersOutOfRangeAreRefused) {
  EXPECT_THROW(attach(luck, 1, -1, 5), std::invalid_argument);
  EXPECT_THROW(attach(luck, 1, 1e6, 5), std::invalid_argument);
  EXPECT_THROW(attach(luck, 1, 3, 5, 5u), std::invalid_argument);
}

}  // namespace
}  // namespace goodwill

#include "sim/world/rest_search.hpp"

#include <gtest/gtest.h>

namespace goodwill {
namespace {

std::vector<double> record_of(double number) { return {number, number, number}; }

TEST(RestSearch, StepsAsFarAsTheSlopeSays) {  // what comes is 30 + .7 x what came before; at rest 100
  RestSearch search(1, 0.95, 2e-3);
  std::vector<double> loads{0};
  for (int round = 0; round < 3; ++round) search.correct(record_of(30 + 0.7 * loads[0]), loads, true);
  EXPECT_NEAR(loads[0], 100, 1e-9);
  EXPECT_TRUE(search.settled());
}

TEST(RestSearch, WithoutASlopeTakesWhatItFound) {
  RestSearch search(1, 0, 2e-3);
  std::vector<double> past{0};
  for (const double found : {30.0, 70.0, 20.0}) search.correct(record_of(found), past, true);
  EXPECT_EQ(past[0], 20);
}

TEST(RestSearch, FineRoundsAreAveraged) {
  RestSearch search(1, 0.95, 2e-3);
  std::vector<double> loads{0};
  for (const double load : {98.0, 102.0, 101.0, 99.0}) search.correct(record_of(load), loads, false);
  EXPECT_NEAR(loads[0], 100, 1e-9);
  EXPECT_LT(search.error(), 0.03);
}

TEST(RestSearch, WhatNobodyFeelsNeedNotBeKnown) {  // .1 +- .003 messages, each of which adds .1 or 10
  for (const auto& [felt, known] : {std::pair(0.1, true), std::pair(10.0, false)}) {
    RestSearch search(1, 0, 2e-3, {felt});
    std::vector<double> past{0.1};
    for (const double heard : {0.1, 0.106}) search.correct(record_of(heard), past, true);
    EXPECT_EQ(search.settled(), known);
    for (const double heard : {0.106, 0.094, 0.106, 0.094}) search.correct(record_of(heard), past, false);
    EXPECT_GT(search.error(), 0.01);
    EXPECT_EQ(search.known(0.01), known);
    EXPECT_TRUE(search.known(0.05));
  }
}

TEST(RestSearch, NothingIsBelow0) {  // a steep slope takes a few contacts fewer for a hundred
  RestSearch search(1, 0.95, 2e-3);
  std::vector<double> loads{0};
  search.correct(record_of(5), loads, true);
  search.correct(record_of(9.75), loads, true);  // slope .95
  loads[0] = 100;
  search.correct(record_of(90), loads, false);
  EXPECT_EQ(loads[0], 0);
}

}  // namespace
}  // namespace goodwill

// What can be read but not run is refused by name, where it stands.
#include "sim/check/supported.hpp"

#include <gtest/gtest.h>

#include "sim/file/read.hpp"

namespace {

using namespace goodwill;

std::string refused(const std::string& text) {
  std::string out;
  for (const Problem& p : unsupported(
           read_model_text("segments: {all: {count: 10}}\nstages: {customer: {fee: 30}}\n" + text, "m.yaml")))
    out += p.str() + "\n";
  return out;
}

TEST(Supported, ASimpleModelIs) {
  EXPECT_EQ(refused("survey: {response: {base: 20 %, extreme: 0.2}}\nfinance: {discount: 5 %}\n"), "");
}

TEST(Supported, EffectsOfThePriceAndTheCompetitorsPriceAre) {
  EXPECT_EQ(refused("survey: {response: {base: 5 %, price: 1}}\nmarket: {price: 1}\n"), "");
}

TEST(Supported, WhatBeginsByWhatIsSeenIs) {
  EXPECT_EQ(refused("events: {war: {when: {churn: {above: 3 %}}}}\n"), "");
}

TEST(Supported, AssumptionsGoalsAndNominalPricesAre) {
  EXPECT_EQ(refused("finance: {discount: 9 %, prices: nominal, inflation: 2 %}\ngoals: {nps: {at_least: 3}}\n"
                    "assumptions: {x: {low: 1, best: 2, high: 3}}\n"
                    "investments: {i: {changes: {customer.fee: {add: $x}}, cost: {running: $x}}}\n"),
            "");
}

struct Refused {
  const char* text;
  const char* message;
};

TEST(Supported, TheRestIsRefusedByName) {
  const Refused cases[] = {
      {"market: {size: 100}", "m.yaml:3:16: market.size: prospects of markets are not supported yet\n"},
      {"market: {imitation: 20 %}",
       "m.yaml:3:21: market.imitation: prospects of markets are not supported yet\n"},
  };
  for (const Refused& c : cases)
    EXPECT_NE(refused(c.text).find(c.message), std::string::npos) << refused(c.text);
}

}  // namespace

// Present values of simulated worlds against annuities worked out by hand.
#include "scenarios/worlds.hpp"

#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

PresentValue value_of(const std::string& text, const std::string& scenario = "baseline") {
  const World w(text, {scenario});
  return w.value();
}

std::string annuity(const std::string& period, const std::string& timing) {
  return "period: " + period + "\nhorizon: 5 years\nsegments: {all: {count: 1}}\n" +
         "stages: {customer: {fee: 1 / year}}\nfinance: {discount: 10 %, timing: " + timing + "}\n";
}

TEST(Finance, AnAnnuityOfOneForFiveYears) {
  // At 10 % a year, effective: the textbook factor is 3.791.
  EXPECT_NEAR(value_of(annuity("year", "end")).contribution, 3.791, 5e-4);
  EXPECT_NEAR(value_of(annuity("year", "mid")).contribution, 3.976, 5e-4);
  EXPECT_NEAR(value_of(annuity("year", "start")).contribution, 4.170, 5e-4);
  EXPECT_NEAR(value_of(annuity("month", "end")).contribution, 3.9615, 1e-4);
  EXPECT_NEAR(value_of(annuity("month", "mid")).contribution, 3.9773, 1e-4);
  EXPECT_EQ(value_of(annuity("month", "mid")).cost, 0);
}

TEST(Finance, CustomersStandForOthers) {
  const std::string text = "horizon: 1\nagents: 200\nsegments: {a: {count: 10_000}}\n"
                           "stages: {customer: {fee: 30, margin: 60 %, service_cost: 2}}\n";
  EXPECT_NEAR(value_of(text).contribution, 10'000 * 16.0, 1e-2);
}

/// With k = 1.1^(1/12): one month's discount factor is 1 / k.
const double k = std::pow(1.1, 1.0 / 12);

TEST(Finance, RecurringMidPeriodDatedAtTheStart) {
  const std::string world = R"(
horizon: 3
segments: {all: {count: 100}}
stages: {customer: {}}
journeys: {use: {starts: 100 %, touchpoints: {use: {cost: 2, earns: 5, margin: 40 %}}}}
finance: {discount: 10 %}
investments:
  spend: {start: 2, cost: {upfront: 70, running: 5, per_customer: 3, each: {use.use: 0.5}}}
events: {shock: {start: 3, cost: {upfront: 11, running: 1}}}
scenarios: {spend: [spend], shock: [shock], both: [shock, spend]}
)";
  const double mid = std::pow(k, -0.5) + std::pow(k, -1.5) + std::pow(k, -2.5);
  const PresentValue base = value_of(world), spend = value_of(world, "spend"),
                     shock = value_of(world, "shock"), both = value_of(world, "both");
  EXPECT_NEAR(base.contribution, 0, 1e-9);  // earns 2 of margin, costs 2
  EXPECT_EQ(base.cost, 0);
  // Upfront and per customer at the start of month 2, running and per contact in the middle of months 2
  // and 3.
  const double cost = (70 + 300) / k + (5 + 50) * (mid - std::pow(k, -0.5));
  EXPECT_NEAR(spend.cost, cost, 1e-6);
  EXPECT_NEAR(spend.contribution, 0, 1e-9);
  // What an event costs is a loss, not an investment; it lasts one period.
  EXPECT_EQ(shock.cost, 0);
  EXPECT_NEAR(shock.contribution, -(11 * std::pow(k, -2) + std::pow(k, -2.5)), 1e-9);
  EXPECT_NEAR(both.cost, spend.cost, 1e-9);
  EXPECT_NEAR(both.contribution, shock.contribution, 1e-9);
}

TEST(Finance, AcquisitionIsDueWhenTheyJoin) {
  const PresentValue pv =
      value_of("horizon: 2\nagents: all\nsegments: {all: {arrivals: 10, acquisition_cost: 25}}\n"
               "stages: {customer: {fee: 4}}\nfinance: {discount: 10 %}\n");
  EXPECT_NEAR(pv.contribution, -250 * (1 + 1 / k) + 4 * (10 * std::pow(k, -0.5) + 20 * std::pow(k, -1.5)),
              1e-6);
}

}  // namespace

// The base holds those who survived to their whole age: closed forms far beyond the part of the past that is
// lived in full, and constant worlds, which must stand still, by month, week and day.
#include <cmath>
#include <functional>

#include "sim/exact/expect.hpp"
#include "sim/random/math64.hpp"
#include "tests/cpp/worlds.hpp"

namespace goodwill {
namespace {

// A right program fails one of these tests with a probability below one in a million for a new seed.
constexpr double sure = 4.9;

struct Unit {
  const char* name;
  double per_year;
};
const Unit units[] = {{"month", 12}, {"week", 365.0 / 7}, {"day", 365}};

World anchored(const std::string& text) {
  const Model model = read_model_text(text, "m.yaml");
  return World(model, anchor(model).anchors, {"baseline"}, {.seed = 3});
}

double at(const World& w, const std::string& counter, int period) {
  return w.sum(counter, {.from = period, .to = period});
}
/// The share of those who began who are still here at the end of a period (no arrivals).
double left(const World& w, int period) { return at(w, "end", period) / at(w, "start", 1); }

double error(double p, double n) { return std::sqrt(p * (1 - p) / n); }

/// Survival to the ages 0, 1, ..., given the probability to leave at a tenure and a frailty.
std::vector<double> survival(int oldest, const std::function<double(int, double)>& churn) {
  std::vector<double> all(static_cast<std::size_t>(oldest) + 1);
  for (int k = -160; k <= 160; ++k) {
    const double z = 0.05 * k, weight = 0.05 * std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
    double s = 1;
    for (int a = 0; a <= oldest; ++a) {
      all[static_cast<std::size_t>(a)] += weight * s;
      s *= 1 - churn(a, z);
    }
  }
  return all;
}

double beta_survival(double a, double b, double t) {
  return std::exp(std::lgamma(a + b) + std::lgamma(b + t) - std::lgamma(b) - std::lgamma(a + b + t));
}

TEST(LivedPast, BetaIsConditionedOnTheWholeAge) {
  for (const int age : {12, 24, 36, 60, 180}) {
    const World w = anchored(
        "horizon: 12\nagents: all\nsegments: {all: {count: 40_000, tenure: {exactly: " + std::to_string(age) +
        "}}}\nstages: {customer: {churn: {beta: [.254, 3.392]}}}\n");
    const double right = beta_survival(.254, 3.392, age + 12) / beta_survival(.254, 3.392, age);
    if (age == 60) {
      EXPECT_NEAR(right, .9567, 5e-5);
    }
    EXPECT_NEAR(left(w, 12), right, sure * error(right, 40'000)) << age;
  }
}

TEST(LivedPast, FrailtyAtAKnownAgeByMonthWeekAndDay) {
  for (const Unit& unit : units) {
    const int age = static_cast<int>(std::lround(6 * unit.per_year)),
              year = static_cast<int>(std::lround(unit.per_year));
    const World w =
        anchored("period: " + std::string(unit.name) + "\nhorizon: " + std::to_string(year) +
                 "\nagents: all\nsegments: {all: {count: 30_000, tenure: {exactly: " + std::to_string(age) +
                 "}}}\nstages: {customer: {churn: {base: 24 % / year, frailty: 1}}}\n");
    const double p = -std::expm1(std::log(.76) / unit.per_year);
    const auto churn = [&](int, double z) { return math::expit(math::logit(p) + z); };
    const std::vector<double> s = survival(age + year, churn);
    const double right = s.back() / s[static_cast<std::size_t>(age)];
    EXPECT_NEAR(left(w, year), right, sure * error(right, 30'000)) << unit.name;
  }
}

TEST(LivedPast, TenureEffectAndFrailtyAtAKnownAge) {
  const World w =
      anchored("horizon: 12\nagents: all\nsegments: {all: {count: 40_000, tenure: {exactly: 150}}}\n"
               "stages: {customer: {churn: {base: 4 % / month, tenure: -0.6, frailty: 0.8}}}\n");
  const std::vector<double> s = survival(162, [](int age, double z) {
    return math::expit(math::logit(.04) - .6 * std::log1p(age / 12.0) + .8 * z);
  });
  const double right = s[162] / s[150];
  EXPECT_NEAR(left(w, 12), right, sure * error(right, 40'000));
}

TEST(LivedPast, TenureEffectGoesOnForDecadesOfDays) {
  const World w = anchored(
      "period: day\nhorizon: 30\nagents: all\nsegments: {all: {count: 20_000, tenure: {exactly: 7_300}}}\n"
      "stages: {customer: {churn: {base: 2 %, tenure: -1}}}\n");
  double right = 1;
  for (int k = 0; k < 30; ++k) right *= 1 - math::expit(math::logit(.02) - std::log1p((7300 + k) / 365.0));
  EXPECT_NEAR(right * 20'000, 19'427, 1);
  EXPECT_NEAR(left(w, 30), right, sure * error(right, 20'000));
}

const char* const two_bands = "horizon: 24\nagents: all\nsegments: {all: {count: 10_000}}\n"
                              "stages: {customer: {churn: {0 months: 10 %, 6 months: 2 %}}}\n";

TEST(LivedPast, SteadyStateOfATableOfTenure) {
  const Model model = read_model_text(two_bands, "m.yaml");
  const Expectation exact = expect(model, anchor(model).anchors);
  EXPECT_NEAR(exact.total(1, count_lost) / 10'000, .02974, 5e-6);
  EXPECT_NEAR(exact.total(24, count_end), 5'982.5, 0.05);
  const World w = anchored(two_bands);
  EXPECT_NEAR(at(w, "lost", 1) / 10'000, .02974, sure * error(.02974, 10'000));
  EXPECT_NEAR(left(w, 24), .59825, sure * error(.59825, 10'000));
}

/// A base of `count` with arrivals at the renewal rate: customers, churn, fees and the mean age stay within
/// what chance allows. Leaving is binomial or less spread, so the number present wanders by at most
/// sqrt(count) or so.
void expect_standstill(const std::string& unit, const std::string& rest, const std::vector<double>& s,
                       int horizon, double count) {
  double sum = 0;
  for (std::size_t a = 1; a < s.size(); ++a) sum += s[a];
  const World w =
      anchored("period: " + unit + "\nhorizon: " + std::to_string(horizon) +
               "\nagents: all\nsegments: {all: {count: " + std::to_string(static_cast<int>(count)) +
               ", arrivals: " + std::to_string(count / sum) + "}}\n" + rest);
  const double present = count + count / sum, lost = count / sum;
  for (const int t : {1, horizon / 2, horizon}) {
    EXPECT_NEAR(at(w, "start", t), present, sure * std::sqrt(present * (1 - std::exp(-lost * t / count))) + 1)
        << unit << t;
    // a third of the horizon, so that enough customers leave
    const int width = std::max(1, horizon / 3), from = std::max(1, t - width + 1);
    const double leaving = w.sum("lost", {.from = from, .to = from + width - 1});
    EXPECT_NEAR(leaving, lost * width, sure * std::sqrt(lost * width) + 1) << unit << t;
  }
}

TEST(LivedPast, SteadyStatesOfTablesStandStill) {
  std::vector<double> bands{1};
  for (int a = 0; a < 1200; ++a) bands.push_back(bands.back() * (a < 6 ? .9 : .98));
  expect_standstill("month", "stages: {customer: {churn: {0 months: 10 %, 6 months: 2 %}}}\n", bands, 48,
                    50'000);
}

/// The probability of a period from that of a year.
double in_a_period(double year, const Unit& unit) { return -std::expm1(std::log1p(-year) / unit.per_year); }

TEST(LivedPast, SteadyStatesOfFrailtyStandStillByMonthWeekAndDay) {
  for (const Unit& unit : units)
    expect_standstill(
        unit.name, "stages: {customer: {churn: {base: 24 % / year, frailty: 1}}}\n",
        survival(static_cast<int>(100 * unit.per_year),
                 [&](int, double z) { return math::expit(math::logit(in_a_period(.24, unit)) + z); }),
        static_cast<int>(2 * unit.per_year), unit.per_year > 100 && !full() ? 4'000 : 20'000);
}

TEST(LivedPast, SteadyStatesOfTenureAndFrailtyStandStillByMonthWeekAndDay) {
  for (const Unit& unit : units)
    expect_standstill(unit.name,
                      "stages: {customer: {churn: {base: 36 % / year, tenure: -0.7, frailty: 0.5}}}\n",
                      survival(static_cast<int>(100 * unit.per_year),
                               [&](int age, double z) {
                                 return math::expit(math::logit(in_a_period(.36, unit)) -
                                                    .7 * std::log1p(age / unit.per_year) + .5 * z);
                               }),
                      static_cast<int>(2 * unit.per_year), unit.per_year > 100 && !full() ? 4'000 : 20'000);
}

std::string two_stages(const std::string& unit, const std::string& horizon) {
  return "period: " + unit + "\nhorizon: " + horizon +
         "\nagents: all\nsegments: {all: {count: 100_000, arrivals: 1_000 / month}}\nstages:\n"
         "  basic: {fee: 20 / month, churn: 1 % / month, moves: {gold: 1 % / month}}\n"
         "  gold: {fee: 50 / month, churn: 1 % / month}\nfinance: {discount: 10 %}\n";
}

TEST(LivedPast, StagesOfTheBaseAreThoseOfTheirAges) {
  for (const Unit& unit : units) {
    const int year = static_cast<int>(std::lround(unit.per_year));
    const Model model = read_model_text(two_stages(unit.name, "2 years"), "m.yaml");
    const Expectation exact = expect(model, anchor(model).anchors, "baseline", {}, true);
    // Of those present in the first period, including new arrivals.
    const double gold = exact.total(1, exact.layout.stages_at + 1) / exact.total(1, count_start);
    const double rate = -std::expm1(std::log(.99) / (unit.per_year / 12));
    EXPECT_NEAR(gold, (1 - rate) / (2 - rate), 1e-4) << unit.name;  // 1,000 join; 1,010 would keep the number
    double first = 0, last = 0;
    for (int t = 1; t <= year; ++t) {
      first += exact.total(t, money_fees);
      last += exact.total(year + t, money_fees);
    }
    EXPECT_NEAR(last / first, 1, 2e-3) << unit.name;
    const double v = std::pow(1.1, -1 / unit.per_year), stay = v * (1 - rate);
    const double fee = std::sqrt(v) * 12 / unit.per_year;
    const double worth_gold = 50 * fee / (1 - stay),
                 worth_basic = (20 * fee + stay * rate * worth_gold) / (1 - stay * (1 - rate));
    const double upgraded = 1 / (2 - rate);  // of those who have been here a period or longer
    EXPECT_NEAR(exact.lifetime->base[0] / 100'000, worth_basic + upgraded * (worth_gold - worth_basic), .01)
        << unit.name;
  }
  const World w = anchored(two_stages("month", "2 years"));
  EXPECT_NEAR(w.sum("stage.gold", {.origin = 0, .from = 1, .to = 1}) / 100'000, 1 / 1.99,
              sure * error(.5, 100'000));
}

TEST(LivedPast, FrailtiesInSeveralStagesTogether) {
  // Judged by brute force: everybody lives all of their past by the same kernel, as the arrivals of one
  // month.
  const std::string stages =
      "stages:\n  basic: {churn: {base: 3 %, frailty: 0.9}, moves: {gold: {base: 2 %, frailty: 0.7}}}\n"
      "  gold: {churn: {base: 1 %, frailty: 0.5}, moves: {basic: 1 %}}\n";
  const World asked = anchored(
      "horizon: 12\nagents: all\nsegments: {all: {count: 60_000, tenure: {exactly: 96}}}\n" + stages);
  const World cohort("horizon: 108\nagents: all\nsegments: {all: {count: 600_000, tenure: 0}}\n" + stages);
  const double then = at(cohort, "start", 97), n = std::min(then, 60'000.0) / 2;
  EXPECT_GT(then, 60'000);
  EXPECT_NEAR(at(asked, "stage.gold", 1) / 60'000, at(cohort, "stage.gold", 97) / then, sure * error(.5, n));
  EXPECT_NEAR(left(asked, 12), at(cohort, "end", 108) / then, sure * error(.85, n));
  EXPECT_NEAR(at(asked, "move.basic.gold", 1) / 60'000, at(cohort, "move.basic.gold", 97) / then,
              sure * error(.015, n));
}

TEST(LivedPast, JourneysThatEndARelationshipCountBeforeTheLivedPart) {
  // Nobody leaves but by a call; ages must not run to a hundred years.
  const std::string text =
      "horizon: 12\nagents: all\nsegments: {all: {count: 40_000, arrivals: 1_200 / month}}\nstages: "
      "{customer: {fee: 1}}\n"
      "journeys: {cancel: {starts: 6 % / month, touchpoints: {call: {next: {lost: 50 %}}}}}\n";
  const World w = anchored(text);
  EXPECT_NEAR(w.result.base_tenure[0] / 40'000.0, 1 / .03, sure * (1 / .03) / 200);
  EXPECT_NEAR(at(w, "end", 12), 40'000, sure * 200);
}

TEST(LivedPast, WhatIsNotUsedChangesNothing) {
  const std::string model =
      "horizon: 12\nagents: 2_000\nsegments: {all: {count: 9_000}}\n"
      "stages: {customer: {fee: 3, churn: {average: 2 %, frailty: 1, satisfaction: -0.3}}}\n"
      "journeys: {bill: {starts: 90 %, touchpoints: {bill: {failure: 10 %}}}}\n";
  const World plain = anchored(model), window = anchored(model + "experience: {memory: 20 years}\n");
  EXPECT_EQ(difference(plain.plan.layout, plain.ledger(), window.ledger()), "");
}

TEST(LivedPast, MeanAgeWhereTheMemoryIsLongerThanTwoYears) {
  // Days, a memory of two years, no tenure asked: the mean age of customers who leave at 24 % a year is about
  // four years, 1 / -ln(.76).
  const World w = anchored("period: day\nhorizon: 30\nagents: all\nsegments: {all: {count: 10_000}}\nstages: "
                           "{customer: {churn: 24 % / year}}\n"
                           "journeys: {help: {starts: 10 % / month, touchpoints: {gift: {who: {failed_ago: "
                           "12 to 24 months}}}}}\n");
  const double mean = -1 / std::log(.76);
  EXPECT_NEAR(w.result.base_tenure[0] / 365.0 / 10'000, mean, sure * mean / 100);
}

}  // namespace
TEST(LivedPast, ReachesAsFarAsAnInterventionLooksBack) {
  // Failures 2 % a month; the latest one lies 30 to 40 months back for .98^30 (1 - .98^10) of the customers.
  const Model model =
      read_model_text("horizon: 1\n"
                      "segments: {all: {count: 20_000, tenure: {exactly: 5 years}}}\n"
                      "stages: {customer: {fee: 1, churn: 0 %}}\n"
                      "journeys: {use: {starts: 100 %, touchpoints: {use: {failure: 2 %}}}}\n"
                      "events: {letter: {impulse: {trust: -0.2, who: {failed_ago: 30 to 40 months}}}}\n"
                      "scenarios: {letter: [letter]}\n",
                      "m.yaml");
  const World w(model, anchor(model).anchors, {"baseline", "letter"});
  const double hit =
      (w.sum("sum_trust", {.scenario = 0}) - w.sum("sum_trust", {.scenario = 1})) / 0.2 / 20'000;
  EXPECT_NEAR(hit, std::pow(0.98, 30) * (1 - std::pow(0.98, 10)), 0.02);
}

}  // namespace goodwill

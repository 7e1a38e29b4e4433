// Present values of flows against sums worked out by hand; tax, depreciation, inflation and the horizon.
#include "scenarios/terms.hpp"

#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;
using Timing = Finance::Timing;

Flows steady(int periods, double revenue, int run_off = 0) {
  Flows flows(periods, run_off);
  flows[Line::revenue].assign(static_cast<std::size_t>(periods), revenue);
  flows.beyond.assign(static_cast<std::size_t>(run_off), revenue);
  return flows;
}

TEST(Terms, AnAnnuityOfOneForFiveYears) {
  const auto value = [](int per_year, Timing timing) {
    return present_value(steady(5 * per_year, 1.0 / per_year), {.discount = 0.1, .timing = timing}, per_year)
        .npv();
  };
  EXPECT_NEAR(value(1, Timing::end), 3.790787, 1e-6);  // (1 - 1.1^-5) / 0.1
  EXPECT_NEAR(value(1, Timing::mid), 3.975811, 1e-6);
  EXPECT_NEAR(value(1, Timing::start), 4.169865, 1e-6);
  EXPECT_NEAR(value(12, Timing::end), 3.9615, 1e-4);
  EXPECT_NEAR(value(12, Timing::mid), 3.9773, 1e-4);
}

TEST(Terms, ConstantChurnIsWorthTheTextbookMultiple) {
  // Margin 1 in the first year, r in the second, ...: with the margins at the end of the years CLV = r / (1 +
  // i - r) when the first customer-year is already lost to churn (Gupta and Lehmann 2003).
  const double multiples[] = {1.154, 1.667, 2.5, 4.091};
  for (int k = 0; k < 4; ++k) {
    const double r = 0.6 + 0.1 * k;
    Flows flows(400, 0);
    for (std::size_t t = 0; t < 400; ++t) flows[Line::revenue][t] = std::pow(r, double(t + 1));
    EXPECT_NEAR(present_value(flows, {.discount = 0.12, .timing = Timing::end}, 1).contribution, multiples[k],
                5e-4);
  }
}

TEST(Terms, LinesAreDatedByTheirKind) {
  for (int l = 0; l < lines; ++l) {
    const Line line = static_cast<Line>(l);
    Flows flows(3, 0);
    flows[line][1] = 100;
    const PresentValue value = present_value(flows, {.discount = 0.1}, 1);
    const double pv = 100 * std::pow(1.1, is_dated(line) ? -1 : -1.5);
    EXPECT_NEAR(value.cost, is_investment(line) ? pv : 0, 1e-12) << l;
    EXPECT_NEAR(value.contribution, is_investment(line) ? 0 : line == Line::revenue ? pv : -pv, 1e-12) << l;
    EXPECT_NEAR(value.npv(), line == Line::revenue ? pv : -pv, 1e-12) << l;
    EXPECT_EQ(value.tax, 0);
    EXPECT_EQ(value.beyond, 0);
    // Timing moves recurring lines only.
    EXPECT_EQ(present_value(flows, {.discount = 0.1, .timing = Timing::end}, 1).npv() == value.npv(),
              is_dated(line));
  }
}

/// An investment of 300 and 40 a year to run, earning 200 a year for 4 years and 50 in each of two years of
/// run-off.
Flows project() {
  Flows flows = steady(4, 200, 2);
  flows[Line::upfront][0] = 300;
  flows[Line::running].assign(4, 40);
  flows[Line::acquisition][1] = 30;
  flows.beyond.assign(2, 50);
  return flows;
}

TEST(Terms, TaxOnProfitOfEachPeriod) {
  // Everything expensed: profits -140, 130, 160, 160; the loss is credited at once.
  const Terms terms{.discount = 0.1, .timing = Timing::end, .tax = 0.25};
  const PresentValue value = present_value(project(), terms, 1);
  EXPECT_NEAR(value.tax, 0.25 * (-140 / 1.1 + 130 / 1.21 + 160 / 1.331 + 160 / 1.4641), 1e-9);
  EXPECT_NEAR(value.cost, 300 + 40 * (1 / 1.1 + 1 / 1.21 + 1 / 1.331 + 1 / 1.4641), 1e-9);
  EXPECT_NEAR(value.beyond, 0.75 * 50 * (std::pow(1.1, -5) + std::pow(1.1, -6)), 1e-9);
  EXPECT_NEAR(value.npv(), value.contribution - value.cost - value.tax, 1e-12);
}

TEST(Terms, DepreciationOutlastsTheHorizon) {
  // 300 over 5 years: 60 a year, of which the fifth lies beyond the horizon of 4 years.
  Terms terms{.discount = 0.1, .timing = Timing::end, .tax = 0.25, .depreciation = 5};
  const PresentValue value = present_value(project(), terms, 1);
  EXPECT_NEAR(value.tax, 0.25 * (100 / 1.1 + 70 / 1.21 + 100 / 1.331 + 100 / 1.4641), 1e-9);
  EXPECT_NEAR(value.beyond, (0.75 * 50 + 0.25 * 60) * std::pow(1.1, -5) + 0.75 * 50 * std::pow(1.1, -6),
              1e-9);
  // Ten years: the shield goes on after the last customer.
  terms.depreciation = 10;
  double beyond = 0.75 * 50 * (std::pow(1.1, -5) + std::pow(1.1, -6));
  for (int t = 5; t <= 10; ++t) beyond += 0.25 * 30 * std::pow(1.1, -t);
  EXPECT_NEAR(present_value(project(), terms, 1).beyond, beyond, 1e-9);
  // A year and a half: 200, then 100. Less than a period: at once.
  terms.depreciation = 1.5;
  EXPECT_NEAR(present_value(project(), terms, 1).tax,
              0.25 * (-40 / 1.1 + 30 / 1.21 + 160 / 1.331 + 160 / 1.4641), 1e-9);
  terms.depreciation = 0.5;
  const double half_a_year = present_value(project(), terms, 1).tax;
  terms.depreciation = 0;
  EXPECT_NEAR(half_a_year, present_value(project(), terms, 1).tax, 1e-9);
}

TEST(Terms, DepreciationMovesTaxButNotItsSum) {
  // Without interest it does not matter when the cost is written off.
  Flows flows = steady(48, 10, 24);
  flows[Line::upfront][5] = 300;
  const auto after_tax = [&](double years) {
    const PresentValue value = present_value(flows, {.tax = 0.3, .depreciation = years}, 12);
    return value.npv() + value.beyond;
  };
  for (const double years : {0.05, 1.0, 3.7, 9.0}) EXPECT_NEAR(after_tax(years), after_tax(0), 1e-9) << years;
  EXPECT_NEAR(after_tax(0), 0.7 * (72 * 10 - 300), 1e-9);
}

TEST(Terms, NominalEqualsRealWithTheRateOfFisher) {
  // (1 + nominal) = (1 + real)(1 + inflation): the same value where nothing is fixed in nominal money. With
  // dated and recurring lines at one time, tax does not wait for amounts spent earlier.
  const Terms real{.discount = 0.08, .timing = Timing::start, .tax = 0.2};
  Terms nominal = real;
  nominal.discount = 1.08 * 1.03 - 1;
  nominal.nominal = true;
  nominal.inflation = 0.03;
  const PresentValue a = present_value(project(), real, 1), b = present_value(project(), nominal, 1);
  EXPECT_NEAR(a.npv(), b.npv(), 1e-9);
  EXPECT_NEAR(a.beyond, b.beyond, 1e-9);
  // Depreciation is fixed in nominal money: 75 in each of four years, of which inflation takes a part.
  nominal.depreciation = 4;
  const double tax = present_value(project(), nominal, 1).tax;
  double difference = 300 * 0.2;
  for (int t = 0; t < 4; ++t) difference -= 0.2 * 75 * std::pow(1.08 * 1.03, -t);
  EXPECT_NEAR(tax - b.tax, difference, 1e-9);
}

TEST(Terms, AShorterHorizonMovesMoneyBeyond) {
  const Terms whole{.discount = 0.1, .tax = 0.25, .depreciation = 3},
      half{.discount = 0.1, .tax = 0.25, .depreciation = 3, .horizon = 2};
  const PresentValue a = present_value(project(), whole, 1), b = present_value(project(), half, 1);
  EXPECT_NEAR(a.npv() + a.beyond, b.npv() + b.beyond, 1e-9);
  EXPECT_NEAR(b.cost, 300 + 40 * (std::pow(1.1, -0.5) + std::pow(1.1, -1.5)), 1e-9);
  const auto refusal = [](double years) {
    return refusal_of([&] { present_value(project(), {.horizon = years}, 1); });
  };
  EXPECT_EQ(refusal(4), "");
  EXPECT_NE(refusal(5).find("terms.horizon: 5 years; accepted is one period at least, and 4 years"),
            std::string::npos)
      << refusal(5);
  EXPECT_NE(refusal(0.2), "");
}

TEST(Terms, DifferenceOfWorldsEqualsWorldOfDifferences) {
  Flows a = project(), b = steady(4, 150, 2);
  b[Line::upfront][2] = 77;
  const Terms terms{.discount = 0.1, .tax = 0.3, .depreciation = 3, .nominal = true, .inflation = 0.02};
  const PresentValue pa = present_value(a, terms, 1), pb = present_value(b, terms, 1);
  const PresentValue d = present_value(a -= b, terms, 1);
  EXPECT_NEAR(d.contribution, pa.contribution - pb.contribution, 1e-9);
  EXPECT_NEAR(d.cost, pa.cost - pb.cost, 1e-9);
  EXPECT_NEAR(d.tax, pa.tax - pb.tax, 1e-9);
  EXPECT_NEAR(d.beyond, pa.beyond - pb.beyond, 1e-9);
}

TEST(Terms, CustomersAreValuedOnThoseOfAStudy) {
  // Money of one period at a time, in prices of t = 0: income, and the cost of acquisition.
  for (const std::string timing : {"start", "mid", "end"})
    for (const std::string prices : {"real", "nominal, inflation: 3 %"}) {
      const Model model = read_model_text(
          "segments: {all: {count: 1}}\nstages: {customer: {}}\nfinance: {discount: 9 %, timing: " + timing +
              ", prices: " + prices + "}\n",
          "m.yaml");
      Terms terms = terms_of(model);
      terms.tax = 0.3;
      const DiscountFactors factors = discount_factors(valuation_of(terms), model.periods_per_year(), 30);
      for (const std::size_t t : {0u, 1u, 29u}) {
        Flows money(30, 0), acquisition(30, 0);
        money[Line::revenue][t] = 1;
        acquisition[Line::acquisition][t] = 1;
        EXPECT_NEAR(present_value(money, terms, 12).npv(), factors.recurring[t], 1e-14) << timing << prices;
        EXPECT_NEAR(-present_value(acquisition, terms, 12).npv(), factors.acquisition[t], 1e-14)
            << timing << prices;
      }
    }
}

TEST(Terms, CashFlowsHaveTheSamePresentValue) {
  for (const Timing timing : {Timing::start, Timing::mid, Timing::end}) {
    const Terms terms{
        .discount = 0.1, .timing = timing, .tax = 0.3, .depreciation = 7, .nominal = true, .inflation = 0.02};
    const PresentValue value = present_value(project(), terms, 1);
    for (const bool beyond : {false, true}) {
      const std::vector<CashFlow> flows = cash_flows(project(), terms, 1, beyond);
      double sum = 0;
      for (std::size_t k = 0; k < flows.size(); ++k) {
        sum += flows[k].amount * std::pow(1.1, -flows[k].years);
        EXPECT_TRUE(k == 0 || flows[k - 1].years < flows[k].years);
      }
      EXPECT_NEAR(sum, value.npv() + (beyond ? value.beyond : 0), 1e-9);
    }
  }
  // Flows of one time are one: the upfront cost and the first year's money.
  const auto start = cash_flows(project(), {.timing = Timing::start}, 1, false);
  EXPECT_EQ(start.size(), 4u);
  EXPECT_NEAR(start[0].amount, 200 - 40 - 300, 1e-12);
  EXPECT_EQ(start[0].spread, 0);
  const auto mid = cash_flows(project(), {}, 1, false);
  EXPECT_EQ(mid.size(), 6u);  // two dates with money, four years
  EXPECT_EQ(mid[1].spread, 1);
}

TEST(Terms, OfAModel) {
  const Model model = read_model_text("horizon: 2\nsegments: {a: {count: 1}}\nstages: {c: {}}\n"
                                      "finance: {discount: 8 %, timing: end}\n",
                                      "m.yaml");
  const Terms terms = terms_of(model);
  EXPECT_DOUBLE_EQ(terms.discount, 0.08);
  EXPECT_EQ(terms.timing, Timing::end);
  EXPECT_FALSE(terms.nominal);
}

TEST(Terms, WhatIsWrongIsSaidAtOnce) {
  const std::string text = refusal_of([] {
    check({.discount = 10, .tax = -0.2, .depreciation = -1, .inflation = 0.02, .horizon = std::nan("")});
  });
  for (const char* said :
       {"terms.discount: 10; accepted is 0 to 1 (10 % is 0.1)", "terms.tax: -0.2", "terms.depreciation: -1",
        "terms.inflation: 0.02; real prices have none", "terms.horizon: nan"})
    EXPECT_NE(text.find(said), std::string::npos) << said << " in " << text;
  EXPECT_NE(refusal_of([] { check({.depreciation = 3}); }).find("`tax` is 0"), std::string::npos);
  EXPECT_EQ(refusal_of([] { check({}); }), "");
}

}  // namespace

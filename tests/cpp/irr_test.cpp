// Rates of return against equations with known roots.
#include "scenarios/irr.hpp"

#include <cmath>
#include <ctime>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

std::vector<CashFlow> yearly(const std::vector<double>& amounts) {
  std::vector<CashFlow> flows;
  for (std::size_t t = 0; t < amounts.size(); ++t) flows.push_back({double(t), amounts[t]});
  return flows;
}
Irr rates_of(const std::vector<double>& amounts) { return irr(yearly(amounts)); }

TEST(Irr, OneRate) {
  const Irr one = rates_of({-100, 60, 60});  // 60 x^2 + 60 x = 100
  ASSERT_TRUE(one.unique);
  EXPECT_EQ(one.reason, "");
  EXPECT_NEAR(one.rates[0], 1 / ((-60 + std::sqrt(3600 + 24000)) / 120) - 1, 1e-12);
  EXPECT_NEAR(rates_of({-100, 100}).rates.at(0), 0, 1e-12);
  EXPECT_NEAR(rates_of({-100, 50}).rates.at(0), -0.5, 1e-12);
  EXPECT_NEAR(rates_of({-1, 5000}).rates.at(0), 4999, 1e-6);
}

TEST(Irr, MonthlyFlowsGiveAnAnnualEffectiveRate) {
  std::vector<CashFlow> flows{{0, -1000}};
  // An annuity of 36 months at 1 % a month.
  const double payment = 1000 * 0.01 / (1 - std::pow(1.01, -36));
  for (int t = 1; t <= 36; ++t) flows.push_back({t / 12.0, payment});
  EXPECT_NEAR(irr(flows).rates.at(0), std::pow(1.01, 12) - 1, 1e-12);
}

TEST(Irr, SeveralRates) {
  const Irr two = rates_of({-100, 230, -132});
  ASSERT_EQ(two.rates.size(), 2u);
  EXPECT_FALSE(two.unique);
  EXPECT_NEAR(two.rates[0], 0.1, 1e-10);
  EXPECT_NEAR(two.rates[1], 0.2, 1e-10);
  EXPECT_EQ(two.reason, "several rates make the present value 0: 10 %, 20 %");
  // 10 % and 11 %: between two points of the grid. -(x - 1.10)(x - 1.11) with x = 1 + r.
  const Irr close = rates_of({-1, 2.21, -1.221});
  ASSERT_EQ(close.rates.size(), 2u);
  EXPECT_NEAR(close.rates[0], 0.10, 1e-8);
  EXPECT_NEAR(close.rates[1], 0.11, 1e-8);
  // (x - 0.5)(x - 1.2)(x - 3): three.
  const Irr three = rates_of({-1, 4.7, -5.7, 1.8});
  ASSERT_EQ(three.rates.size(), 3u);
  EXPECT_NEAR(three.rates[0], -0.5, 1e-9);
  EXPECT_NEAR(three.rates[1], 0.2, 1e-9);
  EXPECT_NEAR(three.rates[2], 2, 1e-9);
}

/// The flows of which 1 + r is each of `roots`, on top of others in which it cannot be 0.
std::vector<double> with_roots(const std::vector<double>& roots, std::vector<double> amounts = {-1}) {
  for (const double root : roots) {  // times (x - root); the first amount has the highest power
    amounts.push_back(0);
    for (std::size_t i = amounts.size(); i-- > 1;) amounts[i] -= root * amounts[i - 1];
  }
  return amounts;
}

TEST(Irr, RatesHoweverCloseTogether) {
  // Far closer than any grid: three within 0.2 %, two pairs, five in a row.
  for (const std::vector<double>& roots :
       {std::vector{1.100, 1.101, 1.102}, {1.02, 1.0201, 1.5, 1.5002}, {1.01, 1.03, 1.05, 1.07, 1.09}}) {
    const Irr found = rates_of(with_roots(roots));
    ASSERT_EQ(found.rates.size(), roots.size()) << found.reason;
    // Of a root, rounding of the amounts moves 1e-16 / product of the distances to the others.
    for (std::size_t k = 0; k < roots.size(); ++k) EXPECT_NEAR(found.rates[k], roots[k] - 1, 1e-5);
    EXPECT_FALSE(found.unique);
  }
  // Two beside a change of sign that hides them from who looks at ends only; (x^2 + 1) has no rate.
  const Irr hidden = rates_of(with_roots({0.7, 1.1000, 1.1004}, {-1, 0, -1}));
  ASSERT_EQ(hidden.rates.size(), 3u) << hidden.reason;
  EXPECT_NEAR(hidden.rates[1], 0.1, 1e-6);
  EXPECT_NEAR(hidden.rates[2], 0.1004, 1e-6);
}

TEST(Irr, MoreChangesOfSignThanAreSearchedSaySo) {
  std::vector<double> amounts{-100};
  for (int k = 0; k < 71; ++k) amounts.push_back(k % 2 == 0 ? 20 : -1);
  const Irr found = rates_of(amounts);
  ASSERT_EQ(found.rates.size(), 1u);
  EXPECT_FALSE(found.unique);
  EXPECT_EQ(found.reason,
            "the flows change their sign more than 60 times: rates within 5 % of each other may be missing");
}

TEST(Irr, MoneyFirstReversesTheRule) {
  const Irr loan = rates_of({100, -60, -60});
  ASSERT_TRUE(loan.unique);
  EXPECT_NEAR(loan.rates[0], rates_of({-100, 60, 60}).rates[0], 1e-12);
  EXPECT_EQ(loan.reason, "money comes first and is paid for later, so the rule is reversed: it pays at "
                         "discount rates above 13.07 %");
}

TEST(Irr, ARateThatOnlyTouchesZero) {
  const Irr twice = rates_of({-100, 220, -121});  // -100 (x - 1.1)^2
  ASSERT_EQ(twice.rates.size(), 1u);
  EXPECT_NEAR(twice.rates[0], 0.1, 1e-6);  // a double root is known to the root of the precision
  EXPECT_TRUE(twice.unique);
  EXPECT_EQ(twice.reason, "at every other rate the present value is below 0");
}

TEST(Irr, NoRate) {
  const auto none = [](const std::vector<double>& amounts) {
    const Irr result = rates_of(amounts);
    EXPECT_TRUE(result.rates.empty());
    EXPECT_FALSE(result.unique);
    return result.reason;
  };
  const std::string no_rate = "no rate between -99.99 % and 1,000,000 % makes the present value 0";
  EXPECT_EQ(none({-1000, 3000, -2500}), no_rate);
  EXPECT_EQ(none({-1, 1e5}), no_rate);  // 10 000 000 %
  EXPECT_EQ(none({-1e6, 1}), no_rate);
  EXPECT_EQ(none({-5, -1}), "nothing comes back: all flows are negative");
  EXPECT_EQ(none({0, 3}), "nothing is invested: all flows are positive");
  EXPECT_EQ(none({0, 0}), "no money flows");
  EXPECT_EQ(none({}), "no money flows");
  EXPECT_NE(refusal_of([] {
              rates_of({-1, std::nan("")});
            }).find("irr: the flow of nan at 1"),
            std::string::npos);
}

TEST(Irr, RoundingIsNoFlow) {
  // What should have cancelled has left 1e-11; it would be a change of sign with a rate of -99 %.
  const Irr one = rates_of({-1e6, 6e5, 6e5, -1e-11});
  ASSERT_TRUE(one.unique);
  EXPECT_NEAR(one.rates[0], rates_of({-1e6, 6e5, 6e5}).rates[0], 1e-12);
}

TEST(Irr, ManyPeriodsAreCheap) {
  // 30 years of months that change sign every year, with run-off: the grid is looked at.
  std::vector<CashFlow> flows;
  for (int t = 0; t < 360; ++t)
    flows.push_back({(t + 0.5) / 12, t < 12 ? -50.0 : (t / 12) % 5 == 4 ? -8.0 : 10.0});
  const std::clock_t start = std::clock();
  constexpr int calls = 50;
  for (int k = 0; k < calls; ++k) EXPECT_FALSE(irr(flows).rates.empty());
  const double ms =
      1e3 * double(std::clock() - start) / CLOCKS_PER_SEC / calls;  // of this process, not of the wall
  RecordProperty("ms_per_call", std::to_string(ms));
#ifdef __OPTIMIZE__
  EXPECT_LT(ms, 20);  // 0.3 ms; polynomial roots take 200
#endif
}

TEST(Irr, HasAPresentValueOfZero) {
  const std::vector<double> amounts{-500, 30, 180, -90, 240, 260, -40, 120};
  for (const double rate : rates_of(amounts).rates) {
    double value = 0;
    for (std::size_t t = 0; t < amounts.size(); ++t) value += amounts[t] * std::pow(1 + rate, -double(t));
    EXPECT_NEAR(value, 0, 1e-8);
  }
}

TEST(Mirr, OfTheTextbook) {
  // Out 120 000 now; in 39, 30, 21, 37, 46 thousand; finance 10 %, reinvest 12 %: 12.61 % (the example of
  // spreadsheets).
  const auto flows = yearly({-120'000, 39'000, 30'000, 21'000, 37'000, 46'000});
  EXPECT_NEAR(mirr(flows, 0.10, 0.12), 0.126094, 1e-6);
  // At its own IRR, finance and reinvestment change nothing.
  const double own = irr(flows).rates.at(0);
  EXPECT_NEAR(mirr(flows, own, own), own, 1e-10);
  EXPECT_TRUE(std::isnan(mirr(yearly({-1, -1}), 0.1, 0.1)));
  EXPECT_TRUE(std::isnan(mirr(yearly({1, 1}), 0.1, 0.1)));
  EXPECT_TRUE(std::isnan(mirr({}, 0.1, 0.1)));
}

}  // namespace

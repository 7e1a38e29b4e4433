// When the running sum of the flows reaches 0, by hand.
#include "scenarios/payback.hpp"

#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

TEST(Payback, InterpolatedBetweenFlows) {
  const std::vector<CashFlow> flows{{0, -100}, {1, 40}, {2, 40}, {3, 40}};
  const Payback simple = payback(flows);
  EXPECT_DOUBLE_EQ(simple.first, 2.5);
  EXPECT_DOUBLE_EQ(simple.last, 2.5);
  EXPECT_FALSE(simple.several);
  EXPECT_EQ(simple.reason, "");
  // Discounted at 10 %: after two years 100 - 40/1.1 - 40/1.21 are left, of the 40/1.331 of the third.
  EXPECT_TRUE(std::isinf(payback(flows, 0.1).first));  // 99.47 come in
  EXPECT_NEAR(payback(flows, 0.05).first, 2 + (100 - 40 / 1.05 - 40 / 1.1025) / (40 / 1.157625), 1e-12);
}

TEST(Payback, EvenlyOverThePeriodWithMidPeriodTiming) {
  // 50 a year, evenly: 100 is reached after two years, not after one and a half, the date of the second 50.
  Flows flows(3, 0);
  flows[Line::upfront][0] = 100;
  flows[Line::revenue].assign(3, 50);
  const auto years = [&](Finance::Timing timing) {
    return payback(cash_flows(flows, {.timing = timing}, 1, false)).first;
  };
  EXPECT_DOUBLE_EQ(years(Finance::Timing::mid), 2);
  EXPECT_DOUBLE_EQ(years(Finance::Timing::end), 2);
  EXPECT_DOUBLE_EQ(years(Finance::Timing::start), 1);
}

TEST(Payback, FromTheFirstOutflow) {
  const Payback late = payback(std::vector<CashFlow>{{0, 0}, {2, -100}, {3, 100}});
  EXPECT_DOUBLE_EQ(late.first, 1);
  // A running cost that is spread over its period begins with the period.
  EXPECT_DOUBLE_EQ(payback(std::vector<CashFlow>{{0.5, -10, 1}, {1.5, 20, 1}}).first, 1.5);
}

TEST(Payback, Several) {
  // The sum: -100, 20, -40, 10.
  const Payback twice = payback(std::vector<CashFlow>{{0, -100}, {1, 120}, {2, -60}, {3, 50}});
  EXPECT_NEAR(twice.first, 100.0 / 120, 1e-12);
  EXPECT_NEAR(twice.last, 2.8, 1e-12);
  EXPECT_TRUE(twice.several);
  EXPECT_EQ(twice.reason,
            "the sum of the flows falls below 0 again after 1.33 years; it stays above from 2.8 years on");
  const Payback lost = payback(std::vector<CashFlow>{{0, -100}, {1, 120}, {2, -60}});
  EXPECT_NEAR(lost.first, 100.0 / 120, 1e-12);
  EXPECT_TRUE(std::isinf(lost.last));
  EXPECT_TRUE(lost.several);
  EXPECT_EQ(lost.reason, "the sum of the flows falls below 0 again after 1.33 years and stays there");
  // -1000, 200, -100, -50: paid back after 10 months, and gone again.
  const Payback again = payback(std::vector<CashFlow>{{0, -1000}, {1, 1200}, {2, -300}, {3, 50}});
  EXPECT_NEAR(again.first, 1000.0 / 1200, 1e-12);
  EXPECT_TRUE(std::isinf(again.last));
  EXPECT_EQ(again.reason, "the sum of the flows falls below 0 again after 1.67 years and stays there");
}

TEST(Payback, MoneyFirst) {
  // 28.5 comes, then 1.5 goes each month: the sum is above 0 for 19 months.
  std::vector<CashFlow> flows{{0, 28.5}};
  for (int t = 1; t < 24; ++t) flows.push_back({t / 12.0, -1.5});
  const Payback lost = payback(flows);
  EXPECT_TRUE(std::isinf(lost.first) && std::isinf(lost.last));
  EXPECT_FALSE(lost.several);
  EXPECT_EQ(lost.reason,
            "money comes first: the sum of the flows is above 0 until 1.58 years from today, then "
            "falls below and stays there");
  const Payback back = payback(std::vector<CashFlow>{{0, 10}, {1, -30}, {2, 40}});
  EXPECT_DOUBLE_EQ(back.first, 0.5);
  EXPECT_EQ(back.reason,
            "money comes first: the sum of the flows is above 0 until 0.333 years from today, then "
            "falls below");
}

TEST(Payback, NeverAndNothing) {
  const Payback never = payback(std::vector<CashFlow>{{0, -100}, {1, 99}});
  EXPECT_TRUE(std::isinf(never.first) && std::isinf(never.last));
  EXPECT_EQ(never.reason, "never pays back: the sum of the flows stays below 0");
  EXPECT_EQ(payback(std::vector<CashFlow>{{0, 1}}).reason, "nothing to pay back: no flow is negative");
  EXPECT_EQ(payback({}).reason, "nothing to pay back: no flow is negative");
  const Payback before = payback(std::vector<CashFlow>{{0, 10}, {1, -5}});
  EXPECT_EQ(before.first, 0);
  EXPECT_EQ(before.reason, "the sum of the flows never falls below 0");
  // To the cent: 0.1 three times is 0.3, whatever binary fractions say.
  EXPECT_NEAR(payback(std::vector<CashFlow>{{0, -0.3}, {1, 0.1}, {2, 0.1}, {3, 0.1}}).first, 3, 1e-9);
}

}  // namespace

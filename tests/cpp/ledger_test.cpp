// Sums that are associative, bins with a stated error.
#include "sim/ledger/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

Layout small_layout() {
  return make_layout(read_model_text(R"(
horizon: 3
segments: {a: {count: 10}, b: {count: 20}}
stages: {customer: {fee: 30, moves: {away: 1 %}}, away: {kind: lapsed}}
journeys: {use: {starts: 10 %, touchpoints: {one: {next: two}, two: {}}}}
orders: {rate: 0.2, value: 3}
investments: {spend: {cost: {upfront: 1}}}
)",
                                     "m.yaml"));
}

Rows empty_rows(const Layout& layout, int periods) {
  return {std::vector<std::int64_t>(static_cast<std::size_t>(periods * layout.counters)),
          std::vector<Sum>(static_cast<std::size_t>(periods * layout.moneys()))};
}

/// A ledger with a number of its own in every cell.
Ledger filled(const Layout& layout, std::int64_t seed) {
  Ledger ledger(layout, true);
  for (int s = 0; s < layout.segments; ++s)
    for (int o = 0; o < origins; ++o) {
      Rows rows = empty_rows(layout, layout.periods);
      const auto number = [&](std::size_t k) {
        return seed * 1'000'003 + static_cast<std::int64_t>(k) * (s + 2 * o + 1) - 500;
      };
      for (std::size_t k = 0; k < rows.counts.size(); ++k) rows.counts[k] = number(k);
      for (std::size_t k = 0; k < rows.money.size(); ++k) rows.money[k] = 7 * number(k);
      ledger.add(s, static_cast<Origin>(o), rows);
      ledger.values[static_cast<std::size_t>(s * origins + o)].add(static_cast<double>(seed + s - o));
    }
  for (auto& cohort : ledger.cohorts) {
    cohort.customers[cohort.at(0, 2)] += seed;
    cohort.revenue[cohort.at(1, 2)] += 3 * seed;
    cohort.contribution[cohort.at(2, 2)] -= 2 * seed;
  }
  return ledger;
}

TEST(Ledger, MergingIsAssociativeAndCommutes) {
  const Layout layout = small_layout();
  const Ledger a = filled(layout, 3), b = filled(layout, -17), c = filled(layout, 101);
  Ledger left = a, right = b, other = c;
  left.merge(b);
  left.merge(c);
  right.merge(c);
  Ledger nested = a;
  nested.merge(right);
  other.merge(b);
  other.merge(a);
  EXPECT_EQ(left, nested);
  EXPECT_EQ(left, other);
  EXPECT_EQ(left.get(1, 2, Origin::referred, 5), a.get(1, 2, Origin::referred, 5) +
                                                     b.get(1, 2, Origin::referred, 5) +
                                                     c.get(1, 2, Origin::referred, 5));
}

TEST(Ledger, MergingAnEmptyOneChangesNothing) {
  const Layout layout = small_layout();
  const Ledger a = filled(layout, 5);
  Ledger merged = a, from_nothing(layout, true);
  merged.merge(Ledger(layout, true));
  from_nothing.merge(a);
  EXPECT_EQ(merged, a);
  EXPECT_EQ(from_nothing, a);
}

TEST(Ledger, EqualMeansEverything) {
  const Layout layout = small_layout();
  const Ledger a = filled(layout, 5);
  Ledger b = a;
  EXPECT_EQ(a, b);
  b.values[1].add(3);
  EXPECT_FALSE(a == b);
  b = a;
  ++b.cohorts[1].contribution[2];
  EXPECT_FALSE(a == b);
  b = a;
  --b.cohorts[0].revenue[1];
  EXPECT_FALSE(a == b);
  EXPECT_FALSE(a == filled(layout, 6));
  EXPECT_FALSE(a == Ledger(layout, false));
}

TEST(Ledger, OverflowIsAnError) {
  const Layout layout = small_layout();
  const Sum most = ~(Sum{1} << 127);
  Rows rows = empty_rows(layout, 2);
  Sum& fees = rows.money[static_cast<std::size_t>(layout.moneys())];  // of the second period
  Ledger ledger(layout, false);
  fees = most;
  ledger.add(0, Origin::initial, rows);
  EXPECT_GT(ledger.number(0, 2, Origin::initial, money_fees), 0);
  fees = 1;
  EXPECT_THROW(ledger.add(0, Origin::initial, rows), ModelError);
  Ledger other(layout, false), full_one(layout, false), low(layout, false), counted(layout, false);
  other.add(0, Origin::initial, rows);
  fees = most;
  full_one.add(0, Origin::initial, rows);
  EXPECT_THROW(full_one.merge(other), ModelError);
  fees = -most;
  low.add(0, Origin::initial, rows);
  fees = -2;
  EXPECT_THROW(low.add(0, Origin::initial, rows), ModelError);
  fees = 0;
  rows.counts[count_start] = std::numeric_limits<std::int64_t>::max();
  counted.add(0, Origin::initial, rows);
  EXPECT_THROW(counted.add(0, Origin::initial, rows), ModelError);
}

TEST(Ledger, OtherShapesAreRefused) {
  const Layout layout = small_layout();
  Layout longer = layout;
  longer.periods = 4;
  Ledger a(layout, false);
  EXPECT_THROW(a.merge(Ledger(longer, false)), std::logic_error);
}

TEST(Ledger, EveryCounterHasANameAndAUnit) {
  const Layout layout = small_layout();
  auto names = layout.counter_names();
  ASSERT_EQ(names.size(), static_cast<std::size_t>(layout.counters));
  EXPECT_EQ(layout.counter_units().size(), names.size());
  const auto at = [&](const std::string& name) {
    return static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  EXPECT_EQ(at("start"), count_start);
  EXPECT_EQ(at("lost"), count_lost);
  EXPECT_EQ(at("sum_tenure"), sum_tenure);
  EXPECT_EQ(at("sum_scores"), sum_scores);
  EXPECT_EQ(at("fees"), money_fees);
  EXPECT_EQ(at("acquisition"), money_acquisition);
  EXPECT_EQ(at("stage.away"), layout.stages_at + 1);
  EXPECT_EQ(at("move.customer.away"), layout.moves_at + 1);
  EXPECT_EQ(at("truncated.use"), layout.journeys_at + 1);
  EXPECT_EQ(at("efforts.use"), layout.journeys_at + 3);
  EXPECT_EQ(at("effort.use"), layout.measures_at + 1);
  EXPECT_EQ(at("contacts.use.two"), layout.touchpoints_at + 3);
  EXPECT_EQ(at("per_customer.spend"), layout.cost(CostKind::per_customer, 0));
  EXPECT_EQ(at("use.spend"), layout.cost(CostKind::use, 0));
  EXPECT_EQ(at("treated.spend"), layout.treated_at);
  const auto units = layout.counter_units();
  EXPECT_EQ(units[count_start], 1);
  EXPECT_EQ(units[sum_trust], 1 / state_unit);
  EXPECT_EQ(units[sum_tenure], 1);
  EXPECT_EQ(units[sum_effort], std::ldexp(1.0, -measure_scale));
  EXPECT_EQ(units[static_cast<std::size_t>(layout.measures_at)], std::ldexp(1.0, -measure_scale));
  EXPECT_EQ(units[money_orders], std::ldexp(1.0, -layout.money_scale));
  EXPECT_EQ(units[static_cast<std::size_t>(at("expected.customer.churn"))], 1 / probability_unit);
  EXPECT_EQ(units[static_cast<std::size_t>(at("expected.orders.rate"))], 1 / rate_unit);
  EXPECT_EQ(units[static_cast<std::size_t>(at("exposure.orders.rate"))], 1);
  Layout by_weight = layout;
  by_weight.survival_weights = true;
  const auto weighed = by_weight.counter_units();
  for (const int k : {static_cast<int>(count_start), static_cast<int>(sum_scores), at("treated.spend"),
                      at("exposure.orders.rate"), at("contacts.use.two")})
    EXPECT_EQ(weighed[static_cast<std::size_t>(k)], 1 / weight_unit) << k;
  EXPECT_EQ(weighed[sum_tenure], 1 / state_unit);
  for (const int k : {static_cast<int>(money_orders), at("per_customer.spend"), at("use.spend")})
    EXPECT_EQ(weighed[static_cast<std::size_t>(k)], units[static_cast<std::size_t>(k)] / weight_unit) << k;
  for (const int k : {static_cast<int>(sum_trust), at("expected.orders.rate")})
    EXPECT_EQ(weighed[static_cast<std::size_t>(k)], units[static_cast<std::size_t>(k)]) << k;
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(Ledger, BinsOfValuesAreWithinTwoPerCent) {
  double worst = 0;
  int before = -1;
  for (double x = -2e9; x < 2e9; x += std::max(1e-3, std::abs(x) * 1e-3)) {
    const int bin = Distribution::bin(x);
    ASSERT_GE(bin, before) << x;
    ASSERT_LT(bin, Distribution::size);
    before = bin;
    const double center = Distribution::center(bin);
    if (std::abs(x) >= 0x1p-40) worst = std::max(worst, std::abs(center / x - 1));
  }
  EXPECT_LT(worst, 0.02);
  EXPECT_EQ(Distribution::center(Distribution::bin(0)), 0);
  EXPECT_EQ(Distribution::bin(0x1p-41), Distribution::bin(0));
  EXPECT_EQ(Distribution::bin(-0.0), Distribution::bin(0.0));
  EXPECT_EQ(Distribution::bin(1e30f), Distribution::size - 1);
  EXPECT_EQ(Distribution::bin(-1e30f), 0);
  for (int k = 0; k < Distribution::size; ++k) EXPECT_EQ(Distribution::bin(Distribution::center(k)), k);
}

TEST(Ledger, DistributionsAndCohortsAdd) {
  Distribution a, b;
  a.add(3);
  b.add(3);
  b.add(-7);
  a.merge(b);
  EXPECT_EQ(a.counts()[static_cast<std::size_t>(Distribution::bin(3))], 2);
  EXPECT_EQ(a.counts()[static_cast<std::size_t>(Distribution::bin(-7))], 1);
  EXPECT_EQ(a.sum(), -1);
  // To the last digit, for small and large amounts together, in any order.
  Distribution c1, c2;
  for (const double x : {1e12, 0x1p-40, -1e12, 0.125}) c1.add(x);
  for (const double x : {0.125, 1e12, -1e12, 0x1p-40}) c2.add(x);
  EXPECT_EQ(c1.sum(), 0x1p-40 + 0.125);
  EXPECT_TRUE(c1 == c2);
  EXPECT_THROW(c1.add(1e30), ModelError);
  Cohorts c(4), d(4);
  EXPECT_EQ(c.customers.size(), 20u);
  EXPECT_EQ(c.at(0, 1), 0u);
  EXPECT_EQ(c.at(2, 3), 10u);
  c.customers[c.at(2, 3)] = 5;
  d.customers[d.at(2, 3)] = 6;
  d.contribution[d.at(1, 1)] = -3;
  c.merge(d);
  EXPECT_EQ(c.customers[c.at(2, 3)], 11);
  EXPECT_EQ(c.contribution[c.at(1, 1)], -3);
}

}  // namespace

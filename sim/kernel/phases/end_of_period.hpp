// The end of a period: settles money, removes leavers, ages the others and adds up their states.
#pragma once

#include "sim/kernel/shared/cohorts.hpp"
#include "sim/kernel/shared/lanes.hpp"
#include "sim/kernel/shared/sums.hpp"
#include "sim/kernel/shared/take_out.hpp"
#include "sim/ledger/sums.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

void remove_lost(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::int32_t lost = c.params->n_stages, n = b.size;
  const std::int32_t* __restrict stages = b.stage;
  std::int32_t* __restrict leaving = s.mask;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) leaving[i] = -static_cast<std::int32_t>(stages[i] == lost);
  const std::int32_t leavers = compress(n, s.mask, s.list);
  take_out(b, s.list, leavers, [&](std::int32_t i) {
    if (c.sink.left) c.sink.left(c.sink.self, i);
  });
}

/// Adds this period's contribution and revenue of each customer to their value and their cohort.
void settle(CustomerBlock& b, const PeriodContext& c) {
  const std::int32_t n = b.size;
  const double discount = c.environment->discount, scale = c.params->value_scale;
  for (std::int32_t i = 0; i < n; ++i) b.value[i] += b.gain[i] * discount;
  for (std::int32_t i = 0; i < n; ++i) {
    const std::ptrdiff_t at = cohort_of(b, i, c) * c.cohort_stride;
    c.cohort_revenue[at] += to_sum(b.revenue[i], scale);
    c.cohort_contribution[at] += to_sum(b.gain[i], scale);
  }
  for (std::int32_t i = 0; i < n; ++i) b.gain[i] = b.revenue[i] = 0;
}

std::int64_t sum_state(const CustomerBlock& b, const float* __restrict x, const std::int32_t* __restrict in) {
  if (!in) return total_state(b.size, b.weight, [=](std::int32_t i) { return x[i]; });
  return total_state(b.size, b.weight, [=](std::int32_t i) { return choose(in[i], x[i], 0.0f); });
}

/// Periods of tenure. With weights they are in units of state, because in units of a count centuries of days
/// would overflow.
std::int64_t sum_of_tenure(const CustomerBlock& b, const std::int32_t* __restrict in) {
  const std::int32_t* __restrict tenures = b.tenure;
  const auto periods = [=](std::int32_t i) -> std::int64_t { return in ? tenures[i] & in[i] : tenures[i]; };
  if (!b.weight) return total(b.size, nullptr, periods);
  constexpr auto unit = static_cast<std::int64_t>(state_unit);
  return total_weighed(b.size, b.weight, [=](std::int32_t i) { return periods(i) * unit; });
}

/// Counts customers, prospects and lapsed at the end of the period; returns a mask of the customers.
const std::int32_t* count_kinds(const CustomerBlock& b, const PeriodContext& c) {
  std::int32_t* __restrict in = c.scratch->mask;
  const std::int32_t* __restrict stages = b.stage;
  const std::int32_t n = b.size;
  const auto set_of = [&](std::uint32_t kind) {
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) in[i] = -static_cast<std::int32_t>((kind >> stages[i]) & 1u);
    return total(n, b.weight, [=](std::int32_t i) { return -in[i]; });
  };
  const std::int64_t prospects = set_of(c.params->prospect_stages), all = set_of(~0u);
  const std::int64_t customers = set_of(c.params->customer_stages);
  c.row[count_end] += customers;
  c.row[count_prospects] += prospects;
  c.row[count_lapsed] += all - customers - prospects;
  return in;
}

void end_of_period(CustomerBlock& b, const PeriodContext& c) {
  if (b.gain) settle(b, c);
  remove_lost(b, c);
  const std::int32_t n = b.size;
  std::int32_t* __restrict tenures = b.tenure;
  float* __restrict failures = b.failures;
  float* __restrict recovered = b.recovered;
  std::int32_t* __restrict moved = b.moved;
  const float kept = c.params->experience.remembered;
  for (std::int32_t i = 0; i < n; ++i) tenures[i] += 1;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    failures[i] *= kept;
    recovered[i] *= kept;
    moved[i] = 0;
  }
  const std::int32_t* in = c.params->all_customers ? nullptr : count_kinds(b, c);
  if (!in) c.row[count_end] += total(n, b.weight, [](std::int32_t) { return 1; });
  c.row[sum_satisfaction] += sum_state(b, b.satisfaction, in);
  c.row[sum_expectation] += sum_state(b, b.expectation, in);
  c.row[sum_trust] += sum_state(b, b.trust, in);
  c.row[sum_tenure] += sum_of_tenure(b, in);
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

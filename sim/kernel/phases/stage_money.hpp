// Counts who is in which stage when its money is due, and books what each of them brings.
#pragma once

#include "sim/kernel/shared/cohorts.hpp"
#include "sim/kernel/shared/spend.hpp"
#include "sim/kernel/shared/sums.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Counts the customers of each cohort. Newcomers are marked as soon as they are customers, the base by their
/// stage at t = 0 only.
void count_cohorts(CustomerBlock& b, const PeriodContext& c) {
  const bool mark = c.newcomers || c.environment->period == 1;
  for (std::int32_t i = 0; i < b.size; ++i) {
    const auto is = static_cast<std::int32_t>((c.params->customer_stages >> b.stage[i]) & 1u);
    const std::ptrdiff_t joined = cohort_of(b, i, c);
    c.cohort_customers[joined * c.cohort_stride] += is;
    if (!mark) continue;
    if (c.cohort_became) c.cohort_became[joined] += is & ~b.customer[i];
    b.customer[i] |= -is;
  }
}

/// What the customers in a stage bring where they do not spend alike.
void pay_by_spend(CustomerBlock& b, const PeriodContext& c, std::int32_t k) {
  const StageParams& stage = c.params->stages[k];
  const float* __restrict spend = c.scratch->spend;
  const double cost = stage.left - stage.kept;
  for (std::int32_t i = 0; i < b.size; ++i) {
    if (b.stage[i] != k) continue;
    const auto times = static_cast<double>(spend[i]);
    b.gain[i] += cost + times * stage.kept;
    b.revenue[i] += times * stage.fee;
  }
}

void stage_money(CustomerBlock& b, const PeriodContext& c, std::int32_t stage_counter) {
  const Params& p = *c.params;
  const std::int32_t n = b.size;
  const std::int32_t* __restrict stages = b.stage;
  double* __restrict gain = b.gain;
  double* __restrict revenue = b.revenue;
  if (gain) count_cohorts(b, c);
  c.scratch->common_stage = -1;
  for (std::int32_t k = 0, left = n; k < p.n_stages && left > 0; ++k) {
    std::int32_t here = 0;
    for (std::int32_t i = 0; i < n; ++i) here += stages[i] == k;
    left -= here;
    if (here == n) c.scratch->common_stage = k;
    const StageParams& stage = p.stages[k];
    const auto in = [=](std::int32_t i) -> std::int32_t { return stages[i] == k; };
    const std::int64_t held = b.weight ? total(n, b.weight, in) : here;
    c.row[stage_counter + k] += held;
    if ((p.customer_stages >> k) & 1u) c.row[count_start] += held;
    if ((p.prospect_stages >> k) & 1u) c.row[count_prospects_start] += held;
    if (p.spend >= 0 && here > 0) {
      c.row[p.spend_at + k] += total_spend(b, {nullptr, n, nullptr}, c, in);
      if (gain) pay_by_spend(b, c, k);
      continue;
    }
    if (!gain || here == 0) continue;
    const double left_over = stage.left, fee = stage.fee;
    for (std::int32_t i = 0; i < n; ++i) gain[i] += stages[i] == k ? left_over : 0.0;
    for (std::int32_t i = 0; i < n; ++i) revenue[i] += stages[i] == k ? fee : 0.0;
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

// What customers spend, as a multiplier of fees, order values and earnings. Included by kernel.cpp only;
// internal linkage.
#pragma once

#include "sim/kernel/features.hpp"
#include "sim/kernel/shared/lanes.hpp"
#include "sim/kernel/weight.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Finds the multipliers of all lanes, which hold until customers leave at the end of the period. They are
/// whole multiples of 1 / spend_unit, so that what each customer pays adds up to what the firm earns.
void find_spend(const CustomerBlock& b, const PeriodContext& c) {
  if (c.params->spend < 0) return;
  const float* __restrict log_spend = FeatureArrays(b, *c.params).log_spend;
  float* __restrict spend = c.scratch->spend;
  constexpr float unit = static_cast<float>(spend_unit), whole = 0x1p23f;  // from there on floats are whole
  GOODWILL_LANES
  for (std::int32_t i = 0; i < b.size; ++i) {
    const float parts = exp_lane(log_spend[i]) * unit;
    const float small = parts < whole ? parts : whole;
    const float rounded = static_cast<float>(static_cast<std::int32_t>(small + 0.5f));
    spend[i] = (parts < whole ? rounded : parts) * (1 / unit);
  }
}

/// Adds up the multipliers of those of these lanes for whom `counts(place)` is not 0, in the ledger's unit:
/// see Layout::parts_of().
template <class Counts>
std::int64_t total_spend(const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
                         Counts&& counts) {
  const float* spend = c.scratch->spend;
  std::int64_t sum = 0;
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    const std::int32_t lane = lanes.at(i);
    const auto parts = static_cast<std::int64_t>(spend[lane] * static_cast<float>(spend_unit));
    constexpr std::int64_t of_weight = std::int64_t{full_weight} / static_cast<std::int64_t>(spend_unit);
    if (counts(i)) sum += b.weight ? weighed(parts * of_weight, b.weight[lane]) : parts;
  }
  return sum;
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

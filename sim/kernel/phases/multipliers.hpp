// The multipliers of what customers spend.
#pragma once

#include "sim/kernel/features.hpp"
#include "sim/kernel/kernel.hpp"
#include "sim/ledger/counters.hpp"
#include "sim/random/lanes.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Finds the multipliers of all lanes, which hold until customers leave at the end of the period. They are
/// whole multiples of 1 / spend_unit, so that what each customer pays adds up to what the firm earns.
void multipliers(const CustomerBlock& b, const PeriodContext& c) {
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

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

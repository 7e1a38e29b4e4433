// What customers spend, as a multiplier of fees, order values and earnings: see phases/multipliers.hpp.
// Included by kernel.cpp only; internal linkage.
#pragma once

#include "sim/kernel/shared/lanes.hpp"
#include "sim/kernel/weight.hpp"
#include "sim/ledger/counters.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

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

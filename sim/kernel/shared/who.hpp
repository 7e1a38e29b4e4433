// Who a touchpoint or an impulse is for.
#pragma once

#include "sim/kernel/shared/lanes.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Clears in `mask`, which has one entry per lane of `lanes`, those whom a touchpoint
/// or an impulse is not for.
void restrict_to(const WhoParams& who, const CustomerBlock& b, const Lanes& lanes, std::int32_t period,
                 std::int32_t* __restrict mask) {
  if (who.any) return;
  const WhoParams w = who;
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    const std::int32_t k = lanes.at(i);
    const std::int32_t ago = period - b.failed_at[k];
    const bool in =
        ago >= w.failed_from && ago < w.failed_to && b.tenure[k] >= w.tenure_from &&
        b.tenure[k] < w.tenure_to && b.satisfaction[k] >= w.satisfaction_from &&
        b.satisfaction[k] < w.satisfaction_to && ((w.stages >> b.stage[k]) & 1u) &&
        (w.surveyed == 0 || (b.surveyed[k] == w.surveyed && period - b.surveyed_at[k] <= w.within));
    mask[i] &= -static_cast<std::int32_t>(in);
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

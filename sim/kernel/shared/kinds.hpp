// Kinds of stages: who becomes a customer, and who no longer is one.
#pragma once

#include "sim/kernel/kernel.hpp"
#include "sim/random/lanes.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

GOODWILL_INLINE bool in_stages(std::uint32_t stages, std::int32_t stage) {
  return (stages & (1u << stage)) != 0;
}

/// Books a change of stage by which `n` customers, in the ledger's unit of a count, become customers or stop
/// being customers. The number of stages means lost.
void change_kind(std::int32_t from, std::int32_t to, std::int64_t n, const PeriodContext& c) {
  const Params& p = *c.params;
  // Not written as `was == is`: GCC 12 turns that into a test of `is` alone.
  const bool is = in_stages(p.customer_stages, to);
  if (in_stages(p.customer_stages, from)) {
    if (!is) c.row[count_lost] += n;
  } else if (is) {
    c.row[in_stages(p.prospect_stages, from) ? count_won : count_won_back] += n;
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

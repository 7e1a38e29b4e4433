// After the horizon a few customers stand for all.
#pragma once

#include "sim/kernel/shared/draws.hpp"
#include "sim/kernel/shared/take_out.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Keeps one in 2^halvings customers by lot; the caller counts each for all of them.
void thin(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  draw_lanes(b, {nullptr, b.size, nullptr}, c, purpose(Decision::thinning));
  const std::int32_t shift = 32 - c.halvings;
  for (std::int32_t i = 0; i < b.size; ++i) s.mask[i] = -static_cast<std::int32_t>(s.w0[i] >> shift != 0);
  take_out(b, s.list, compress(b.size, s.mask, s.list), [](std::int32_t) {});
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

// Changes of state by investments and events.
#pragma once

#include "sim/kernel/shared/who.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

void impulses(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::int32_t n = b.size;
  for (std::int32_t k = 0; k < c.params->n_impulses; ++k) {
    const ImpulseParams& impulse = c.params->impulses[k];
    for (std::int32_t i = 0; i < n; ++i) s.mask[i] = -1;
    restrict_to(impulse.who, b, {nullptr, n}, c.environment->period, s.mask);
    const float ds = impulse.satisfaction, dx = impulse.expectation, dt = impulse.trust;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) {
      b.satisfaction[i] = choose(s.mask[i], clamp(b.satisfaction[i] + ds, 0.0f, 10.0f), b.satisfaction[i]);
      b.expectation[i] = choose(s.mask[i], clamp(b.expectation[i] + dx, 0.0f, 10.0f), b.expectation[i]);
      b.trust[i] = choose(s.mask[i], clamp(b.trust[i] + dt, 0.0f, 1.0f), b.trust[i]);
    }
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

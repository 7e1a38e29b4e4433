// Referrals, and those who will join because of them.
#pragma once

#include "sim/kernel/shared/poisson.hpp"
#include "sim/kernel/shared/responses.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

void advocacy(CustomerBlock& b, const PeriodContext& c) {
  const ReferralParams& r = c.params->referrals;
  if (!r.any || !c.advocacy) return;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  if (lanes.size == 0) return;
  rates(r.rate, b, lanes, c);
  const std::int32_t m = poisson(lanes.size, dense(lanes, s.monthly[2], s.w0), s);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t at = s.list2[i], lane = lanes.at(at);
    const std::int64_t unit = unit_of(b, lane);
    c.row[count_referrals] += s.code[at] * unit;
    for (std::int32_t k = 0; k < s.code[at]; ++k) {
      const Words w =
          draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.environment->period),
               purpose(Decision::conversion, static_cast<std::uint32_t>(k)));
      if (!below(w.w0, r.conversion)) continue;
      c.row[count_converted] += unit;
      if (b.gain) b.gain[lane] -= r.reward;
      c.sink.birth(c.sink.self, lane, static_cast<std::uint32_t>(k));
    }
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

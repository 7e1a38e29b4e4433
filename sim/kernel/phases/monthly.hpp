// Words of the decisions that everybody takes once a period.
#pragma once

#include "sim/kernel/shared/draws.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

void monthly(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  std::uint32_t** const words = s.monthly;
  if (c.even.words) {
    const EvenAddress address = even_address(purpose(Decision::monthly));
    const bool refers = c.params->referrals.any && c.advocacy;
    for (std::int32_t k = 0; k < 4; ++k)
      if (k != 2 || refers) even_word(b, {nullptr, b.size, nullptr}, c, address, k, words[k]);
    return;
  }
  fill_words(b.size, b.id_lo, b.id_hi, static_cast<std::uint32_t>(c.environment->period),
             purpose(Decision::monthly), c.key, words[0], words[1], words[2], words[3]);
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

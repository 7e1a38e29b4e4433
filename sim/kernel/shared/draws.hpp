// Random words for the lanes of a block, and decisions by them.
#pragma once

#include "sim/kernel/shared/even.hpp"
#include "sim/random/lanes.hpp"
#include "sim/random/threefry.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

void fill_words(std::int32_t n, const std::uint32_t* __restrict lo, const std::uint32_t* __restrict hi,
                std::uint32_t period, std::uint32_t purpose, const Key& key, std::uint32_t* __restrict w0,
                std::uint32_t* __restrict w1, std::uint32_t* __restrict w2, std::uint32_t* __restrict w3) {
  const Key k = key;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const Words w = draw(k, lo[i], hi[i], period, purpose);
    w0[i] = w.w0;
    w1[i] = w.w1;
    w2[i] = w.w2;
    w3[i] = w.w3;
  }
}

/// All ones where the word is below the threshold.
GOODWILL_INLINE std::int32_t below(std::uint32_t word, Threshold t) {
  return (static_cast<std::int32_t>(word ^ 0x80000000u) < t.limit ? -1 : 0) | t.always;
}

/// No word is.
GOODWILL_INLINE bool never(Threshold t) { return t == Threshold{}; }

constexpr std::uint32_t all_words = 15;

/// Draws the words of a decision for these lanes into scratch.w0 to w3: at least those in the set `wanted`,
/// because even words are made one by one.
void draw_lanes(const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c, std::uint32_t purpose,
                std::uint32_t wanted = all_words) {
  Scratch& s = *c.scratch;
  if (c.even.words) {
    if (const EvenAddress address = even_address(purpose); address.dimension >= 0) {
      std::uint32_t* words[4] = {s.w0, s.w1, s.w2, s.w3};
      for (std::int32_t k = 0; k < address.words; ++k)
        if (wanted >> k & 1u) even_word(b, lanes, c, address, k, words[k]);
      return;
    }
  }
  const std::uint32_t *lo = dense(lanes, b.id_lo, s.id_lo), *hi = dense(lanes, b.id_hi, s.id_hi);
  fill_words(lanes.size, lo, hi, static_cast<std::uint32_t>(c.environment->period), purpose, c.key, s.w0,
             s.w1, s.w2, s.w3);
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

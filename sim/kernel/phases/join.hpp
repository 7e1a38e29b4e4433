// State and traits of those who join.
#pragma once

#include <type_traits>

#include "sim/kernel/shared/draws.hpp"
#include "sim/kernel/shared/normals.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// The trait's function of the normal score, by linear interpolation.
GOODWILL_INLINE float tabulated(const float* __restrict table, float z) {
  const float position =
      (clamp(z, -trait_range, trait_range) + trait_range) * (trait_intervals / (2 * trait_range));
  std::int32_t k = static_cast<std::int32_t>(position);
  k = k < trait_intervals ? k : trait_intervals - 1;
  const float f = position - static_cast<float>(k);
  return table[k] + f * (table[k + 1] - table[k]);
}

/// Sets the first value of those who join, in an array that may be absent.
template <class T, class First>
void first_value(T* __restrict array, std::int32_t from, std::int32_t to, First first) {
  if constexpr (!std::is_same_v<First, Apart>)
    for (std::int32_t i = from; array && i < to; ++i) array[i] = static_cast<T>(first);
}

void join(CustomerBlock& b, std::int32_t from, std::int32_t to, const NewcomerParams& who, const Key& key,
          Scratch& s) {
  const std::int32_t n = to - from;
  const std::uint32_t *lo = b.id_lo + from, *hi = b.id_hi + from;
  fill_words(n, lo, hi, 0, purpose(Decision::newcomer), key, s.w0, s.w1, s.w2, s.w3);
  const auto spread = [&](float* __restrict to_state, const std::uint32_t* word, float mean, float sd,
                          float high) {
    normals(n, word, s.d);
    const float* __restrict z = s.d;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) to_state[i] = clamp(mean + sd * z[i], 0.0f, high);
  };
  spread(b.satisfaction + from, s.w0, who.satisfaction, who.satisfaction_sd, 10.0f);
  spread(b.expectation + from, s.w1, who.expectation, who.expectation_sd, 10.0f);
  spread(b.trust + from, s.w2, who.trust, who.trust_sd, 1.0f);
#define GOODWILL_FIRST(type, name, wanted, first, text) first_value(b.name, from, to, first);
  GOODWILL_CUSTOMER_STATE(GOODWILL_FIRST)
#undef GOODWILL_FIRST
  for (std::int32_t t = 0; t < who.n_traits; ++t) {
    float* __restrict trait =
        b.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(b.capacity) + from;
    fill_words(n, lo, hi, 0, who.traits[t].purpose(), key, s.w0, s.w1, s.w2, s.w3);
    const std::uint32_t* words[4] = {s.w0, s.w1, s.w2, s.w3};
    normals(n, words[who.traits[t].draw % 4], trait);
    if (who.traits[t].table)
      for (std::int32_t i = 0; i < n; ++i) trait[i] = tabulated(who.traits[t].table, trait[i]);
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

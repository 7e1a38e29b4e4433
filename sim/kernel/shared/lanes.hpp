// Sets of lanes of a block, as a list or under a mask: one view of the state for both.
#pragma once

#include <type_traits>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "sim/kernel/kernel.hpp"
#include "sim/random/lanes.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// A set of lanes of a block: those in `index` or, without it, those of the first `size` where `mask` is set
/// (null: all of them). Only this file looks at `index`.
struct Lanes {
  const std::int32_t* index = nullptr;
  std::int32_t size = 0;
  const std::int32_t* mask = nullptr;
  /// The lane at a place of the set.
  GOODWILL_INLINE std::int32_t at(std::int32_t place) const { return index ? index[place] : place; }
};

/// Calls visit(place, lane) for all of them, masked out or not, in any order.
template <class Visit>
GOODWILL_INLINE void for_each_lane(const Lanes& lanes, Visit&& visit) {
  if (lanes.index) {
    const std::int32_t* __restrict index = lanes.index;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < lanes.size; ++i) visit(i, index[i]);
  } else {
    GOODWILL_LANES
    for (std::int32_t i = 0; i < lanes.size; ++i) visit(i, i);
  }
}

/// The values of these lanes, place by place: the array itself, or gathered into `room`.
template <class T>
T* dense(const Lanes& lanes, T* of_all, std::type_identity_t<std::remove_const_t<T>>* __restrict room) {
  if (!lanes.index) return of_all;
  const std::int32_t* __restrict index = lanes.index;
  const T* __restrict from = of_all;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < lanes.size; ++i) room[i] = from[index[i]];
  return room;
}

/// Writes back what dense() gathered, unless it returned the array itself.
template <class T>
void put_back(const Lanes& lanes, const T* __restrict room, T* __restrict of_all) {
  if (!lanes.index) return;
  const std::int32_t* __restrict index = lanes.index;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < lanes.size; ++i) of_all[index[i]] = room[i];
}

/// Weights of these lanes (null: all weigh 1).
const std::int32_t* weights_of(const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c) {
  return b.weight ? dense(lanes, b.weight, c.scratch->weight) : nullptr;
}

#ifdef __AVX2__
/// For each mask of eight bits: the lanes that it sets, in order, one to a byte.
struct LanesOfBits {
  std::uint64_t lanes[256] = {};
  constexpr LanesOfBits() {
    for (std::uint32_t mask = 0; mask < 256; ++mask)
      for (std::uint32_t lane = 8; lane-- > 0;)
        if (mask >> lane & 1) lanes[mask] = lanes[mask] << 8 | lane;
  }
};
constexpr LanesOfBits lanes_of_bits;
#endif

/// Lists the lanes whose mask is set; returns their number. Without a branch, because the outcome is random.
/// The list needs room for n, however few are set.
std::int32_t compress(std::int32_t n, const std::int32_t* keep, std::int32_t* list) {
  std::int32_t m = 0, i = 0;
#ifdef __AVX512F__
  __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (; i + 16 <= n; i += 16) {
    const __mmask16 set = _mm512_movepi32_mask(_mm512_loadu_si512(keep + i));
    _mm512_storeu_si512(list + m, _mm512_maskz_compress_epi32(set, lane));
    m += __builtin_popcount(set);
    lane = _mm512_add_epi32(lane, _mm512_set1_epi32(16));
  }
#elif defined(__AVX2__)
  for (; i + 8 <= n; i += 8) {
    const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(keep + i));
    const auto set = static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(mask)));
    const __m128i found = _mm_cvtsi64_si128(static_cast<long long>(lanes_of_bits.lanes[set]));
    const __m256i lanes = _mm256_add_epi32(_mm256_cvtepu8_epi32(found), _mm256_set1_epi32(i));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(list + m), lanes);
    m += __builtin_popcount(set);
  }
#endif
  for (; i < n; ++i) {
    list[m] = i;
    m += keep[i] & 1;
  }
  return m;
}

std::int32_t count(std::int32_t n, const std::int32_t* mask) {
  std::int32_t m = 0;
  for (std::int32_t i = 0; i < n; ++i) m -= mask[i];
  return m;
}

/// Whether `set` of `size` lanes are worked on at full width under a mask, and not as a list.
bool masked(const PeriodContext& c, std::int32_t set, std::int32_t size) {
  return c.walk == WalkMode::masked || (c.walk == WalkMode::automatic && set * 5 >= size * 3);
}

/// Lanes of a mask: full width when most are set, otherwise a list.
Lanes lanes_of(const CustomerBlock& b, const std::int32_t* mask, const PeriodContext& c) {
  const std::int32_t set = count(b.size, mask);
  if (set == b.size) return {nullptr, b.size, nullptr};
  if (masked(c, set, b.size)) return {nullptr, b.size, mask};
  return {c.scratch->list, compress(b.size, mask, c.scratch->list), nullptr};
}

/// The customers whose stage is in the set (lost is in no set), as all lanes or under scratch.mask.
Lanes eligible(const CustomerBlock& b, std::uint32_t stages, const PeriodContext& c) {
  const std::int32_t n = b.size, common = c.scratch->common_stage;
  if (common >= 0) return {nullptr, ((stages >> common) & 1u) ? n : 0, nullptr};
  std::int32_t* __restrict mask = c.scratch->mask;
  const std::int32_t* __restrict stage = b.stage;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) mask[i] = -static_cast<std::int32_t>((stages >> stage[i]) & 1u);
  return {nullptr, n, mask};
}

/// Lanes in a stage of kind customer.
Lanes customers(const CustomerBlock& b, const PeriodContext& c) {
  const Lanes lanes = eligible(b, c.params->customer_stages, c);
  return lanes.mask ? lanes_of(b, lanes.mask, c) : lanes;
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

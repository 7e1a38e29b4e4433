// Normal scores of many words at once. Included by kernel.cpp only; internal linkage.
#pragma once

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "sim/random/lanes.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

using goodwill::fused;  // for single lanes, beside that for vectors

#ifdef __AVX2__
#ifdef __AVX512F__
using Floats = __m512;
GOODWILL_INLINE Floats load(const float* from) { return _mm512_load_ps(from); }
GOODWILL_INLINE Floats pick(Floats table, const std::int32_t* at) {
  return _mm512_maskz_permutexvar_ps(0xffff, _mm512_load_si512(at), table);  // without a mask GCC 12 warns
}
GOODWILL_INLINE Floats fused(Floats x, Floats y, Floats z) { return _mm512_fmadd_ps(x, y, z); }
GOODWILL_INLINE void store(Floats x, float* to) { _mm512_store_ps(to, x); }
#else
using Floats = __m256;
GOODWILL_INLINE Floats load(const float* from) { return _mm256_load_ps(from); }
GOODWILL_INLINE Floats pick(Floats table, const std::int32_t* at) {
  return _mm256_permutevar8x32_ps(table, _mm256_load_si256(reinterpret_cast<const __m256i*>(at)));
}
GOODWILL_INLINE Floats fused(Floats x, Floats y, Floats z) { return _mm256_fmadd_ps(x, y, z); }
GOODWILL_INLINE void store(Floats x, float* to) { _mm256_store_ps(to, x); }
#endif
constexpr std::int32_t width = sizeof(Floats) / sizeof(float), chunk = 32;

/// Normal scores of a chunk of words, as normal_lane computes them, but with the coefficients of the first
/// binades in registers: the loop would wait for a gather of each. Few words lie beyond those binades.
GOODWILL_INLINE void normals_of_chunk(const std::uint32_t* __restrict word, float* __restrict z) {
  alignas(64) std::int32_t binade[chunk];
  alignas(64) float g[chunk];
  std::int32_t beyond = 0;
  for (std::int32_t k = 0; k < chunk; ++k) {
    const NormalPlace at = normal_place(word[k]);
    binade[k] = at.binade;
    g[k] = at.g;
    beyond |= at.binade & -width;
  }
  Floats rows[normal_degree + 1];
  for (int j = 0; j <= normal_degree; ++j) rows[j] = load(normal_table[j]);
  for (std::int32_t k = 0; k < chunk; k += width) {
    Floats x = pick(rows[normal_degree], binade + k);
    for (int j = normal_degree - 1; j >= 0; --j) x = fused(x, load(g + k), pick(rows[j], binade + k));
    store(x, g + k);
  }
  for (std::int32_t k = 0; k < chunk; ++k) z[k] = choose(normal_place(word[k]).upper, g[k], -g[k]);
  if (!beyond) return;
  for (std::int32_t k = 0; k < chunk; ++k)
    if (binade[k] >= width) z[k] = normal_lane(word[k]);
}
#endif

/// Normal scores of n words.
void normals(std::int32_t n, const std::uint32_t* __restrict word, float* __restrict z) {
  std::int32_t i = 0;
#ifdef __AVX2__
  for (; i + chunk <= n; i += chunk) normals_of_chunk(word + i, z + i);
  if (i < n) {
    std::uint32_t last[chunk];
    float scores[chunk];
    for (std::int32_t k = 0; k < chunk; ++k)
      last[k] = i + k < n ? word[i + k] : 1u << 30;  // any word of the first binade
    normals_of_chunk(last, scores);
    for (std::int32_t k = 0; i + k < n; ++k) z[i + k] = scores[k];
  }
#else
  for (; i < n; ++i) z[i] = normal_lane(word[i]);
#endif
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

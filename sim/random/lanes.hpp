// Float arithmetic that the compiler vectorizes and that gives the same bits on every instruction set: only +
// - * / sqrt, conversions and bit operations, no library calls, no contraction. Internal linkage (see
// threefry.hpp).
#pragma once

#include <cstdint>

namespace goodwill {
namespace {

#define GOODWILL_INLINE inline __attribute__((always_inline))

template <class To, class From>
GOODWILL_INLINE To bits(From from) {
  return __builtin_bit_cast(To, from);
}

/// x * y + z, rounded once. Vector instructions from x86-64-v3 on; on older processors the C library computes
/// the same bits.
GOODWILL_INLINE float fused(float x, float y, float z) { return __builtin_fmaf(x, y, z); }

GOODWILL_INLINE float clamp(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

/// mask ? a : b for mask all ones or all zeros: a bit select, because nested conditionals stop the
/// vectorizer.
GOODWILL_INLINE float choose(std::int32_t mask, float a, float b) {
  return bits<float>((bits<std::int32_t>(a) & mask) | (bits<std::int32_t>(b) & ~mask));
}
GOODWILL_INLINE std::int32_t choose(std::int32_t mask, std::int32_t a, std::int32_t b) {
  return (a & mask) | (b & ~mask);
}

/// A word as a uniform in the open interval: fine near 0, so that small probabilities are met; shrunk by
/// 2^-24, because the highest words would round to 1.
GOODWILL_INLINE float uniform(std::uint32_t word) {
  return fused(static_cast<float>(static_cast<std::int32_t>(word >> 1)), 0x1.fffffep-32f, 0x1p-32f);
}

/// Natural logarithm for normal x > 0 (relative error below 2e-7): argument reduction to [sqrt(1/2),
/// sqrt(2)), then the minimax polynomial of the Cephes library (Moshier); no division, because it would cost
/// as much as all the rest.
GOODWILL_INLINE float log_lane(float x) {
  const std::int32_t ix = bits<std::int32_t>(x);
  const std::int32_t exponent = (ix - 0x3f3504f3) >> 23;
  const float f = bits<float>(ix - (exponent << 23)) - 1.0f;
  const float f2 = f * f;
  float p = fused(7.0376836292e-2f, f, -1.1514610310e-1f);
  p = fused(p, f, 1.1676998740e-1f);
  p = fused(p, f, -1.2420140846e-1f);
  p = fused(p, f, 1.4249322787e-1f);
  p = fused(p, f, -1.6668057665e-1f);
  p = fused(p, f, 2.0000714765e-1f);
  p = fused(p, f, -2.4999993993e-1f);
  p = fused(p, f, 3.3333331174e-1f);
  const float e = static_cast<float>(exponent);
  const float small = fused(e, -2.12194440e-4f, f2 * fused(f, p, -0.5f));
  return fused(e, 0.693359375f, f + small);
}

/// Exponential (relative error below 2e-7), saturating outside [-87, 88].
GOODWILL_INLINE float exp_lane(float x) {
  x = clamp(x, -87.0f, 88.0f);
  const float magic = 12582912.0f;  // rounds to the nearest whole number
  const float k = fused(x, 1.44269504f, magic) - magic;
  const float r = fused(k, 2.12194440e-4f, fused(k, -0.693359375f, x));
  float p = fused(1.9875691500e-4f, r, 1.3981999507e-3f);
  p = fused(p, r, 8.3334519073e-3f);
  p = fused(p, r, 4.1665795894e-2f);
  p = fused(p, r, 1.6666665459e-1f);
  p = fused(p, r, 5.0000001201e-1f);
  p = fused(p, r * r, r + 1.0f);
  return p * bits<float>((static_cast<std::int32_t>(k) + 127) << 23);
}

GOODWILL_INLINE float root_lane(float x) { return __builtin_sqrtf(x); }

/// Standard normal quantile of a word (Odeh and Evans 1974, algorithm AS 70), monotone, z error below 1e-6.
GOODWILL_INLINE float normal_lane(std::uint32_t word) {
  const std::int32_t upper = static_cast<std::int32_t>(word) >> 31;  // all ones in the upper half
  const std::int32_t tail = static_cast<std::int32_t>(word) ^ upper;
  const float u = fused(static_cast<float>(tail), 0x1p-32f, 0x1p-33f);
  const float y = root_lane(-2.0f * log_lane(u));
  float p = fused(y, -4.53642210148e-5f, -2.04231210245e-2f);
  p = fused(p, y, -3.42242088547e-1f);
  p = fused(p, y, -1.0f);
  p = fused(p, y, -3.22232431088e-1f);
  float q = fused(y, 3.8560700634e-3f, 1.03537752850e-1f);
  q = fused(q, y, 5.31103462366e-1f);
  q = fused(q, y, 5.88581570495e-1f);
  q = fused(q, y, 9.93484626060e-2f);
  float z = y + p / q;
  z = z < 0.0f ? 0.0f : z;
  return choose(upper, z, -z);
}

}  // namespace
}  // namespace goodwill

// Float arithmetic that the compiler vectorizes and that gives the same bits on every instruction set: only +
// - * / sqrt, conversions and bit operations, no library calls, no contraction. Internal linkage (see
// threefry.hpp).
#pragma once

#include <cstdint>

#include "sim/random/normal_table.hpp"

// The lanes of a loop do not depend on each other. (Other compilers see it from __restrict.)
#if defined(__GNUC__) && !defined(__clang__)
#define GOODWILL_LANES _Pragma("GCC ivdep")
#else
#define GOODWILL_LANES
#endif

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

/// Exponential in double precision (relative error below 1e-15) for -700 < x < 700. By Taylor's series, whose
/// terms here are all that matter at |x| < log(2) / 2; nothing fused, because old processors have no such
/// instruction.
GOODWILL_INLINE double exp_wide(double x) {
  const double magic = 6755399441055744.0;  // 1.5 * 2^52: rounds to the nearest whole number
  const double k = (x * 1.4426950408889634 + magic) - magic;
  const double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return p * bits<double>((bits<std::int64_t>(k + magic) + 1023) << 52);
}

/// Natural logarithm in double precision (relative error below 1e-15 away from 0 and 1, 1e-14 near 1) of a
/// positive number that is neither subnormal nor infinite. With s = (m - 1) / (m + 1), log(m) is
/// 2 (s + s^3 / 3 + ...), and m lies between the roots of 1/2 and 2.
GOODWILL_INLINE double log_wide(double x) {
  const std::uint64_t b = bits<std::uint64_t>(x);
  const std::uint64_t biased = (b + 0x00095f619980c433u) >> 52;  // from the root of 1/2 on, the next exponent
  const double m = bits<double>(b - (biased << 52) + 0x3ff0000000000000u);
  const double k = bits<double>(biased | 0x4330000000000000u) - (0x1p52 + 1023);
  const double s = (m - 1.0) / (m + 1.0), z = s * s;
  double p = 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  return k * 0.6931471805599453 + (2.0 * s + 2.0 * s * z * p);
}

/// A word as a place in normal_table: u = (g + 3/2) 2^-(binade + 2) is its distance from the nearer end.
struct NormalPlace {
  std::int32_t upper;  // all ones in the upper half
  std::int32_t binade;
  float g;
};
GOODWILL_INLINE NormalPlace normal_place(std::uint32_t word) {
  const std::int32_t upper = static_cast<std::int32_t>(word) >> 31;
  const float tail = static_cast<float>(static_cast<std::int32_t>(word) ^ upper);
  const float u = fused(tail, 0x1p-32f, 0x1p-33f), below_half = 0x1.fffffep-2f;
  const std::int32_t b = bits<std::int32_t>(u < below_half ? u : below_half);
  return {upper, 125 - (b >> 23), bits<float>((b & 0x7fffff) | 0x3f800000) - 1.5f};
}

/// Standard normal quantile of a word, monotone, z error below 2e-6: a polynomial on each binade of u, so
/// that there is no slow logarithm, root or division.
GOODWILL_INLINE float normal_lane(std::uint32_t word) {
  const NormalPlace at = normal_place(word);
  float z = normal_table[normal_degree][at.binade];
  for (int j = normal_degree - 1; j >= 0; --j) z = fused(z, at.g, normal_table[j][at.binade]);
  return choose(at.upper, z, -z);
}

}  // namespace
}  // namespace goodwill

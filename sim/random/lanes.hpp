// Float arithmetic that the compiler vectorizes and that gives the same bits on every instruction set: only + - * / sqrt,
// conversions and bit operations, no library calls, no contraction. Internal linkage (see threefry.hpp).
#pragma once

#include <cstdint>

namespace goodwill {
namespace {

#define GOODWILL_INLINE inline __attribute__((always_inline))

template <class To, class From>
GOODWILL_INLINE To bits(From from) {
  return __builtin_bit_cast(To, from);
}

GOODWILL_INLINE float clamp(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

/// mask ? a : b for mask all ones or all zeros: a bit select, because nested conditionals stop the vectorizer.
GOODWILL_INLINE float choose(std::int32_t mask, float a, float b) {
  return bits<float>((bits<std::int32_t>(a) & mask) | (bits<std::int32_t>(b) & ~mask));
}
GOODWILL_INLINE std::int32_t choose(std::int32_t mask, std::int32_t a, std::int32_t b) {
  return (a & mask) | (b & ~mask);
}

/// A word as a uniform in the open interval: fine near 0, so that small probabilities are met.
GOODWILL_INLINE float uniform(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 1)) * 0x1p-31f + 0x1p-32f;
}

/// Natural logarithm for normal x > 0 (relative error below 2e-7): argument reduction to [sqrt(1/2), sqrt(2)), then the
/// odd series in (m - 1) / (m + 1).
GOODWILL_INLINE float log_lane(float x) {
  const std::int32_t ix = bits<std::int32_t>(x);
  const std::int32_t shifted = ix - 0x3f3504f3;
  const std::int32_t exponent = shifted >> 23;
  const float m = bits<float>(ix - (exponent << 23));
  const float f = m - 1.0f;
  const float r = f / (2.0f + f);
  const float r2 = r * r;
  const float series = r2 * (0.66666662693f + r2 * (0.40000972152f + r2 * (0.28498786688f + r2 * 0.24279078841f)));
  const float e = static_cast<float>(exponent);
  // log m = f - f^2/2 + r (f^2/2 + series): the small terms are added first.
  const float half = 0.5f * f * f;
  return e * 0.693359375f + (f - (half - (r * (half + series) + e * -2.12194440e-4f)));
}

/// Exponential (relative error below 2e-7), saturating outside [-87, 88].
GOODWILL_INLINE float exp_lane(float x) {
  x = clamp(x, -87.0f, 88.0f);
  const float magic = 12582912.0f;  // rounds to the nearest whole number
  const float k = (x * 1.44269504f + magic) - magic;
  const float r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
  const float r2 = r * r;
  const float p =
      1.0f + r +
      r2 * (0.50000001201f +
            r * (0.16666665459f +
                 r * (4.1665795894e-2f + r * (8.3334519073e-3f + r * (1.3981999507e-3f + r * 1.9875691500e-4f)))));
  return p * bits<float>((static_cast<std::int32_t>(k) + 127) << 23);
}

GOODWILL_INLINE float root_lane(float x) { return __builtin_sqrtf(x); }

/// Standard normal quantile of a word (Odeh and Evans 1974, algorithm AS 70), monotone, z error below 1e-6.
GOODWILL_INLINE float normal_lane(std::uint32_t word) {
  const std::int32_t upper = static_cast<std::int32_t>(word) >> 31;  // all ones in the upper half
  const std::int32_t tail = static_cast<std::int32_t>(word) ^ upper;
  const float u = static_cast<float>(tail) * 0x1p-32f + 0x1p-33f;
  const float y = root_lane(-2.0f * log_lane(u));
  const float p =
      (((y * -4.53642210148e-5f - 2.04231210245e-2f) * y - 3.42242088547e-1f) * y - 1.0f) * y - 3.22232431088e-1f;
  const float q = (((y * 3.8560700634e-3f + 1.03537752850e-1f) * y + 5.31103462366e-1f) * y + 5.88581570495e-1f) * y +
                  9.93484626060e-2f;
  float z = y + p / q;
  z = z < 0.0f ? 0.0f : z;
  return choose(upper, z, -z);
}

}  // namespace
}  // namespace goodwill

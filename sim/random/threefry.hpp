// Threefry4x32-20 (Salmon, Moraes, Dror, Shaw 2011): a counter-based generator that compilers vectorize as a
// plain loop. Internal linkage on purpose: the kernel is compiled several times, and no instance may serve
// another instruction set.
#pragma once

#include <cstdint>

#include "sim/random/decision.hpp"

namespace goodwill {
namespace {

struct Words {
  std::uint32_t w0, w1, w2, w3;
};

inline __attribute__((always_inline)) std::uint32_t rotate(std::uint32_t x, int k) {
  return (x << k) | (x >> (32 - k));
}

inline __attribute__((always_inline)) Words threefry(Words c, const Key& key) {
  const std::uint32_t k[5] = {key.word[0], key.word[1], key.word[2], key.word[3],
                              0x1BD11BDAu ^ key.word[0] ^ key.word[1] ^ key.word[2] ^ key.word[3]};
  std::uint32_t a = c.w0 + k[0], b = c.w1 + k[1], d = c.w2 + k[2], e = c.w3 + k[3];
#define GOODWILL_MIX(r1, r2)                                                                                 \
  a += b;                                                                                                    \
  b = rotate(b, r1) ^ a;                                                                                     \
  d += e;                                                                                                    \
  e = rotate(e, r2) ^ d;
#define GOODWILL_CROSS(r1, r2)                                                                               \
  a += e;                                                                                                    \
  e = rotate(e, r1) ^ a;                                                                                     \
  d += b;                                                                                                    \
  b = rotate(b, r2) ^ d;
#define GOODWILL_INJECT(n)                                                                                   \
  a += k[(n) % 5];                                                                                           \
  b += k[((n) + 1) % 5];                                                                                     \
  d += k[((n) + 2) % 5];                                                                                     \
  e += k[((n) + 3) % 5] + (n);
  GOODWILL_MIX(10, 26)
  GOODWILL_CROSS(11, 21) GOODWILL_MIX(13, 27) GOODWILL_CROSS(23, 5) GOODWILL_INJECT(1u) GOODWILL_MIX(6, 20)
      GOODWILL_CROSS(17, 11) GOODWILL_MIX(25, 10) GOODWILL_CROSS(18, 20) GOODWILL_INJECT(2u)
          GOODWILL_MIX(10, 26) GOODWILL_CROSS(11, 21) GOODWILL_MIX(13, 27) GOODWILL_CROSS(23, 5)
              GOODWILL_INJECT(3u) GOODWILL_MIX(6, 20) GOODWILL_CROSS(17, 11) GOODWILL_MIX(25, 10)
                  GOODWILL_CROSS(18, 20) GOODWILL_INJECT(4u) GOODWILL_MIX(10, 26) GOODWILL_CROSS(11, 21)
                      GOODWILL_MIX(13, 27) GOODWILL_CROSS(23, 5) GOODWILL_INJECT(5u)
#undef GOODWILL_MIX
#undef GOODWILL_CROSS
#undef GOODWILL_INJECT
                          return {a, b, d, e};
}

/// The four words of one decision of one customer in one period.
inline __attribute__((always_inline)) Words draw(const Key& key, std::uint32_t id_lo, std::uint32_t id_hi,
                                                 std::uint32_t period, std::uint32_t purpose) {
  return threefry({id_lo, id_hi, period, purpose}, key);
}

}  // namespace
}  // namespace goodwill

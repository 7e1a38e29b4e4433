// Threefry4x32 (Salmon, Moraes, Dror, Shaw 2011): a counter-based generator that compilers vectorize as a
// plain loop. 12 rounds, the fewest that its authors found to pass every test; they recommend 20 for a
// margin, which would cost a fifth of the simulator's speed. tests/proof/generator_test.cpp tests the words
// at the addresses that this simulator uses. Internal linkage on purpose: the kernel is compiled several
// times, and no instance may serve another instruction set.
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

struct State {
  std::uint32_t a, b, c, d;

  inline __attribute__((always_inline)) void mix(std::uint32_t& x, std::uint32_t& y, int k) {
    x += y;
    y = rotate(y, k) ^ x;
  }
  /// Four rounds with these rotations, then the key.
  inline __attribute__((always_inline)) void rounds(const int (&r)[8], const std::uint32_t (&k)[5],
                                                    unsigned n) {
    mix(a, b, r[0]), mix(c, d, r[1]);
    mix(a, d, r[2]), mix(c, b, r[3]);
    mix(a, b, r[4]), mix(c, d, r[5]);
    mix(a, d, r[6]), mix(c, b, r[7]);
    a += k[n % 5], b += k[(n + 1) % 5], c += k[(n + 2) % 5], d += k[(n + 3) % 5] + n;
  }
};

inline __attribute__((always_inline)) Words threefry(Words counter, const Key& key) {
  constexpr int odd[8] = {10, 26, 11, 21, 13, 27, 23, 5}, even[8] = {6, 20, 17, 11, 25, 10, 18, 20};
  const std::uint32_t k[5] = {key.word[0], key.word[1], key.word[2], key.word[3],
                              0x1BD11BDAu ^ key.word[0] ^ key.word[1] ^ key.word[2] ^ key.word[3]};
  State s{counter.w0 + k[0], counter.w1 + k[1], counter.w2 + k[2], counter.w3 + k[3]};
  s.rounds(odd, k, 1);
  s.rounds(even, k, 2);
  s.rounds(odd, k, 3);
  return {s.a, s.b, s.c, s.d};
}

/// The four words of one decision of one customer in one period.
inline __attribute__((always_inline)) Words draw(const Key& key, std::uint32_t id_lo, std::uint32_t id_hi,
                                                 std::uint32_t period, std::uint32_t purpose) {
  return threefry({id_lo, id_hi, period, purpose}, key);
}

}  // namespace
}  // namespace goodwill

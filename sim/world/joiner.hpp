// Customers before they live: their ids, and when they will join.
#pragma once

#include <cstdint>
#include <span>

#include "sim/kernel/kernel.hpp"
#include "sim/kernel/weight.hpp"
#include "sim/random/threefry.hpp"
#include "sim/world/strata.hpp"

namespace goodwill {

using CustomerId = std::uint64_t;
CustomerId initial_id(int segment, std::int64_t ordinal);
CustomerId acquired_id(int segment, int period, std::int64_t ordinal);
CustomerId prospect_id(int segment, std::int64_t ordinal);
CustomerId referred_id(CustomerId referrer, int period, std::uint32_t ordinal);

inline CustomerId id_of(const CustomerBlock& b, std::int32_t i) {
  return (static_cast<CustomerId>(b.id_hi[i]) << 32) | b.id_lo[i];
}
inline Words draw_for(const Key& key, CustomerId id, std::uint32_t period, std::uint32_t purpose) {
  return draw(key, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32), period, purpose);
}
/// A uniform in the open interval with all 53 bits.
inline double uniform_of(const Words& w) {
  return ((static_cast<double>(w.w0 >> 5) * 67108864.0 + static_cast<double>(w.w1 >> 6)) + 0.5) /
         9007199254740992.0;
}

constexpr std::int32_t nobody = -1;  // among people who know one another

/// Somebody who will join: at the start of `period`, with this tenure.
struct Joiner {
  CustomerId id;
  std::int32_t period;
  std::int32_t tenure;
  std::int32_t weight = full_weight;                // a referred customer's is the referrer's
  std::int64_t ordinal = -1;                        // in an anchoring sample
  std::int32_t stage = -1;                          // of the base: after the skeleton of their early life
  std::int32_t entrant = -1;                        // of the base: index among those who came through it
  std::int32_t person = nobody, referrer = nobody;  // on a network or out of a market
  std::int32_t descent = 0;                         // see lineages.hpp
  bool adopts = false;                              // comes on their own, out of the market
  bool turned_away = false;                         // nobody is left in the market
};

/// Somebody who will join, and where.
struct Newcomer {
  Joiner* joiner;
  int segment;
  Origin origin;
};

/// Adds the joiners at the end of the block. `strata` spreads the state and traits of those it holds evenly;
/// null: nobody's.
void be_born(const Kernel& kernel, CustomerBlock& block, std::span<const Joiner> joiners,
             const NewcomerParams& who, const Key& key, Scratch& scratch, const Strata* strata);

}  // namespace goodwill

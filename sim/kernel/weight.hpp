// Survival weights: what is left of a customer when churn is multiplied in instead of drawn. They are whole
// multiples of 2^-30, so that their sums do not depend on order. Internal linkage (see threefry.hpp).
#pragma once

#include <cstdint>

#include "sim/random/lanes.hpp"

namespace goodwill {

constexpr std::int32_t full_weight = 1 << 30;
/// Nobody is carried with less: a draw decides whether they stay with this weight or leave.
constexpr std::int32_t least_weight = full_weight / 8;

namespace {

/// An amount times a weight, to the nearest unit of the amount.
GOODWILL_INLINE std::int64_t weighed(std::int64_t amount, std::int32_t weight) {
  const std::int64_t whole = amount >> 30, rest = amount & (full_weight - 1);
  return whole * weight + ((rest * weight + full_weight / 2) >> 30);
}

/// The same for a share from 0 to 2^30: a multiplication that vectors have.
GOODWILL_INLINE std::int32_t share_of(std::int32_t weight, std::int32_t share) {
  const std::uint64_t product =
      std::uint64_t{static_cast<std::uint32_t>(weight)} * static_cast<std::uint32_t>(share);
  return static_cast<std::int32_t>((product + full_weight / 2) >> 30);
}

}  // namespace
}  // namespace goodwill

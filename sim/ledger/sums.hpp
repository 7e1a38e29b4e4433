// From amounts to whole numbers of 128 bits. Internal linkage, because each instruction
// set compiles its own copy.
#pragma once

#include "sim/ledger/counters.hpp"
#include "sim/random/lanes.hpp"

namespace goodwill {
namespace {

/// An amount in units of 1 / (scale x 2^40); it must be below 2^62 / scale. Two conversions to 64 bits,
/// because one to 128 is a call; what is smaller than a unit is cut off.
GOODWILL_INLINE Sum to_sum(double amount, double scale) {
  const double high = amount * scale;
  const auto whole = static_cast<std::int64_t>(high);
  const auto rest = static_cast<std::int64_t>((high - static_cast<double>(whole)) * 0x1p40);
  return static_cast<Sum>(whole) * (Sum{1} << 40) + rest;
}

/// A measure in units of 2^-measure_scale.
GOODWILL_INLINE Sum to_measure(double amount) {
  return static_cast<Sum>(amount * static_cast<double>(1 << measure_scale));
}

}  // namespace
}  // namespace goodwill

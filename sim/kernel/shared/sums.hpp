// Counting customers and adding up their money, with survival weights or without. Included by kernel.cpp
// only; internal linkage.
#pragma once

#include "sim/kernel/kernel.hpp"
#include "sim/kernel/weight.hpp"
#include "sim/ledger/counters.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Sum of value(i) over n customers, each times the customer's weight (null: 1).
template <class Value>
std::int64_t total(std::int32_t n, const std::int32_t* __restrict weight, Value&& value) {
  if (weight) {
    std::int64_t sum = 0;
    for (std::int32_t i = 0; i < n; ++i) sum += static_cast<std::int64_t>(weight[i]) * value(i);
    return sum;
  }
  decltype(value(0)) sum = 0;
  for (std::int32_t i = 0; i < n; ++i) sum += value(i);
  return sum;
}

/// The same for whole numbers too large to be multiplied by a weight: each product is rounded to the unit of
/// the value, customer by customer, so that the sum does not depend on order.
template <class Value>
std::int64_t total_weighed(std::int32_t n, const std::int32_t* __restrict weight, Value&& value) {
  std::int64_t sum = 0;
  for (std::int32_t i = 0; i < n; ++i) sum += weighed(value(i), weight[i]);
  return sum;
}

/// The same for a state: value(i) is counted in units of 2^-16.
template <class Value>
std::int64_t total_state(std::int32_t n, const std::int32_t* __restrict weight, Value&& value) {
  const auto fixed = [&](std::int32_t i) {
    return static_cast<std::int32_t>(value(i) * static_cast<float>(state_unit));
  };
  if (weight) return total_weighed(n, weight, fixed);
  std::int64_t sum = 0;
  for (std::int32_t i = 0; i < n; ++i) sum += fixed(i);
  return sum;
}

/// What one customer counts for.
std::int64_t unit_of(const CustomerBlock& b, std::int32_t lane) { return b.weight ? b.weight[lane] : 1; }

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

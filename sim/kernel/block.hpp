// A block of customers of one segment, treatment group and origin: structure of arrays in one aligned arena.
#pragma once

#include <cstdint>

#include "sim/state/customer.hpp"

namespace goodwill {

struct CustomerBlock {
  std::int32_t size = 0;      // customers here now
  std::int32_t capacity = 0;  // a multiple of 16
  std::int32_t n_traits = 0;
#define GOODWILL_MEMBER(type, name, wanted, first, text) type* name = nullptr;
  GOODWILL_CUSTOMER_STATE(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
  float* traits = nullptr;  // n_traits arrays of `capacity`
};

/// Which arrays the blocks of a simulation have.
struct CustomerArrays {
  int traits = 0;
  bool values = false, weights = false, network = false;

  constexpr bool holds(Wanted wanted) const {
    return wanted == Wanted::always || (wanted == Wanted::with_values    ? values
                                        : wanted == Wanted::with_weights ? weights
                                                                         : network);
  }
};

/// Visits every per-customer array that exists, except the traits: for code that moves customers.
template <class Visit>
inline void for_each_array(CustomerBlock& b, Visit&& visit) {
#define GOODWILL_VISIT(type, name, wanted, first, text)                                                      \
  if (Wanted::wanted == Wanted::always || b.name) visit(b.name);
  GOODWILL_CUSTOMER_STATE(GOODWILL_VISIT)
#undef GOODWILL_VISIT
}

/// The same for two blocks that have the same arrays.
template <class Visit>
inline void for_each_pair(const CustomerBlock& a, CustomerBlock& b, Visit&& visit) {
#define GOODWILL_VISIT(type, name, wanted, first, text)                                                      \
  if (Wanted::wanted == Wanted::always || b.name) visit(a.name, b.name);
  GOODWILL_CUSTOMER_STATE(GOODWILL_VISIT)
#undef GOODWILL_VISIT
}

}  // namespace goodwill

// A block of customers of one segment, treatment group and origin: structure of arrays in one aligned arena.
#pragma once

#include <cstdint>

namespace goodwill {

constexpr std::int32_t long_ago = -(1 << 28);  // a period long before any other

/// When there is an array: always, with survival weights, or where the value of each customer is wanted.
enum class Wanted { always, with_weights, with_values };
/// In place of a first value: it is set apart, by who makes or draws it.
struct Apart {};
constexpr Apart apart;

// The state of a customer, each array described once: type, name, when it is wanted, value of who joins
// (`who` are the parameters of newcomers) and what it is. Members, memory, joining, moving and leaving
// follow.
#define GOODWILL_CUSTOMER_STATE(X)                                                                           \
  X(std::uint32_t, id_lo, always, apart, "lower half of the id")                                             \
  X(std::uint32_t, id_hi, always, apart, "upper half")                                                       \
  X(float, satisfaction, always, apart, "0 to 10")                                                           \
  X(float, expectation, always, apart, "0 to 10")                                                            \
  X(float, trust, always, apart, "0 to 1")                                                                   \
  X(std::int32_t, tenure, always, apart, "periods since joining")                                            \
  X(std::int32_t, stage, always, who.stage, "the number of stages means lost")                               \
  X(std::int32_t, moved, always, 0, "all ones when a journey changed the stage in this period")              \
  X(float, failures, always, 0, "remembered, fading; only while not closed")                                 \
  X(float, recovered, always, 0, "remembered, fading")                                                       \
  X(std::int32_t, failed_at, always, long_ago, "period of the latest unclosed failure, or long_ago")         \
  X(std::int32_t, surveyed, always, 0, "the last answer: 1 detractor, 2 passive, 3 promoter, 0 none")        \
  X(std::int32_t, surveyed_at, always, long_ago, "its period")                                               \
  X(std::int32_t, weight, with_weights, apart, "survival weight, see weight.hpp; without it all weigh 1")    \
  X(std::int32_t, customer, with_values, 0, "all ones: is or was a customer; of the base: at t = 0")         \
  X(double, gain, with_values, 0, "contribution in this period")                                             \
  X(double, revenue, with_values, 0, "in this period")                                                       \
  X(double, value, with_values, 0, "discounted contribution so far")

struct CustomerBlock {
  std::int32_t size = 0;      // customers here now
  std::int32_t capacity = 0;  // a multiple of 16
  std::int32_t n_traits = 0;
#define GOODWILL_MEMBER(type, name, wanted, first, text) type* name = nullptr;
  GOODWILL_CUSTOMER_STATE(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
  float* traits = nullptr;  // n_traits arrays of `capacity`
};

constexpr bool is_wanted(Wanted wanted, bool values, bool weights) {
  return wanted == Wanted::always || (wanted == Wanted::with_values ? values : weights);
}

/// Every per-customer array that is there but the traits, for code that moves customers.
template <class Visit>
inline void for_each_array(CustomerBlock& b, Visit&& visit) {
#define GOODWILL_VISIT(type, name, wanted, first, text)                                                      \
  if (Wanted::wanted == Wanted::always || b.name) visit(b.name);
  GOODWILL_CUSTOMER_STATE(GOODWILL_VISIT)
#undef GOODWILL_VISIT
}

/// The same of two blocks that have the same arrays.
template <class Visit>
inline void for_each_pair(const CustomerBlock& a, CustomerBlock& b, Visit&& visit) {
#define GOODWILL_VISIT(type, name, wanted, first, text)                                                      \
  if (Wanted::wanted == Wanted::always || b.name) visit(a.name, b.name);
  GOODWILL_CUSTOMER_STATE(GOODWILL_VISIT)
#undef GOODWILL_VISIT
}

}  // namespace goodwill

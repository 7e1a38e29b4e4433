// A block of customers of one segment, treatment group and origin: structure of arrays in one aligned arena.
#pragma once

#include <cstdint>

namespace goodwill {

constexpr std::int32_t long_ago = -(1 << 28);  // a period long before any other

struct CustomerBlock {
  std::int32_t size = 0;      // customers here now
  std::int32_t capacity = 0;  // a multiple of 16
  std::int32_t n_traits = 0;
  std::uint32_t *id_lo = nullptr, *id_hi = nullptr;
  float *satisfaction = nullptr, *expectation = nullptr, *trust = nullptr;
  std::int32_t* tenure = nullptr;  // periods since joining
  std::int32_t* stage = nullptr;   // the number of stages means lost
  std::int32_t* moved = nullptr;   // all ones when a journey changed the stage in this period
  float *failures = nullptr, *recovered = nullptr;  // remembered, fading; failures only while not closed
  std::int32_t* failed_at = nullptr;                // period of the latest unclosed failure, or long_ago
  std::int32_t* surveyed = nullptr;     // the last answer: 1 detractor, 2 passive, 3 promoter, 0 none
  std::int32_t* surveyed_at = nullptr;  // its period
  std::int32_t* weight = nullptr;       // survival weight, see weight.hpp (null: not wanted, all weigh 1)
  std::int32_t* customer =
      nullptr;  // all ones: is or was a customer (null: not wanted; of the base: at t = 0)
  double *gain = nullptr, *revenue = nullptr;  // contribution and revenue in this period (null: not wanted)
  double* value = nullptr;                     // discounted contribution so far (null: not wanted)
  float* traits = nullptr;                     // n_traits arrays of `capacity`
};

/// Every per-customer array but the traits, for code that moves customers.
template <class Visit>
inline void for_each_array(CustomerBlock& b, Visit&& visit) {
  visit(b.id_lo);
  visit(b.id_hi);
  visit(b.satisfaction);
  visit(b.expectation);
  visit(b.trust);
  visit(b.tenure);
  visit(b.stage);
  visit(b.moved);
  visit(b.failures);
  visit(b.recovered);
  visit(b.failed_at);
  visit(b.surveyed);
  visit(b.surveyed_at);
  if (b.weight) visit(b.weight);
  if (b.customer) visit(b.customer);
  if (b.gain) visit(b.gain);
  if (b.revenue) visit(b.revenue);
  if (b.value) visit(b.value);
}
constexpr int block_arrays = 18, long_arrays = 3;  // some of them twice as long

}  // namespace goodwill

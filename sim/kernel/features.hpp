// The arrays that the features of sim/state/customer.hpp read. Internal linkage, because each instruction set
// compiles its own copy.
#pragma once

#include <cstddef>

#include "sim/kernel/block.hpp"
#include "sim/kernel/params.hpp"
#include "sim/random/lanes.hpp"

namespace goodwill {
namespace {

struct FeatureArrays {
#define GOODWILL_MEMBER(type, name, wanted, first, text) const type* name;
  GOODWILL_CUSTOMER_STATE(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
  const float* log_tenure;
  const float* log_spend;  // null: all spend alike, and no response has that effect
  std::int32_t last;       // index in log_tenure

  FeatureArrays(const CustomerBlock& b, const Params& p)
      :
#define GOODWILL_MEMBER(type, name, wanted, first, text) name(b.name),
        GOODWILL_CUSTOMER_STATE(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
            log_tenure(p.log_tenure),
        log_spend(p.spend >= 0 ? b.traits + static_cast<std::ptrdiff_t>(p.spend) * b.capacity : nullptr),
        last(p.n_log_tenure - 1) {
  }
  GOODWILL_INLINE float log_of_tenure(std::int32_t i) const {
    return log_tenure[tenure[i] < last ? tenure[i] : last];
  }
  GOODWILL_INLINE float log_of_spend(std::int32_t i) const { return log_spend[i]; }
};

}  // namespace
}  // namespace goodwill

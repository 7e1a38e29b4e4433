// The arrays that the features of sim/state/customer.hpp read. Internal linkage, because each instruction set
// compiles its own copy.
#pragma once

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
  std::int32_t last;  // index in log_tenure

  FeatureArrays(const CustomerBlock& b, const Params& p)
      :
#define GOODWILL_MEMBER(type, name, wanted, first, text) name(b.name),
        GOODWILL_CUSTOMER_STATE(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
            log_tenure(p.log_tenure),
        last(p.n_log_tenure - 1) {
  }
  GOODWILL_INLINE float log_of_tenure(std::int32_t i) const {
    return log_tenure[tenure[i] < last ? tenure[i] : last];
  }
};

}  // namespace
}  // namespace goodwill

// Customers leave a block.
#pragma once

#include "sim/kernel/kernel.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Takes out the lanes of an ascending list and fills the holes from the tail. Goes backwards, so that those
/// in the tail are always customers who stay.
template <class Leave>
void take_out(CustomerBlock& b, const std::int32_t* list, std::int32_t n, Leave&& leave) {
  for (std::int32_t k = n - 1; k >= 0; --k) {
    const std::int32_t i = list[k], last = --b.size;
    leave(i);
    for_each_array(b, [=](auto* array) { array[i] = array[last]; });
    for (std::int32_t t = 0; t < b.n_traits; ++t) {
      float* trait = b.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(b.capacity);
      trait[i] = trait[last];
    }
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

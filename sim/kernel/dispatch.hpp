// The kernel of this processor.
#pragma once

#include <string_view>
#include <vector>

#include "sim/kernel/kernel.hpp"

namespace goodwill {

/// The best kernel of this processor, or the one that the environment variable GOODWILL_ISA names
/// (x86-64, x86-64-v3, x86-64-v4). Throws std::invalid_argument when that one is unknown or cannot run here.
const Kernel& kernel();
/// All kernels this processor can run, the best last.
const std::vector<const Kernel*>& available_kernels();
const Kernel& find_kernel(std::string_view name);

}  // namespace goodwill

// What waiting costs: it lowers the likelihood to recommend by 0.0949 per log-minute (Riess 2025). Internal
// linkage, because it is compiled per instruction set.
#pragma once

#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

/// In points of quality.
[[maybe_unused]] inline double lost_by_waiting(double minutes) { return 0.0949 * math::log1p(minutes); }

}  // namespace
}  // namespace goodwill

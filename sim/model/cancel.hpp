// How long work is stopped from outside: whoever waits for it sets a flag, and the work looks now and then.
#pragma once

#include <atomic>
#include <stdexcept>

namespace goodwill {

/// Thrown out of work whose `cancel` was set.
struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted") {}
};

using Cancel = const std::atomic<bool>*;  ///< null: nobody will

inline void check_cancelled(Cancel cancel) {
  if (cancel && cancel->load(std::memory_order_relaxed)) throw Interrupted();
}

}  // namespace goodwill

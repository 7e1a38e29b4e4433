// How work that takes long is stopped from outside: whoever waits for it sets a flag, at which the work looks
// now and then.
#pragma once

#include <atomic>
#include <stdexcept>

namespace goodwill {

/// Thrown out of work whose `cancel` was set.
struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted") {}
};

using Cancel = const std::atomic<bool>*;  ///< null: nobody will cancel

inline void check_cancelled(Cancel cancel) {
  if (cancel && cancel->load(std::memory_order_relaxed)) throw Interrupted();
}

inline thread_local Cancel cancel_of_thread = nullptr;

/// While it lives, planning and solving on this thread can be cancelled: they are called from many places,
/// few of which have a flag to hand on.
class Cancellable {
public:
  explicit Cancellable(Cancel cancel) { cancel_of_thread = cancel; }
  ~Cancellable() { cancel_of_thread = nullptr; }
  Cancellable(const Cancellable&) = delete;
  Cancellable& operator=(const Cancellable&) = delete;
};

inline void cancellation_point() { check_cancelled(cancel_of_thread); }

}  // namespace goodwill

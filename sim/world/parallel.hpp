// The only place that starts threads. Tasks may call for_each_task again (nested);
// exceptions reach the caller.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace goodwill {

/// Runs `body` in a pool of this many threads (0: all cores); within a task, in the pool that runs the task.
/// The pool ends with the call. Throws ModelError where the system refuses a thread.
void in_pool(int threads, const std::function<void()>& body);
/// Calls task(0) to task(n - 1) on the pool, in any order; outside of a pool one after another.
void for_each_task(std::int64_t n, const std::function<void(std::int64_t)>& task);
/// Calls task(from, to) for ranges of at most `together` of 0 to n - 1, the first one from 0 on.
template <class Task>
void for_each_range(std::size_t n, std::uint32_t together, Task&& task) {
  const auto all = static_cast<std::uint32_t>(n);
  for_each_task((static_cast<std::int64_t>(n) + together - 1) / together, [&](std::int64_t k) {
    const auto from = static_cast<std::uint32_t>(k) * together;
    task(from, std::min(all - from, together) + from);
  });
}
/// The cores that this process may use.
int all_cores();

}  // namespace goodwill

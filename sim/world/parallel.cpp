#include "sim/world/parallel.hpp"

#include <optional>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace goodwill {
namespace {

thread_local int pools = 0;  // this thread works in

struct Inside {
  Inside() { ++pools; }
  ~Inside() { --pools; }
};

}  // namespace

int all_cores() { return tbb::this_task_arena::max_concurrency(); }

void in_pool(int threads, const std::function<void()>& body) {
  if (pools > 0) return body();
  // More threads than cores: TBB would quietly (but for a warning) stay at the cores.
  std::optional<tbb::global_control> more;
  if (threads > all_cores())
    more.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads > 0 ? threads : tbb::task_arena::automatic);
  arena.execute([&] {
    const Inside mark;
    body();
  });
}

void for_each_task(std::int64_t n, const std::function<void(std::int64_t)>& task) {
  tbb::parallel_for(
      std::int64_t{0}, n,
      [&](std::int64_t i) {
        const Inside mark;
        task(i);
      },
      tbb::simple_partitioner{});
}

}  // namespace goodwill

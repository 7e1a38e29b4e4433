// Threads live only as long as the call that wants them: where the system refuses one, that call fails, and a
// process that forks later hands nothing half done to its child.
#include "sim/world/parallel.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <sched.h>

#include "sim/model/problem.hpp"

namespace goodwill {
namespace {

class Pool {
public:
  explicit Pool(int threads) {
    try {
      for (int k = 1; k < threads; ++k) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      const auto got = std::to_string(threads_.size() + 1);
      end();
      throw ModelError("threads: " + std::to_string(threads) + " are wanted, and the system allows " + got +
                       " now (its limits of processes and memory)");
    }
  }
  ~Pool() { end(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void run(std::int64_t n, const std::function<void(std::int64_t)>& task) {
    Loop loop{task, n};
    std::unique_lock lock(mutex_);
    loops_.push_back(&loop);
    changed_.notify_all();
    while (loop.left() > 0) step(loop, lock);
    // Others still work for this loop, and may wait for loops of their own: help with those.
    while (loop.running > 0) help(&loop, lock);
    std::erase(loops_, &loop);
    if (loop.error) std::rethrow_exception(loop.error);
  }

private:
  struct Loop {
    const std::function<void(std::int64_t)>& task;
    std::int64_t n, next = 0, running = 0;
    std::exception_ptr error{};
    std::int64_t left() const { return n - next; }
  };

  /// Runs the next task of a loop that has some left.
  void step(Loop& loop, std::unique_lock<std::mutex>& lock) {
    const std::int64_t i = loop.next++;
    ++loop.running;
    lock.unlock();
    std::exception_ptr error;
    try {
      loop.task(i);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error) {
      if (!loop.error) loop.error = error;
      loop.next = loop.n;
    }
    if (--loop.running == 0) changed_.notify_all();
  }

  /// Runs a task of the youngest loop that has some left, because the other loops wait for it; otherwise
  /// waits until something changes. A thread that waits for a loop takes no task of an older one.
  void help(const Loop* waiting, std::unique_lock<std::mutex>& lock) {
    for (auto loop = loops_.rbegin(); loop != loops_.rend() && *loop != waiting; ++loop)
      if ((*loop)->left() > 0) return step(**loop, lock);
    changed_.wait(lock);
  }

  void work();

  void end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Loop*> loops_;  // the older ones first
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

thread_local Pool* pool = nullptr;  // the pool in which this thread works

void Pool::work() {
  pool = this;
  std::unique_lock lock(mutex_);
  while (!ended_) help(nullptr, lock);
}

}  // namespace

int all_cores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) return std::max(1, CPU_COUNT(&cores));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void in_pool(int threads, const std::function<void()>& body) {
  if (pool) return body();
  struct Inside {
    explicit Inside(Pool* one) { pool = one; }
    ~Inside() { pool = nullptr; }
  };
  Pool own(threads > 0 ? threads : all_cores());
  const Inside mark(&own);
  body();
}

void for_each_task(std::int64_t n, const std::function<void(std::int64_t)>& task) {
  if (pool) return pool->run(n, task);
  for (std::int64_t i = 0; i < n; ++i) task(i);
}

}  // namespace goodwill

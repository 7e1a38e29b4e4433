#include <atomic>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/cancel.hpp"
#include "sim/model/problem.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

TEST(Parallel, EveryTaskRunsOnce) {
  for (const int threads : {0, 1, 2, 7}) {
    std::vector<std::atomic<int>> done(1'000);
    in_pool(threads, [&] {
      for_each_task(1'000, [&](std::int64_t i) { ++done[static_cast<std::size_t>(i)]; });
      for_each_task(0, [&](std::int64_t) { ADD_FAILURE(); });
    });
    for (const auto& count : done) EXPECT_EQ(count, 1);
  }
}

TEST(Parallel, OutsideAPoolTasksRunInOrder) {
  std::vector<std::int64_t> order;
  for_each_task(5, [&](std::int64_t i) { order.push_back(i); });
  EXPECT_EQ(order, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST(Parallel, TasksHaveTasksOfTheirOwn) {
  for (const int threads : {1, 2, 5}) {
    std::atomic<std::int64_t> sum{0};
    in_pool(threads, [&] {
      for_each_task(20, [&](std::int64_t i) {
        in_pool(threads, [&] {  // the pool that runs the task
          for_each_task(30,
                        [&](std::int64_t j) { for_each_task(3, [&](std::int64_t k) { sum += i * j * k; }); });
        });
      });
    });
    EXPECT_EQ(sum, 190 * 435 * 3);
  }
}

TEST(Parallel, AsManyThreadsWorkAsAreAsked) {
  std::atomic<int> together{0};
  in_pool(6, [&] {
    for_each_task(6, [&](std::int64_t) {
      ++together;
      while (together < 6) std::this_thread::yield();  // waits for ever, unless six work at once
    });
  });
  EXPECT_EQ(together, 6);
}

TEST(Parallel, AnErrorReachesTheCallerAndEndsTheRest) {
  for (const int threads : {1, 3}) {
    std::atomic<int> begun{0};
    const auto run = [&] {
      in_pool(threads, [&] {
        for_each_task(10'000, [&](std::int64_t i) {
          ++begun;
          if (i > 5) std::this_thread::sleep_for(std::chrono::milliseconds(1));
          for_each_task(2, [&](std::int64_t) {
            if (i == 5) throw std::runtime_error("the sixth");
          });
        });
      });
    };
    EXPECT_THROW(run(), std::runtime_error);
    EXPECT_LT(begun, 10'000);
  }
  in_pool(2, [] { for_each_task(2, [](std::int64_t) {}); });  // nothing is left behind
}

TEST(Cancel, ReachesOnlyTheThreadThatMayBeCancelled) {
  std::atomic<bool> cancel{false};
  {
    const Cancellable here(&cancel);
    cancellation_point();
    cancel = true;
    EXPECT_THROW(cancellation_point(), Interrupted);
    std::thread([] { EXPECT_NO_THROW(cancellation_point()); }).join();
  }
  EXPECT_NO_THROW(cancellation_point());
}

}  // namespace
}  // namespace goodwill

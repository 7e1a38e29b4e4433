// The reference workload as a whole: plan, blocks on threads, ledger.
#include <string>

#include <benchmark/benchmark.h>

#include "tests/bench/setting.hpp"

namespace goodwill {
namespace {

/// Per item: one customer in one period.
void run(benchmark::State& state, const Kernel& kernel, int threads) {
  Model model = reference_model();
  model.segments.items[0].second.count = 200'000;
  const Anchors anchors = anchor(model).anchors;
  SimulationOptions options;
  options.kernel = &kernel;
  options.threads = threads;
  std::int64_t lived = 0;
  for (auto _ : state) {
    const Plan plan(model, anchors, {"baseline"});
    const Ledger ledger = simulate(plan, options).ledgers[0];
    for (int t = 1; t <= plan.horizon(); ++t) lived += ledger.get(0, t, Origin::initial, count_start);
  }
  state.SetItemsProcessed(lived);
}

[[maybe_unused]] const bool registered = [] {
  for (const Kernel* kernel : available_kernels())
    for (const int threads : {1, 2}) {
      const std::string name =
          std::string("run/reference/") + kernel->name + "/threads:" + std::to_string(threads);
      benchmark::RegisterBenchmark(name.c_str(), run, *kernel, threads)
          ->MinTime(0.5)
          ->MeasureProcessCPUTime()
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
  return true;
}();

}  // namespace
}  // namespace goodwill

// What a shipped model costs before and during a study, on one thread: anchoring, the base, and one
// replication of a pair of worlds.
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "sim/world/simulate.hpp"
#include "tests/bench/setting.hpp"

namespace goodwill {
namespace {

Model shipped(const std::string& name) {
  return read_model(GOODWILL_SOURCE_DIR "/scenarios/models/" + name + ".yaml");
}

void anchoring(benchmark::State& state, const std::string& name) {
  const Model model = shipped(name);
  for (auto _ : state) benchmark::DoNotOptimize(anchor(model, 1).rounds);
}

/// Planned once, outside the measurement.
void simulation(benchmark::State& state, const std::string& name, const std::vector<std::string>& scenarios,
                const PlanOptions& plan_options) {
  const Model model = shipped(name);
  const Plan plan(model, anchor(model, 1).anchors, scenarios, plan_options);
  SimulationOptions options;
  options.threads = 1;
  for (auto _ : state) benchmark::DoNotOptimize(simulate(plan, options).ledgers.data());
}

[[maybe_unused]] const bool registered = [] {
  const auto add = [](const std::string& name, auto&& body) {
    benchmark::RegisterBenchmark(name.c_str(), body)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
  };
  for (const auto& [name, scenario] :
       {std::pair<std::string, std::string>{"telecom", "digital"}, {"hotel", "both"}, {"dental", "all"}}) {
    add("shipped/anchor/" + name, [name](benchmark::State& s) { anchoring(s, name); });
    PlanOptions one_period;
    one_period.horizon = 1;
    add("shipped/base/" + name,
        [name, one_period](benchmark::State& s) { simulation(s, name, {"baseline"}, one_period); });
    add("shipped/pair/" + name, [name, scenario](benchmark::State& s) {
      simulation(s, name, {"baseline", scenario}, {});
    });
  }
  return true;
}();

}  // namespace
}  // namespace goodwill

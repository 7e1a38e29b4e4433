// The two schedules on the same lives: customers who share a team that always has room, and the same without
// it. One thread; `together` should cost at most 1.3 times `apart`.
#include <string>

#include <benchmark/benchmark.h>

#include "sim/world/simulate.hpp"
#include "tests/bench/setting.hpp"

namespace goodwill {
namespace {

Model shipped(const std::string& name, bool team) {
  Model model = read_model(GOODWILL_SOURCE_DIR "/scenarios/models/" + name + ".yaml");
  Team any;
  any.capacity = Number(1e15);
  model.teams.at("any") = any;
  for (auto& [journey, of] : model.journeys)
    for (auto& [point, t] : of.touchpoints) t.team = team ? "any" : "";
  return model;
}

void lives(benchmark::State& state, const std::string& name, const std::string& scenario, bool team) {
  const Model model = shipped(name, team);
  const Plan plan(model, anchor(model, 1).anchors, {"baseline", scenario});
  SimulationOptions options;
  options.threads = 1;
  options.replications = 4;
  for (auto _ : state) benchmark::DoNotOptimize(simulate(plan, options).ledgers.data());
}

[[maybe_unused]] const bool registered = [] {
  const std::pair<const char*, const char*> cases[] = {{"telecom", "digital"}, {"hotel", "both"}};
  for (const auto& [name, scenario] : cases)
    for (const bool team : {false, true}) {
      const std::string title = std::string("schedule/") + name + (team ? "/together" : "/apart");
      benchmark::RegisterBenchmark(title.c_str(), lives, name, scenario, team)
          ->Unit(benchmark::kMillisecond)
          ->MeasureProcessCPUTime();
    }
  return true;
}();

}  // namespace
}  // namespace goodwill

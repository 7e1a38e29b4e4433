// What a decision costs, with survival weights and without: how many customers must be simulated
// (`customers`) until the 95 % interval of the difference of two scenarios is +-5 %, and how many such
// decisions one thread can take a second (`decisions`).
#include <string>

#include <benchmark/benchmark.h>

#include "scenarios/intervals.hpp"
#include "scenarios/terms.hpp"
#include "scenarios/worlds.hpp"
#include "tests/bench/setting.hpp"

namespace goodwill {
namespace {

constexpr int replications = 100, agents = 2'000;

void decide(benchmark::State& state, const std::string& name, const std::string& scenario, bool weights) {
  Model model = read_model(GOODWILL_SOURCE_DIR "/scenarios/models/" + name + ".yaml");
  model.agents = agents;
  const Anchors anchors = anchor(model).anchors;
  const Terms terms = terms_of(model);
  WorldsOptions options;
  options.simulation.threads = 1;
  options.plan.survival_weights = weights;
  double share = 0;  // of what was simulated, that is needed
  for (auto _ : state) {
    Worlds worlds(model, anchors, {"baseline", scenario}, options);
    worlds.extend(replications);
    std::vector<double> differences;
    for (std::size_t r = 0; r < replications; ++r) {
      const auto contribution = [&](const std::string& world) {
        return present_value(worlds.world(world).flows[r], terms, model.periods_per_year()).contribution;
      };
      differences.push_back(contribution(scenario) - contribution("baseline"));
    }
    const Interval interval = mean_interval(differences, 0.95);
    const double half = (interval.high - interval.low) / 2 / (0.05 * interval.mean);
    share = half * half;
  }
  state.counters["customers"] = share * replications * agents;
  state.counters["decisions"] = benchmark::Counter(1 / share, benchmark::Counter::kIsIterationInvariantRate);
}

[[maybe_unused]] const bool registered = [] {
  const std::pair<const char*, const char*> cases[] = {{"hotel", "repair"}, {"telecom", "all"}};
  for (const auto& [name, scenario] : cases)
    for (const bool weights : {false, true}) {
      const std::string title = std::string("decide/") + name + (weights ? "/weights" : "/killing");
      benchmark::RegisterBenchmark(title.c_str(), decide, name, scenario, weights)
          ->Iterations(1)
          ->Unit(benchmark::kMillisecond);
    }
  return true;
}();

}  // namespace
}  // namespace goodwill

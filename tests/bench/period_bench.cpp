// One period of a block: what each part of a model adds to an empty period, and the reference workload.
#include <string>

#include <benchmark/benchmark.h>

#include "tests/bench/setting.hpp"

namespace goodwill {
namespace {

/// Nobody leaves, so that the block keeps its size: subtract `empty` to see what a part costs.
struct Part {
  const char *name, *text;
};
const Part parts[] = {
    {"empty", ""},
    {"touchpoint_all", "journeys: {j: {starts: 100 %, touchpoints: {t: {failure: 2 %, recovery: 50 %}}}}"},
    {"touchpoint_60", "journeys: {j: {starts: 60 %, touchpoints: {t: {failure: 2 %, recovery: 50 %}}}}"},
    {"touchpoint_15", "journeys: {j: {starts: 15 %, touchpoints: {t: {failure: 2 %, recovery: 50 %}}}}"},
    {"survey", "survey: {response: 15 %}"},
    {"referrals", "referrals: {rate: {base: 0.01 / month, satisfaction: 0.35}, conversion: 0 %}"},
    {"churn",
     "churn: {base: 0.0000001 % / month, satisfaction: -0.45, trust: -0.6, tenure: -0.2, frailty: 0.5}"},
};

Model model_of(const Part& part) {
  const std::string text = part.text;
  const bool stage = text.rfind("churn", 0) == 0;
  return read_model_text(
      "horizon: 36 months\nsegments: {all: {count: 4_096, tenure: 0}}\nstages: {customer: {fee: 20" +
          (stage ? ", " + text + "}}" : "}}\n" + text),
      part.name);
}

/// Per item: one customer in one period.
void period(benchmark::State& state, const Kernel& kernel, const Part& part, WalkMode walk) {
  Setting setting(model_of(part));
  setting.join(kernel);
  int number = 0;
  for (auto _ : state) setting.period(kernel, number++ % setting.periods() + 1, walk);
  state.SetItemsProcessed(state.iterations() * setting.size());
}

/// A block of the reference workload from its first month to its last. Per item: one customer in one period.
void life(benchmark::State& state, const Kernel& kernel) {
  Setting setting(reference_model());
  std::int64_t lived = 0;
  for (auto _ : state) {
    setting.join(kernel);
    for (int number = 1; number <= setting.periods(); ++number) {
      lived += setting.size();
      setting.period(kernel, number, WalkMode::automatic);
    }
  }
  state.SetItemsProcessed(lived);
}

[[maybe_unused]] const bool registered = [] {
  for (const Kernel* kernel : available_kernels()) {
    const std::string isa = kernel->name;
    const auto add = [&](const Part& part, WalkMode walk, const char* how) {
      benchmark::RegisterBenchmark(("period/" + std::string(part.name) + how + "/" + isa).c_str(), period,
                                   *kernel, part, walk)
          ->MinTime(0.1);
    };
    for (const Part& part : parts) {
      if (std::string(part.name).rfind("touchpoint_", 0) == 0 && &part != &parts[1]) {
        add(part, WalkMode::masked, "/masked");
        add(part, WalkMode::wave, "/wave");
      } else {
        add(part, WalkMode::automatic, "");
      }
    }
    benchmark::RegisterBenchmark(("life_of_a_block/reference/" + isa).c_str(), life, *kernel)->MinTime(0.2);
  }
  return true;
}();

}  // namespace
}  // namespace goodwill

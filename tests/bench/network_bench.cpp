// Each kind of network for a million people who know 20 others on average, into compressed rows; on one
// thread and on two. None should take more than 1.5 s on two.
#include <functional>
#include <string>

#include <benchmark/benchmark.h>

#include "sim/network/attach.hpp"
#include "sim/network/from_edges.hpp"
#include "sim/network/generate.hpp"
#include "sim/network/report.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr std::uint32_t people = 1'000'000;
constexpr NetworkLuck luck = network_luck(1, 0, 0);

Network own_edges() {
  static const auto list = [] {
    std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>> ends;
    const Network network = random_network(luck, people, 20);
    for (std::uint32_t i = 0; i < people; ++i)
      for (const std::uint32_t j : network.neighbours(i))
        if (j < i) ends.first.push_back(i), ends.second.push_back(j);
    return ends;
  }();
  return from_edges(people, {list.first, list.second}, false);
}

void generate(benchmark::State& state, const std::function<Network()>& make, int threads) {
  double bytes = 0;
  make();
  for (auto _ : state)
    in_pool(threads, [&] {
      const Network network = make();
      bytes = static_cast<double>(network.targets.size() * 4) / static_cast<double>(network.edges());
      benchmark::DoNotOptimize(network.targets.data());
    });
  state.counters["bytes_per_edge"] = bytes;
}

void describe(benchmark::State& state) {
  const Network network = random_network(luck, people, 20);
  for (auto _ : state) in_pool(2, [&] { benchmark::DoNotOptimize(report(network)); });
}

void join(benchmark::State& state) {
  const std::vector<Presence> here(people);
  std::uint64_t id = 0;
  for (auto _ : state) benchmark::DoNotOptimize(attach(luck, ++id, 20, {0, people, {}, here}, {7}));
}

[[maybe_unused]] const bool registered = [] {
  const std::pair<const char*, std::function<Network()>> kinds[] = {
      {"ring", [] { return ring(people, 20); }},
      {"small_world", [] { return small_world(luck, people, 20, 0.1); }},
      {"scale_free", [] { return scale_free(luck, people, 10); }},
      {"random", [] { return random_network(luck, people, 20); }},
      {"blocks",
       [] {
         const NetworkBlock all[] = {{"a", people / 2}, {"b", people / 2}};
         return blocks(luck, all, {{16, 4}, {4, 16}});
       }},
      {"degrees",
       [] {
         const std::uint32_t degrees[] = {4, 36};
         return degrees_in_turn(luck, people, degrees);
       }},
      {"own_edges", own_edges}};
  for (const auto& [name, make] : kinds)
    for (const int threads : {1, 2})
      benchmark::RegisterBenchmark(
          ("network/" + std::string(name) + "/threads:" + std::to_string(threads)).c_str(), generate, make,
          threads)
          ->Unit(benchmark::kMillisecond)
          ->MeasureProcessCPUTime()
          ->UseRealTime();
  benchmark::RegisterBenchmark("network/report", describe)->Unit(benchmark::kMillisecond)->UseRealTime();
  benchmark::RegisterBenchmark("network/attach", join);
  return true;
}();

}  // namespace
}  // namespace goodwill

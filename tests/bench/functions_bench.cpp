// The generator, and exp, log and the normal quantile, over arrays that fit the first cache.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "tests/bench/setting.hpp"

namespace goodwill {
namespace {

constexpr std::int32_t n = 1024;

/// Per item: one counter, so four words of 32 bits.
void words(benchmark::State& state, const Kernel& kernel) {
  std::vector<std::uint32_t> lo(n), hi(n), w0(n), w1(n), w2(n), w3(n);
  for (std::uint32_t i = 0; i < n; ++i) lo[i] = i;
  std::uint32_t period = 0;
  for (auto _ : state) {
    kernel.words(n, lo.data(), hi.data(), ++period, purpose(Decision::touchpoint),
                 make_key(1, 0, Domain::simulation), w0.data(), w1.data(), w2.data(), w3.data());
    benchmark::DoNotOptimize(w0.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * n);
}

/// Per item: one exp and one normal quantile.
void functions(benchmark::State& state, const Kernel& kernel) {
  std::vector<float> x(n), exp(n), normal(n);
  std::vector<std::uint32_t> word(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    x[i] = 20.0f * static_cast<float>(i) / n - 10.0f;
    word[i] = i * 0x9E3779B9u;
  }
  for (auto _ : state) {
    kernel.functions(n, x.data(), word.data(), exp.data(), normal.data());
    benchmark::DoNotOptimize(normal.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * n);
}

[[maybe_unused]] const bool registered = [] {
  for (const Kernel* kernel : available_kernels()) {
    const std::string name = kernel->name;
    benchmark::RegisterBenchmark(("words/" + name).c_str(), words, *kernel)->MinTime(0.1);
    benchmark::RegisterBenchmark(("exp_normal/" + name).c_str(), functions, *kernel)->MinTime(0.1);
  }
  return true;
}();

}  // namespace
}  // namespace goodwill

// What the benchmarks share: a model from text, compiled, and one block of its customers.
#pragma once

#include <vector>

#include "sim/file/read.hpp"
#include "sim/kernel/dispatch.hpp"
#include "sim/world/anchor.hpp"
#include "sim/world/worker.hpp"

namespace goodwill {

constexpr int block_size = 4096;

/// A model whose first segment starts as one block.
class Setting {
public:
  explicit Setting(const Model& model)
      : plan_(model, anchor(model).anchors, {"baseline"}), worker_(block_size, {plan_.max_traits()}),
        row_(static_cast<std::size_t>(plan_.layout.counters)) {}

  int periods() const { return plan_.horizon(); }
  std::int32_t size() const { return worker_.life.block.size; }

  /// A new block of customers who join now.
  void join(const Kernel& kernel) {
    CustomerBlock& b = worker_.life.block;
    b.size = block_size;
    for (std::int32_t i = 0; i < block_size; ++i) {
      b.id_lo[i] = static_cast<std::uint32_t>(i);
      b.id_hi[i] = 0;
      b.tenure[i] = 0;
    }
    kernel.join(b, 0, block_size, plan_.segments[0].initial, key, worker_.scratch);
  }

  void period(const Kernel& kernel, int number, WalkMode walk) {
    PeriodContext c;
    c.params = &plan_.compiled(*plan_.scenarios[0].course, 0, 0, false, number).params();
    c.key = key;
    const Environment now{number};
    c.environment = &now;
    c.row = row_.data();
    c.scratch = &worker_.scratch;
    c.walk = walk;
    c.sink.birth = [](void*, std::int32_t, std::uint32_t) {};
    kernel.period(worker_.life.block, c);
  }

private:
  static constexpr Key key = make_key(1, 0, Domain::simulation);
  Plan plan_;
  Worker worker_;
  std::vector<std::int64_t> row_;
};

/// The model that goodwill and its peers are compared on.
Model reference_model();

}  // namespace goodwill

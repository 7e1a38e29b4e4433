#include "sim/world/simulate.hpp"

#include <algorithm>
#include <cmath>

#include "sim/model/problem.hpp"
#include "sim/world/memory.hpp"
#include "sim/world/parallel.hpp"
#include "sim/world/population.hpp"

namespace goodwill {
namespace {

/// The initial base of one segment: the first `agents` candidates by id who are still here. Candidates are
/// tried in blocks; as many blocks as are sure to be needed run at once, so that no past is lived twice or in
/// vain.
void simulate_base(Population& population, const Plan& plan, int replication, int segment, int block) {
  std::int64_t wanted = plan.segments[static_cast<std::size_t>(segment)].agents, first = 0;
  const std::int64_t limit = 2000 * (wanted + block);
  while (wanted > 0) {
    if (first > limit)
      throw ModelError(
          "segment '" + plan.model().segments.items[static_cast<std::size_t>(segment)].first +
          "': fewer than 1 in 2,000 candidates are still customers after their past; the tenure is too long "
          "for this churn");
    const std::int64_t sure = wanted / block;
    if (sure > 0) {
      std::atomic<std::int64_t> kept{0};
      for_each_task(sure, [&](std::int64_t i) {
        kept += population.base(replication, segment, first + i * block, block, block);
      });
      first += sure * block;
      wanted -= kept;
    } else {
      const std::int64_t n = std::min<std::int64_t>(block, 4 * wanted + 64);
      wanted -= population.base(replication, segment, first, n, wanted);
      first += n;
    }
  }
}

/// Every replication of every scenario keeps a ledger. Refuses what the machine could
/// not hold before it is tried.
void check_ledgers(const Plan& plan, const SimulationOptions& options) {
  const Layout& l = plan.layout;
  const double worlds = static_cast<double>(plan.scenarios.size()) * options.replications;
  const int threads = options.threads > 0 ? options.threads : all_cores();
  check_memory(worlds * ledger_bytes(l, options.values) + threads * worker_bytes(l, options),
               sizes_of(l) + ", kept for each of " + std::to_string(options.replications) +
                   " replications and " + std::to_string(plan.scenarios.size()) + " scenarios");
}

}  // namespace

SimulationResult simulate(const Plan& plan, const SimulationOptions& options) {
  check_ledgers(plan, options);
  Population population(plan, options);
  const int segments = static_cast<int>(plan.segments.size()),
            scenarios = static_cast<int>(plan.scenarios.size());
  struct Chunk {
    int replication, segment, scenario;  // scenario -1: the initial base, in all scenarios
    std::int64_t first, n;
  };
  std::vector<Chunk> chunks;
  for (int r = 0; r < options.replications; ++r)
    for (int s = 0; s < segments; ++s) {
      if (plan.segments[static_cast<std::size_t>(s)].agents > 0) chunks.push_back({r, s, -1, 0, 0});
      for (int k = 0; k < scenarios; ++k) {
        const std::int64_t total = population.count_acquired(r, s, k);
        for (std::int64_t at = 0; at < total; at += options.block)
          chunks.push_back({r, s, k, at, std::min<std::int64_t>(options.block, total - at)});
      }
    }
  if (options.total) {
    std::int64_t total = 0;
    for (const Chunk& c : chunks)
      if (c.scenario < 0)
        total += plan.segments[static_cast<std::size_t>(c.segment)].agents * scenarios * plan.horizon();
      else
        total += population.acquired_periods(c.replication, c.segment, c.scenario, c.first, c.n);
    options.total->store(total);
  }
  in_pool(options.threads, [&] {
    for_each_task(static_cast<std::int64_t>(chunks.size()), [&](std::int64_t i) {
      const Chunk& c = chunks[static_cast<std::size_t>(i)];
      if (c.scenario < 0)
        simulate_base(population, plan, c.replication, c.segment, options.block);
      else
        population.acquired(c.replication, c.segment, c.scenario, c.first, c.n);
    });
  });
  SimulationResult result = population.take();
  for (std::size_t w = 0; w < result.ledgers.size(); ++w)
    for (const FirmPayment& due : plan.scenarios[w / static_cast<std::size_t>(options.replications)].payments)
      result.ledgers[w].add(due.period, due.kind, due.intervention, due.amount);
  return result;
}

}  // namespace goodwill

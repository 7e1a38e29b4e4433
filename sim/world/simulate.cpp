#include "sim/world/simulate.hpp"

#include <stdexcept>

#include "sim/world/coupled.hpp"
#include "sim/world/independent.hpp"
#include "sim/world/memory.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

/// Every replication of every scenario keeps a ledger. Refuses what the machine could not hold before it is
/// tried.
void check_ledgers(const Plan& plan, const SimulationOptions& options) {
  const Layout& l = plan.layout;
  const double worlds = static_cast<double>(plan.scenarios.size()) * options.replications;
  const int threads = options.threads > 0 ? options.threads : all_cores();
  const double together = plan.coupled_by.empty() ? 0 : together_bytes(plan, options);
  double prospects = 0;
  for (const SegmentPlan& segment : plan.segments)
    prospects += options.prospect_lives ? static_cast<double>(segment.prospects.value_or(0)) : 0;
  check_memory(worlds * (ledger_bytes(l, options.values) + prospects * sizeof(ProspectLife)) +
                   threads * worker_bytes(l, options) + together,
               sizes_of(l) + ", kept for each of " + std::to_string(options.replications) +
                   " replications and " + std::to_string(plan.scenarios.size()) + " scenarios");
}

}  // namespace

SimulationResult simulate(const Plan& plan, const SimulationOptions& options) {
  check_ledgers(plan, options);
  if (options.log && (options.threads != 1 || options.replications != 1 || plan.scenarios.size() != 1))
    throw std::logic_error("a log of customers is of one world, on one thread");
  Population population(plan, options);
  in_pool(options.threads, [&] {
    if (plan.coupled_by.empty())
      Independent(population).live();
    else
      live_together(population);
  });
  SimulationResult result = population.results.take();
  result.courses = std::move(population.courses);
  result.referred = population.referrals.born();
  if (options.share && !options.share->is_rest()) return result;  // what is due once is added by the rest
  for (std::size_t w = 0; w < result.ledgers.size(); ++w)
    for (const FirmPayment& due : result.courses[w]->payments())
      result.ledgers[w].add(due.period, due.counter, due.amount);
  return result;
}

}  // namespace goodwill

#include "sim/world/run_off.hpp"

#include <cmath>

namespace goodwill {
namespace {

constexpr std::int64_t sample = 2'048;  // customers per segment
constexpr double years = 100;
constexpr double left_over = 0.001;  // share of those at the horizon

/// Real people at the start of a period after the horizon. Prospects and lapsed count, because they may
/// become customers.
double present(const Plan& plan, const Ledger& ledger, int period) {
  double sum = 0;
  for (int s = 0; s < plan.layout.segments; ++s)
    for (int o = 0; o < origins; ++o)
      sum += plan.segments[static_cast<std::size_t>(s)].weight *
             ledger.run_off(s, period, static_cast<Origin>(o), run_off_present);
  return sum;
}

}  // namespace

int run_off_periods(const Model& model, const Anchors& anchors, int threads, Cancel cancel) {
  PlanOptions of_plan;
  of_plan.cancel = cancel;
  of_plan.circumstances = false;
  of_plan.agents_per_segment = sample;
  of_plan.run_off = static_cast<int>(std::lround(years * model.periods_per_year()));
  const Plan plan(model, anchors, {"baseline"}, of_plan);
  SimulationOptions options;
  options.threads = threads;
  options.cancel = cancel;
  options.domain = Domain::anchoring;
  const Ledger ledger = simulate(plan, options).ledgers.front();
  const double start = present(plan, ledger, 1);
  int period = 1;
  while (period <= of_plan.run_off && present(plan, ledger, period) > left_over * start) ++period;
  return period - 1;
}

}  // namespace goodwill

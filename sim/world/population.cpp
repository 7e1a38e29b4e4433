#include "sim/world/population.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "sim/kernel/dispatch.hpp"
#include "sim/model/problem.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

bool is_below(std::uint32_t word, Threshold t) {
  return t.always || static_cast<std::int32_t>(word ^ 0x80000000u) < t.limit;
}

Joiner acquired(int segment, int period, std::int64_t number, std::int64_t ordinal) {
  return {.id = acquired_id(segment, period, number),
          .period = period,
          .tenure = 0,
          .ordinal = ordinal,
          .descent = descent(segment, Root::acquired)};
}

Courses courses_of(const Plan& plan, const SimulationOptions& options) {
  Courses all;
  for (const ScenarioPlan& scenario : plan.scenarios)
    for (int r = 0; r < options.replications; ++r)
      all.push_back(scenario.varies() && !scenario.has_triggers()
                        ? std::make_shared<const Course>(drawn_course(plan, scenario, key_of(options, r)))
                        : scenario.course);
  return all;
}

}  // namespace

Population::Population(const Plan& of_plan, const SimulationOptions& of_options)
    : plan(of_plan), options(of_options), kernel(options.kernel ? *options.kernel : goodwill::kernel()),
      workers(options.block, arrays_of(plan, options)), results(plan, options),
      courses(courses_of(plan, options)),
      referrals(plan, options.replications), setup{plan, options, kernel, courses, referrals} {
  if (plan.layout.survival_weights && (options.values || options.survey_bins))
    throw std::logic_error("survival weights serve means only: no values of customers, no survey bins");
  if (plan.layout.survival_weights && !plan.coupled_by.empty())
    throw std::logic_error("survival weights serve customers who do not influence one another");
  if (options.share && (!plan.coupled_by.empty() || options.values || options.replications != 1))
    throw std::logic_error("a share is of one replication of customers who do not influence one another, "
                           "without their values");
  if (options.prospect_lives && !options.values)
    throw std::logic_error("the lives of prospects are kept with the values of customers only");
  if ((plan.thinning.at_once > 0 || plan.thinning.every > 0) && options.values)
    throw std::logic_error("values of customers need everybody in the run-off");
  if (options.share && options.share->is_rest())
    for (std::size_t k = 0; k < plan.scenarios.size(); ++k)
      referrals.add(static_cast<int>(k), 0, options.share->referred[k]);
}

std::int64_t Population::arrivals(int replication, int segment, int scenario, int period) const {
  const double rate =
      setup.course(replication, scenario).joining(static_cast<std::size_t>(segment), period).arrivals;
  const Words w = draw_for(setup.key(replication), static_cast<CustomerId>(segment),
                           static_cast<std::uint32_t>(period), purpose(Decision::arrivals));
  return static_cast<std::int64_t>(std::floor(rate + uniform_of(w)));
}

std::int64_t Population::count_acquired(int replication, int segment, int scenario) const {
  std::int64_t total = 0;
  for (int t = 1; t <= plan.horizon(); ++t) total += arrivals(replication, segment, scenario, t);
  return total;
}

std::uint32_t Population::group(const ScenarioPlan& scenario, int segment, CustomerId id,
                                const Key& key) const {
  std::uint32_t mask = 0;
  for (std::size_t k = 0; k < scenario.audiences.size(); ++k) {
    const auto& audience = scenario.audiences[k];
    const Words w = draw_for(key, id, audience.hash, purpose(Decision::reach));
    if (is_below(w.w0, audience.reach[static_cast<std::size_t>(segment)])) mask |= 1u << k;
  }
  return mask;
}

std::vector<Joiner> Population::newcomers_of(int replication, int segment, int scenario, int period,
                                             std::int64_t first) const {
  std::vector<Joiner> joiners;
  const std::int64_t n = arrivals(replication, segment, scenario, period);
  for (std::int64_t i = 0; i < n; ++i) joiners.push_back(acquired(segment, period, i, first + i));
  return joiners;
}

std::vector<Joiner> Population::newcomers(int replication, int segment, int scenario, std::int64_t first,
                                          std::int64_t n) const {
  std::vector<Joiner> joiners;
  std::int64_t at = 0;
  for (int t = 1; t <= plan.horizon() && at < first + n; ++t) {
    const std::int64_t here = arrivals(replication, segment, scenario, t);
    for (std::int64_t i = std::max(first - at, std::int64_t{0}); i < std::min(here, first + n - at); ++i)
      joiners.push_back(acquired(segment, t, i, at + i));
    at += here;
  }
  return joiners;
}

// As many blocks as are sure to be needed run at once, so that no past is lived twice or in vain.
void Population::gather(int replication, int segment, const Settle& settle) {
  const std::int64_t block = options.block;
  std::int64_t wanted = plan.segments[static_cast<std::size_t>(segment)].agents, first = 0, number = 0;
  const std::int64_t limit = 2000 * (wanted + block);
  const auto take = [&](std::int64_t which, std::int64_t from, std::int64_t n, std::int64_t most) {
    Workers::Loan worker(workers);
    const std::vector<std::int32_t> kept = base(*worker, replication, segment, from, n, most);
    settle(which, *worker, kept);
    return static_cast<std::int64_t>(kept.size());
  };
  if (const Share* share = options.share) {
    const auto s = static_cast<std::size_t>(segment);
    const auto part = share->part(share->sure[s]);
    const std::int64_t from = part.first, n = part.second;  // clang 14 captures no structured bindings
    for_each_task((n + block - 1) / block, [&](std::int64_t i) {
      const std::int64_t size = std::min(block, n - i * block);
      take(i, from + i * block, size, size);
    });
    if (!share->is_rest()) return;
    first = from;
    wanted -= share->kept[s];
  }
  while (wanted > 0) {
    if (first > limit)
      throw ModelError(
          "segment '" + plan.model().segments.items[static_cast<std::size_t>(segment)].first +
          "': fewer than 1 in 2,000 candidates are still customers after their past; the tenure is too long "
          "for this churn");
    const std::int64_t sure = wanted / block;
    if (sure > 0) {
      std::atomic<std::int64_t> kept{0};
      for_each_task(sure, [&](std::int64_t i) { kept += take(number + i, first + i * block, block, block); });
      first += sure * block;
      number += sure;
      wanted -= kept;
    } else {
      const std::int64_t n = std::min<std::int64_t>(block, 4 * wanted + 64);
      wanted -= take(number++, first, n, wanted);
      first += n;
    }
  }
}

}  // namespace goodwill

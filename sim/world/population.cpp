#include "sim/world/population.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/kernel/dispatch.hpp"
#include "sim/ledger/sums.hpp"
#include "sim/model/problem.hpp"
#include "sim/random/threefry.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

bool is_below(std::uint32_t word, Threshold t) {
  return t.always || static_cast<std::int32_t>(word ^ 0x80000000u) < t.limit;
}

}  // namespace

Population::Population(const Plan& plan, const SimulationOptions& options)
    : plan_(plan), options_(options), kernel_(options.kernel ? *options.kernel : kernel()),
      workers_(options.block, plan.max_traits(), options.values, plan.layout.survival_weights),
      referrals_(plan, options.replications), setup_{plan_, options_, kernel_, referrals_} {
  if (plan.layout.survival_weights && (options.values || options.survey_bins))
    throw std::logic_error("survival weights serve means only: no values of customers, no survey bins");
  if ((plan.thinning.at_once > 0 || plan.thinning.every > 0) && options.values)
    throw std::logic_error("values of customers need everybody in the run-off");
  const auto worlds = plan.scenarios.size() * static_cast<std::size_t>(options.replications);
  result_.ledgers.assign(worlds, Ledger(plan.layout, options.values));
  result_.base_customers.assign(plan.segments.size(), 0);
  result_.base_tenure.assign(plan.segments.size(), 0);
  if (options.mean_state) {
    const std::vector<std::int64_t> none(plan.layout.response_names.size());
    result_.state_factor.assign(plan.segments.size(), none);
    result_.state_count = result_.state_factor;
  }
  if (options.survey_bins)
    result_.survey_bins.assign(plan.segments.size(), std::vector<std::int64_t>(survey_bin_count, 0));
}

std::int64_t Population::arrivals(int replication, int segment, int scenario, int period) const {
  const double rate = plan_.scenarios[static_cast<std::size_t>(scenario)]
                          .arrivals[static_cast<std::size_t>(segment)][static_cast<std::size_t>(period - 1)];
  const Words w = draw_for(setup_.key(replication), static_cast<CustomerId>(segment),
                           static_cast<std::uint32_t>(period), purpose(Decision::arrivals));
  return static_cast<std::int64_t>(std::floor(rate + uniform_of(w)));
}

std::int64_t Population::count_acquired(int replication, int segment, int scenario) const {
  std::int64_t total = 0;
  for (int t = 1; t <= plan_.horizon(); ++t) total += arrivals(replication, segment, scenario, t);
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

std::vector<Joiner> Population::newcomers(int replication, int segment, int scenario, std::int64_t first,
                                          std::int64_t n) const {
  std::vector<Joiner> joiners;
  std::int64_t at = 0;
  for (int t = 1; t <= plan_.horizon() && at < first + n; ++t) {
    const std::int64_t here = arrivals(replication, segment, scenario, t);
    for (std::int64_t i = std::max(first - at, std::int64_t{0}); i < std::min(here, first + n - at); ++i)
      joiners.push_back({acquired_id(segment, t, i), t, 0, full_weight, at + i});
    at += here;
  }
  return joiners;
}

std::int64_t Population::acquired_periods(int replication, int segment, int scenario, std::int64_t first,
                                          std::int64_t n) const {
  std::int64_t total = 0;
  for (const Joiner& j : newcomers(replication, segment, scenario, first, n))
    total += plan_.horizon() - j.period + 1;
  return total;
}

void Population::acquired(int replication, int segment, int scenario, std::int64_t first, std::int64_t n) {
  Workers::Loan worker(workers_);
  live_joiners(*worker, replication, segment, scenario, Origin::acquired,
               newcomers(replication, segment, scenario, first, n));
}

void Population::live_joiners(Worker& worker, int replication, int segment, int scenario, Origin origin,
                              std::vector<Joiner> joiners) {
  const ScenarioPlan& world = plan_.scenarios[static_cast<std::size_t>(scenario)];
  std::vector<std::vector<Joiner>> groups(std::size_t{1} << world.audiences.size());
  for (const Joiner& j : joiners) groups[group(world, segment, j.id, setup_.key(replication))].push_back(j);
  const auto capacity = static_cast<std::size_t>(options_.block);
  for (std::uint32_t mask = 0; mask < groups.size(); ++mask) {
    for (std::size_t from = 0; from < groups[mask].size(); from += capacity) {
      const std::size_t to = std::min(groups[mask].size(), from + capacity);
      worker.life.block.size = 0;
      live(worker, {replication, segment, scenario, mask, origin},
           {groups[mask].begin() + static_cast<std::ptrdiff_t>(from),
            groups[mask].begin() + static_cast<std::ptrdiff_t>(to)});
    }
  }
}

void Population::live(Worker& worker, const Group& group, const std::vector<Joiner>& joiners) {
  Life life(setup_);
  life.begin(group, worker.life.block, joiners);
  for (int t = life.first_period(); t <= plan_.last_period() && !life.over(); ++t)
    life.step(plan_.environment(t), worker.scratch);
  keep(group, life.finish());
  std::vector<Joiner> next = life.take_referred();
  if (next.empty()) return;
  const int segment = plan_.segments[static_cast<std::size_t>(group.segment)].referral_segment;
  live_joiners(worker, group.replication, segment, group.scenario, Origin::referred, std::move(next));
}

void Population::keep(const Group& group, const Lived& lived) {
  if (options_.done && group.origin != Origin::referred)
    options_.done->fetch_add(lived.scheduled, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  const auto segment = static_cast<std::size_t>(group.segment);
  Ledger& ledger =
      result_.ledgers[static_cast<std::size_t>(group.scenario * options_.replications + group.replication)];
  ledger.add(group.segment, group.origin, lived.rows);
  ledger.add(group.segment, group.origin, lived.run_off);
  if (lived.values) {
    ledger.values[segment * origins + static_cast<std::size_t>(group.origin)].merge(*lived.values);
    ledger.cohorts[segment].merge(lived.cohorts);
  }
  for (std::size_t i = 0; i < lived.survey_bins.size(); ++i)
    result_.survey_bins[segment][i] += lived.survey_bins[i];
}

}  // namespace goodwill

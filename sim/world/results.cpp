#include "sim/world/results.hpp"

namespace goodwill {

Results::Results(const Plan& plan, const SimulationOptions& options) : replications_(options.replications) {
  const auto worlds = plan.scenarios.size() * static_cast<std::size_t>(options.replications);
  result_.ledgers.assign(worlds, Ledger(plan.layout, options.values));
  result_.teams.resize(worlds);
  result_.words.resize(worlds);
  result_.prospect_lives.resize(worlds);
  result_.base_customers.assign(plan.segments.size(), 0);
  result_.base_tenure.assign(plan.segments.size(), 0);
  result_.standing.assign(plan.segments.size() * standings, {});
  if (options.mean_state) {
    const std::vector<std::int64_t> none(plan.layout.response_names.size());
    result_.state_factor.assign(plan.segments.size(), none);
    result_.state_count = result_.state_factor;
  }
  if (options.survey_bins)
    result_.survey_bins.assign(plan.segments.size(), std::vector<std::int64_t>(survey_bin_count, 0));
}

void Results::keep(int replication, int segment, int scenario, Origin origin, const Lived& lived) {
  const std::lock_guard lock(mutex_);
  const auto s = static_cast<std::size_t>(segment);
  Ledger& ledger = result_.ledgers[world(replication, scenario)];
  ledger.add(segment, origin, lived.rows);
  ledger.add(segment, origin, lived.run_off);
  if (lived.values) {
    ledger.values[s * origins + static_cast<std::size_t>(origin)].merge(*lived.values);
    ledger.cohorts[s].merge(lived.cohorts);
    ledger.lineages[s].merge(*lived.lineages);
  }
  for (std::size_t i = 0; i < lived.survey_bins.size(); ++i)
    result_.survey_bins[s][i] += lived.survey_bins[i];
}

void Results::count_base(int segment, std::int64_t customers, std::int64_t tenure) {
  const std::lock_guard lock(mutex_);
  result_.base_customers[static_cast<std::size_t>(segment)] += customers;
  result_.base_tenure[static_cast<std::size_t>(segment)] += tenure;
}

void Results::count_standing(int segment, const std::vector<StandingSum>& sums) {
  const std::lock_guard lock(mutex_);
  for (std::size_t k = 0; k < standings; ++k) {
    StandingSum& to = result_.standing[static_cast<std::size_t>(segment) * standings + k];
    to.customers += sums[k].customers;
    for (std::size_t what = 0; what < std::size(to.state); ++what) to.state[what] += sums[k].state[what];
  }
}

void Results::count_state(int segment, int response, std::int64_t factor, std::int64_t customers) {
  const std::lock_guard lock(mutex_);
  result_.state_factor[static_cast<std::size_t>(segment)][static_cast<std::size_t>(response)] += factor;
  result_.state_count[static_cast<std::size_t>(segment)][static_cast<std::size_t>(response)] += customers;
}

void Results::keep_surroundings(int replication, int scenario, Surroundings& surroundings) {
  const std::size_t own = world(replication, scenario);  // nobody else writes there
  result_.teams[own] = surroundings.take_teams();
  result_.words[own] = surroundings.take_words();
}

void Results::keep_prospects(int replication, int scenario, std::vector<ProspectLife> lives) {
  result_.prospect_lives[world(replication, scenario)] = std::move(lives);  // nobody else writes there
}

}  // namespace goodwill

#include "sim/world/surroundings.hpp"

#include <algorithm>

namespace goodwill {

std::array<double, team_numbers> numbers_of(const TeamUse& use) {
  return {use.load, use.capacity, use.unserved, use.wait * (use.load - use.unserved)};
}

Surroundings::Surroundings(const Plan& plan, const Course& course, const Acquainted& acquainted)
    : plan_(plan), course_(course), loads_(plan.loads),
      fresh_(std::min(1.0, 12 / plan.model().periods_per_year())), teams_(plan.past_teams),
      talk_(plan, acquainted) {
  came_.assign(plan.segments.size(), std::vector<std::int64_t>(teams_.size()));
  full_ = came_;
}

const Environment& Surroundings::next(int period) {
  const bool within = period <= plan_.horizon();
  const Teams& teams = within ? course_.teams(period) : plan_.baseline_teams;
  for (std::size_t k = 0; k < teams_.size(); ++k) {
    const TeamState state = teams[k]->at(loads_[k]);
    teams_[k] = crowding(state);
    if (within) record_.push_back({0, teams[k]->capacity(), 0, state.wait});
  }
  now_ = plan_.environment(period);
  now_.teams = teams_.data();
  now_.heard = talk_.heard();
  now_.people = talk_.people();
  return now_;
}

void Surroundings::add(int segment, const std::int64_t* row) {
  const auto s = static_cast<std::size_t>(segment);
  talk_.add(segment, row);
  for (std::size_t p = 0; p < plan_.team_of.size(); ++p) {
    if (plan_.team_of[p] < 0) continue;
    const auto team = static_cast<std::size_t>(plan_.team_of[p]);
    const std::int64_t served = row[plan_.layout.touchpoints_at + 3 * static_cast<int>(p)],
                       full = row[plan_.layout.full_at + static_cast<int>(p)];
    came_[s][team] += served + full;
    full_[s][team] += full;
  }
}

/// Counts of simulated customers become contacts of real ones; in the order of the segments, because sums of
/// numbers depend on it.
void Surroundings::end_period() {
  for (std::size_t k = 0; k < teams_.size(); ++k) {
    TeamUse& use = record_[record_.size() - teams_.size() + k];
    for (std::size_t s = 0; s < came_.size(); ++s) {
      use.load += plan_.segments[s].weight * static_cast<double>(came_[s][k]);
      use.unserved += plan_.segments[s].weight * static_cast<double>(full_[s][k]);
      came_[s][k] = full_[s][k] = 0;
    }
    // A day is too short: its luck would turn people away, and a daily model would be another firm.
    loads_[k] += fresh_ * (use.load - loads_[k]);
  }
  talk_.end_period(now_.period);
}

}  // namespace goodwill

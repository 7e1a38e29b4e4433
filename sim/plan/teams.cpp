#include "sim/plan/teams.hpp"

#include <algorithm>
#include <cmath>

#include "sim/plan/compile.hpp"
#include "sim/plan/erlang.hpp"

namespace goodwill {
namespace {

// Callers by tenths of the opening hours: the shape of a call centre's day.
constexpr double day[] = {0.6, 0.8, 1, 1.2, 1.3, 1.25, 1.15, 1.05, 0.9, 0.75};
constexpr int steps = 128;
constexpr double most = 2;        // times the capacity, in the table
constexpr double strained = 0.8;  // use from which quality suffers

double strain_at(const Team& team, double use) {
  return team.strain * std::clamp((use - strained) / (1 - strained), 0.0, 1.0);
}

bool same(const std::optional<Number>& a, const std::optional<Number>& b) {
  return a.has_value() == b.has_value() && (!a || a->value == b->value);
}

}  // namespace

TeamPlan::TeamPlan(const Team& team, double periods_per_year)
    : team_(team), minutes_(365 / periods_per_year * team.hours * 60) {
  if (team.capacity) {
    capacity_ = *team.capacity;
    return;
  }
  capacity_ = *team.agents * (1 - team.shrinkage) * minutes_ / team.handling;
  for (int k = 0; k <= steps; ++k) table_.push_back(worked_out(most * capacity_ * k / steps));
}

TeamState TeamPlan::worked_out(double load) const {
  const double agents = *team_.agents * (1 - team_.shrinkage), busy = load / minutes_ * team_.handling;
  const Queue queue = over_the_day(
      busy, day, [&](double now) { return erlang_a(now, agents, team_.handling, team_.patience); });
  return {0, queue.unserved, queue.wait_served, 0};
}

TeamState TeamPlan::at(double load) const {
  TeamState state;
  const double use = capacity_ > 0 ? load / capacity_ : load > 0 ? 1e9 : 0, place = use / most * steps;
  if (team_.capacity) {
    if (load > capacity_) state.unserved = 1 - capacity_ / load;
  } else if (place >= steps) {
    state = worked_out(load);
  } else {
    const auto k = static_cast<std::size_t>(place);
    const double part = place - std::floor(place);
    state.unserved = table_[k].unserved + part * (table_[k + 1].unserved - table_[k].unserved);
    state.wait = table_[k].wait + part * (table_[k + 1].wait - table_[k].wait);
  }
  state.use = use;
  state.strain = strain_at(team_, use);
  return state;
}

bool TeamPlan::is_of(const Team& t) const {
  return same(t.capacity, team_.capacity) && same(t.agents, team_.agents) &&
         t.handling.value == team_.handling.value && t.patience.value == team_.patience.value &&
         t.hours.value == team_.hours.value && t.shrinkage.value == team_.shrinkage.value &&
         t.cost.value == team_.cost.value && t.strain.value == team_.strain.value;
}

Crowding crowding(const TeamState& state) {
  return {threshold(state.unserved), single(state.wait), single(state.strain)};
}

Teams plan_teams(const Model& model, const Teams& before) {
  Teams teams;
  for (std::size_t k = 0; k < model.teams.size(); ++k) {
    const Team& team = model.teams.items[k].second;
    teams.push_back(k < before.size() && before[k]->is_of(team)
                        ? before[k]
                        : std::make_shared<const TeamPlan>(team, model.periods_per_year()));
  }
  return teams;
}

}  // namespace goodwill

// Teams: what their load does to who comes to them.
#pragma once

#include <memory>
#include <vector>

#include "sim/kernel/params.hpp"
#include "sim/model/model.hpp"

namespace goodwill {

/// A team in a period, at the load of the period before. `use` and `unserved` are shares.
struct TeamState {
  double use = 0;       ///< load / capacity; above 1 it is overloaded
  double unserved = 0;  ///< of those who come
  double wait = 0;      ///< minutes, of who is served
  double strain = 0;    ///< points of quality lost
};

/// One team with the figures of a period.
class TeamPlan {
public:
  TeamPlan(const Team& team, double periods_per_year);
  /// Contacts that come in a period.
  TeamState at(double load) const;
  /// Contacts that the team has time for in a period.
  double capacity() const { return capacity_; }
  double cost() const { return team_.cost; }
  bool is_of(const Team& team) const;

private:
  TeamState worked_out(double load) const;

  Team team_;
  double capacity_ = 0, minutes_ = 0;  // open in a period
  std::vector<TeamState> table_;       // with agents: at k / steps of `most` times the capacity
};

Crowding crowding(const TeamState& state);

/// The teams of a model in a period. Figures that stay the same share one table.
using Teams = std::vector<std::shared_ptr<const TeamPlan>>;
Teams plan_teams(const Model& model, const Teams& before);

}  // namespace goodwill

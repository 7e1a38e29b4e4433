// How busy teams were before the first period: as busy as the baseline is in its first month.
#pragma once

#include <vector>

#include "sim/world/mean.hpp"
#include "sim/world/surroundings.hpp"

namespace goodwill {

/// Whether the load of some team, were it half as large again as in this record, makes a difference to
/// anybody.
bool are_felt(const Teams& teams, const std::vector<TeamUse>& record);

/// The search for the loads at which the first month repeats the past, by rounds of simulation.
class LoadSearch {
public:
  explicit LoadSearch(const Model& model);
  /// What came in a round in which the past had these loads; sets those of the next. Rough rounds find how
  /// far what comes follows what came before, because whoever finds no room may come again; fine ones are
  /// averaged.
  void correct(const std::vector<TeamUse>& record, std::vector<double>& loads, bool rough);
  /// What came in the latest round is what came before.
  bool settled() const { return settled_; }
  /// The largest standard error, as a share of the load.
  double error() const { return error_; }

private:
  struct Load {
    Mean roots;
    double slope = 0, before = 0, got_before = 0;
  };
  std::vector<Load> loads_;
  std::size_t month_;  // periods
  bool settled_ = false;
  double error_ = 0;
};

}  // namespace goodwill

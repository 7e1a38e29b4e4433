#include "sim/world/load_search.hpp"

#include <algorithm>
#include <cmath>

namespace goodwill {
namespace {

constexpr double same = 2e-3;      // two loads this close are one
constexpr double steepest = 0.95;  // a load that follows itself more closely than that has no rest

}  // namespace

bool are_felt(const Teams& teams, const std::vector<TeamUse>& record) {
  for (std::size_t k = 0; k < record.size(); ++k) {
    const Crowding now = crowding(teams[k % teams.size()]->at(1.5 * record[k].load));
    if (!(now.full == Threshold{}) || now.wait != 0 || now.strain != 0) return true;
  }
  return false;
}

LoadSearch::LoadSearch(const Model& model)
    : loads_(model.teams.size()), month_(static_cast<std::size_t>(std::ceil(model.periods_per_year() / 12))) {
}

void LoadSearch::correct(const std::vector<TeamUse>& record, std::vector<double>& loads, bool rough) {
  if (record.empty()) return;
  const std::size_t teams = loads_.size(), periods = std::min(month_, record.size() / teams);
  settled_ = true;
  error_ = 0;
  for (std::size_t k = 0; k < teams; ++k) {
    Load& load = loads_[k];
    double got = 0;
    for (std::size_t t = 0; t < periods; ++t)
      got += record[t * teams + k].load / static_cast<double>(periods);
    if (rough && std::abs(loads[k] - load.before) > same * got)
      load.slope = std::clamp((got - load.got_before) / (loads[k] - load.before), 0.0, steepest);
    settled_ = settled_ && std::abs(got - loads[k]) <= same * got;
    load.before = loads[k];
    load.got_before = got;
    const double root = std::max(0.0, loads[k] + (got - loads[k]) / (1 - load.slope));
    loads[k] = rough ? root : load.roots.add(root);
    if (!rough && got > 0) error_ = std::max(error_, load.roots.error() / got);
  }
}

}  // namespace goodwill

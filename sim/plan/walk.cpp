#include "sim/plan/walk.hpp"

#include <algorithm>

#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

bool is_for(const WhoParams& who, int stage, int tenure) {
  return who.any || (tenure >= who.tenure_from && tenure < who.tenure_to && (who.stages >> stage & 1u) != 0);
}

/// Shares out `mass` over the targets of a branch; the rest is done.
void lead_on(const BranchParams& branch, double mass, Eigen::VectorXd& at, Walk& walk) {
  double before = 0;
  for (int a = 0; a < branch.size; ++a) {
    const double up_to = std::max(before, probability(branch.arrows[a].up_to));
    const double share = mass * (up_to - before);
    const int target = branch.arrows[a].target;
    before = up_to;
    if (target >= 0)
      at[target] += share;
    else if (target == go_lost)
      walk.lost += share;
    else if (target != go_done)
      walk.to_stage[go_stage - target] += share;
  }
}

}  // namespace

double probability(Threshold threshold) {
  return threshold.always != 0 ? 1.0 : (threshold.limit + 2147483648.0) / 4294967296.0;
}

Walks expected_walks(double starts, bool rate, double leaves) {
  if (!rate) return {starts, starts, 0};
  Walks walks;
  double term = math::exp(-starts), more = 1 - term,
         still = 1;  // P(N = n - 1), P(N >= n), P(still here)
  for (int n = 1; n <= max_walks; ++n) {
    walks.all += more;
    walks.before_leaving += more * still;
    still *= 1 - leaves;
    term *= starts / n;
    more = std::max(0.0, more - term);
  }
  walks.truncated = starts - walks.all;
  return walks;
}

Walk expected_walk(const JourneyParams& journey, int stage, int tenure, int stages, const Crowding* teams) {
  using Eigen::VectorXd;
  Walk walk{VectorXd::Zero(journey.size), VectorXd::Zero(journey.size), VectorXd::Zero(journey.size),
            VectorXd::Zero(stages)};
  VectorXd at = VectorXd::Zero(journey.size);
  lead_on(journey.first, 1.0, at, walk);
  for (int step = 0; step < max_steps && at.any(); ++step) {
    VectorXd next = VectorXd::Zero(journey.size);
    for (int k = 0; k < journey.size; ++k) {
      if (at[k] == 0) continue;
      const TouchpointParams& t = journey.touchpoints[k];
      const double happens = t.always_happens ? 1.0 : probability(t.happens);
      const double come = is_for(t.who, stage, tenure) ? at[k] * happens : 0.0;
      const double full = teams && t.team >= 0 ? come * probability(teams[t.team].full) : 0.0;
      const double contacts = come - full;
      const double troubled = contacts * probability(t.failure);
      const double recovered = troubled * probability(t.recovery), failed = troubled - recovered;
      walk.contacts[k] += contacts;
      walk.failed[k] += failed;
      walk.recovered[k] += recovered;
      lead_on(t.next[3], full, next, walk);
      lead_on(t.next[0], at[k] - full - troubled, next, walk);  // what did not happen leads on as ok
      lead_on(t.next[1], failed, next, walk);
      lead_on(t.next[2], recovered, next, walk);
    }
    at = next;
  }
  walk.cut = at.sum();
  return walk;
}

}  // namespace goodwill

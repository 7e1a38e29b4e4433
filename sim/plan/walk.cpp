#include "sim/plan/walk.hpp"

#include <algorithm>

#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

bool is_for(const WhoParams& who, int stage, int tenure) {
  return who.any || (tenure >= who.tenure_from && tenure < who.tenure_to && (who.stages >> stage & 1u) != 0);
}

/// Shares out `mass` over the targets of a branch; the rest is done. Returns how much is.
double lead_on(const BranchParams& branch, double mass, Eigen::VectorXd& at, Walk& walk) {
  double before = 0, done = mass;
  for (int a = 0; a < branch.size; ++a) {
    const double up_to = std::max(before, probability(branch.arrows[a].up_to));
    const double share = mass * (up_to - before);
    const int target = branch.arrows[a].target;
    before = up_to;
    if (target != go_done) done -= share;
    if (target >= 0)
      at[target] += share;
    else if (target == go_lost)
      walk.lost += share;
    else if (target != go_done)
      walk.to_stage[go_stage - target] += share;
  }
  return std::max(0.0, done);
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

Times Times::start(double starts, bool rate) {
  Times times;
  times.mean = starts;
  times.poisson = rate;
  times.p[0] = rate ? math::exp(-starts) : 1 - starts;
  for (std::size_t n = 1; n < times.p.size(); ++n)
    times.p[n] = rate ? times.p[n - 1] * starts / static_cast<double>(n) : n == 1 ? starts : 0;
  return times;
}

Times Times::then(double share) const {
  if (share == 1) return *this;
  if (poisson) return start(mean * share, true);
  Times after;
  after.p[0] = 0;
  after.mean = mean * share;
  for (std::size_t n = 0; n < p.size(); ++n) {
    double term = p[n] * math::pow(1 - share, static_cast<double>(n));  // of k = 0, then 1, ...
    for (std::size_t k = 0; k <= n; ++k) {
      after.p[k] += term;
      term *= static_cast<double>(n - k) / static_cast<double>(k + 1) * share / (1 - share);
    }
  }
  return after;
}

Times Times::and_of(const Times& other) const {
  Times both;
  both.p[0] = 0;
  both.mean = mean + other.mean;
  for (std::size_t n = 0; n < p.size(); ++n)
    for (std::size_t k = 0; k <= n; ++k) both.p[n] += p[k] * other.p[n - k];
  return both;
}

Walks Times::walks() const {
  Walks walks;
  double more = 1;  // P(N >= n)
  for (std::size_t n = 1; n < p.size(); ++n) walks.all += more = std::max(0.0, more - p[n - 1]);
  walks.before_leaving = walks.all;
  walks.truncated = std::max(0.0, mean - walks.all);
  return walks;
}

Times Times::cut() const {
  Times times = *this;
  double rest = 1;
  for (const double probability : p) rest -= probability;
  times.p.back() += std::max(0.0, rest);
  times.mean = walks().all;
  times.poisson = false;
  return times;
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
      walk.broken_off += lead_on(t.next[3], full, next, walk);
      lead_on(t.next[0], at[k] - full - troubled, next, walk);  // what did not happen leads on as ok
      walk.broken_off += lead_on(t.next[1], failed, next, walk);
      lead_on(t.next[2], recovered, next, walk);
    }
    at = next;
  }
  walk.cut = at.sum();
  walk.broken_off += walk.lost;
  return walk;
}

}  // namespace goodwill

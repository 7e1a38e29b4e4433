// Anchoring: the levels at which the baseline reproduces what the firm observes.
#pragma once

#include "sim/world/simulate.hpp"

namespace goodwill {

/// One figure the model states as observed, and what the baseline gives in the anchoring sample.
struct Anchored {
  std::string segment;  ///< empty: the whole firm
  std::string path;     ///< `customer.churn`, `flex.tenure`, `survey.nps`
  double asked = 0;     ///< per period; tenure in periods
  double got = 0;       ///< NaN: nobody was exposed; of people: the mean over the later rounds
};

constexpr double precise_figures = 3e-3;  // standard error, as a share of each figure asked
constexpr double precise_nps = 0.1;       // points

struct Anchoring {
  Anchors anchors;
  std::vector<Anchored> figures;
  int rounds = 0;
  double error = 0;      ///< the largest standard error that luck leaves in a figure, as a share of it
  double nps_error = 0;  ///< and in the measured NPS, points
  bool converged = true;
  /// Where they are too large: the standard error of the load of some team, and of what some people hear, as
  /// a share of it.
  double load_error = 0, words_error = 0;
  bool figures_are_precise() const { return error <= precise_figures && nps_error <= precise_nps; }
};

/// Solves the levels of all averages and the ages of the initial base of each segment, and the answer bias
/// for the survey's NPS, jointly, by rounds of simulation. Each round moves a level by the gap between the
/// figure asked and the figure found, on the link scale. Samples have a fixed size, evenly spread traits and
/// luck, and their own key domain, so the result does not depend on the number of agents, the threads or the
/// seed. The later rounds are averaged until the standard error that their luck leaves is at most 0.3 % of
/// each figure, 0.1 points of the NPS, and 1 % of the load of each team and of what people hear (or nobody
/// feels the difference); `converged` says whether that was reached.
Anchoring anchor(const Model& model, int threads = 0, Cancel cancel = nullptr);

}  // namespace goodwill

// Anchoring: the levels at which the baseline reproduces what the firm observes.
#pragma once

#include "sim/world/simulate.hpp"

namespace goodwill {

/// One figure the model states as observed, and what the baseline gives in the anchoring sample.
struct Anchored {
  std::string segment;  ///< empty: the whole firm
  std::string path;     ///< `customer.churn`, `flex.tenure`, `survey.nps`
  double asked = 0;     ///< per period; tenure in periods
  double got = 0;       ///< NaN: nobody was exposed
};

struct Anchoring {
  Anchors anchors;
  std::vector<Anchored> figures;
  int rounds = 0;
  bool converged = true;
};

/// Solves, per segment, the levels of all averages, the ages of the initial base, and the answer bias for the
/// survey's NPS, jointly, by fixed-point rounds on common luck: level += logit(asked) - logit(got). The
/// sample has a fixed size and a key domain of its own, so the result does not depend on the number of
/// agents, the threads or the seed.
Anchoring anchor(const Model& model, int threads = 0, std::atomic<bool>* cancel = nullptr);

}  // namespace goodwill

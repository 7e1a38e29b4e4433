// One journey as an absorbing chain: how often each touchpoint is expected to be visited, and where walks
// end.
#pragma once

#include <Eigen/Core>

#include "sim/kernel/params.hpp"

namespace goodwill {

/// The probability that a uniform word is below a threshold.
double probability(Threshold threshold);

/// Expected walk of one customer who starts a journey.
struct Walk {
  Eigen::VectorXd contacts, failed, recovered;  ///< by touchpoint
  Eigen::VectorXd to_stage;                     ///< probability of an end in each stage
  double lost = 0;                              ///< probability of an end in `lost`
  double cut = 0;                               ///< probability that the walk is cut off after 64 steps
};

/// The walk of a customer in this stage with this tenure; both stay what they are until the walk ends.
Walk expected_walk(const JourneyParams& journey, int stage, int tenure, int stages);

}  // namespace goodwill

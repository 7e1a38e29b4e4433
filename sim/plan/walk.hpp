// One journey as an absorbing chain: how often each touchpoint is expected to be visited, and where walks
// end.
#pragma once

#include <array>

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
  double broken_off = 0;  ///< probability of an end in `lost`, or right after a failure or a full team
  double cut = 0;         ///< probability that the walk is cut off after 64 steps
};

/// The walks of a customer in one period.
struct Walks {
  double all = 0;             ///< walks, if the stage were never changed
  double before_leaving = 0;  ///< walks until one of them changes the stage, that one included
  double truncated = 0;       ///< walks above max_walks
};
/// For a journey that starts with this probability or rate, where each walk changes the stage with
/// probability `leaves`.
Walks expected_walks(double starts, bool rate, double leaves);

/// How often a customer does something in a period: P(N = n); what is missing to 1 is above max_walks.
struct Times {
  std::array<double, max_walks + 1> p{1};
  double mean = 0;
  bool poisson = false;  ///< all of it; P(N = n) says less where the mean is high

  static Times start(double starts, bool rate);  ///< a probability of once, or a Poisson rate
  Times then(double share) const;                ///< each of them leads to another one with this probability
  Times and_of(const Times& other) const;        ///< both together, as if they were independent
  /// The walks that come of it, and those above max_walks.
  Walks walks() const;
  /// Without those above max_walks.
  Times cut() const;
};

/// The expected walk of a customer with this stage and tenure, both of which stay fixed until the walk ends.
/// `teams`: how crowded they are; null where no touchpoint has a team.
Walk expected_walk(const JourneyParams& journey, int stage, int tenure, int stages,
                   const Crowding* teams = nullptr);

}  // namespace goodwill

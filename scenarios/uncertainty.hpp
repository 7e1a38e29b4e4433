// What uncertain assumptions do to a result, apart from the error of simulation: draws of the assumptions
// outside, batches of customers inside.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "scenarios/intervals.hpp"

namespace goodwill {

/// NPV against the baseline, [scenario][draw][batch], in currency units; batch b of draw d has the same luck
/// in every scenario, other draws have other luck.
using DrawnValues = std::vector<Units>;

/// Two bands with two names: the first does not shrink with more customers, the second does.
struct Variances {
  double parameter = 0;   ///< between draws, without what simulation adds: max(0, var(means) - simulation)
  double simulation = 0;  ///< of the mean of one draw, on average: within / B
  /// Of the variance of the draws' means: the part due to assumptions; 0 when nothing varies.
  double share() const;
};
/// One-way analysis of variance (random effects; Searle, Casella, McCulloch 1992). Throws ModelError: fewer
/// than two draws, a draw with fewer than two batches, or a value that is not finite.
Variances variances(const Units& x);

/// The means of the draws, draws x scenarios, as they were simulated. Throws like variances.
Eigen::MatrixXd draw_means(const DrawnValues& values);

/// The same without what simulation adds to their spread: their deviations from the mean are mapped so that
/// their covariance is that of the assumptions alone, moved as little as possible (the linear optimal
/// transport between the two covariances; Olkin and Pukelsheim 1982). With one scenario that is a factor of
/// sqrt(parameter variance / variance of the means). Each column keeps its mean and has the variance that
/// variances() calls `parameter`. Without the correction P(NPV > 0) is drawn to 1/2 and EVPI inflated.
Eigen::MatrixXd corrected_draws(const DrawnValues& values);

/// Of one scenario, whatever stands beside it: the draws that every probability and range of it is read from.
Eigen::VectorXd corrected(const Units& x);

/// Probability over the assumptions that the value lies in [low, high]: the share of the corrected draws. Its
/// interval holds three errors. That of so few draws: Wilson's interval (1927) for as many independent draws
/// as the spread between the sets is worth (jackknife over sets, the correction done anew each time), at most
/// as many as there are. That of the mean: the share of the draws moved to either end of its interval. And
/// so that of the correction, which both repeat. Throws like variances.
Interval probability_within(const Units& x, double low, double high, double level);

/// Whether the draws differ at all, by more than the rounding of sums: without that there is no probability.
bool varies(const Units& x);

/// Share of the draws above a threshold: P(NPV > 0), or whether it would bear a budget of so much more at t =
/// 0.
double probability_above(const Eigen::Ref<const Eigen::VectorXd>& draws, double threshold);

/// Acceptability: probability_above for each threshold (rows) and scenario (columns).
Eigen::MatrixXd acceptability(const Eigen::MatrixXd& draws, const std::vector<double>& thresholds);

/// Probability that a scenario is the best of all and better than doing nothing (0), by scenario; what is
/// missing to 1 is that of doing nothing. The first of equals counts.
Eigen::VectorXd probability_best(const Eigen::MatrixXd& draws);

/// Quantile, linear between order statistics (Hyndman and Fan 1996, type 7). Throws ModelError: a probability
/// outside [0, 1].
double quantile(const Eigen::Ref<const Eigen::VectorXd>& draws, double probability);

}  // namespace goodwill

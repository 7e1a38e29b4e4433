// How uncertain assumptions make a result, kept apart from the error of the simulation: each draw of the
// assumptions is simulated in several batches of customers.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "scenarios/intervals.hpp"

namespace goodwill {

/// NPV against the world compared with, [scenario][draw][batch], in currency units. Batch b of draw d has the
/// same luck in every scenario; other draws have other luck.
using DrawnValues = std::vector<Units>;

/// The two sources of variance: more customers make the second smaller, never the first.
struct Variances {
  double parameter = 0;   ///< between draws, without what simulation adds: max(0, var(means) - simulation)
  double simulation = 0;  ///< of the mean of one draw, on average: within / B
  /// The part of the variance of the draws' means that is due to the assumptions; 0 if nothing varies.
  double share() const;
};
/// One-way analysis of variance (random effects; Searle, Casella, McCulloch 1992). Throws ModelError: fewer
/// than two draws, a draw with fewer than two batches, or a value that is not finite.
Variances variances(const Units& x);

/// The means of the draws, draws x scenarios, as they were simulated. Throws like variances.
Eigen::MatrixXd draw_means(const DrawnValues& values);

/// The means of the draws, draws x scenarios, without what simulation adds to their spread: their deviations
/// from the mean are mapped so that their covariance is that of the assumptions alone, and moved as little as
/// possible (the linear optimal transport between the two covariances; Olkin and Pukelsheim 1982). With one
/// scenario that is a factor of sqrt(parameter variance / variance of the means). Each column keeps its mean
/// and has the variance that variances() calls `parameter`. Without this correction P(NPV > 0) would be too
/// near to 1/2 and EVPI too high. Throws like variances.
Eigen::MatrixXd corrected_draws(const DrawnValues& values);

/// The corrected draws of one scenario, which do not depend on any other scenario. Every probability and
/// range of the scenario is read from them. Throws like variances.
Eigen::VectorXd corrected(const Units& x);

/// Probability over the assumptions that the value lies in [low, high]: the share of the corrected draws. Its
/// interval covers two errors. For the number of draws it is Wilson's interval (1927), for as many
/// independent draws as the spread between the sets is worth (jackknife over sets, corrected anew each time),
/// at most as many as there are. For the error of the mean it is widened to the shares that result when all
/// draws are moved to either end of the interval of the mean. Throws like variances.
Interval probability_within(const Units& x, double low, double high, double level);

/// Whether the values differ by more than the rounding of sums; if not, there is no probability to report.
bool varies(const Units& x);

/// Share of the draws above a threshold. At 0 it is P(NPV > 0); at a budget, the probability to pay if the
/// scenario costs so much more at t = 0.
double probability_above(const Eigen::Ref<const Eigen::VectorXd>& draws, double threshold);

/// Acceptability: probability_above for each threshold (rows) and scenario (columns).
Eigen::MatrixXd acceptability(const Eigen::MatrixXd& draws, const std::vector<double>& thresholds);

/// By scenario, the probability that it is the best of all and better than doing nothing (0); the rest to 1
/// is the probability that doing nothing is best. Of equal scenarios the first counts.
Eigen::VectorXd probability_best(const Eigen::MatrixXd& draws);

/// Quantile, linear between order statistics (Hyndman and Fan 1996, type 7). Throws ModelError: a probability
/// outside [0, 1].
double quantile(const Eigen::Ref<const Eigen::VectorXd>& draws, double probability);

}  // namespace goodwill

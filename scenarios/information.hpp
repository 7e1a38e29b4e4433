// What it would be worth to know more before deciding.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "scenarios/uncertainty.hpp"

namespace goodwill {

/// Expected value of perfect information, in currency units: E[max over scenarios] - max over scenarios of E.
/// Doing nothing (0) is one of the scenarios. Both are over the same draws (draws x scenarios), so that it is
/// never negative.
double evpi(const Eigen::MatrixXd& draws);

/// What it would bring to know a group of assumptions.
struct Influence {
  double evppi = 0;           ///< expected value of knowing them, currency units; 0 if not above `null`
  double standard_error = 0;  ///< of the estimate before it is set to 0 (jackknife)
  double null = 0;            ///< 95 % quantile of the estimate if they did not matter (permutations)
  std::vector<double> share;  ///< of the parameter variance, by scenario; 0 if not above `share_null`
  std::vector<double> share_null;
};

/// Value of information by regression (Strong, Oakley, Brennan 2014): the means of the draws are regressed on
/// Hermite polynomials of degree 3 in the normal scores of the assumptions, and on the products of two
/// scores. The fitted values are scaled to the variance that the adjusted R^2 explains, so that terms which
/// fit noise add nothing on average. An estimate no higher than the 95 % quantile of 200 estimates with
/// permuted draws is reported as 0; one in twenty assumptions that do not matter is still reported. Always 0
/// <= EVPPI(A) <= EVPPI(A, B) <= EVPI for assumptions A and B: a group is worth at least each of its members.
class Information {
public:
  /// `assumptions` is draws x assumptions. Throws ModelError like variances, and with fewer than 8 draws.
  Information(const DrawnValues& values, Eigen::MatrixXd assumptions);

  /// From the corrected draws.
  double evpi() const { return evpi_; }
  /// Of a group of assumptions, given as columns. Throws ModelError: no such column, or fewer draws than
  /// twice the terms of the regression (1 + 3 g + g (g - 1) / 2 for g assumptions).
  Influence of(const std::vector<int>& group) const;

private:
  struct Estimate {
    double evppi = 0;
    Eigen::VectorXd explained;  ///< variance, by scenario
  };
  Influence alone(const std::vector<int>& group) const;
  Eigen::MatrixXd basis(const std::vector<int>& group) const;
  static Estimate estimate(const Eigen::MatrixXd& basis, const Eigen::MatrixXd& means);
  static Estimate estimate_on(const Eigen::MatrixXd& orthonormal, const Eigen::MatrixXd& means);

  Eigen::MatrixXd means_;   ///< draws x scenarios, uncorrected: their noise is left to the residuals
  Eigen::MatrixXd scores_;  ///< draws x assumptions
  Eigen::VectorXd parameter_variance_;
  double evpi_ = 0;
};

}  // namespace goodwill

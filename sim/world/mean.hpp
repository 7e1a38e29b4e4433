// What the rounds of a search say, averaged.
#pragma once

#include <cmath>
#include <limits>

namespace goodwill {

/// The mean, and its standard error (Welford 1962). The error is more likely too large
/// than too small: a few rounds often lie close together by luck, and would end the search.
class Mean {
public:
  double add(double x) {
    const double before = x - mean_;
    mean_ += before / ++n_;
    squares_ += before * (x - mean_);
    return mean_;
  }
  bool any() const { return n_ > 0; }
  double mean() const { return mean_; }
  double error() const {
    if (n_ < 2) return std::numeric_limits<double>::infinity();
    // By the 40 % quantile of chi squared with n - 1 degrees of freedom (Wilson and Hilferty 1931).
    const double freedom = n_ - 1, z = -0.2533, part = 2 / (9 * freedom);
    const double root = 1 - part + z * std::sqrt(part);
    return std::sqrt(squares_ / (freedom * root * root * root) / n_);
  }

private:
  int n_ = 0;
  double mean_ = 0, squares_ = 0;
};

}  // namespace goodwill

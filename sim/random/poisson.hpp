// Poisson counts by inversion. Internal linkage (see threefry.hpp).
#pragma once

#include "sim/random/lanes.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

/// Poisson quantile of the upper tail probability v for a mean above 300: the whole part of x, where 1 - v =
/// Q(x, lambda) (Giles 2016). The expansion around the normal quantile is within 20 / lambda^1.5 of x down to
/// v = 1e-10; where a whole number is that near, the distribution itself decides. So the result is exact, and
/// monotone.
inline std::int32_t poisson_of_many(double lambda, double v) {
  const double w = -math::normal_quantile(v), square = w * w, root = __builtin_sqrt(lambda);
  const double x = lambda + root * w + (1.0 / 3 + square / 6) - w * (1.0 / 36 + square / 72) / root +
                   (-8.0 / 405 + square * (7.0 / 810 + square / 270)) / lambda;
  const double near = 20 / (lambda * root);
  const auto n = static_cast<std::int32_t>(x + near);
  if (static_cast<std::int32_t>(x - near) == n) return n;
  return math::regularized_gamma(n, lambda) > v ? n : n - 1;
}

/// Poisson quantile of the upper tail probability v. `none` is exp(-lambda).
inline std::int32_t poisson_count(double lambda, double none, double v) {
  if (lambda > 300) return poisson_of_many(lambda, v);
  double term = none, above = 1.0 - none;  // P(N = k), P(N > k)
  std::int32_t k = 0;
  while (v < above) {
    term *= lambda / ++k;
    above -= term;
  }
  return k;
}

/// Poisson quantiles of the upper tail probabilities v of a few customers at once, knowing that all are at
/// least 1; means up to 300, above which exp(-lambda) is about to vanish.
struct PoissonLadder {
  static constexpr std::int32_t lanes = 32;
  static constexpr double highest = 300;
  double lambda[lanes], v[lanes];
  std::int64_t count[lanes];

  void climb() {
    double term[lanes], above[lanes];  // P(N = k), P(N > k)
    GOODWILL_LANES
    for (std::int32_t i = 0; i < lanes; ++i) {
      const double none = exp_wide(-lambda[i]);
      term[i] = lambda[i] * none;
      above[i] = 1.0 - none - term[i];
      count[i] = 1;
    }
    std::int64_t climbing = 1;
    for (std::int32_t k = 2; climbing != 0; ++k) {
      const double share = 1.0 / k;
      climbing = 0;
      GOODWILL_LANES
      for (std::int32_t i = 0; i < lanes; ++i) {
        const std::int64_t more = -static_cast<std::int64_t>(v[i] < above[i]);
        count[i] -= more;
        climbing |= more;
        term[i] *= lambda[i] * share;
        above[i] -= term[i];
      }
    }
  }
};

}  // namespace
}  // namespace goodwill

// Binomial counts by inversion. Internal linkage (see threefry.hpp).
#pragma once

#include <cstdint>

#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

/// Binomial quantile of the upper tail probability v: the least k with P(N > k) <= v, for n trials that
/// succeed with probability 0 < p < 1. More trials, a higher p or a lower v give no fewer.
inline std::int32_t binomial(std::int32_t n, double p, double v) {
  constexpr double vanishing = -700;  // the logarithm of what is about to vanish
  const auto trials = static_cast<double>(n);
  const double log_none = trials * math::log1p(-p);
  std::int32_t k = 0;
  if (log_none > vanishing) {
    double term = math::exp(log_none), above = 1 - term;  // P(N = k), P(N > k)
    for (; k < n && v < above; above -= term) {
      ++k;
      term *= static_cast<double>(n - k + 1) / k * (p / (1 - p));
    }
    return k;
  }
  const auto tail = [&](std::int32_t at) { return math::regularized_beta(at + 1.0, trials - at, p); };
  const double normal = trials * p - math::normal_quantile(v) * __builtin_sqrt(trials * p * (1 - p));
  k = normal < 0 ? 0 : normal > trials ? n : static_cast<std::int32_t>(normal);
  while (k < n && tail(k) > v) ++k;
  while (k > 0 && tail(k - 1) <= v) --k;
  return k;
}

}  // namespace
}  // namespace goodwill

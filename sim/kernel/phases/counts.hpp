// How often something happens to a customer in a period: rates, and Poisson counts by inversion.
#pragma once

#include "sim/kernel/phases/common.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

/// Rates of these lanes into scratch.p (0 outside the mask); books the exposure.
void rates(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c) {
  float* __restrict p = c.scratch->p;
  if (r.form == ResponseParams::constant) {
    for (std::int32_t i = 0; i < lanes.size; ++i) p[i] = r.value;
  } else {
    evaluate(r, b, lanes, c, p);
  }
  book(r, b, lanes, c, r.form == ResponseParams::constant ? nullptr : p);
  if (!lanes.mask) return;
  const std::int32_t* __restrict mask = lanes.mask;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < lanes.size; ++i) p[i] = choose(mask[i], p[i], 0.0f);
}

/// Poisson quantile of the upper tail probability v for a mean above 300: the whole part of x, where 1 - v =
/// Q(x, lambda) (Giles 2016). His expansion around the normal quantile is within 20 / lambda^1.5 of x down to
/// v = 1e-10; where a whole number is that near, the distribution itself decides. So the result is exact, and
/// monotone.
std::int32_t poisson_of_many(double lambda, double v) {
  const double w = -math::normal_quantile(v), square = w * w, root = __builtin_sqrt(lambda);
  const double x = lambda + root * w + (1.0 / 3 + square / 6) - w * (1.0 / 36 + square / 72) / root +
                   (-8.0 / 405 + square * (7.0 / 810 + square / 270)) / lambda;
  const double near = 20 / (lambda * root);
  const auto n = static_cast<std::int32_t>(x + near);
  if (static_cast<std::int32_t>(x - near) == n) return n;
  return math::regularized_gamma(n, lambda) > v ? n : n - 1;
}

/// Poisson quantile of the upper tail probability v, knowing that it is at least 1. P(N <= k) = 1 - P(k + 1,
/// lambda).
std::int32_t poisson_above_zero(double lambda, double v) {
  if (lambda > 300) return poisson_of_many(lambda, v);  // exp(-lambda) is about to vanish
  double term = 1;  // exp(-lambda): a short series for the small rates of one period
  if (lambda < 0.5) {
    for (std::int32_t k = 13; k > 0; --k) term = 1 - lambda / k * term;
  } else {
    term = math::exp(-lambda);
  }
  double below = term;
  std::int32_t k = 0;
  do {
    ++k;
    term *= lambda / k;
    below += term;
  } while (v < 1.0 - below && k < 2000);
  return k;
}

/// Number of events of each lane into code, given rates in scratch.p; returns how many lanes, in list2, have
/// any.
std::int32_t poisson(std::int32_t n, const std::uint32_t* __restrict w, Scratch& s) {
  std::int32_t* __restrict any = s.target;
  const float* __restrict p = s.p;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const float series =
        p[i] * (1.0f - p[i] * (0.5f - p[i] * 0.16666667f));  // where 1 - exp would lose its digits
    const float some = p[i] < 0.01f ? series : 1.0f - exp_lane(-p[i]);
    any[i] = -static_cast<std::int32_t>(uniform(w[i]) < some);
  }
  const std::int32_t m = compress(n, any, s.list2);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t k = s.list2[i];
    s.code[k] = poisson_above_zero(static_cast<double>(p[k]), static_cast<double>(uniform(w[k])));
  }
  return m;
}

}  // namespace
}  // namespace goodwill

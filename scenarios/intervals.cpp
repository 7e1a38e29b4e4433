#include "scenarios/intervals.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "sim/model/problem.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double covariance(const std::vector<double>& a, const std::vector<double>& b) {
  const double ma = mean(a), mb = mean(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - ma) * (b[i] - mb);
  return sum / static_cast<double>(a.size() - 1);
}

double mean_of_draws(const Units& x) {
  double sum = 0;
  for (const auto& draw : x) sum += mean(draw);
  return sum / static_cast<double>(x.size());
}

/// Of the two means of draws.
double covariance_of_means(const Units& a, const Units& b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += covariance(a[d], b[d]) / static_cast<double>(a[d].size());
  return sum / static_cast<double>(a.size() * a.size());
}

/// Infinite when a draw cannot say how it varies.
double t_quantile(const Units& x, double level, int simultaneous) {
  if (!(level > 0 && level < 1))
    throw ModelError("level: " + format_scalar(level, Unit::plain) +
                     "; accepted is above 0 and below 1 (95 % is 0.95)");
  if (simultaneous < 1)
    throw ModelError("simultaneous: " + std::to_string(simultaneous) + "; accepted is 1 or more comparisons");
  if (x.empty() || std::any_of(x.begin(), x.end(), [](const auto& draw) { return draw.empty(); }))
    throw ModelError("an interval needs at least one unit in every draw");
  std::size_t degrees = 0;
  for (const auto& draw : x) {
    if (draw.size() < 2) return infinity;
    degrees += draw.size() - 1;
  }
  const double each = std::pow(level, 1.0 / simultaneous);
  return boost::math::quantile(boost::math::students_t(static_cast<double>(degrees)), 0.5 + each / 2);
}

}  // namespace

Interval mean_interval(const Units& x, double level, int simultaneous) {
  const double t = t_quantile(x, level, simultaneous), m = mean_of_draws(x);
  if (std::isinf(t)) return {m, -infinity, infinity};
  const double half = t * std::sqrt(covariance_of_means(x, x));
  return {m, m - half, m + half};
}

Interval mean_interval(const std::vector<double>& x, double level, int simultaneous) {
  return mean_interval(Units{x}, level, simultaneous);
}

Ratio ratio_of_means(const Units& a, const Units& b, double level, int simultaneous) {
  if (!std::equal(a.begin(), a.end(), b.begin(), b.end(),
                  [](const auto& x, const auto& y) { return x.size() == y.size(); }))
    throw std::logic_error("the units of a ratio must be paired");
  const double t = t_quantile(a, level, simultaneous), ma = mean_of_draws(a), mb = mean_of_draws(b);
  if (mb == 0) return {std::numeric_limits<double>::quiet_NaN(), -infinity, infinity, false};
  if (std::isinf(t)) return {ma / mb, -infinity, infinity, false};
  const double qa = mb * mb - t * t * covariance_of_means(b, b),
               qb = ma * mb - t * t * covariance_of_means(a, b),
               qc = ma * ma - t * t * covariance_of_means(a, a);
  if (qa <= 0) return {ma / mb, -infinity, infinity, false};
  const double root = std::sqrt(std::max(0.0, qb * qb - qa * qc));
  return {ma / mb, (qb - root) / qa, (qb + root) / qa, true};
}

Ratio ratio_of_means(const std::vector<double>& a, const std::vector<double>& b, double level,
                     int simultaneous) {
  return ratio_of_means(Units{a}, Units{b}, level, simultaneous);
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  return covariance(a, b) / std::sqrt(covariance(a, a) * covariance(b, b));
}

double skewness(const Units& x) {
  double second = 0, third = 0, n = 0;
  for (const auto& draw : x) {
    const double m = mean(draw);
    for (const double value : draw) {
      const double d = value - m;
      second += d * d, third += d * d * d, ++n;
    }
  }
  return second > 0 ? third / n / std::pow(second / n, 1.5) : 0;
}

}  // namespace goodwill

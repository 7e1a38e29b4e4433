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

double mean_of_draws(const Units& x) { return mean(samples(x)); }

std::size_t sets_of(std::size_t draws) { return std::min(draws, draw_sets); }

/// For each set of draws, the sum of its deviations from the mean of all draws.
std::vector<double> set_deviations(const Units& x) {
  const std::vector<double> draws = samples(x);
  const double all = mean(draws);
  std::vector<double> sums(sets_of(draws.size()));
  for (std::size_t d = 0; d < draws.size(); ++d) sums[d % sums.size()] += draws[d] - all;
  return sums;
}

double covariance_of_means(const Units& a, const Units& b) {
  if (a.size() == 1) return covariance(a[0], b[0]) / static_cast<double>(a[0].size());
  const auto of_a = set_deviations(a), of_b = set_deviations(b);
  const double sets = static_cast<double>(of_a.size()), draws = static_cast<double>(a.size());
  return std::inner_product(of_a.begin(), of_a.end(), of_b.begin(), 0.0) * sets / (sets - 1) / draws / draws;
}

}  // namespace

std::vector<double> samples(const Units& x) {
  if (x.size() == 1) return x[0];
  std::vector<double> means;
  for (const auto& draw : x) means.push_back(mean(draw));
  return means;
}

/// Infinite when fewer than two units are independent: one alone shows no spread.
double t_quantile(const Units& x, double level, int simultaneous) {
  if (!(level > 0 && level < 1))
    throw ModelError("level: " + format_scalar(level, Unit::plain) +
                     "; accepted is above 0 and below 1 (95 % is 0.95)");
  if (simultaneous < 1)
    throw ModelError("simultaneous: " + std::to_string(simultaneous) + "; accepted is 1 or more comparisons");
  if (x.empty() || std::any_of(x.begin(), x.end(), [](const auto& draw) { return draw.empty(); }))
    throw ModelError("an interval needs at least one unit in every draw");
  const std::size_t independent = x.size() == 1 ? x[0].size() : sets_of(x.size());
  if (independent < 2) return infinity;
  const double each = std::pow(level, 1.0 / simultaneous);
  return boost::math::quantile(boost::math::students_t(static_cast<double>(independent - 1)), 0.5 + each / 2);
}

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

double variance_ratio(const std::vector<double>& a, const std::vector<double>& b, std::size_t batches) {
  double alone = 0, paired = 0;
  for (std::size_t from = 0; from + batches <= a.size(); from += batches) {
    const auto of = [&](const std::vector<double>& x) {
      const auto first = x.begin() + static_cast<std::ptrdiff_t>(from);
      return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(batches));
    };
    const std::vector<double> x = of(a), y = of(b);
    if (x.size() < 2) break;
    const double own = covariance(x, x) + covariance(y, y);
    alone += own;
    paired += own - 2 * covariance(x, y);
  }
  return paired > 1e-12 * alone ? alone / paired : std::numeric_limits<double>::quiet_NaN();
}

double skewness(const Units& x) {
  const std::vector<double> all = samples(x);
  const double m = mean(all), n = static_cast<double>(all.size());
  double second = 0, third = 0;
  for (const double value : all) {
    const double d = value - m;
    second += d * d, third += d * d * d;
  }
  return second > 0 ? third / n / std::pow(second / n, 1.5) : 0;
}

}  // namespace goodwill

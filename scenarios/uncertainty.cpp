#include "scenarios/uncertainty.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "sim/model/problem.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::VectorXd;

void check_shape(const DrawnValues& values) {
  if (values.empty()) throw std::logic_error("uncertainty of no scenario");
  for (const Units& scenario : values)
    if (!std::equal(scenario.begin(), scenario.end(), values[0].begin(), values[0].end(),
                    [](const auto& a, const auto& b) { return a.size() == b.size(); }))
      throw std::logic_error("scenarios must have the same draws and batches");
  if (values[0].size() < 2)
    throw ModelError("draws: " + std::to_string(values[0].size()) + "; accepted is 2 or more");
  for (const auto& draw : values[0])
    if (draw.size() < 2)
      throw ModelError("batches: " + std::to_string(draw.size()) +
                       " in a draw; accepted is 2 or more, for the error of simulation");
  for (const Units& scenario : values)
    for (const auto& draw : scenario)
      if (!std::all_of(draw.begin(), draw.end(), [](double x) { return std::isfinite(x); }))
        throw ModelError("values: one is not a finite number; an index of them would have no meaning");
}

MatrixXd covariance(const MatrixXd& rows) {
  const MatrixXd deviations = rows.rowwise() - rows.colwise().mean();
  return deviations.transpose() * deviations / static_cast<double>(rows.rows() - 1);
}

/// Batches x scenarios.
MatrixXd batches(const DrawnValues& values, std::size_t draw) {
  MatrixXd x(static_cast<Index>(values[0][draw].size()), static_cast<Index>(values.size()));
  for (std::size_t s = 0; s < values.size(); ++s)
    x.col(static_cast<Index>(s)) = Eigen::Map<const VectorXd>(values[s][draw].data(), x.rows());
  return x;
}

/// What the error of the simulation adds to the covariance of the draws' means: scenarios x scenarios.
MatrixXd simulation_covariance(const DrawnValues& values) {
  const Index scenarios = static_cast<Index>(values.size());
  MatrixXd sum = MatrixXd::Zero(scenarios, scenarios);
  for (std::size_t d = 0; d < values[0].size(); ++d)
    sum += covariance(batches(values, d)) / static_cast<double>(values[0][d].size());
  return sum / static_cast<double>(values[0].size());
}

/// A power of a symmetric matrix by its eigenvalues. Those that are negative or nearly 0 become 0, also with
/// a negative exponent (the pseudoinverse).
MatrixXd power(const MatrixXd& symmetric, double exponent) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  const VectorXd& values = solver.eigenvalues();
  const double nothing = 1e-12 * values.cwiseAbs().maxCoeff();
  const VectorXd powers =
      values.unaryExpr([&](double x) { return x > nothing ? std::pow(x, exponent) : 0.0; });
  return solver.eigenvectors() * powers.asDiagonal() * solver.eigenvectors().transpose();
}

/// A proper covariance (no negative eigenvalues) close to `difference`, with the same variances, or 0 where
/// those are negative.
MatrixXd made_positive(const MatrixXd& difference) {
  const MatrixXd positive = power(difference, 1);
  VectorXd scale(difference.rows());
  for (Index i = 0; i < scale.size(); ++i) {
    const double wanted = std::max(0.0, difference(i, i));
    scale[i] = wanted > 0 ? std::sqrt(wanted / positive(i, i)) : 0;
  }
  return scale.asDiagonal() * positive * scale.asDiagonal();
}

}  // namespace

double Variances::share() const {
  return parameter + simulation > 0 ? parameter / (parameter + simulation) : 0;
}

Variances variances(const Units& x) {
  const DrawnValues values{x};
  const double total = covariance(draw_means(values))(0, 0), simulation = simulation_covariance(values)(0, 0);
  return {std::max(0.0, total - simulation), simulation};
}

MatrixXd draw_means(const DrawnValues& values) {
  check_shape(values);
  MatrixXd means(static_cast<Index>(values[0].size()), static_cast<Index>(values.size()));
  for (Index d = 0; d < means.rows(); ++d)
    means.row(d) = batches(values, static_cast<std::size_t>(d)).colwise().mean();
  return means;
}

MatrixXd corrected_draws(const DrawnValues& values) {
  const MatrixXd means = draw_means(values);
  const RowVectorXd centre = means.colwise().mean();
  const MatrixXd total = covariance(means), parameter = total - simulation_covariance(values);
  // In units of standard deviations, so that large and small scenarios are treated alike.
  const VectorXd deviation =
      total.diagonal().cwiseSqrt().unaryExpr([](double sd) { return sd > 0 ? sd : 1.0; });
  const VectorXd unit = deviation.cwiseInverse();
  const MatrixXd from = unit.asDiagonal() * total * unit.asDiagonal();
  const MatrixXd to = made_positive(unit.asDiagonal() * parameter * unit.asDiagonal());
  const MatrixXd root = power(from, 0.5), inverse = power(from, -0.5);
  const MatrixXd map = inverse * power(root * to * root, 0.5) * inverse;
  return ((means.rowwise() - centre) * unit.asDiagonal() * map * deviation.asDiagonal()).rowwise() + centre;
}

VectorXd corrected(const Units& x) {
  const VectorXd means = draw_means({x}).col(0);
  const double factor = std::sqrt(variances(x).share());
  return (means.array() - means.mean()) * factor + means.mean();
}

namespace {

double share_within(const VectorXd& draws, double low, double high) {
  return static_cast<double>((draws.array() >= low && draws.array() <= high).count()) /
         static_cast<double>(draws.size());
}

/// Variance of the share of draws in [low, high], by the jackknife over sets of draws.
double variance_between_sets(const Units& x, double low, double high) {
  const std::size_t sets = std::min(x.size(), draw_sets);
  VectorXd without(static_cast<Index>(sets));
  for (std::size_t s = 0; s < sets; ++s) {
    Units rest;
    for (std::size_t d = 0; d < x.size(); ++d)
      if (d % sets != s) rest.push_back(x[d]);
    without[static_cast<Index>(s)] = rest.size() > 1 ? share_within(corrected(rest), low, high) : 0.5;
  }
  return (without.array() - without.mean()).square().sum() * static_cast<double>(sets - 1) /
         static_cast<double>(sets);
}

}  // namespace

Interval probability_within(const Units& x, double low, double high, double level) {
  const VectorXd draws = corrected(x);
  const double p = share_within(draws, low, high), all = static_cast<double>(draws.size());
  const double variance = variance_between_sets(x, low, high);
  const double n = variance > 0 ? std::min(all, p * (1 - p) / variance) : all;
  const double t = t_quantile(x, level), tt = n > 0 ? t * t / n : 1e300;
  const double middle = (p + tt / 2) / (1 + tt), half = std::sqrt(tt * p * (1 - p) + tt * tt / 4) / (1 + tt);
  Interval found{p, std::min(p, middle - half), std::max(p, middle + half)};
  const Interval mean = mean_interval(x, level);
  for (const double shift : {mean.low - mean.mean, mean.high - mean.mean}) {
    const double moved = share_within(draws.array() + shift, low, high);
    found.low = std::min(found.low, moved);
    found.high = std::max(found.high, moved);
  }
  found.low = std::max(0.0, found.low);
  found.high = std::min(1.0, found.high);
  return found;
}

bool varies(const Units& x) {
  double least = x[0][0], most = least;
  for (const auto& draw : x)
    for (const double value : draw) least = std::min(least, value), most = std::max(most, value);
  return most - least > 1e-9 * std::max(std::abs(least), std::abs(most));
}

double probability_above(const Eigen::Ref<const VectorXd>& draws, double threshold) {
  return static_cast<double>((draws.array() > threshold).count()) / static_cast<double>(draws.size());
}

MatrixXd acceptability(const MatrixXd& draws, const std::vector<double>& thresholds) {
  MatrixXd share(static_cast<Index>(thresholds.size()), draws.cols());
  for (Index i = 0; i < share.rows(); ++i)
    for (Index s = 0; s < share.cols(); ++s)
      share(i, s) = probability_above(draws.col(s), thresholds[static_cast<std::size_t>(i)]);
  return share;
}

VectorXd probability_best(const MatrixXd& draws) {
  VectorXd count = VectorXd::Zero(draws.cols());
  for (Index d = 0; d < draws.rows(); ++d) {
    Index best = 0;
    if (draws.row(d).maxCoeff(&best) > 0) ++count[best];
  }
  return count / static_cast<double>(draws.rows());
}

double quantile(const Eigen::Ref<const VectorXd>& draws, double probability) {
  if (!(probability >= 0 && probability <= 1))
    throw ModelError("quantile: " + format_scalar(probability, Unit::plain) + "; accepted is 0 to 1");
  std::vector<double> sorted(draws.data(), draws.data() + draws.size());
  std::sort(sorted.begin(), sorted.end());
  const double at = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace goodwill

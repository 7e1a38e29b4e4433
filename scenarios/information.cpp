#include "scenarios/information.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include "sim/model/problem.hpp"
#include "sim/random/threefry.hpp"

namespace goodwill {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int permutations = 200;
constexpr Index jackknife_groups = 20;

/// Quantiles of the standard normal at the ranks; equal values share their mean rank.
VectorXd normal_scores(const Eigen::Ref<const VectorXd>& x) {
  std::vector<Index> order(static_cast<std::size_t>(x.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return x[a] < x[b]; });
  VectorXd scores(x.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && x[order[end]] == x[order[i]]) ++end;
    const double rank = static_cast<double>(i + end) / 2;  // mean of i + 1/2 ... end - 1/2
    const double score =
        boost::math::quantile(boost::math::normal(), rank / static_cast<double>(order.size()));
    for (; i < end; ++i) scores[order[i]] = score;
  }
  return scores;
}

/// The rows in a random order that depends only on `number` (Fisher and Yates).
MatrixXd permuted(const MatrixXd& rows, int number) {
  const Key key = make_key(0, 0, Domain::resampling);
  MatrixXd result = rows;
  for (Index i = rows.rows() - 1; i > 0; --i) {
    const Words words = draw(key, static_cast<std::uint32_t>(i), 0, static_cast<std::uint32_t>(number),
                             purpose(Decision::permutation));
    const auto j = static_cast<Index>((std::uint64_t{words.w0} * static_cast<std::uint64_t>(i + 1)) >> 32);
    result.row(i).swap(result.row(j));
  }
  return result;
}

/// Orthonormal columns that span the basis; an assumption that never varies adds none.
MatrixXd orthonormal(const MatrixXd& basis) {
  const Eigen::ColPivHouseholderQR<MatrixXd> qr(basis);
  return qr.householderQ() * MatrixXd::Identity(basis.rows(), qr.rank());
}

}  // namespace

double evpi(const MatrixXd& draws) {
  const double informed = draws.rowwise().maxCoeff().cwiseMax(0).mean();
  return std::max(0.0, informed - std::max(0.0, draws.colwise().mean().maxCoeff()));  // against rounding
}

Information::Information(const DrawnValues& values, MatrixXd assumptions)
    : means_(draw_means(values)), scores_(std::move(assumptions)),
      evpi_(goodwill::evpi(corrected_draws(values))) {
  if (scores_.rows() != means_.rows()) throw std::logic_error("assumptions and values have different draws");
  if (means_.rows() < 8)
    throw ModelError("draws: " + std::to_string(means_.rows()) + "; value of information needs 8 or more");
  for (Index k = 0; k < scores_.cols(); ++k) scores_.col(k) = normal_scores(scores_.col(k)).eval();
  parameter_variance_.resize(means_.cols());
  for (Index s = 0; s < means_.cols(); ++s)
    parameter_variance_[s] = variances(values[static_cast<std::size_t>(s)]).parameter;
}

MatrixXd Information::basis(const std::vector<int>& group) const {
  const auto g = static_cast<Index>(group.size());
  const Index terms = 1 + 3 * g + g * (g - 1) / 2;
  if (means_.rows() < 2 * terms)
    throw ModelError("draws: " + std::to_string(means_.rows()) + "; " + std::to_string(g) +
                     " assumptions together need " + std::to_string(2 * terms) + " or more");
  MatrixXd columns(means_.rows(), terms);
  columns.col(0).setOnes();
  Index next = 1;
  for (std::size_t a = 0; a < group.size(); ++a) {
    if (group[a] < 0 || group[a] >= scores_.cols())
      throw ModelError("assumption " + std::to_string(group[a]) + "; accepted is 0 to " +
                       std::to_string(scores_.cols() - 1));
    const auto z = scores_.col(group[a]).array();
    columns.col(next++) = z;
    columns.col(next++) = z.square() - 1;
    columns.col(next++) = z.cube() - 3 * z;
    for (std::size_t b = 0; b < a; ++b) columns.col(next++) = z * scores_.col(group[b]).array();
  }
  return columns;
}

Information::Estimate Information::estimate_on(const MatrixXd& columns, const MatrixXd& means) {
  const auto centre = means.colwise().mean().eval();
  const MatrixXd deviations = means.rowwise() - centre;
  MatrixXd fitted = columns * (columns.transpose() * deviations);
  Estimate result;
  result.explained = VectorXd::Zero(means.cols());
  const double freedom = static_cast<double>(means.rows() - 1),
               left = static_cast<double>(means.rows() - columns.cols());
  for (Index s = 0; s < means.cols(); ++s) {
    const double total = deviations.col(s).squaredNorm(), fit = fitted.col(s).squaredNorm();
    const double adjusted = total - (total - fit) * freedom / left;  // R^2 adjusted, times the total
    if (adjusted > 0) result.explained[s] = adjusted / freedom;
    fitted.col(s) *= adjusted > 0 ? std::sqrt(adjusted / fit) : 0;
  }
  result.evppi = goodwill::evpi(fitted.rowwise() + centre);
  return result;
}

Information::Estimate Information::estimate(const MatrixXd& basis, const MatrixXd& means) {
  return estimate_on(orthonormal(basis), means);
}

Influence Information::alone(const std::vector<int>& group) const {
  const MatrixXd terms = basis(group), columns = orthonormal(terms);
  const Estimate found = estimate_on(columns, means_);

  MatrixXd null(permutations, 1 + means_.cols());
  for (int p = 0; p < permutations; ++p) {
    const Estimate chance = estimate_on(columns, permuted(means_, p));
    null.row(p) << chance.evppi, chance.explained.transpose();
  }
  Influence result;
  result.null = quantile(null.col(0), 0.95);
  result.evppi = found.evppi > result.null ? std::min(found.evppi, evpi_) : 0;
  for (Index s = 0; s < means_.cols(); ++s) {
    const double variance = parameter_variance_[s], limit = quantile(null.col(1 + s), 0.95);
    const auto share = [&](double part) { return variance > 0 ? std::min(1.0, part / variance) : 0; };
    result.share.push_back(found.explained[s] > limit ? share(found.explained[s]) : 0);
    result.share_null.push_back(share(limit));
  }

  const Index groups = std::min(jackknife_groups, means_.rows());
  VectorXd without(groups);
  for (Index g = 0; g < groups; ++g) {
    std::vector<Index> kept;
    for (Index d = 0; d < means_.rows(); ++d)
      if (d % groups != g) kept.push_back(d);
    without[g] = estimate(terms(kept, Eigen::all), means_(kept, Eigen::all)).evppi;
  }
  result.standard_error = std::sqrt((without.array() - without.mean()).square().sum() *
                                    static_cast<double>(groups - 1) / static_cast<double>(groups));
  return result;
}

Influence Information::of(const std::vector<int>& group) const {
  Influence result = alone(group);
  if (group.size() > 1)
    for (const int member : group) result.evppi = std::max(result.evppi, alone({member}).evppi);
  return result;
}

}  // namespace goodwill

#include "sim/plan/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/model/problem.hpp"
#include "sim/plan/compile.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

constexpr double nobody = 1e-6;  // share of all weight: the oldest with less than this are left out

std::size_t at(int k) { return static_cast<std::size_t>(k); }

double sum(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

/// The number of cells along each of this many traits: few enough that all cells are looked over quickly.
/// Only the first four traits are divided.
std::vector<int> divide(std::size_t traits) {
  const int along = traits <= 1 ? 32 : traits == 2 ? 16 : traits == 3 ? 8 : 4;
  std::vector<int> cells(traits, along);
  for (std::size_t k = 4; k < traits; ++k) cells[k] = 1;
  return cells;
}

/// Calls visit(index along each) for every point of a grid; the last index runs fastest.
template <class Visit>
void for_each_point(const std::vector<int>& sizes, Visit&& visit) {
  std::vector<int> point(sizes.size());
  for (bool more = true; more;) {
    visit(point);
    more = false;
    for (std::size_t k = sizes.size(); k-- > 0;) {
      if (++point[k] < sizes[k]) {
        more = true;
        break;
      }
      point[k] = 0;
    }
  }
}

}  // namespace

Candidates::Candidates(Skeleton skeleton, std::vector<TraitParams> traits, int stage, int past,
                       double periods_per_year, const std::vector<double>& asked)
    : skeleton_(std::move(skeleton)), trait_params_(std::move(traits)), stage_(stage), past_(past),
      oldest_(static_cast<int>(std::lround(100 * periods_per_year))),
      ten_years_(static_cast<int>(std::lround(10 * periods_per_year))),
      per_trait_(divide(skeleton_.traits().size())) {
  if (!asked.empty()) oldest_ = static_cast<int>(asked.size()) - 1;
  if (per_trait_.empty())
    tabulate_stages(oldest_);
  else
    tabulate_bounds(std::max(0, oldest_ - past_));
  find_survival(oldest_);
  find_ages(asked);
}

std::vector<double> Candidates::joining() const {
  std::vector<double> stages(at(skeleton_.stages()));
  stages[at(stage_)] = 1;
  return stages;
}

/// Turns the uniforms of the deciding traits into their values.
void Candidates::to_values(std::vector<double>& uniforms) const {
  for (std::size_t k = 0; k < uniforms.size(); ++k)
    uniforms[k] = trait_value(trait_params_[at(skeleton_.traits()[k])], math::normal_quantile(uniforms[k]));
}

void Candidates::tabulate_stages(int oldest) {
  stages_.push_back(joining());
  for (int k = 0; k < oldest; ++k) {
    stages_.push_back(stages_.back());
    skeleton_.advance(stages_.back().data(), k, 1, {});
  }
}

/// Survival at the corners of a cell bounds survival inside it, because it is monotone in each trait. A bound
/// holds from its checkpoint on; the distance from one checkpoint to the next grows.
void Candidates::tabulate_bounds(int oldest) {
  std::vector<int> checkpoints;
  for (int k = 0; k <= oldest; k += std::max(1, k / 8)) {
    checkpoint_of_.resize(at(k), static_cast<int>(checkpoints.size()) - 1);
    checkpoints.push_back(k);
  }
  checkpoint_of_.resize(at(oldest) + 1, static_cast<int>(checkpoints.size()) - 1);
  std::vector<int> corners = per_trait_;
  for (int& c : corners) ++c;
  std::vector<std::vector<double>> at_corner(checkpoints.size());
  for_each_point(corners, [&](const std::vector<int>& corner) {
    std::vector<double> traits;
    for (std::size_t k = 0; k < corner.size(); ++k) traits.push_back(double(corner[k]) / per_trait_[k]);
    to_values(traits);
    std::vector<double> stages = joining();
    int lived = 0;
    for (std::size_t c = 0; c < checkpoints.size(); ++c) {
      if (sum(stages) > 0) skeleton_.advance(stages.data(), lived, checkpoints[c] - lived, traits);
      lived = checkpoints[c];
      at_corner[c].push_back(sum(stages));
    }
  });
  const std::vector<int> both(per_trait_.size(), 2);
  for (const auto& survival : at_corner) {
    std::vector<double> row;
    for_each_point(per_trait_, [&](const std::vector<int>& cell) {
      double most = 0;
      for_each_point(both, [&](const std::vector<int>& side) {
        std::size_t index = 0;
        for (std::size_t k = 0; k < cell.size(); ++k) index = index * at(corners[k]) + at(cell[k] + side[k]);
        most = std::max(most, survival[index]);
      });
      row.push_back(most);
    });
    const double all = sum(row);
    mean_bound_.push_back(all / static_cast<double>(row.size()));
    std::vector<double> cdf;
    double below = 0;
    for (const double bound : row) cdf.push_back(all > 0 ? (below += bound) / all : 1);
    cells_.emplace_back(std::move(cdf));
    bounds_.push_back(std::move(row));
  }
}

/// The number of normal scores along each of this many traits over which survival is averaged, from -6 to 6
/// by the trapezoidal rule. It is exact to a part in a thousand, up to the oldest ages, where one in a
/// hundred thousand is left. Beyond four traits the others stand at their medians.
std::vector<int> score_grid(std::size_t traits) {
  std::vector<int> scores(traits, traits <= 1 ? 33 : traits == 2 ? 21 : traits == 3 ? 13 : 9);
  for (std::size_t k = 4; k < traits; ++k) scores[k] = 1;
  return scores;
}

/// With traits, survival is its mean over their distribution, at ages that lie further and further apart and
/// geometrically between them. The ages asked rest on it.
void Candidates::find_survival(int oldest) {
  if (per_trait_.empty()) {
    for (const auto& stages : stages_) survival_.push_back(sum(stages));
    return;
  }
  std::vector<int> known;
  for (int k = 0; k < oldest; k += std::max(1, k / 16)) known.push_back(k);
  known.push_back(oldest);
  std::vector<double> mean(known.size());
  const std::vector<int> grid = score_grid(per_trait_.size());
  for_each_point(grid, [&](const std::vector<int>& point) {
    std::vector<double> traits;
    double squares = 0;
    for (std::size_t k = 0; k < point.size(); ++k) {
      const double score = grid[k] == 1 ? 0 : -6 + 12.0 * point[k] / (grid[k] - 1);
      squares += score * score;
      traits.push_back(trait_value(trait_params_[at(skeleton_.traits()[k])], score));
    }
    const double weight = math::exp(-squares / 2);
    std::vector<double> stages = joining();
    for (std::size_t k = 0; k < known.size() && sum(stages) > 0; ++k) {
      if (k > 0) skeleton_.advance(stages.data(), known[k - 1], known[k] - known[k - 1], traits);
      mean[k] += weight * sum(stages);
    }
  });
  survival_.push_back(1);
  for (std::size_t k = 1; k < known.size(); ++k) {
    const int steps = known[k] - known[k - 1];
    const double step = mean[k] > 0 ? math::pow(mean[k] / mean[k - 1], 1.0 / steps) : 0;
    for (int i = 0; i < steps; ++i) survival_.push_back(survival_.back() * step);
  }
}

double Candidates::bound(int early) const {
  if (per_trait_.empty()) return sum(stages_[at(early)]);
  return mean_bound_[checkpoint(early)];
}

void Candidates::find_ages(const std::vector<double>& asked) {
  const bool steady = asked.empty();
  // Where nobody ever leaves there is no steady state.
  if (steady && survival_.back() > 1 - nobody) oldest_ = std::min(oldest_, ten_years_);
  std::vector<double> weights;
  for (int age = 0; age <= oldest_; ++age) {
    const double own =
        steady ? (age > 0) * survival_[at(age)] : asked[at(age)] - (age > 0 ? asked[at(age - 1)] : 0.0);
    const double stay = survival_[at(age)], early = bound(age - lived(age));
    base_ages_.push_back(stay > 0 ? own : 0);
    weights.push_back(stay <= 0 || own <= 0 ? 0 : steady ? early : own * early / stay);
  }
  const double total = sum(weights);
  if (!(total > 0)) throw NobodyStays();
  // The oldest, who together weigh next to nothing, are left out.
  double rest = 0;
  while (steady && weights.size() > 1 && rest + weights.back() < nobody * total) {
    rest += weights.back();
    weights.pop_back();
  }
  base_ages_.resize(weights.size());
  const double all = sum(base_ages_);
  for (double& w : base_ages_) w /= all;
  double below = 0;
  for (double& w : weights) w = below += w / total;
  weights.back() = 1;
  ages_ = Discrete(std::move(weights));
}

int Candidates::enter(int age, double cell, double acceptance, double stage,
                      std::vector<double>& traits) const {
  const int early = age - lived(age), n = skeleton_.stages();
  double lived_through[max_stages] = {};
  const double* stages = lived_through;
  double most = 0;
  if (per_trait_.empty()) {
    stages = stages_[at(early)].data();
  } else {
    const std::size_t c = checkpoint(early);
    std::size_t chosen = at(cells_[c].at(cell));
    most = bounds_[c][chosen];
    for (std::size_t k = per_trait_.size(); k-- > 0;) {
      const auto along = at(per_trait_[k]);
      traits[k] = (static_cast<double>(chosen % along) + traits[k]) / static_cast<double>(along);
      chosen /= along;
    }
    to_values(traits);
    lived_through[stage_] = 1;
    skeleton_.advance(lived_through, 0, early, traits);
  }
  const double left = std::accumulate(stages, stages + n, 0.0);
  if (acceptance * most > left) return -1;
  double below = 0;
  int held = -1;
  for (int g = 0; g < n; ++g) {
    if (stages[g] == 0) continue;
    held = g;
    if (stage * left < (below += stages[g])) break;
  }
  return held;
}

}  // namespace goodwill

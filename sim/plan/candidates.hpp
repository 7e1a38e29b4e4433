// Candidates for the base: their ages, and which of them come through their early life.
#pragma once

#include <exception>
#include <utility>
#include <vector>

#include "sim/plan/discrete.hpp"
#include "sim/plan/skeleton.hpp"

namespace goodwill {

struct NobodyStays : std::exception {};

/// A customer of the base has stayed their whole age: first through a skeleton of their life, then, in the
/// last `past` periods, through a life in full. Candidates are drawn such that those who come through both
/// have the ages asked, and the traits and stages of survivors to that age.
///
/// Candidates who are gone after the skeleton are not lived through: ages are drawn in proportion to a bound
/// of survival. Where traits decide who stays, that bound is taken over cells of equal probability of the
/// traits. A candidate draws a cell in proportion to its bound, then their traits within the cell, and is
/// accepted with their own survival over the bound. The cells only save refusals; the distribution of those
/// accepted is exact.
class Candidates {
public:
  /// `asked`: P(age of the base <= k periods), k = 0, 1, ...; empty: the steady state, where ages are in
  /// proportion to the share that survives to them, from 1 period to a hundred years (ten years if nobody is
  /// ever lost). Throws NobodyStays if everybody is lost before.
  Candidates(Skeleton skeleton, std::vector<TraitParams> traits, int stage, int past, double periods_per_year,
             const std::vector<double>& asked);

  const Discrete& ages() const { return ages_; }
  /// P(age of the base = k periods); exact where no trait decides who stays.
  const std::vector<double>& base_ages() const { return base_ages_; }
  /// How many of the last periods a candidate of this age lives in full.
  int lived(int age) const { return age < past_ ? age : past_; }
  /// The traits that decide, as indices among the segment's.
  const std::vector<int>& traits() const { return skeleton_.traits(); }

  /// The stage of a candidate of this age at the end of their skeleton; -1: gone. Takes uniforms
  /// for the cell, the acceptance, the stage and, in `traits`, the candidate's own traits, which
  /// it turns into their values.
  int enter(int age, double cell, double acceptance, double stage, std::vector<double>& traits) const;

private:
  void to_values(std::vector<double>& uniforms) const;
  std::vector<double> joining() const;
  void tabulate_stages(int oldest);
  void tabulate_bounds(int oldest);
  void find_survival(int oldest);
  void find_ages(const std::vector<double>& asked);
  double bound(int early) const;
  std::size_t checkpoint(int early) const {
    return static_cast<std::size_t>(checkpoint_of_[static_cast<std::size_t>(early)]);
  }

  Skeleton skeleton_;
  std::vector<TraitParams> trait_params_;
  int stage_, past_, oldest_, ten_years_;
  std::vector<int> per_trait_;               ///< cells along each deciding trait, the last one varies fastest
  std::vector<std::vector<double>> stages_;  ///< no trait decides: stages by early periods
  std::vector<int> checkpoint_of_;           ///< by early periods: the checkpoint whose bounds hold
  std::vector<std::vector<double>> bounds_;  ///< [checkpoint][cell]
  std::vector<double> mean_bound_;           ///< by checkpoint
  std::vector<Discrete> cells_;              ///< by checkpoint: drawn in proportion to their bounds
  std::vector<double> survival_;             ///< through the skeleton alone, by periods
  Discrete ages_;
  std::vector<double> base_ages_;
};

}  // namespace goodwill

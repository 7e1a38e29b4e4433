// Evenly spread luck: the state and traits of the customers of a sample by a Sobol sequence instead of
// independent draws.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/kernel.hpp"
#include "sim/kernel/params.hpp"

namespace goodwill {

/// Points of a Sobol sequence, one for each customer of a sample, with a random shift. Means over the sample
/// are then far more precise than with independent draws. Only anchoring uses it.
class Strata {
public:
  /// What is spread evenly: uniforms first, then normal scores of state and traits.
  enum Dimension : int { age, cell, acceptance, stage, satisfaction, expectation, trust, first_trait };
  Strata(std::int64_t customers, int traits, std::uint64_t seed);

  bool holds(std::int64_t customer) const { return customer >= 0 && customer < customers_; }
  double uniform(std::int64_t customer, Dimension dimension) const;
  /// Words for the luck of a block, see sim/kernel/shared/even.hpp.
  EvenWords even() const { return {words_.data(), words_per_dimension_}; }

  /// Replaces the state and traits that the customer in this lane was born with.
  void spread(CustomerBlock& block, std::int32_t lane, const NewcomerParams& who,
              std::int64_t customer) const;

private:
  float score(std::int64_t customer, int dimension) const;
  std::int64_t customers_;
  int dimensions_;
  std::vector<double> uniforms_;  ///< [customer x dimension]
  std::vector<float> scores_;     ///< of the dimensions from satisfaction on
  std::int32_t words_per_dimension_ = 4096;
  std::vector<std::uint32_t> words_;
};

}  // namespace goodwill

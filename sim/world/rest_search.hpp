// What surrounded customers before the first period, how busy teams were and what was said: as it is in the
// baseline's first month.
#pragma once

#include <utility>
#include <vector>

#include "sim/world/mean.hpp"

namespace goodwill {

/// The search for the numbers at which the first month repeats the past, by rounds of simulation.
class RestSearch {
public:
  /// A month of so many periods. A number follows itself by `steepest` at most; with 0 each round takes what
  /// the last one found.
  /// Two numbers are one if they are within the share `same` of one another, or nobody feels the difference:
  /// `felt` says of each number how much one more of it adds to log-odds, or to a mean; empty: not known.
  RestSearch(std::size_t month, double steepest, double same, std::vector<double> felt = {})
      : month_(month), steepest_(steepest), same_(same), felt_(std::move(felt)) {}
  /// What was found in a round in which the past had these numbers, period by period; sets those of the next.
  /// Rough rounds find how far what is found follows what was before, because whoever finds no room may come
  /// again; fine ones are averaged.
  void correct(const std::vector<double>& record, std::vector<double>& past, bool rough);
  /// What was found in the latest round is what was before.
  bool settled() const { return settled_; }
  /// Each number is known to that share of it, as a standard error, or nobody feels the difference.
  bool known(double share) const;
  /// The largest standard error, as a share of its number.
  double error() const { return error_; }

private:
  struct One {
    Mean roots;
    double slope = 0, before = 0, got_before = 0;
  };
  bool is_felt(std::size_t k, double difference) const;

  std::size_t month_;  // periods
  double steepest_, same_;
  std::vector<double> felt_;
  std::vector<One> all_;
  bool settled_ = true;
  double error_ = 0;
};

}  // namespace goodwill

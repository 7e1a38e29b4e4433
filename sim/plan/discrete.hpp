// Distributions over 0, 1, 2 ...: ages, and cells of traits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace goodwill {

/// Drawn by inversion with a table of where to begin (Chen and Asau 1974).
class Discrete {
public:
  /// P(value <= k), k = 0, 1, ...
  explicit Discrete(std::vector<double> cdf = {1.0}) : cdf_(std::move(cdf)), begin_(cdf_.size()) {
    for (std::size_t k = 0; k < begin_.size(); ++k)
      begin_[k] = std::upper_bound(cdf_.begin(), cdf_.end() - 1,
                                   static_cast<double>(k) / static_cast<double>(begin_.size())) -
                  cdf_.begin();
  }

  const std::vector<double>& cdf() const { return cdf_; }
  std::int32_t largest() const { return static_cast<std::int32_t>(cdf_.size()) - 1; }

  /// The first value whose cdf is above u, for u in [0, 1]; the largest where none is.
  std::int32_t at(double u) const {
    const auto step = static_cast<std::size_t>(u * static_cast<double>(begin_.size()));
    std::ptrdiff_t k = begin_[std::min(step, begin_.size() - 1)];
    while (k > 0 && cdf_[static_cast<std::size_t>(k - 1)] > u) --k;  // the step may have been rounded up
    while (k < largest() && cdf_[static_cast<std::size_t>(k)] <= u) ++k;
    return static_cast<std::int32_t>(k);
  }

private:
  std::vector<double> cdf_;
  std::vector<std::ptrdiff_t> begin_;  ///< by u in steps of 1 / size
};

}  // namespace goodwill

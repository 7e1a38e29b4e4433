// Whom customers descend from, and what descendants are worth.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/ledger/counters.hpp"

namespace goodwill {

/// How somebody's line began: in the base, by what they would have answered at the start (others are no
/// customers then), or acquired.
enum class Root : std::int32_t { promoter, passive, detractor, other, acquired };
constexpr std::int32_t roots = 5, standings = 3,  // the first ones are how customers stand to the firm
    generations = 16;                             // 0: the root itself; the last holds all later ones

/// Segment and kind of the root, and the generation, in one number.
constexpr std::int32_t descent(int segment, Root root, int generation = 0) {
  return (segment * roots + static_cast<std::int32_t>(root)) * generations + generation;
}
/// Of those whom somebody refers.
constexpr std::int32_t next_generation(std::int32_t of) {
  return of % generations == generations - 1 ? of : of + 1;
}

/// By descent: people, those among them who ever were customers, and what all are worth at t = 0.
class Lineages {
public:
  Lineages() = default;
  Lineages(int segments, int scale);
  void add(std::int32_t descent, bool customer, double value);
  void merge(const Lineages& other);
  /// By descent, three numbers each: people, customers, value.
  std::vector<double> numbers() const;
  bool operator==(const Lineages&) const = default;

private:
  int scale_ = 0;
  std::vector<std::int64_t> people_, customers_;
  std::vector<Sum> value_;  // in units of 2^-scale
};

}  // namespace goodwill

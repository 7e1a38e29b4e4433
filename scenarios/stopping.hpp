// When a study has run long enough: it grows, and is looked at, until the interval is as narrow as asked.
#pragma once

#include <optional>
#include <span>

#include "scenarios/intervals.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

/// The half-width that is asked for.
struct Target {
  double half_width = 0;  ///< in the unit of the mean, or a share of it when relative
  bool relative = false;
  double floor = 0;  ///< of a relative target: a mean nearer to 0 counts as this
};
/// Throws ModelError: a half-width that is not above 0, a relative target of 1 or more, a negative floor.
void check(const Target& target);

bool reached(const Interval& interval, const Target& target);

/// What the units so far show.
struct Look {
  Interval interval;
  int units = 0;
  int samples = 0;  ///< draws of the assumptions, or units if there is one draw
  double skewness = 0;
  bool reached = false;
};
/// Throws like mean_interval and check.
Look look(const Units& x, const Target& target, double level, int simultaneous = 1);

/// Why a study ended.
enum class Status {
  fixed,      ///< there was no target
  reached,    ///< the interval is as narrow as asked
  capped,     ///< the largest number of units was used before that
  degenerate  ///< the units do not vary at all
};
template <>
inline constexpr auto words<Status> = std::to_array<std::string_view>({"fixed", "reached", "capped",
                                                                       "degenerate"});

/// Whether to stop after these looks, the latest last; nothing: go on. To stop at the first interval that is
/// narrow enough favours samples whose spread is too small by chance, most of all skewed ones, whose mean is
/// then too small as well. So the target is not reached before 30 samples, or 100 where |skewness| is above
/// 1, unless the cap comes first. The coverage still lost against a study of fixed size (nominal 95 %) is up
/// to 0.5 points with normal units, 2 with a skewness of 1.75, 3.5 with one of 6.2 (lognormal, sigma 0.5 and
/// 1): batches should be large enough not to be skewed.
std::optional<Status> verdict(std::span<const Look> looks, int cap);

/// Number of units at the next look, at most `cap`: first 30; then half as many again each time, but at least
/// 100 samples if they are skewed. It depends on the looks alone, so that the timing of threads cannot
/// matter.
int next_look(std::span<const Look> looks, int cap);

}  // namespace goodwill

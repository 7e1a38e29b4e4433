#include "scenarios/stopping.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "sim/model/problem.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {
namespace {

constexpr int start = 30, start_skewed = 100;
constexpr double growth = 1.5;

bool skewed(const Look& at) { return std::abs(at.skewness) > 1; }

}  // namespace

void check(const Target& target) {
  const std::string found = format_scalar(target.half_width, Unit::plain);
  if (!(target.half_width > 0) || !std::isfinite(target.half_width))
    throw ModelError("precision: " + found + "; accepted is a half-width above 0");
  if (target.relative && target.half_width >= 1)
    throw ModelError("precision: " + found + " of the mean; accepted is below 1 (5 % is 0.05)");
  if (!(target.floor >= 0))
    throw ModelError("floor: " + format_scalar(target.floor, Unit::plain) + "; accepted is 0 or more");
}

bool reached(const Interval& interval, const Target& target) {
  const double half = (interval.high - interval.low) / 2;
  const double unit = target.relative ? std::max(std::abs(interval.mean), target.floor) : 1;
  return half <= target.half_width * unit;
}

Look look(const Units& x, const Target& target, double level, int simultaneous) {
  check(target);
  Look at{mean_interval(x, level, simultaneous), 0, static_cast<int>(samples(x).size()), skewness(x), false};
  for (const auto& draw : x) at.units += static_cast<int>(draw.size());
  at.reached = reached(at.interval, target);
  return at;
}

std::optional<Status> verdict(std::span<const Look> looks, int cap) {
  if (looks.empty()) return std::nullopt;
  const Look& last = looks.back();
  if (last.units >= std::min(start, cap) && last.interval.low == last.interval.high)
    return Status::degenerate;
  if (last.reached && last.samples >= (skewed(last) ? start_skewed : start)) return Status::reached;
  return last.units >= cap ? std::optional(last.reached ? Status::reached : Status::capped) : std::nullopt;
}

int next_look(std::span<const Look> looks, int cap) {
  if (looks.empty()) return std::min(start, cap);
  const Look& last = looks.back();
  const auto units = [&](double samples) {
    return static_cast<int>(std::min<double>(cap, std::ceil(samples * last.units / last.samples)));
  };
  const int grown = units(growth * last.samples);
  return skewed(last) ? std::max(units(start_skewed), grown) : grown;
}

}  // namespace goodwill

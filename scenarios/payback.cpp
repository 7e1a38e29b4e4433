#include "scenarios/payback.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace goodwill {
namespace {

struct Point {
  double years, sum;
};

/// Corners of the running sum.
std::vector<Point> running_sum(std::span<const CashFlow> flows, double discount) {
  std::vector<Point> points;
  double sum = 0;
  for (const CashFlow& flow : flows) {
    if (flow.spread > 0) points.push_back({flow.years - flow.spread / 2, sum});
    sum += flow.amount * std::exp(-std::log1p(discount) * flow.years);
    points.push_back({flow.years + flow.spread / 2, sum});
  }
  return points;
}

}  // namespace

Payback payback(std::span<const CashFlow> flows, double discount) {
  constexpr double never = std::numeric_limits<double>::infinity();
  const auto outflow =
      std::find_if(flows.begin(), flows.end(), [](const CashFlow& flow) { return flow.amount < 0; });
  if (outflow == flows.end()) return {0, 0, false, "nothing to pay back: no flow is negative"};
  const double start = outflow->years - outflow->spread / 2;
  double gross = 0;
  for (const CashFlow& flow : flows) gross += std::abs(flow.amount);
  const double nothing = -1e-12 * gross;

  std::vector<double> crossings;
  bool below = false;
  Point before{};
  for (const Point& point : running_sum(flows, discount)) {
    if (below && point.sum >= nothing) {
      const double rise = point.sum - before.sum;
      crossings.push_back(before.years + (point.years - before.years) * std::min(1.0, -before.sum / rise) -
                          start);
    }
    below = point.sum < nothing;
    before = point;
  }
  if (crossings.empty() && !below) return {0, 0, false, "the sum of the flows never falls below 0"};
  if (crossings.empty()) return {never, never, false, "never pays back: the sum of the flows stays below 0"};
  Payback result{crossings.front(), crossings.back(), crossings.size() > 1 || below, ""};
  if (below) {
    result.last = never;
    result.reason = "the sum of the flows falls below 0 again and stays there";
  }
  return result;
}

}  // namespace goodwill

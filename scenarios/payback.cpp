#include "scenarios/payback.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

namespace goodwill {
namespace {

struct Point {
  double years, sum;
};

/// The running sum is piecewise linear; these are its corners.
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

std::string in_years(double years) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g year%s", years, years == 1 ? "" : "s");
  return text;
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

  std::vector<double> falls, paid;  // when the sum falls below 0, and when it is back at 0
  bool gained = false, below = false, gained_first = false;
  Point before{};
  for (const Point& point : running_sum(flows, discount)) {
    const double change = point.sum - before.sum;
    const auto crossing = [&](double share) {
      return before.years + (point.years - before.years) * std::clamp(share, 0.0, 1.0) - start;
    };
    if (below && point.sum >= nothing) paid.push_back(crossing(-before.sum / change));
    if (!below && point.sum < nothing) {
      if (falls.empty()) gained_first = gained;
      falls.push_back(crossing(-before.sum / change));
    }
    below = point.sum < nothing;
    gained = gained || point.sum > -nothing;
    before = point;
  }
  if (falls.empty()) return {0, 0, false, "the sum of the flows never falls below 0"};
  Payback result{paid.empty() ? never : paid.front(), below ? never : paid.back(), falls.size() > 1, ""};
  if (result.several)
    result.reason = "the sum of the flows falls below 0 again after " +
                    in_years(below ? falls.back() : falls[1]) +
                    (below ? " and stays there" : "; it stays above from " + in_years(paid.back()) + " on");
  else if (gained_first)
    result.reason = "money comes first: the sum of the flows is above 0 until " + in_years(falls[0] + start) +
                    " from today, then falls below" + (below ? " and stays there" : "");
  else if (below)
    result.reason = "never pays back: the sum of the flows stays below 0";
  return result;
}

}  // namespace goodwill

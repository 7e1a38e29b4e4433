// Points of a sweep: changed models of one firm, each answered unit by unit, so that what is kept can be
// extended by further units and judged later.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/study.hpp"

namespace goodwill {

/// One point: what is changed, and the terms on which the same flows are judged.
struct Point {
  std::function<Model(const Model&)> change;            ///< of the firm as it is; throws ModelError
  std::vector<std::pair<std::string, double>> assumed;  ///< values of assumptions; the others are at best
  std::vector<Terms> terms;                             ///< at least one
  /// Only investments and the lists of scenarios differ from the firm as it is: all such points have one
  /// baseline and one past, which are lived once for several of them.
  bool of_investments = false;
};
/// So many of them at most: ledgers are as wide as there are investments.
constexpr std::size_t points_together = 16;

/// What is kept of a scenario in one unit, in currency units, customers and points.
enum class Measure : int {
  npv,           ///< contribution - cost - tax, against the world compared with; likewise the next five
  contribution,  ///< everything but the cost of investments
  cost,          ///< of investments
  tax,
  beyond_horizon,    ///< what comes after the horizon; never part of the NPV
  customers_gained,  ///< at the end of the horizon
  nps_gained,        ///< true NPS in the last period
  value,             ///< contribution - cost - tax of this world alone
  customers,         ///< at the end of the horizon
  nps,               ///< true NPS in the last period; NaN: nobody is left to ask
};
constexpr const char* measure_names[] = {
    "npv",        "contribution", "cost",      "tax", "beyond_horizon", "customers_gained",
    "nps_gained", "value",        "customers", "nps"};
constexpr int measures = sizeof measure_names / sizeof measure_names[0];

struct PointAnswer {
  std::string error;            ///< why there is none; empty otherwise
  std::vector<double> numbers;  ///< terms x scenarios x units x Measure
};

/// Answers points at best values of the assumptions, all on the same luck, with the levels of the firm as it
/// is. A point that cannot be simulated has an error; it does not stop the others. The bits depend neither on
/// threads nor on which points are answered together. `options.terms` decide how many are followed beyond the
/// horizon.
std::vector<PointAnswer> answers(const Model& model, const Anchors& anchors,
                                 const std::vector<std::string>& scenarios, const std::vector<Point>& points,
                                 const StudyOptions& options);

}  // namespace goodwill

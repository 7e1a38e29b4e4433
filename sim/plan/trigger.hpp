// What a firm must have seen for an investment or event to begin. It looks at figures of its own, which are
// reported once a month whatever the period is, so that the unit of time does not decide.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

enum class Figure { measured_nps, churn, conversion, customers, use, unserved };

struct Trigger {
  Figure figure = Figure::measured_nps;
  std::size_t team = 0;  ///< of the last two figures
  double from = -std::numeric_limits<double>::infinity(), to = std::numeric_limits<double>::infinity();
  int reports = 1;     ///< in a row whose figure lies in [from, to)
  int delay = 0;       ///< periods from the end of what a report covers until the firm has it
  double answers = 0;  ///< on which the NPS is measured; 0: all that came
  bool holds(double value) const { return value >= from && value < to; }
};

/// Throws std::logic_error for a condition that the checks refuse.
Trigger make_trigger(const When& when, const Model& model);

/// How many reports there are up to the end of a period: one a month, or one a period where that is longer.
int reports_until(int period, const Model& model);

/// Whether an investment or event of a scenario begins by what is seen; `circumstances`: those events that
/// act in every scenario count.
bool has_triggers(const Model& model, const std::string& scenario, bool circumstances);

}  // namespace goodwill

// Numbers with units, as users write them: `2 % / month`, `1_400 / month`, `3 years`, `25 minutes`, `0.4
// points`, `1e3`.
#pragma once

#include <string>
#include <string_view>

#include "sim/model/model.hpp"

namespace goodwill {

/// What kind of quantity a field holds: decides which units are accepted and how they convert to the period.
enum class Unit {
  plain,                   ///< a pure number
  probability,             ///< 0.02 or 2 %, no time
  probability_per_period,  ///< 2 % / month; converts by 1 - (1 - p)^(1/k)
  rate_per_period,         ///< 1_400 / month; linear
  share,                   ///< a fraction that is no probability (margin); 62 %
  money,                   ///< currency units, no time
  money_per_period,        ///< 40_000 / month; linear
  duration,                ///< 3 years, 18 months, 36 (periods); linear, in periods
  period_index,            ///< 4, `month 24`: a period counted from 1
  minutes,                 ///< 25 minutes, 1 hour, 90 seconds; in minutes
  points,                  ///< on the scale 0 to 10; `0.4 points`
  count,                   ///< a number of customers (whole)
  per_year,  ///< a rate of interest, annual effective; `10 %`, `0.8 % / month` compounds to a year
};

struct Scalar {
  double value = 0;
  bool ok = false;
  std::string problem;  ///< what was found and what is accepted, when not ok
};

/// Reads one number in the unit `unit` and converts it to `period`. Never throws.
Scalar parse_scalar(std::string_view text, Unit unit, Period period);
/// The shortest text that parse_scalar reads back as the same value (`0.02` for a probability per period).
std::string format_scalar(double value, Unit unit);
/// The same with `%`: `2 %`.
std::string format_percent(double value);
/// `probability per period, for example 2 % / month`: what a message and the reference say is accepted.
std::string_view describe(Unit unit);

}  // namespace goodwill

// Rates of return of money over time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "scenarios/terms.hpp"

namespace goodwill {

struct Irr {
  std::vector<double> rates;  ///< annual effective, ascending: wherever the net present value is 0
  bool unique = false;        ///< exactly one
  std::string reason;         ///< why there is none or several, or how the only one is to be read; else empty
};

/// Internal rates of return from -99.99 % to 1,000,000 % a year. `flows` sorted by time, as cash_flows()
/// gives them: all there are, however close together (within 1e-12 of the gross flows two are one that only
/// touches 0). With more than 60 changes of sign log(1 + r) is looked at on a grid, and the reason says that
/// some may be missing. Where money comes first, the only rate is one to stay above, and the reason says so.
/// Rank scenarios by NPV, not by these. Throws ModelError: amounts that are no numbers.
Irr irr(std::span<const CashFlow> flows);

/// Modified internal rate of return, annual effective (Lin 1976): what goes out is discounted to the first
/// flow at `finance_rate`, what comes in is compounded to the last at `reinvest_rate` (both annual
/// effective). NaN when nothing goes out or nothing comes in.
double mirr(std::span<const CashFlow> flows, double finance_rate, double reinvest_rate);

}  // namespace goodwill

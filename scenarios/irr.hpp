// Rates of return of money over time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "scenarios/terms.hpp"

namespace goodwill {

struct Irr {
  std::vector<double> rates;  ///< annual effective, ascending: those at which the net present value is 0
  bool unique = false;        ///< there is exactly one
  std::string reason;         ///< why there is none or several, or how to read the only one; else empty
};

/// All internal rates of return from -99.99 % to 1,000,000 % a year; `flows` are sorted by time, as
/// cash_flows() gives them. Two rates between which the present value stays within 1e-12 of the gross flows
/// count as one that touches 0. With more than 60 changes of sign a grid in log(1 + r) is searched, `unique`
/// is false, and the reason says that some may be missing. Where money comes first, the scenario pays at
/// discount rates above the only rate, and the reason says so. Rank scenarios by NPV, not by these. Throws
/// ModelError: amounts or times that are not finite.
Irr irr(std::span<const CashFlow> flows);

/// Modified internal rate of return, annual effective (Lin 1976): what goes out is discounted to the first
/// flow at `finance_rate`, what comes in is compounded to the last at `reinvest_rate` (both annual
/// effective). NaN if nothing goes out or nothing comes in.
double mirr(std::span<const CashFlow> flows, double finance_rate, double reinvest_rate);

}  // namespace goodwill

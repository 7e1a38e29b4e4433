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
  std::string reason;         ///< why there is none or several; empty when unique
};

/// Internal rates of return from -99.99 % to 1 000 000 % a year. `flows` sorted by time, as cash_flows()
/// gives them. With one change of sign there is one rate at most (Descartes); otherwise the present value is
/// looked at on a fine grid of log(1 + r), and its turning points between: rates closer together than 5 % of
/// 1 + r are found when the present value turns between them. A rate that only touches 0 counts once. Rank
/// scenarios by NPV, not by these. Throws ModelError: amounts that are no numbers.
Irr irr(std::span<const CashFlow> flows);

/// Modified internal rate of return, annual effective (Lin 1976): what goes out is discounted to the first
/// flow at `finance_rate`, what comes in is compounded to the last at `reinvest_rate` (both annual
/// effective). NaN when nothing goes out or nothing comes in.
double mirr(std::span<const CashFlow> flows, double finance_rate, double reinvest_rate);

}  // namespace goodwill

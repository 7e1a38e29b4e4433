// Money of one world, line by line and period by period: what finance discounts, taxes and explains.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "sim/ledger/counters.hpp"

namespace goodwill {

/// Amounts are positive for what their name says: revenue comes in, everything else goes out.
enum class Line : int {
  revenue,        ///< fees, earnings of touchpoints, orders
  cost_of_sales,  ///< revenue less margin
  cost_to_serve,  ///< service, touchpoints, recoveries
  team_cost,      ///< fixed cost of teams
  acquisition,    ///< of the customers acquired; dated
  event_once,     ///< upfront cost of events and cost per customer first reached; dated
  event_running,  ///< running cost of events and their cost per use
  upfront,        ///< of investments; dated
  per_customer,   ///< of investments, when a customer is first reached; dated
  running,        ///< of investments
  use,            ///< of investments, per touchpoint done
};
constexpr int lines = 11;

/// Dated lines are due at the start of a period, the others as the timing of the terms says.
constexpr bool is_dated(Line line) {
  return line == Line::acquisition || line == Line::event_once || line == Line::upfront ||
         line == Line::per_customer;
}
/// The line of a cost of an investment or event.
constexpr Line line_of(CostKind kind, bool event) {
  if (event) return cost_info[static_cast<int>(kind)].dated ? Line::event_once : Line::event_running;
  switch (kind) {
  case CostKind::upfront:
    return Line::upfront;
  case CostKind::running:
    return Line::running;
  case CostKind::per_customer:
    return Line::per_customer;
  case CostKind::use:
    break;
  }
  return Line::use;
}
/// Whether a line is a cost of investments; all other lines make up the contribution.
constexpr bool is_investment(Line line) { return line >= Line::upfront; }

/// Money of the real population in currency units. Finance is linear in it, so that flows may be added and
/// subtracted before they are discounted.
struct Flows {
  int periods = 0;                                  ///< of the horizon
  std::array<std::vector<double>, lines> amount{};  ///< by line: one number per period of the horizon
  std::vector<double> beyond{};                     ///< contribution of each period after the horizon

  Flows() = default;
  Flows(int horizon, int run_off) : periods(horizon), beyond(static_cast<std::size_t>(run_off)) {
    for (auto& line : amount) line.assign(static_cast<std::size_t>(horizon), 0.0);
  }
  std::vector<double>& operator[](Line line) { return amount[static_cast<std::size_t>(line)]; }
  const std::vector<double>& operator[](Line line) const { return amount[static_cast<std::size_t>(line)]; }
  Flows& operator+=(const Flows& other);
  Flows& operator-=(const Flows& other);
  Flows& operator*=(double factor);
};

}  // namespace goodwill

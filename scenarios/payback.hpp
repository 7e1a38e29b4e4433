// When an investment has earned what it cost.
#pragma once

#include <span>
#include <string>

#include "scenarios/terms.hpp"

namespace goodwill {

/// Times are in years from the first outflow.
struct Payback {
  double first = 0;      ///< until the sum of the flows is first back at 0; infinity: never
  double last = 0;       ///< until it stays at or above 0; infinity: it ends below 0
  bool several = false;  ///< it falls below 0 again in between
  std::string
      reason;  ///< why one of them is infinite, they differ, money comes first, or nothing is to pay back
};

/// When the running sum of the flows, discounted at an annual effective rate (0: simple payback), is back at
/// 0. A flow that is spread over its period comes in evenly over it; between flows that come in at once the
/// sum is interpolated linearly, as textbooks do. `flows` as cash_flows() gives them. A sum within 1e-12 of
/// the gross flows counts as 0.
Payback payback(std::span<const CashFlow> flows, double discount = 0);

}  // namespace goodwill

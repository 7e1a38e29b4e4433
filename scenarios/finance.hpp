// Money over time, and what can be said of it: present values, intervals of paired differences, ratios of
// means.
#pragma once

#include <vector>

#include "sim/ledger/ledger.hpp"
#include "sim/plan/plan.hpp"

namespace goodwill {

/// Present values at t = 0 of one world, in currency units for the real population.
struct PresentValue {
  double contribution = 0;  ///< everything but the cost of investments; the cost of events is a loss
  double cost = 0;          ///< what stands under the `cost` of investments
};

/// Discounts one ledger: recurring lines by the model's timing, dated lines (acquisition, upfront, per
/// customer) at the start of their period.
PresentValue present_value(const Plan& plan, const ScenarioPlan& scenario, const Ledger& ledger);

struct Interval {
  double mean = 0, low = 0, high = 0;
};
/// mean +- t_{n-1} s / sqrt(n). With one replication the interval is unbounded.
Interval mean_interval(const std::vector<double>& x, double level);

struct Ratio {
  double value = 0, low = 0, high = 0;
  bool bounded = true;  ///< false: the interval of the denominator contains 0
};
/// Ratio of means mean(a) / mean(b) of paired samples, with Fieller's interval (Fieller 1954).
Ratio ratio_of_means(const std::vector<double>& a, const std::vector<double>& b, double level);

/// Pearson's correlation; NaN when one of the two does not vary.
double correlation(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace goodwill

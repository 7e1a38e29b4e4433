// The terms on which money over time is judged: interest, timing, tax, prices, horizon. Everything here is
// linear in the flows, so it serves the money of one world as well as the difference of two.
#pragma once

#include <vector>

#include "scenarios/flows.hpp"
#include "sim/ledger/dates.hpp"
#include "sim/model/model.hpp"

namespace goodwill {

struct Terms {
  double discount = 0;                            ///< annual effective rate
  Finance::Timing timing = Finance::Timing::mid;  ///< of recurring lines; dated lines are due when they occur
  double tax = 0;  ///< rate on taxable profit; the firm has other profits, so losses are credited at once
  double depreciation = 0;  ///< years over which upfront costs of investments are written off; 0: at once
  bool nominal = false;  ///< amounts grow with inflation and `discount` is nominal; otherwise both are real
  double inflation = 0;  ///< a year, of nominal terms
  double horizon = 0;    ///< years, to the nearest period; 0: the horizon of the flows
};

/// Discount, timing and prices of the model's `finance`.
Terms terms_of(const Model& model);

Valuation valuation_of(const Terms& terms);

/// Throws ModelError with everything that is wrong: rates outside their ranges, inflation of real terms,
/// depreciation without tax.
void check(const Terms& terms);

/// How many of a model's periods lie within the horizon of the terms. Throws ModelError: none, or more than
/// all.
int periods_within(const Terms& terms, int periods, double periods_per_year);

/// Present values at t = 0, in currency units for the real population.
struct PresentValue {
  double contribution = 0;  ///< everything but the cost of investments; the cost of events lowers it
  double cost = 0;          ///< of investments
  double tax = 0;
  double beyond = 0;  ///< contribution less cost and tax after the horizon; never part of the NPV
  double npv() const { return contribution - cost - tax; }
};

/// A flow of period t (from 1) is discounted to t = 0 at the annual effective rate: over t - 1 periods if its
/// line is dated; over t - 1 (start), t - 1/2 (mid) or t periods (end) if it recurs. Tax falls due with the
/// recurring money. It is on contribution less the cost of investments, with straight-line depreciation in
/// place of `upfront`, from the period in which it is spent; what is written off after the horizon lowers the
/// tax beyond. In nominal terms the amount of depreciation does not grow, as in tax law. Throws ModelError:
/// see check(); a horizon longer than that of the flows.
PresentValue present_value(const Flows& flows, const Terms& terms, double periods_per_year);

/// Tax by period, not discounted: of the horizon and the run-off, and further until everything is written
/// off. Throws ModelError: see check().
std::vector<double> taxes(const Flows& flows, const Terms& terms, double periods_per_year);

struct CashFlow {
  double years = 0;   ///< from t = 0
  double amount = 0;  ///< positive: comes in
  double spread = 0;  ///< length in years, centred on that time, over which it comes in evenly; 0: at once
};

/// What comes in less what goes out, after tax, not discounted, sorted by time; flows at the same time are
/// added up. With mid-period timing recurring money is spread over its period. Without `beyond` only what is
/// within the horizon. Throws like present_value.
std::vector<CashFlow> cash_flows(const Flows& flows, const Terms& terms, double periods_per_year,
                                 bool beyond);

}  // namespace goodwill

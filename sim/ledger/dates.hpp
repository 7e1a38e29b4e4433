// When money is due, what prices have become by then, and what it is worth today: the one place that knows.
#pragma once

#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// On what terms money over time is valued.
struct Valuation {
  double discount = 0;   ///< annual effective rate
  double inflation = 0;  ///< per year: amounts grow with it, and `discount` is nominal; 0 in real terms
  Finance::Timing timing = Finance::Timing::mid;  ///< of recurring money
  double tax = 0;  ///< rate on profit, due with recurring money; losses are credited at once
};
/// The terms of the model's `finance`, before tax.
Valuation valuation_of(const Model& model);

/// Times are in periods from t = 0. Money of period t (from 1) is due at its start if it is dated, and as the
/// timing says if it recurs.
class Dates {
public:
  Dates(const Valuation& valuation, double periods_per_year);
  static double dated(int period) { return period - 1; }
  double recurring(int period) const { return period - before_end_; }
  double years(double time) const { return time / periods_per_year_; }
  /// How prices have grown since t = 0.
  double growth(double time) const;
  /// What one unit of money, in prices of its own time, is worth at t = 0.
  double discount(double time) const;
  /// The same for one unit in prices of t = 0: growth x discount.
  double worth(double time) const;

private:
  double periods_per_year_, before_end_;
  double growth_, rate_;  // continuous, a period
};

/// What one unit of money of a period, in prices of t = 0, is worth at t = 0; by period - 1.
struct DiscountFactors {
  std::vector<double> dated;        ///< due at the start of the period, before tax
  std::vector<double> recurring;    ///< due by the timing, and taxed
  std::vector<double> acquisition;  ///< dated, less the tax it saves when recurring money is due
};
DiscountFactors discount_factors(const Valuation& valuation, double periods_per_year, int periods);

}  // namespace goodwill

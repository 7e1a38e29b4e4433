#include "scenarios/terms.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "sim/model/fields.hpp"
#include "sim/model/problem.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {
namespace {

/// Money of one period and its tax: dated lines at the start of the period, all else when recurring money is
/// due.
struct Money {
  double dated_at = 0, recurring_at = 0;  ///< in periods
  double contribution_dated = 0, contribution = 0, cost_dated = 0, cost = 0, tax = 0;
};

std::string text_of(double x) { return format_scalar(x, Unit::plain); }

/// Every period of the flows and their run-off, and further periods until everything is written off.
std::vector<Money> after_tax(const Flows& flows, const Terms& terms, double periods_per_year) {
  check(terms);
  const auto horizon = static_cast<std::size_t>(flows.periods), lived = horizon + flows.beyond.size();
  const double life = terms.tax > 0 ? terms.depreciation * periods_per_year : 0;  // periods
  const std::size_t tail = life > 1 ? static_cast<std::size_t>(std::ceil(life)) - 1 : 0;
  std::vector<Money> all(std::max(lived, horizon + tail));
  const Dates dates(valuation_of(terms), periods_per_year);
  std::vector<double> written_off(all.size());
  for (std::size_t k = 0; k < all.size(); ++k) {
    Money& period = all[k];
    const int t = static_cast<int>(k) + 1;
    period.dated_at = Dates::dated(t);
    period.recurring_at = dates.recurring(t);
    const double dated = dates.growth(period.dated_at), recurring = dates.growth(period.recurring_at);
    if (k < horizon) {
      for (int l = 0; l < lines; ++l) {
        const Line line = static_cast<Line>(l);
        double& sum = is_investment(line)
                          ? (is_dated(line) ? period.cost_dated : period.cost)
                          : (is_dated(line) ? period.contribution_dated : period.contribution);
        const bool comes_in = line == Line::revenue || is_investment(line);  // `cost` is positive for costs
        sum += (comes_in ? 1 : -1) * (is_dated(line) ? dated : recurring) * flows[line][k];
      }
      const double upfront = dated * flows[Line::upfront][k];
      for (std::size_t age = 0; age <= tail; ++age)
        written_off[k + age] += upfront * (life > 1 ? std::min(1.0, static_cast<double>(age + 1) / life) -
                                                          static_cast<double>(age) / life
                                                    : 1);
      written_off[k] -= upfront;  // below, the cost of this period holds it in full
    } else if (k < lived) {
      period.contribution = recurring * flows.beyond[k - horizon];
    }
    period.tax = terms.tax * (period.contribution_dated + period.contribution - period.cost_dated -
                              period.cost - written_off[k]);
  }
  return all;
}

}  // namespace

Valuation valuation_of(const Terms& terms) {
  return {terms.discount, terms.nominal ? terms.inflation : 0.0, terms.timing, terms.tax};
}

Terms terms_of(const Model& model) {
  Terms terms;
  terms.discount = model.finance.discount;
  terms.timing = model.finance.timing;
  terms.nominal = model.finance.prices == Finance::Prices::nominal;
  if (terms.nominal) terms.inflation = model.finance.inflation;
  return terms;
}

void check(const Terms& terms) {
  std::vector<Problem> problems;
  const auto within = [&](const char* name, double value, double low, double high, const std::string& hint) {
    if (!(value >= low && value <= high))
      problems.push_back({"", 0, 0, std::string("terms.") + name,
                          text_of(value) + "; accepted is " + text_of(low) + " to " + text_of(high) + hint});
  };
  const Field& discount = *block_of<Finance>().find("discount");
  const std::string share = " (10 % is 0.1)";
  within("discount", terms.discount, discount.low, discount.high, share);
  within("tax", terms.tax, 0, 1, share);
  within("depreciation", terms.depreciation, 0, 100, " years");
  within("inflation", terms.inflation, -0.5, 1, share);
  within("horizon", terms.horizon, 0, 1000, " years");
  if (!terms.nominal && terms.inflation != 0)
    problems.push_back({"", 0, 0, "terms.inflation",
                        text_of(terms.inflation) + "; real prices have none: it needs nominal prices"});
  if (terms.tax == 0 && terms.depreciation != 0)
    problems.push_back({"", 0, 0, "terms.depreciation",
                        text_of(terms.depreciation) + " years; it changes tax only, and `tax` is 0"});
  if (!problems.empty()) throw ModelError(std::move(problems));
}

int periods_within(const Terms& terms, int periods, double periods_per_year) {
  if (terms.horizon == 0) return periods;
  const double within = std::round(terms.horizon * periods_per_year);
  if (within < 1 || within > periods)
    throw ModelError("terms.horizon: " + text_of(terms.horizon) +
                     " years; accepted is one period at least, and " + text_of(periods / periods_per_year) +
                     " years, the horizon of the model, at most");
  return static_cast<int>(within);
}

PresentValue present_value(const Flows& flows, const Terms& terms, double periods_per_year) {
  const std::vector<Money> all = after_tax(flows, terms, periods_per_year);
  const auto within = static_cast<std::size_t>(periods_within(terms, flows.periods, periods_per_year));
  const Dates dates(valuation_of(terms), periods_per_year);
  PresentValue value;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Money& period = all[k];
    const double dated = dates.discount(period.dated_at), recurring = dates.discount(period.recurring_at);
    const double contribution = dated * period.contribution_dated + recurring * period.contribution,
                 cost = dated * period.cost_dated + recurring * period.cost, tax = recurring * period.tax;
    if (k < within) {
      value.contribution += contribution;
      value.cost += cost;
      value.tax += tax;
    } else {
      value.beyond += contribution - cost - tax;
    }
  }
  return value;
}

std::vector<double> taxes(const Flows& flows, const Terms& terms, double periods_per_year) {
  std::vector<double> due;
  for (const Money& period : after_tax(flows, terms, periods_per_year)) due.push_back(period.tax);
  return due;
}

std::vector<CashFlow> cash_flows(const Flows& flows, const Terms& terms, double periods_per_year,
                                 bool beyond) {
  const std::vector<Money> all = after_tax(flows, terms, periods_per_year);
  const auto within = static_cast<std::size_t>(periods_within(terms, flows.periods, periods_per_year));
  const std::size_t end = beyond ? all.size() : within;
  const double spread = terms.timing == Finance::Timing::mid ? 1 / periods_per_year : 0;
  std::vector<CashFlow> sorted;
  const auto add = [&](double years, double amount, double over) {
    if (!sorted.empty() && sorted.back().years == years)
      sorted.back().amount += amount;
    else
      sorted.push_back({years, amount, over});
  };
  for (std::size_t k = 0; k < end; ++k) {
    const Money& period = all[k];
    const double dated = period.contribution_dated - period.cost_dated;
    if (dated != 0 || k == 0) add(period.dated_at / periods_per_year, dated, 0);
    add(period.recurring_at / periods_per_year, period.contribution - period.cost - period.tax, spread);
  }
  return sorted;
}

}  // namespace goodwill

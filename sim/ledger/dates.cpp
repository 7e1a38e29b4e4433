#include "sim/ledger/dates.hpp"

#include "sim/random/math64.hpp"

namespace goodwill {

Valuation valuation_of(const Model& model) {
  const Finance& f = model.finance;
  return {f.discount, f.prices == Finance::Prices::nominal ? f.inflation.value : 0.0, f.timing};
}

Dates::Dates(const Valuation& v, double periods_per_year)
    : periods_per_year_(periods_per_year), before_end_(v.timing == Finance::Timing::start ? 1
                                                       : v.timing == Finance::Timing::mid ? 0.5
                                                                                          : 0),
      growth_(math::log1p(v.inflation) / periods_per_year),
      rate_(math::log1p(v.discount) / periods_per_year) {}

double Dates::growth(double time) const { return math::exp(growth_ * time); }
double Dates::discount(double time) const { return math::exp(-rate_ * time); }
double Dates::worth(double time) const { return math::exp((growth_ - rate_) * time); }

DiscountFactors discount_factors(const Valuation& valuation, double periods_per_year, int periods) {
  const Dates dates(valuation, periods_per_year);
  DiscountFactors factors;
  for (int t = 1; t <= periods; ++t) {
    const double recurring = dates.worth(dates.recurring(t)), dated = dates.worth(Dates::dated(t));
    // Tax on dated money is due together with that on recurring money, on the amount in prices
    // of the time it was spent.
    const double until_taxed = dates.growth(Dates::dated(t) - dates.recurring(t));
    factors.dated.push_back(dated);
    factors.recurring.push_back((1 - valuation.tax) * recurring);
    factors.acquisition.push_back(dated - valuation.tax * until_taxed * recurring);
  }
  return factors;
}

}  // namespace goodwill

#include "scenarios/finance.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

namespace goodwill {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double covariance(const std::vector<double>& a, const std::vector<double>& b) {
  const double ma = mean(a), mb = mean(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - ma) * (b[i] - mb);
  return sum / static_cast<double>(a.size() - 1);
}

double t_quantile(std::size_t n, double level) {
  return boost::math::quantile(boost::math::students_t(static_cast<double>(n - 1)), 0.5 + level / 2);
}

/// Sum of a counter over origins, in its unit, for the real customers of a segment.
double amount(const Plan& plan, const Ledger& ledger, int segment, int period, int counter, double unit) {
  std::int64_t sum = 0;
  for (int o = 0; o < origins; ++o) sum += ledger.get(segment, period, static_cast<Origin>(o), counter);
  return static_cast<double>(sum) * unit * plan.segments[static_cast<std::size_t>(segment)].weight;
}

}  // namespace

PresentValue present_value(const Plan& plan, const ScenarioPlan& scenario, const Ledger& ledger) {
  std::vector<double> recurring, dated;
  discount_factors(plan.model(), plan.horizon(), recurring, dated);
  const double money = std::ldexp(1.0, -plan.layout.money_scale);
  PresentValue pv;
  for (int t = 1; t <= plan.horizon(); ++t) {
    const std::size_t at = static_cast<std::size_t>(t - 1);
    for (int s = 0; s < plan.layout.segments; ++s) {
      const auto sum = [&](int counter) { return amount(plan, ledger, s, t, counter, money); };
      pv.contribution +=
          recurring[at] * (sum(money_fee_margin) - sum(money_service_cost) - sum(money_touchpoint_cost) -
                           sum(money_recovery_cost) + sum(money_earnings_margin) + sum(money_order_margin));
      pv.contribution -= dated[at] * sum(money_acquisition);
      for (const Owner& owner : scenario.owners) {
        const double all = sum(plan.layout.investments_at + owner.index);
        const double once =
            owner.definition->cost.per_customer *
            amount(plan, ledger, s, t, plan.layout.treated_at + owner.index, plan.layout.count_unit());
        (owner.definition->event ? pv.contribution : pv.cost) +=
            (owner.definition->event ? -1 : 1) * (recurring[at] * (all - once) + dated[at] * once);
      }
    }
    for (std::size_t o = 0; o < scenario.owners.size(); ++o) {
      const std::size_t k = o * static_cast<std::size_t>(plan.horizon()) + at;
      const double cost = dated[at] * scenario.upfront[k] + recurring[at] * scenario.running[k];
      if (scenario.owners[o].definition->event)
        pv.contribution -= cost;
      else
        pv.cost += cost;
    }
  }
  return pv;
}

Interval mean_interval(const std::vector<double>& x, double level) {
  const double m = mean(x);
  if (x.size() < 2) return {m, -infinity, infinity};
  const double half =
      t_quantile(x.size(), level) * std::sqrt(covariance(x, x) / static_cast<double>(x.size()));
  return {m, m - half, m + half};
}

Ratio ratio_of_means(const std::vector<double>& a, const std::vector<double>& b, double level) {
  const double ma = mean(a), mb = mean(b);
  if (mb == 0) return {std::numeric_limits<double>::quiet_NaN(), -infinity, infinity, false};
  if (a.size() < 2) return {ma / mb, -infinity, infinity, false};
  const double n = static_cast<double>(a.size()), t = t_quantile(a.size(), level), t2 = t * t / n;
  const double qa = mb * mb - t2 * covariance(b, b), qb = ma * mb - t2 * covariance(a, b),
               qc = ma * ma - t2 * covariance(a, a);
  if (qa <= 0) return {ma / mb, -infinity, infinity, false};
  const double root = std::sqrt(std::max(0.0, qb * qb - qa * qc));
  return {ma / mb, (qb - root) / qa, (qb + root) / qa, true};
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  return covariance(a, b) / std::sqrt(covariance(a, a) * covariance(b, b));
}

}  // namespace goodwill

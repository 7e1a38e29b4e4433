#include "scenarios/finance.hpp"

#include <cmath>

namespace goodwill {
namespace {

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

}  // namespace goodwill

// The scale of money: sums are whole numbers, and the largest amount decides in which unit.
#include <algorithm>
#include <cmath>

#include "sim/ledger/sums.hpp"
#include "sim/model/scalar.hpp"
#include "sim/plan/plan.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {

/// Sums have 125 bits: the largest amount gets those that the events of a simulation leave over, at most 82.
/// Amounts too small beside it to be right to nine digits are refused.
void Plan::choose_scale() {
  struct Found {
    double size = 0, amount = 0;
    std::string what;
  } largest, smallest;
  const auto names = layout.counter_names();
  // An amount that is multiplied by up to `most`, of something counted in so many `parts`.
  const auto see = [&](double amount, int counter, double most = 1, double parts = 1) {
    const double size = std::abs(amount);
    const auto what = [&] { return names[static_cast<std::size_t>(counter)]; };
    if (size * most > largest.size) largest = {size * most, size, what()};
    if (size > 0 && (smallest.size == 0 || size / parts < smallest.size))
      smallest = {size / parts, size, what()};
  };
  // Sums of lognormal values stay below so many times their mean.
  const auto most_of = [](double cv) { return 1 + 10 * cv; };
  double spent = 1;
  for (const auto& [name, segment] : model().segments) spent = std::max(spent, most_of(segment.spend));
  tables.for_each([&](const Compiled& c) {
    for (const Price& p : c.prices())
      if (!layout.is_measure(layout.money_counter(p.money))) {
        const bool varies = layout.is_spend(p.counter);
        see(p.amount, p.counter, varies ? spent : 1, layout.parts_of(p.counter));
      }
    const OrderParams& o = c.params().orders;
    if (o.any && !o.priced)
      see(o.value, count_orders, spent * most_of(std::sqrt(math::expm1(double(o.log_sd) * o.log_sd))));
  });
  double customers = 1, most_arriving = 0;
  for (const auto& s : segments) customers += static_cast<double>(s.agents + s.prospects.value_or(0));
  for (const auto& scenario : scenarios) {
    double arriving = 0;
    for (std::size_t s = 0; s < segments.size(); ++s) arriving += scenario.arrivals(s);
    most_arriving = std::max(most_arriving, arriving);
    for (const Course& course : scenario.extremes)
      for (int t = 1; t <= horizon(); ++t) {
        for (std::size_t s = 0; s < segments.size(); ++s)
          see(course.joining(s, t).acquisition, money_acquisition);
        for (const TreatmentCost& cost : course.treatments(t))
          see(cost.amount, layout.cost(CostKind::per_customer, cost.investment));
      }
  }
  if (largest.size > 0 && largest.size < 1e-200)
    throw ModelError("amounts of money are too small to be added up: the largest is " +
                     format_scalar(largest.amount, Unit::plain) + " (" + largest.what + ")");
  const int size = largest.size > 0 ? std::ilogb(largest.size) + 1 : 0;
  // Bits for all customers, 2^5 referred ones for each, 2^9 events a period, and 2^30 for weights or else
  // 2^20 replications.
  const int events = std::ilogb(customers + most_arriving) + 1 + 5 + 9 + (layout.survival_weights ? 30 : 20);
  layout.money_scale = std::min(125 - events, 82) - size;
  layout.value_scale = 80 - size;
  if (std::ldexp(smallest.size, layout.money_scale) < 0x1p29 && smallest.size > 0)
    throw ModelError("amounts of money lie too far apart to be added up to nine digits: " +
                     format_scalar(smallest.amount, Unit::plain) + " (" + smallest.what + ") beside " +
                     format_scalar(largest.amount, Unit::plain) + " (" + largest.what +
                     "); leave the small one out, or simulate fewer agents");
  // The firm's own money has its own scale: however large it is, it is paid only a few times.
  double paid = 0;
  for (const auto& scenario : scenarios)
    for (const Course& course : scenario.extremes)
      for (const FirmPayment& cost : course.payments()) paid = std::max(paid, std::abs(cost.amount));
  layout.firm_scale = 100 - (paid > 0 ? std::ilogb(paid) + 1 : 0);
  tables.scale();
}

Sum Plan::fixed(double amount) const { return to_sum(amount, std::ldexp(1.0, layout.money_scale - 40)); }

}  // namespace goodwill

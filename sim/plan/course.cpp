#include "sim/plan/course.hpp"

#include <algorithm>

#include "sim/plan/plan.hpp"

namespace goodwill {

Course::Course(const Plan& plan, const std::vector<Intervention>& interventions)
    : plan_(plan), interventions_(interventions.data()), began_(interventions.size()) {}

void Course::next(const std::vector<bool>& begin) {
  const int period = periods() + 1;
  std::vector<Act> acts;
  for (std::size_t k = 0; k < began_.size(); ++k) {
    if (begin[k]) began_[k] = period;
    const Intervention& intervention = interventions_[k];
    const int age = period - began_[k] + 1;
    if (began_[k] == 0 || age > intervention.lasts) continue;
    acts.push_back({k, {intervention.index, std::min(age, settled_age(*intervention.definition))}, begin[k]});
  }
  next(std::move(acts));
}

void Course::next(std::vector<Act> acts) {
  Period& now = periods_.emplace_back();
  now.acts = std::move(acts);
  Activity all;
  for (const Act& act : now.acts) {
    all.push_back(act.acting);
    pay(act);
  }
  for (std::size_t s = 0; s < plan_.segments.size(); ++s) now.joining.push_back(&plan_.firm->joining(s, all));
  now.teams = &plan_.firm->teams(all);
  for (std::size_t k = 0; k < now.teams->size(); ++k)
    if (const double cost = (*now.teams)[k]->cost(); cost != 0)
      payments_.push_back({plan_.layout.team_cost(static_cast<int>(k)), periods(), cost});
}

void Course::pay(const Act& act) {
  const Intervention& intervention = interventions_[act.which];
  const Cost& cost = intervention.definition->cost;
  const auto by_firm = [&](CostKind kind, double amount) {
    if (amount != 0) payments_.push_back({plan_.layout.cost(kind, intervention.index), periods(), amount});
  };
  if (act.begins) by_firm(CostKind::upfront, cost.upfront);
  by_firm(CostKind::running, cost.running);
  if (cost.per_customer == 0) return;
  for (std::size_t s = 0; s < plan_.segments.size(); ++s)
    if (intervention.reach[s] > 0)
      periods_.back().treatments.push_back({intervention.index, intervention.bit,
                                            static_cast<std::int32_t>(s), cost.per_customer, act.begins});
}

Activity Course::activity(std::size_t segment, std::uint32_t mask, int period) const {
  Activity activity;
  for (const Act& act : at(period).acts) {
    const Intervention& intervention = interventions_[act.which];
    if (intervention.reach[segment] <= 0) continue;
    if (intervention.bit >= 0 && !(mask >> intervention.bit & 1)) continue;
    activity.push_back(act.acting);
  }
  return activity;
}

double Course::arrivals(std::size_t segment) const {
  double sum = 0;
  for (const Period& period : periods_) sum += period.joining[segment]->arrivals;
  return sum;
}

Course known_course(const Plan& plan, const std::vector<Intervention>& interventions, Cancel cancel) {
  Course course(plan, interventions);
  std::vector<bool> begin(interventions.size());
  for (int t = 1; t <= plan.horizon(); ++t) {
    check_cancelled(cancel);
    for (std::size_t k = 0; k < begin.size(); ++k) begin[k] = interventions[k].begins(t);
    course.next(begin);
  }
  return course;
}

}  // namespace goodwill

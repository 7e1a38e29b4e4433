#include "sim/plan/course.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "sim/plan/plan.hpp"

namespace goodwill {

namespace {

constexpr double halvings = 7;  // of what fades: less than 1 % is left

}  // namespace

bool Intervention::begins(int period) const {
  const int first = static_cast<int>(definition->start);
  if (!is_known() || period < first) return false;
  return period == first ||
         (definition->every && (period - first) % static_cast<int>(*definition->every) == 0);
}

std::optional<Acting> Intervention::acting(int age) const {
  const double settled = settled_age(*definition), past = age - lasts;
  const auto reached = static_cast<std::int32_t>(std::min({static_cast<double>(age), lasts, settled}));
  if (past <= 0) return Acting{index, reached, 0};
  if (!definition->fades || past >= halvings * *definition->fades) return {};
  return Acting{index, reached, static_cast<std::int32_t>(past)};
}

/// It begins in a period with its chance if it has begun in none of the last periods that it lasts, of which
/// it can have begun in one only.
Odds odds_of(const Intervention& intervention) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  if (intervention.trigger) return {unknown, unknown};
  double never = 1;
  std::vector<double> begins;
  for (const double chance : intervention.chance) {
    never *= 1 - chance;
    double at_work = 0;
    for (std::size_t k = begins.size();
         k > 0 && static_cast<double>(begins.size() - k) + 1 < intervention.lasts; --k)
      at_work += begins[k - 1];
    begins.push_back(chance * (1 - at_work));
  }
  return {1 - never, std::accumulate(begins.begin(), begins.end(), 0.0)};
}

Course::Course(const Plan& plan, const std::vector<Intervention>& interventions)
    : plan_(plan), interventions_(interventions.data()), began_(interventions.size()) {}

void Course::next(const std::vector<bool>& begin) {
  const int period = periods() + 1;
  std::vector<Act> acts;
  for (std::size_t k = 0; k < began_.size(); ++k) {
    if (begin[k]) began_[k] = period;
    if (began_[k] == 0) continue;
    if (const auto acting = interventions_[k].acting(period - began_[k] + 1))
      acts.push_back({k, *acting, began_[k]});
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

bool Course::is_at_work(std::size_t which) const {
  return began_[which] > 0 && periods() + 1 - began_[which] < interventions_[which].lasts;
}

/// What fades costs nothing.
void Course::pay(const Act& act) {
  if (act.acting.faded > 0) return;
  const Intervention& intervention = interventions_[act.which];
  const Cost& cost = intervention.definition->cost;
  const auto by_firm = [&](CostKind kind, double amount) {
    if (amount != 0) payments_.push_back({plan_.layout.cost(kind, intervention.index), periods(), amount});
  };
  const bool begins = act.began == periods();
  if (begins) by_firm(CostKind::upfront, cost.upfront);
  by_firm(CostKind::running, cost.running);
  if (cost.per_customer == 0) return;
  for (std::size_t s = 0; s < plan_.segments.size(); ++s)
    if (intervention.reach[s] > 0)
      periods_.back().treatments.push_back(
          {intervention.index, intervention.bit, static_cast<std::int32_t>(s), cost.per_customer, begins});
}

Activity Course::activity(std::size_t segment, std::uint32_t mask, int period) const {
  Activity activity;
  for (const Act& act : at(period).acts)
    if (interventions_[act.which].reaches(segment, mask)) activity.push_back(act.acting);
  return activity;
}

std::vector<Act> Course::acts(std::size_t segment, std::uint32_t mask, int period) const {
  std::vector<Act> acts;
  for (const Act& act : at(period).acts)
    if (interventions_[act.which].reaches(segment, mask)) acts.push_back(act);
  return acts;
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

std::vector<Course> extreme_courses(const Plan& plan, const std::vector<Intervention>& interventions,
                                    const Course& known, Cancel cancel) {
  std::vector<std::size_t> unknown;
  for (std::size_t k = 0; k < interventions.size(); ++k)
    if (!interventions[k].is_known()) unknown.push_back(k);
  std::vector<Course> courses{known};
  for (std::uint32_t some = 1; some < std::uint32_t{1} << unknown.size(); ++some) {
    Course& course = courses.emplace_back(plan, interventions);
    for (int t = 1; t <= plan.horizon(); ++t) {
      check_cancelled(cancel);
      std::vector<Act> acts = known.acts(t);
      for (std::size_t k = 0; k < unknown.size(); ++k) {
        const Intervention& intervention = interventions[unknown[k]];
        const auto most = static_cast<int>(std::min<double>(intervention.lasts, plan.horizon()));
        if ((some >> k & 1u) != 0) acts.push_back({unknown[k], *intervention.acting(most), 1});
      }
      std::ranges::sort(acts, {}, &Act::which);
      course.next(std::move(acts));
    }
  }
  return courses;
}

}  // namespace goodwill

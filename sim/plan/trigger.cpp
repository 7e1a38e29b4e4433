#include "sim/plan/trigger.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace goodwill {

namespace {

/// Periods from one report to the next.
double between_reports(const Model& model) { return std::max(1.0, model.periods_per_year() / 12); }

}  // namespace

Trigger make_trigger(const When& when, const Model& model) {
  Trigger trigger;
  const Range* range = nullptr;
  for (const auto& [figure, asked] :
       {std::pair(Figure::measured_nps, &when.measured_nps), std::pair(Figure::churn, &when.churn),
        std::pair(Figure::conversion, &when.conversion), std::pair(Figure::customers, &when.customers),
        std::pair(Figure::use, &when.use), std::pair(Figure::unserved, &when.unserved)})
    if (*asked) {
      trigger.figure = figure;
      range = &**asked;
    }
  if (range == nullptr) throw std::logic_error("a trigger without a figure");
  if (!when.team.empty()) trigger.team = static_cast<std::size_t>(model.teams.index(when.team));
  if (range->from) trigger.from = *range->from;
  if (range->to) trigger.to = *range->to;
  // As many as cover the time; a tenth of one may be missing, because months are no whole number of weeks.
  trigger.reports = std::max(1, static_cast<int>(std::ceil(when.periods / between_reports(model) - 0.1)));
  trigger.delay = static_cast<int>(when.delay);
  if (when.answers) trigger.answers = *when.answers;
  return trigger;
}

int reports_until(int period, const Model& model) {
  return static_cast<int>(std::floor(period / between_reports(model) + 1e-9));
}

bool has_triggers(const Model& model, const std::string& scenario, bool circumstances) {
  const auto seen = [](const Investment* one) { return one != nullptr && one->when.has_value(); };
  if (circumstances &&
      std::ranges::any_of(model.events, [&](const auto& event) { return seen(&event.second); }))
    return true;
  const std::vector<std::string>* listed = model.scenarios.find(scenario);
  return listed != nullptr && std::ranges::any_of(*listed, [&](const std::string& name) {
           return seen(model.investments.find(name));
         });
}

}  // namespace goodwill

// One scenario of a plan: what acts on whom, who joins, and what it costs.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "sim/plan/plan.hpp"

namespace goodwill {
namespace {

constexpr int max_audiences = 8, max_unknown = 8;

Intervention make_intervention(const Model& model, const std::string& name, int horizon) {
  const bool event = model.events.find(name) != nullptr;
  Intervention o;
  o.definition = event ? model.events.find(name) : model.investments.find(name);
  o.name = name;
  o.index = event ? static_cast<int>(model.investments.size()) + model.events.index(name)
                  : model.investments.index(name);
  if (o.definition->by_chance()) o.chance.assign(static_cast<std::size_t>(horizon), o.definition->chance);
  if (o.definition->when) o.trigger = make_trigger(*o.definition->when, model);
  o.lasts = o.definition->lasts ? o.definition->lasts->value : event ? 1.0 : 1e9;
  for (const auto& [segment, definition] : model.segments) {
    const Number* own = o.definition->reach_by_segment.find(segment);
    o.reach.push_back(own                                      ? own->value
                      : o.definition->reach_by_segment.empty() ? o.definition->reach.value
                                                               : 0.0);
  }
  return o;
}

/// How many different acts an intervention has, up to the horizon.
double steps_of(const Intervention& intervention, int horizon) {
  std::set<Acting> steps;
  for (int age = 1; age <= horizon; ++age)
    if (const auto acting = intervention.acting(age)) steps.insert(*acting);
  return static_cast<double>(steps.size());
}

}  // namespace

std::uint32_t name_hash(const std::string& name) {
  std::uint32_t h = 2166136261u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h;
}

double ScenarioPlan::arrivals(std::size_t segment) const {
  double most = 0;
  for (const Course& one : extremes) most = std::max(most, one.arrivals(segment));
  return most;
}

ScenarioPlan Plan::plan_scenario(const std::string& name, const PlanOptions& options) {
  const Model& m = *model_;
  ScenarioPlan scenario;
  scenario.name = name;
  std::vector<std::string> interventions;
  const auto is_circumstance = [&](const std::string& event) {
    const Investment* known = m.events.find(event);
    return known && known->is_circumstance();
  };
  if (options.circumstances)
    std::ranges::copy_if(m.events.names(), std::back_inserter(interventions), is_circumstance);
  if (const auto* listed = m.scenarios.find(name)) {
    std::ranges::remove_copy_if(*listed, std::back_inserter(interventions), is_circumstance);
  } else if (name != "baseline") {
    std::vector<std::string> names{"baseline"};
    for (const auto& [known, list] : m.scenarios) names.push_back(known);
    std::string text = "there is no scenario '" + name + "'";
    if (const std::string near = nearest(name, names); !near.empty())
      text += "; did you mean '" + near + "'?";
    text += " (scenarios: ";
    for (std::size_t i = 0; i < names.size(); ++i) text += (i ? ", " : "") + names[i];
    throw ModelError(text + ")");
  }
  for (const auto& intervention : interventions)
    scenario.interventions.push_back(make_intervention(m, intervention, horizon()));
  for (auto& intervention : scenario.interventions) {
    if (std::all_of(intervention.reach.begin(), intervention.reach.end(), [](double r) { return r >= 1; }))
      continue;
    // Interventions that share an audience share its luck; with an equal reach they have the same group.
    ScenarioPlan::Audience audience{name_hash(intervention.definition->audience.empty()
                                                  ? intervention.name
                                                  : intervention.definition->audience),
                                    {}};
    for (const double r : intervention.reach) audience.reach.push_back(threshold(r));
    const auto same = std::find(scenario.audiences.begin(), scenario.audiences.end(), audience);
    intervention.bit = static_cast<std::int32_t>(same - scenario.audiences.begin());
    if (same == scenario.audiences.end()) scenario.audiences.push_back(std::move(audience));
  }
  if (scenario.audiences.size() > max_audiences)
    throw ModelError("scenario '" + name +
                     "' has more than 8 audiences that reach only a part of the customers");
  if (std::ranges::count_if(scenario.interventions, std::not_fn(&Intervention::is_known)) > max_unknown)
    throw ModelError("scenario '" + name +
                     "' has more than 8 investments and events that begin by chance or by what is seen");
  scenario.course =
      std::make_shared<const Course>(known_course(*this, scenario.interventions, options.cancel));
  plan_chances(scenario);
  scenario.extremes = extreme_courses(*this, scenario.interventions, *scenario.course, options.cancel);
  for (std::size_t s = 0; s < segments.size(); ++s) check_arrivals(scenario, s, options);
  check_tables(scenario, options);
  plan_extremes(scenario, options);
  return scenario;
}

/// Chances belong to the whole firm: whoever changes them does so for everybody.
void Plan::plan_chances(ScenarioPlan& scenario) const {
  if (std::ranges::none_of(scenario.interventions, &Intervention::by_chance)) return;
  for (int t = 1; t <= horizon(); ++t) {
    Activity known;
    for (const Act& act : scenario.course->acts(t)) known.push_back(act.acting);
    const Named<Investment> events = tables.events(known);
    for (Intervention& intervention : scenario.interventions)
      if (const Investment* event = events.find(intervention.name); event && intervention.by_chance())
        intervention.chance[static_cast<std::size_t>(t - 1)] = event->chance;
  }
}

/// Refuses what would take hours because nobody said how many to simulate. A firm of a thousand customers
/// that millions join every month has figures of two firms, or of two units of time.
void Plan::check_arrivals(const ScenarioPlan& scenario, std::size_t segment,
                          const PlanOptions& options) const {
  constexpr double most = 1e7;
  if (model_->agents || model_->agents_all || options.agents_per_segment > 0) return;
  const double joining = scenario.arrivals(segment);
  if (joining <= most) return;
  const std::string& name = model_->segments.items[segment].first;
  char brought[32];
  std::snprintf(brought, sizeof brought, "%.3g million", joining / 1e6);
  throw ModelError("segment '" + name + "': " + name + ".arrivals brings " + brought +
                   " customers to be simulated over the horizon, beside " +
                   std::to_string(segments[segment].agents) +
                   " at the start; accepted: 10 million, or any number where agents says how many to "
                   "simulate (fewer agents stand for more customers each, newcomers included)");
}

/// Refuses what would fill the memory: a group of customers has tables of its own for every step of its ramps
/// and of what fades, and what need not begin may meet each step of the others.
void Plan::check_tables(const ScenarioPlan& scenario, const PlanOptions& options) const {
  constexpr double most = 0x1p30;  // bytes
  const double each =
      static_cast<double>(segments.front().baseline->bytes()) * (tables.referred_matters() ? 2 : 1);
  std::vector<double> steps;
  for (const Intervention& intervention : scenario.interventions)
    steps.push_back(intervention.is_known() ? 1 : 1 + steps_of(intervention, horizon()));
  const double unknown = std::accumulate(steps.begin(), steps.end(), 1.0, std::multiplies<>{});
  const auto groups = static_cast<double>(scenario.groups() * segments.size());
  if (groups * horizon() * unknown * each <= most) return;
  double count = 0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    std::map<std::vector<bool>, std::set<Activity>> known;  // by what may act beside it in some worlds
    for (std::uint32_t mask = 0; mask < scenario.groups(); ++mask) {
      check_cancelled(options.cancel);
      std::vector<bool> reached;
      for (const Intervention& intervention : scenario.interventions)
        reached.push_back(!intervention.is_known() && intervention.reaches(s, mask));
      for (int t = 1; t <= horizon(); ++t) known[reached].insert(scenario.course->activity(s, mask, t));
    }
    for (const auto& [reached, activities] : known) {
      double times = 1;
      for (std::size_t k = 0; k < steps.size(); ++k) times *= reached[k] ? steps[k] : 1;
      count += times * static_cast<double>(activities.size());
    }
  }
  if (count * each <= most) return;
  char text[400];
  std::snprintf(text, sizeof text,
                "scenario '%s' needs %.0f tables of parameters, %.1f GB (at most 1 GB): one for each of %.0f "
                "groups of customers at each step of its ramps%s; let investments share an 'audience', reach "
                "everybody, or shorten a 'ramp'%s",
                scenario.name.c_str(), count, count * each / 1e9, groups,
                scenario.varies() ? " and of what fades, in every combination that may come about" : "",
                scenario.varies() ? " or what 'fades'" : "");
  throw ModelError(text);
}

/// Compiles the tables of the first and the last period of each stretch in which the same interventions act
/// and the same ones are on their ramps or fade. What they add moves evenly between the two, so these tables
/// have the largest and the smallest amounts, and show what leaves its bounds. (Factors multiplied may bulge
/// a little; sums watch for overflow.)
void Plan::plan_extremes(const ScenarioPlan& scenario, const PlanOptions& options) const {
  const auto phase = [&](const Act& a) {
    const bool settled = a.acting.age == settled_age(*scenario.interventions[a.which].definition);
    return std::tuple(a.which, a.began, settled, a.acting.faded > 0);
  };
  for (const Course& course : scenario.extremes)
    for (std::size_t s = 0; s < segments.size(); ++s)
      for (std::uint32_t mask = 0; mask < scenario.groups(); ++mask) {
        check_cancelled(options.cancel);
        std::vector<Act> now;
        Activity before;
        for (int t = 1; t <= horizon(); ++t) {
          std::vector<Act> next = course.acts(s, mask, t);
          const Activity activity = course.activity(s, mask, t);
          if (!std::ranges::equal(now, next, {}, phase, phase)) {
            tables.of(s, false, before);
            tables.of(s, false, activity);
          }
          now = std::move(next);
          before = activity;
        }
        tables.of(s, false, before);
      }
}

}  // namespace goodwill

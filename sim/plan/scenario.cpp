// One scenario of a plan: what acts on whom, who joins, and what it costs.
#include <algorithm>
#include <cstdio>

#include "sim/plan/plan.hpp"

namespace goodwill {
namespace {

constexpr int max_audiences = 8;

std::uint32_t hash(const std::string& name) {  // FNV-1a: an audience keeps its luck when others are added
  std::uint32_t h = 2166136261u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h;
}

Intervention make_intervention(const Model& model, const std::string& name) {
  const bool event = model.events.find(name) != nullptr;
  Intervention o;
  o.definition = event ? model.events.find(name) : model.investments.find(name);
  o.name = name;
  o.index = event ? static_cast<int>(model.investments.size()) + model.events.index(name)
                  : model.investments.index(name);
  o.start = static_cast<int>(o.definition->start);
  o.lasts = o.definition->lasts ? o.definition->lasts->value : event ? 1.0 : 1e9;
  for (const auto& [segment, definition] : model.segments) {
    const Number* own = o.definition->reach_by_segment.find(segment);
    o.reach.push_back(own                                      ? own->value
                      : o.definition->reach_by_segment.empty() ? o.definition->reach.value
                                                               : 0.0);
  }
  return o;
}

}  // namespace

ScenarioPlan Plan::plan_scenario(const std::string& name, const PlanOptions& options) {
  const Model& m = *model_;
  ScenarioPlan scenario;
  scenario.name = name;
  std::vector<std::string> interventions;
  if (const auto* listed = m.scenarios.find(name)) {
    interventions = *listed;
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
    scenario.interventions.push_back(make_intervention(m, intervention));
  for (auto& intervention : scenario.interventions) {
    if (std::all_of(intervention.reach.begin(), intervention.reach.end(), [](double r) { return r >= 1; }))
      continue;
    // Interventions that share an audience share its luck; with an equal reach they have the same group.
    ScenarioPlan::Audience audience{hash(intervention.definition->audience.empty()
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
  scenario.course =
      std::make_shared<const Course>(known_course(*this, scenario.interventions, options.cancel));
  for (std::size_t s = 0; s < segments.size(); ++s) check_arrivals(scenario, s, options);
  check_tables(scenario, options);
  plan_extremes(scenario, options);
  return scenario;
}

/// Refuses what would take hours because nobody said how many to simulate. A firm of a thousand customers
/// that millions join every month has figures of two firms, or of two units of time.
void Plan::check_arrivals(const ScenarioPlan& scenario, std::size_t segment,
                          const PlanOptions& options) const {
  constexpr double most = 1e7;
  if (model_->agents || model_->agents_all || options.agents_per_segment > 0) return;
  const double joining = scenario.course->arrivals(segment);
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

/// Refuses what would fill the memory: a group of customers has tables of its own for every step of its
/// ramps.
void Plan::check_tables(const ScenarioPlan& scenario, const PlanOptions& options) const {
  constexpr double most = 0x1p30;  // bytes
  const double each =
      static_cast<double>(segments.front().baseline->bytes()) * (tables.referred_matters() ? 2 : 1);
  const auto groups = static_cast<double>(scenario.groups() * segments.size());
  if (groups * horizon() * each <= most) return;
  double count = 0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    std::set<Activity> steps;
    for (std::uint32_t mask = 0; mask < scenario.groups(); ++mask) {
      check_cancelled(options.cancel);
      for (int t = 1; t <= horizon(); ++t) steps.insert(scenario.course->activity(s, mask, t));
    }
    count += static_cast<double>(steps.size());
  }
  if (count * each <= most) return;
  char text[300];
  std::snprintf(text, sizeof text,
                "scenario '%s' needs %.0f tables of parameters, %.1f GB (at most 1 GB): one for each of %.0f "
                "groups of customers at each step of its ramps; let investments share an 'audience', reach "
                "everybody, or shorten a 'ramp'",
                scenario.name.c_str(), count, count * each / 1e9, groups);
  throw ModelError(text);
}

/// Compiles the tables of the first and the last period of each stretch in which the same interventions act
/// and the same ones are on their ramps. What they add moves evenly between the two, so these tables have the
/// largest and the smallest amounts, and show what leaves its bounds. (Factors multiplied may bulge a little;
/// sums watch for overflow.)
void Plan::plan_extremes(const ScenarioPlan& scenario, const PlanOptions& options) const {
  const auto phase = [&](const Acting& a) {
    return std::pair(a.intervention, a.age == settled_age(tables.definition(a.intervention)));
  };
  const auto same_act = [&](const Activity& a, const Activity& b) {
    return std::ranges::equal(a, b, {}, phase, phase);
  };
  for (std::size_t s = 0; s < segments.size(); ++s)
    for (std::uint32_t mask = 0; mask < scenario.groups(); ++mask) {
      check_cancelled(options.cancel);
      Activity now;
      for (int t = 1; t <= horizon(); ++t) {
        Activity next = scenario.course->activity(s, mask, t);
        if (!same_act(now, next)) {
          tables.of(s, false, now);
          tables.of(s, false, next);
        }
        now = std::move(next);
      }
      tables.of(s, false, now);
    }
}

}  // namespace goodwill

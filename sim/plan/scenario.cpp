// One scenario of a plan: what acts on whom, who joins, and what it costs.
#include <algorithm>
#include <cstdio>
#include <numeric>

#include "sim/plan/plan.hpp"

namespace goodwill {
namespace {

constexpr int max_audiences = 8;

std::uint32_t hash(const std::string& name) {  // FNV-1a: an audience keeps its luck when others are added
  std::uint32_t h = 2166136261u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h;
}

Intervention make_intervention(const Model& model, const std::string& name, int horizon) {
  const bool event = model.events.find(name) != nullptr;
  Intervention o;
  o.definition = event ? model.events.find(name) : model.investments.find(name);
  o.name = name;
  o.index = event ? static_cast<int>(model.investments.size()) + model.events.index(name)
                  : model.investments.index(name);
  o.start = static_cast<int>(o.definition->start);
  const double lasts = o.definition->lasts ? o.definition->lasts->value : event ? 1.0 : 1e9;
  o.end = static_cast<int>(std::min<double>(horizon, o.start - 1 + lasts));
  for (const auto& [segment, definition] : model.segments) {
    const Number* own = o.definition->reach_by_segment.find(segment);
    o.reach.push_back(own                                      ? own->value
                      : o.definition->reach_by_segment.empty() ? o.definition->reach.value
                                                               : 0.0);
  }
  return o;
}

/// Those among `changes` that are at work in a period, whoever is reached.
std::vector<TimedChange> active_changes(const ScenarioPlan& scenario, const std::set<const Change*>& changes,
                                        int period) {
  std::vector<TimedChange> active;
  for (const auto& intervention : scenario.interventions)
    if (intervention.active(period))
      for (const auto& change : intervention.definition->changes)
        if (changes.contains(&change))
          active.push_back(
              {&change, ramp_at(*intervention.definition, intervention.age(period)), intervention.index});
  return active;
}

}  // namespace

Activity ScenarioPlan::activity(std::size_t segment, std::uint32_t mask, int period) const {
  Activity activity;
  for (const auto& intervention : interventions) {
    if (!intervention.active(period) || intervention.reach[segment] <= 0) continue;
    if (intervention.bit >= 0 && !(mask >> intervention.bit & 1)) continue;
    activity.push_back({intervention.index, intervention.age(period)});
  }
  return activity;
}

/// Who joins a segment, given its model of the period.
Newcomers Plan::newcomers(std::size_t s, const Model& environment) const {
  const Segment& segment = environment.segments.items[s].second;
  NewcomerParams any = newcomer(segment, segment_stage(environment, segment), segments[s].trait_params);
  Newcomers joining{any, any};
  if (!segment.arrivals_stage.empty())
    joining.acquired.stage = stage_index(environment, segment.arrivals_stage);
  if (environment.referrals && !environment.referrals->stage.empty())
    joining.referred.stage = stage_index(environment, environment.referrals->stage);
  return joining;
}

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
    scenario.interventions.push_back(make_intervention(m, intervention, horizon()));
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
  check_tables(scenario, options);
  plan_extremes(scenario, options);
  plan_costs(scenario);
  plan_environment(scenario, options);
  plan_firm(scenario);
  return scenario;
}

/// What belongs to the firm as a whole: its teams. Reach never scales them.
void Plan::plan_firm(ScenarioPlan& scenario) const {
  scenario.teams.resize(static_cast<std::size_t>(horizon()));
  if (model_->teams.empty()) return;
  Teams teams;
  for (int t = 1; t <= horizon(); ++t) {
    const std::vector<TimedChange> active = active_changes(scenario, of_firm_, t);
    teams = plan_teams(active.empty() ? *model_ : tables.changed(0, active), teams);
    scenario.teams[static_cast<std::size_t>(t - 1)] = teams;
    for (std::size_t k = 0; k < teams.size(); ++k)
      if (teams[k]->cost() != 0)
        scenario.payments.push_back({layout.team_cost(static_cast<int>(k)), t, teams[k]->cost()});
  }
}

/// What does not depend on who is reached: how many join in a period, at what cost, and in what state. Only
/// changes of segment fields count here, and reach never scales them.
void Plan::plan_environment(ScenarioPlan& scenario, const PlanOptions& options) const {
  scenario.arrivals.resize(segments.size());
  scenario.acquisition.resize(segments.size());
  scenario.newcomers.resize(segments.size());
  for (std::size_t s = 0; s < segments.size(); ++s) {
    for (int t = 1; t <= horizon(); ++t) {
      check_cancelled(options.cancel);
      const std::vector<TimedChange> active = active_changes(scenario, of_segments_, t);
      const Model environment = active.empty() ? Model{} : tables.changed(s, active);
      const Model& now = active.empty() ? tables.segment_models()[s] : environment;
      const Segment& segment = now.segments.items[s].second;
      double rate = options.arrivals ? segment.arrivals / segments[s].weight : 0.0;
      if (options.agents_per_segment > 0)
        rate = std::round(rate);  // anchoring: the same whole number in every period
      scenario.arrivals[s].push_back(rate);
      scenario.acquisition[s].push_back(segment.acquisition_cost);
      scenario.newcomers[s].push_back(newcomers(s, now));
    }
    check_arrivals(scenario, s, options);
  }
}

/// Refuses what would take hours because nobody said how many to simulate. A firm of a thousand customers
/// that millions join every month has figures of two firms, or of two units of time.
void Plan::check_arrivals(const ScenarioPlan& scenario, std::size_t segment,
                          const PlanOptions& options) const {
  constexpr double most = 1e7;
  if (model_->agents || model_->agents_all || options.agents_per_segment > 0) return;
  const std::vector<double>& rates = scenario.arrivals[segment];
  const double joining = std::accumulate(rates.begin(), rates.end(), 0.0);
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
      for (int t = 1; t <= horizon(); ++t) steps.insert(scenario.activity(s, mask, t));
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
        Activity next = scenario.activity(s, mask, t);
        if (!same_act(now, next)) {
          tables.of(s, false, now);
          tables.of(s, false, next);
        }
        now = std::move(next);
      }
      tables.of(s, false, now);
    }
}

void Plan::plan_costs(ScenarioPlan& scenario) const {
  for (const Intervention& intervention : scenario.interventions) {
    const Cost& cost = intervention.definition->cost;
    for (int t = intervention.start; t <= intervention.end; ++t) {
      if (t == intervention.start && cost.upfront != 0)
        scenario.payments.push_back({layout.cost(CostKind::upfront, intervention.index), t, cost.upfront});
      if (cost.running != 0)
        scenario.payments.push_back({layout.cost(CostKind::running, intervention.index), t, cost.running});
    }
    if (cost.per_customer == 0) continue;
    for (std::size_t s = 0; s < segments.size(); ++s)
      if (intervention.reach[s] > 0)
        scenario.treatments.push_back({intervention.index, intervention.start, intervention.end,
                                       intervention.bit, static_cast<std::int32_t>(s), cost.per_customer});
  }
}

}  // namespace goodwill

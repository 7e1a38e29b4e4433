#include "sim/plan/plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "sim/ledger/sums.hpp"
#include "sim/model/scalar.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

constexpr int max_audiences = 8;

std::uint32_t hash(const std::string& name) {  // FNV-1a: an audience keeps its luck when others are added
  std::uint32_t h = 2166136261u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h;
}

float single(double x) { return static_cast<float>(x); }

NewcomerParams newcomer(const Segment& s, int stage, const std::vector<TraitParams>& traits) {
  return {single(s.satisfaction.mean),
          single(s.satisfaction.sd),
          single(s.expects.mean),
          single(s.expects.sd),
          single(s.trust.mean),
          single(s.trust.sd),
          traits.data(),
          static_cast<int>(traits.size()),
          stage};
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

}  // namespace

Plan::Plan(const Model& model, const Anchors& anchors, const std::vector<std::string>& names,
           PlanOptions options)
    : model_(std::make_shared<const Model>([&] {
        Model m = model;
        if (options.horizon > 0) m.horizon.value = options.horizon;
        return m;
      }())),
      layout(make_layout(*model_, options.experiences)), tables(*model_, layout, anchors) {
  layout.run_off = options.run_off;
  thinning = options.thinning;
  layout.survival_weights = options.survival_weights;
  const PathIndex index(*model_);
  for (const auto* interventions : {&model_->investments, &model_->events})
    for (const auto& [name, intervention] : *interventions)
      for (const auto& change : intervention.changes) {
        const auto found = index.find(change.path, PathIndex::Purpose::change);
        if (!found.places.empty() && found.places.front()->words.front() == "segments")
          of_segments_.insert(&change);
      }
  discount = discount_factors(options.valuation.value_or(valuation_of(*model_)), model_->periods_per_year(),
                              last_period());
  plan_segments(anchors, options);
  for (const auto& name : names) scenarios.push_back(plan_scenario(name, options));
  choose_scale();
}

int Plan::max_traits() const {
  std::size_t most = 0;
  for (const auto& s : segments) most = std::max(most, s.trait_params.size());
  return static_cast<int>(most);
}

/// How many customers of each segment are simulated, and how many real ones each stands for.
void Plan::weigh(const PlanOptions& options) {
  const Model& m = *model_;
  double customers = 0, arrivals = 0;
  for (const auto& [name, s] : m.segments) {
    customers += s.count;
    arrivals += s.arrivals * horizon();
  }
  const double most = customers > 0 ? customers : std::max(1.0, arrivals);
  const double wanted =
      m.agents_all ? most : std::min(most, (m.agents ? m.agents->value : 20'000.0) * options.share);
  segments.resize(m.segments.size());
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const Segment& segment = tables.segment_models()[s].segments.items[s].second;
    const double count = segment.count;
    SegmentPlan& plan = segments[s];
    // Anchoring: a sample of fixed size, of the base or of those who arrive, whichever are more.
    if (options.agents_per_segment > 0) {
      const double all = std::max(count, options.arrivals ? segment.arrivals * horizon() : 0.0);
      plan.weight = all > 0 ? all / static_cast<double>(options.agents_per_segment) : most / wanted;
    } else {
      const double agents =
          m.agents_all ? count : std::min(count, std::max(std::round(wanted * count / most), 200.0));
      plan.weight = count > 0 ? count / agents : most / wanted;
    }
  }
  // Where referrals lead into another segment, its customers must not be much lighter than their referrers:
  // each referral would become a crowd.
  for (std::size_t s = 0; s < segments.size() && !m.agents_all; ++s) {
    const Model& own = tables.segment_models()[s];
    if (!own.referrals || own.referrals->segment.empty()) continue;
    SegmentPlan& target = segments[static_cast<std::size_t>(own.segments.index(own.referrals->segment))];
    target.weight = std::max(target.weight, segments[s].weight / 20);
  }
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const double count = tables.segment_models()[s].segments.items[s].second.count;
    if (count == 0) continue;
    segments[s].agents = std::max<std::int64_t>(1, std::llround(count / segments[s].weight));
    segments[s].weight = count / static_cast<double>(segments[s].agents);
  }
}

void Plan::plan_segments(const Anchors& anchors, const PlanOptions& options) {
  const Model& m = *model_;
  weigh(options);
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const Model& own = tables.segment_models()[s];
    SegmentPlan& plan = segments[s];
    for (const auto& t : tables.traits(s))
      plan.trait_params.push_back({t.draw, t.table.empty() ? nullptr : t.table.data()});
    const Segment& segment = own.segments.items[s].second;
    plan.initial = newcomer(segment, segment_stage(own, segment), plan.trait_params);
    plan.referral_segment = static_cast<int>(s);
    if (own.referrals && !own.referrals->segment.empty())
      plan.referral_segment = own.segments.index(own.referrals->segment);
    plan.referral_copies = plan.weight / segments[static_cast<std::size_t>(plan.referral_segment)].weight;
    plan.baseline = &tables.of(s, false, {});
    if (plan.agents > 0) {
      const SegmentAnchor& anchor = anchors.segments[s];
      const double year = m.periods_per_year();
      try {
        plan.candidates = std::make_unique<Candidates>(
            Skeleton(plan.baseline->params(), layout.responses_at, anchor.state, year), plan.trait_params,
            plan.initial.stage, lived_past(own), year, anchor.tenure_cdf);
      } catch (const NobodyStays&) {
        const std::string& name = m.segments.items[s].first;
        throw ModelError("segment '" + name + "': everybody is lost " +
                         (anchor.tenure_cdf.empty() ? "in their first period, so nobody can be here today"
                                                    : "before the tenure asked") +
                         "; give " + name + ".tenure: 0 for customers who have just joined, or lower churn");
      }
    }
  }
}

Activity ScenarioPlan::activity(std::size_t segment, std::uint32_t mask, int period) const {
  Activity activity;
  for (const auto& intervention : interventions) {
    if (!intervention.active(period) || intervention.reach[segment] <= 0) continue;
    if (intervention.bit >= 0 && !(mask >> intervention.bit & 1)) continue;
    activity.push_back({intervention.index, intervention.age(period)});
  }
  return activity;
}

const Compiled& Plan::compiled(const ScenarioPlan& scenario, int segment, std::uint32_t mask, bool referred,
                               int period) const {
  const auto s = static_cast<std::size_t>(segment);
  return tables.of(s, referred, period <= horizon() ? scenario.activity(s, mask, period) : Activity{});
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
    // Who shares an audience shares its luck; with an equal reach it is the same group.
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
  return scenario;
}

/// What does not hang on who is reached: how many join in a period, at what cost, and how they are. Only
/// changes of segment fields count here, and reach never scales them.
void Plan::plan_environment(ScenarioPlan& scenario, const PlanOptions& options) const {
  scenario.arrivals.resize(segments.size());
  scenario.acquisition.resize(segments.size());
  scenario.newcomers.resize(segments.size());
  for (std::size_t s = 0; s < segments.size(); ++s) {
    for (int t = 1; t <= horizon(); ++t) {
      check_cancelled(options.cancel);
      std::vector<TimedChange> active;
      for (const auto& intervention : scenario.interventions)
        if (intervention.active(t))
          for (const auto& change : intervention.definition->changes)
            if (of_segments_.contains(&change))
              active.push_back(
                  {&change, ramp_at(*intervention.definition, intervention.age(t)), intervention.index});
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

/// Refuses what would take hours because nobody said how many to simulate: a firm of a thousand customers
/// with millions who join every month has figures of two firms, or of two units of time.
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

/// Compiles the tables of the first and the last period in which the same interventions act and the same ones
/// are on their ramps. What they add moves evenly between the two, so these have the largest amounts, the
/// smallest, and what leaves its bounds. (Factors multiplied may bulge a little; sums watch for overflow.)
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
        scenario.payments.push_back({CostKind::upfront, intervention.index, t, cost.upfront});
      if (cost.running != 0)
        scenario.payments.push_back({CostKind::running, intervention.index, t, cost.running});
    }
    if (cost.per_customer == 0) continue;
    for (std::size_t s = 0; s < segments.size(); ++s)
      if (intervention.reach[s] > 0)
        scenario.treatments.push_back({intervention.index, intervention.start, intervention.end,
                                       intervention.bit, static_cast<std::int32_t>(s), cost.per_customer});
  }
}

}  // namespace goodwill

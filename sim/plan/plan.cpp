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

/// What customer ids, bit sets and random number addresses have room for.
void check_size(const Model& m) {
  const auto check = [](std::size_t found, std::size_t most, const std::string& what) {
    if (found > most)
      throw ModelError(what + ": at most " + std::to_string(most) + " can be simulated, found " +
                       std::to_string(found));
  };
  check(m.segments.size(), 1000, "segments");
  check(m.stages.size(), max_stages, "stages");
  check(m.journeys.size(), 10'000, "journeys");
  for (const auto& [name, journey] : m.journeys)
    check(journey.touchpoints.size(), max_touchpoints, "touchpoints of journey '" + name + "'");
  for (const auto& [name, stage] : m.stages) check(stage.moves.size(), 255, "moves of stage '" + name + "'");
}

std::uint32_t hash(const std::string& name) {  // FNV-1a: an audience keeps its luck when others are added
  std::uint32_t h = 2166136261u;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h;
}

float single(double x) { return static_cast<float>(x); }

std::vector<TimedChange> segment_changes(const Segment& segment) {
  std::vector<TimedChange> changes;
  for (const auto& change : segment.changes) changes.push_back({&change, 1.0, -1});
  return changes;
}

/// What lives are lived by, without the investments, events and scenarios that change it: those are many, and
/// a copy is made for each segment.
Model without_what_if(const Model& model) {
  Model copy = model;
  for (auto* interventions : {&copy.investments, &copy.events}) interventions->items.clear();
  copy.assumptions.items.clear();
  copy.scenarios.items.clear();
  copy.compare.items.clear();
  copy.goals.items.clear();
  return copy;
}

/// The model of one segment: anchored levels, the segment's changes, then those of the interventions.
Model changed_model(const Model& model, const Anchors& anchors, const ChangeSet& changes, std::size_t segment,
                    const std::vector<TimedChange>& interventions) {
  Model copy = model;
  if (segment < anchors.segments.size()) {
    std::size_t k = 0;
    for_each_response(
        copy, [&](const std::string&, Response& r) { r.solved = anchors.segments[segment].solved[k++]; });
  }
  copy.survey.solved_bias = anchors.survey_bias;
  std::vector<TimedChange> all = segment_changes(model.segments.items[segment].second);
  all.insert(all.end(), interventions.begin(), interventions.end());
  std::vector<Problem> problems;
  changes.apply(copy, all, problems);
  if (!problems.empty()) throw ModelError(problems);
  return copy;
}

/// Periods of a customer's past that are lived in full: two years, or the longest memory in the segment's
/// model that something looks at, ten years at most.
int lived_past(const Model& model) {
  double longest = 2 * model.periods_per_year();
  const auto see = [&](const std::optional<Who>& who) {
    if (!who) return;
    if (who->within) longest = std::max(longest, who->within->value);
    if (!who->failed_ago) return;
    for (const auto& edge : {who->failed_ago->from, who->failed_ago->to})
      if (edge) longest = std::max(longest, edge->value);
  };
  for (const auto& [name, journey] : model.journeys)
    for (const auto& [place, t] : journey.touchpoints) see(t.who);
  for (const auto* interventions : {&model.investments, &model.events})
    for (const auto& [name, intervention] : *interventions)
      if (intervention.impulse) see(intervention.impulse->who);
  for_each_response(model, [&](const std::string&, const Response& r) {
    if (r.effects.failures != 0 || r.effects.recovered != 0) longest = std::max(longest, model.memory());
  });
  return static_cast<int>(std::lround(std::min(longest, 10 * model.periods_per_year())));
}

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

DiscountFactors discount_factors(const Model& model, int periods, double tax) {
  const Finance& f = model.finance;
  const double growth = f.prices == Finance::Prices::nominal ? math::log1p(f.inflation) : 0;
  const double rate = (math::log1p(f.discount) - growth) / model.periods_per_year();
  const double shift = f.timing == Finance::Timing::start ? 1 : f.timing == Finance::Timing::mid ? 0.5 : 0;
  // Tax on dated money is due with that on recurring money, in the prices of when the money was spent.
  const double until_taxed = math::exp(-growth / model.periods_per_year() * (1 - shift));
  DiscountFactors factors;
  for (int t = 1; t <= periods; ++t) {
    const double recurring = math::exp(-rate * (t - shift)), dated = math::exp(-rate * (t - 1));
    factors.dated.push_back(dated);
    factors.recurring.push_back((1 - tax) * recurring);
    factors.acquisition.push_back(dated - tax * until_taxed * recurring);
  }
  return factors;
}

std::vector<Model> make_segment_models(const Model& model, const Anchors& anchors, const ChangeSet& changes) {
  check_size(model);
  const Model lived = without_what_if(model);
  std::vector<Model> models;
  for (std::size_t s = 0; s < model.segments.size(); ++s)
    models.push_back(changed_model(lived, anchors, changes, s, {}));
  return models;
}

Plan::Plan(const Model& model, const Anchors& anchors, const std::vector<std::string>& names,
           PlanOptions options)
    : model_(std::make_shared<const Model>([&] {
        Model m = model;
        if (options.horizon > 0) m.horizon.value = options.horizon;
        return m;
      }())),
      layout(make_layout(*model_, options.experiences)), changes_(*model_), lived_(without_what_if(*model_)),
      anchors_(anchors), log_tenure_(log_of_tenure(model_->periods_per_year())) {
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
  segment_models = make_segment_models(*model_, anchors, changes_);
  for (const auto& m : segment_models)
    for_each_response(
        m, [&](const std::string&, const Response& r) { referred_matters_ |= r.effects.referred != 0; });
  discount = discount_factors(*model_, last_period(), options.tax);
  plan_segments(anchors, options);
  for (const auto& name : names) scenarios.push_back(plan_scenario(name, options));
  choose_scale();
}

/// Sums have 125 bits: the largest amount takes as many as the events leave that one period may have. What is
/// too small beside it to be right to nine digits is refused.
void Plan::choose_scale() {
  struct Found {
    double amount = 0;
    std::string what;
  } largest, smallest;
  const auto names = layout.counter_names();
  const auto see = [&](double amount, int counter) {
    const double size = std::abs(amount);
    const auto what = [&] { return names[static_cast<std::size_t>(counter)]; };
    if (size > largest.amount) largest = {size, what()};
    if (size > 0 && (smallest.amount == 0 || size < smallest.amount)) smallest = {size, what()};
  };
  const auto each = [&](auto&& visit) {
    for (const auto& compiled : store_) visit(*compiled);
    for (const auto& s : segments)
      for (const auto& compiled : {s.baseline.get(), s.baseline_referred.get()})
        if (compiled) visit(*compiled);
  };
  each([&](const Compiled& c) {
    for (const Price& p : c.prices()) see(p.amount, p.counter);
    const OrderParams& o = c.params().orders;
    if (o.any && o.log_sd != 0)
      see(o.value * (1 + 10 * std::sqrt(math::expm1(double(o.log_sd) * o.log_sd))), count_orders);
    if (o.any && o.log_sd != 0) see(o.value, count_orders);
  });
  double customers = 1, most_arriving = 0;
  for (const auto& s : segments) customers += static_cast<double>(s.agents);
  for (const auto& scenario : scenarios) {
    double arriving = 0;
    for (std::size_t s = 0; s < segments.size(); ++s)
      for (std::size_t t = 0; t < scenario.arrivals[s].size(); ++t) {
        arriving += scenario.arrivals[s][t];
        see(scenario.acquisition[s][t], money_acquisition);
      }
    most_arriving = std::max(most_arriving, arriving);
    for (const TreatmentCost& cost : scenario.treatments)
      see(cost.amount, layout.investments_at + cost.investment);
  }
  if (largest.amount > 0 && largest.amount < 1e-200)
    throw ModelError("amounts of money are too small to be added up: the largest is " +
                     format_scalar(largest.amount, Unit::plain) + " (" + largest.what + ")");
  const int size = largest.amount > 0 ? std::ilogb(largest.amount) + 1 : 0;
  // As many again for each customer referred, 2^9 events a period, and without weights 2^20 replications.
  const int events = std::ilogb(customers + most_arriving) + 1 + 5 + 9 + (layout.survival_weights ? 30 : 20);
  layout.money_scale = std::min(125 - events, 82) - size;
  layout.value_scale = 80 - size;
  if (std::ldexp(smallest.amount, layout.money_scale) < 0x1p29 && smallest.amount > 0)
    throw ModelError("amounts of money lie too far apart to be added up to nine digits: " +
                     format_scalar(smallest.amount, Unit::plain) + " (" + smallest.what + ") beside " +
                     format_scalar(largest.amount, Unit::plain) + " (" + largest.what +
                     "); leave the small one out, or simulate fewer agents");
  each([&](Compiled& c) { c.scale(layout); });
}

Sum Plan::fixed(double amount) const { return to_sum(amount, std::ldexp(1.0, layout.money_scale - 40)); }

int Plan::max_traits() const {
  std::size_t most = 0;
  for (const auto& s : segments) most = std::max(most, s.traits.size());
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
    const Segment& segment = segment_models[s].segments.items[s].second;
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
    const Model& own = segment_models[s];
    if (!own.referrals || own.referrals->segment.empty()) continue;
    SegmentPlan& target = segments[static_cast<std::size_t>(own.segments.index(own.referrals->segment))];
    target.weight = std::max(target.weight, segments[s].weight / 20);
  }
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const double count = segment_models[s].segments.items[s].second.count;
    if (count == 0) continue;
    segments[s].agents = std::max<std::int64_t>(1, std::llround(count / segments[s].weight));
    segments[s].weight = count / static_cast<double>(segments[s].agents);
  }
}

void Plan::plan_segments(const Anchors& anchors, const PlanOptions& options) {
  const Model& m = *model_;
  weigh(options);
  const std::vector<bool> frail = frail_responses(m, segment_models);
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const Model& own = segment_models[s];
    SegmentPlan& plan = segments[s];
    plan.traits = make_traits(own, frail);
    for (const auto& t : plan.traits)
      plan.trait_params.push_back({t.draw, t.table.empty() ? nullptr : t.table.data()});
    const Segment& segment = own.segments.items[s].second;
    plan.initial = newcomer(segment, segment_stage(own, segment), plan.trait_params);
    plan.referral_segment = static_cast<int>(s);
    if (own.referrals && !own.referrals->segment.empty())
      plan.referral_segment = own.segments.index(own.referrals->segment);
    plan.referral_copies = plan.weight / segments[static_cast<std::size_t>(plan.referral_segment)].weight;
    const auto compile = [&](bool referred) {
      return std::make_unique<Compiled>(own, layout, plan.traits, log_tenure_, referred,
                                        std::vector<DueImpulse>{}, std::vector<DueCost>{});
    };
    plan.baseline = compile(false);
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
    if (options.run_off > 0 && referred_matters_) plan.baseline_referred = compile(true);
  }
}

const Params& Plan::params(const ScenarioPlan& scenario, int segment, std::uint32_t mask, bool referred,
                           int period) const {
  const auto s = static_cast<std::size_t>(segment);
  if (period <= horizon())
    return scenario.params[s][mask][referred][static_cast<std::size_t>(period - 1)]->params();
  return (referred && segments[s].baseline_referred ? segments[s].baseline_referred : segments[s].baseline)
      ->params();
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

Model Plan::changed(std::size_t segment, const std::vector<TimedChange>& interventions) const {
  return changed_model(lived_, anchors_, changes_, segment, interventions);
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
  plan_groups(scenario, options);
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
              active.push_back({&change, intervention.ramp(t), intervention.index});
      const Model environment = active.empty() ? Model{} : changed(s, active);
      const Model& now = active.empty() ? segment_models[s] : environment;
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

/// What is active in a period for one segment and treatment group.
struct Plan::Active {
  /// Which interventions at which ramp: where it is the same, so are the parameters.
  std::vector<std::pair<int, double>> key{};
  std::vector<TimedChange> changes{};
  std::vector<DueImpulse> impulses{};
  std::vector<DueCost> costs{};

  Active(const ScenarioPlan& scenario, std::size_t segment, std::size_t mask, int t) {
    for (const auto& intervention : scenario.interventions) {
      if (!intervention.active(t) || intervention.reach[segment] <= 0) continue;
      if (intervention.bit >= 0 && !(mask >> intervention.bit & 1)) continue;
      key.emplace_back(intervention.index, intervention.ramp(t));
      for (const auto& change : intervention.definition->changes)
        changes.push_back({&change, intervention.ramp(t), intervention.index});
      if (!intervention.definition->cost.each.empty())
        costs.push_back({intervention.index, &intervention.definition->cost});
      // Without `who` once, in the first period; with it, whoever matches while it lasts.
      if (intervention.definition->impulse &&
          (t == intervention.start || intervention.definition->impulse->who)) {
        impulses.push_back({&*intervention.definition->impulse});
        key.emplace_back(intervention.index, t == intervention.start ? -1.0 : -2.0);
      }
    }
  }
};

/// Refuses what would fill the memory: every group of customers has a table of its own for every step of its
/// ramps.
void Plan::check_tables(const ScenarioPlan& scenario, std::size_t masks, const PlanOptions& options) const {
  constexpr double most = 0x1p30;  // bytes
  double tables = 0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    std::set<std::vector<std::pair<int, double>>> keys;
    for (std::size_t mask = 0; mask < masks; ++mask) {
      check_cancelled(options.cancel);
      for (int t = 1; t <= horizon(); ++t) keys.insert(Active(scenario, s, mask, t).key);
    }
    tables += static_cast<double>(keys.size()) * (referred_matters_ ? 2 : 1);
  }
  const double bytes = tables * static_cast<double>(segments.front().baseline->bytes());
  if (bytes <= most) return;
  char text[300];
  std::snprintf(
      text, sizeof text,
      "scenario '%s' needs %.0f tables of parameters, %.1f GB (at most 1 GB): one for each of %zu groups of "
      "customers at each step of its ramps; let investments share an 'audience', reach everybody, or "
      "shorten a 'ramp'",
      scenario.name.c_str(), tables, bytes / 1e9, masks);
  throw ModelError(text);
}

void Plan::plan_groups(ScenarioPlan& scenario, const PlanOptions& options) {
  const std::size_t masks = std::size_t{1} << scenario.audiences.size();
  if (masks > 1) check_tables(scenario, masks, options);
  scenario.params.resize(segments.size());
  for (std::size_t s = 0; s < segments.size(); ++s) {
    scenario.params[s].resize(masks);
    std::map<std::vector<std::pair<int, double>>, std::pair<const Compiled*, const Compiled*>> known;
    for (std::size_t mask = 0; mask < masks; ++mask) {
      auto& by_origin = scenario.params[s][mask];
      by_origin.assign(2, {});
      for (int t = 1; t <= horizon(); ++t) {
        const Active active(scenario, s, mask, t);
        auto& [plain, referred] = known[active.key];
        if (plain == nullptr) {
          check_cancelled(options.cancel);
          const Model own = active.key.empty() ? segment_models[s] : changed(s, active.changes);
          const auto make = [&](bool r) {
            store_.push_back(std::make_unique<Compiled>(own, layout, segments[s].traits, log_tenure_, r,
                                                        active.impulses, active.costs));
            return store_.back().get();
          };
          plain = make(false);
          referred = referred_matters_ ? make(true) : plain;
        }
        by_origin[0].push_back(plain);
        by_origin[1].push_back(referred);
      }
    }
  }
}

void Plan::plan_costs(ScenarioPlan& scenario) const {
  const std::size_t periods = static_cast<std::size_t>(horizon());
  scenario.upfront.assign(scenario.interventions.size() * periods, 0.0);
  scenario.running.assign(scenario.interventions.size() * periods, 0.0);
  for (std::size_t o = 0; o < scenario.interventions.size(); ++o) {
    const Intervention& intervention = scenario.interventions[o];
    for (int t = 1; t <= horizon(); ++t) {
      const std::size_t at = o * periods + static_cast<std::size_t>(t - 1);
      if (t == intervention.start) scenario.upfront[at] = intervention.definition->cost.upfront;
      if (intervention.active(t)) scenario.running[at] = intervention.definition->cost.running;
    }
    if (intervention.definition->cost.per_customer == 0) continue;
    for (std::size_t s = 0; s < segments.size(); ++s) {
      if (intervention.reach[s] <= 0) continue;
      TreatmentCost cost;
      cost.investment = intervention.index;
      cost.start = intervention.start;
      cost.end = intervention.end;
      cost.segment = static_cast<std::int32_t>(s);
      cost.bit = intervention.bit;
      const double amount = intervention.definition->cost.per_customer;
      cost.amount = amount;
      scenario.treatments.push_back(cost);
    }
  }
}

}  // namespace goodwill

// The plan of a simulation: everything the worlds need, compiled once, shared and constant.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/model/cancel.hpp"
#include "sim/model/change.hpp"
#include "sim/plan/candidates.hpp"
#include "sim/plan/compile.hpp"

namespace goodwill {

/// What anchoring found for one segment.
struct SegmentAnchor {
  std::vector<double> solved;  ///< levels on the link scale, by response; NaN: not anchored
  std::vector<double> state;   ///< what satisfaction, trust and memory add to each level on average; empty: 0
  /// P(age of the base <= k periods), k = 0, 1, ...; empty: the steady state.
  std::vector<double> tenure_cdf;
};
struct Anchors {
  std::vector<SegmentAnchor> segments;
  double survey_bias = 0;
};

/// A timed set of changes with a cost: what the simulator knows of an investment or event.
struct Intervention {
  const Investment* definition = nullptr;
  std::string name;
  int index = 0;              ///< in Layout::investment_names
  int start = 1;              ///< first period
  int end = 0;                ///< last period
  std::vector<double> reach;  ///< by segment
  std::int32_t bit = -1;      ///< of a treatment group's mask; -1: reaches everybody
  bool active(int period) const { return period >= start && period <= end; }
  double ramp(int period) const {
    return std::min(1.0, (period - start + 1) / std::max(1.0, definition->ramp.value));
  }
};

/// The customers of one segment.
struct SegmentPlan {
  std::int64_t agents = 0;                 ///< simulated customers of the initial base
  double weight = 1;                       ///< real customers per simulated one
  std::unique_ptr<Candidates> candidates;  ///< for the base; null: there is none
  std::vector<Trait> traits;
  std::vector<TraitParams> trait_params;
  NewcomerParams initial;
  std::unique_ptr<Compiled> baseline;  ///< under which the past is lived, and what is after the horizon
  std::unique_ptr<Compiled> baseline_referred;  ///< of who was referred; null: as everybody
  double referral_copies =
      1;  ///< referred customers per referral: weights of referrer's and own segment differ
  int referral_segment = 0;
};

/// Cost per treated customer, due when he is first reached.
struct TreatmentCost {
  int investment = 0, start = 1, end = 0;
  std::int32_t bit = -1;  ///< of the treatment group's mask; -1: everybody
  std::int32_t segment = 0;
  double amount = 0;
};

/// Who joins in one period.
struct Newcomers {
  NewcomerParams acquired, referred;
};

/// One scenario: environment by segment and period, parameters by segment, treatment group and period.
struct ScenarioPlan {
  struct Audience {
    std::uint32_t hash;
    std::vector<Threshold> reach;  ///< by segment
    bool operator==(const Audience&) const = default;
  };
  std::string name;
  std::vector<Intervention> interventions;
  std::vector<Audience> audiences;                ///< those that reach only a part: bit k of a group's mask
  std::vector<std::vector<double>> arrivals;      ///< [segment][period - 1], simulated customers
  std::vector<std::vector<double>> acquisition;   ///< [segment][period - 1], per customer who joins
  std::vector<std::vector<Newcomers>> newcomers;  ///< [segment][period - 1]
  std::vector<TreatmentCost> treatments;
  std::vector<double> upfront, running;  ///< [intervention x periods], money of the firm
  /// [segment][mask][referred][period - 1]
  std::vector<std::vector<std::vector<std::vector<const Compiled*>>>> params;
};

/// How few of the customers of the run-off are followed: half of those still there are dropped by lot, and
/// the others stand for all.
struct Thinning {
  int at_once = 0;  ///< halvings when the run-off begins
  int every = 0;    ///< periods after which half of them are dropped, again and again; 0: never
};

struct PlanOptions {
  std::int64_t agents_per_segment = 0;  ///< anchoring: fixed size (0: as the model says)
  int horizon = 0;                      ///< 0: the model's
  int run_off = 0;                      ///< periods lived after the horizon
  Thinning thinning{};                  ///< of the run-off; not with values
  double share = 1;                     ///< of the model's agents: a batch of them
  bool arrivals = true;
  /// Churn by luck is replaced by carrying the probability of still being there: the same means with far less
  /// noise, but no distributions (SimulationOptions::values). See survival_weights_serve().
  bool survival_weights = false;
  bool experiences = false;  ///< count what is expected, delivered and felt at each touchpoint
  double tax = 0;            ///< rate on profit: the values of customers are after it
  Cancel cancel = nullptr;   ///< planning can take seconds
};

/// What one unit of money of a period, in prices of t = 0, is worth at t = 0; by period - 1.
struct DiscountFactors {
  std::vector<double> dated;        ///< due at the start of the period, before tax
  std::vector<double> recurring;    ///< due by the model's timing, and taxed
  std::vector<double> acquisition;  ///< dated, less the tax it saves when recurring money is due
};

class Plan {
public:
  /// Throws ModelError: unknown scenario (with the nearest name), changes that leave the bounds of a field.
  Plan(const Model& model, const Anchors& anchors, const std::vector<std::string>& names,
       PlanOptions options = {});
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  const Model& model() const { return *model_; }
  std::shared_ptr<const Model> model_;
  Layout layout;
  std::vector<Model> segment_models;  ///< with the segment's changes and anchored levels, channels inherited
  std::vector<SegmentPlan> segments;
  std::vector<ScenarioPlan> scenarios;
  DiscountFactors discount;  ///< of the values of customers
  int horizon() const { return layout.periods; }
  Thinning thinning;
  int last_period() const { return layout.periods + layout.run_off; }
  /// Parameters of a segment and treatment group in a period, also after the horizon.
  const Params& params(const ScenarioPlan& scenario, int segment, std::uint32_t mask, bool referred,
                       int period) const;
  int max_traits() const;
  /// An amount in units of the ledger's sums.
  Sum fixed(double amount) const;

private:
  Model changed(std::size_t segment, const std::vector<TimedChange>& changes) const;
  void plan_segments(const Anchors& anchors, const PlanOptions& options);
  ScenarioPlan plan_scenario(const std::string& name, const PlanOptions& options);
  void weigh(const PlanOptions& options);
  Newcomers newcomers(std::size_t segment, const Model& environment) const;
  void plan_environment(ScenarioPlan& scenario, const PlanOptions& options) const;
  void check_arrivals(const ScenarioPlan& scenario, std::size_t segment, const PlanOptions& options) const;
  struct Active;
  void check_tables(const ScenarioPlan& scenario, std::size_t masks, const PlanOptions& options) const;
  void plan_groups(ScenarioPlan& scenario, const PlanOptions& options);
  void plan_costs(ScenarioPlan& scenario) const;
  void choose_scale();

  ChangeSet changes_;
  Model lived_;  ///< without investments, events and scenarios
  Anchors anchors_;
  std::vector<float> log_tenure_;
  bool referred_matters_ = false;  ///< some response depends on being referred
  std::vector<std::unique_ptr<Compiled>> store_;
  std::set<const Change*> of_segments_;  ///< changes of segment fields: they are environment, not treatment
};

/// The segments' models as the plan uses them, without any investment: segment changes, anchored levels,
/// inheritance.
std::vector<Model> make_segment_models(const Model& model, const Anchors& anchors, const ChangeSet& changes);
/// By the model's discount, timing and prices. With nominal prices the factors contain the growth of money.
DiscountFactors discount_factors(const Model& model, int periods, double tax = 0);

}  // namespace goodwill

// The plan of a simulation: everything the worlds need, compiled once, shared and constant.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/ledger/dates.hpp"
#include "sim/model/cancel.hpp"
#include "sim/plan/candidates.hpp"
#include "sim/plan/course.hpp"
#include "sim/plan/talk.hpp"

namespace goodwill {

/// The customers of one segment.
struct SegmentPlan {
  std::int64_t agents = 0;                 ///< simulated customers of the initial base
  double weight = 1;                       ///< real customers per simulated one
  std::unique_ptr<Candidates> candidates;  ///< for the base; null: there is none
  std::vector<TraitParams> trait_params;
  NewcomerParams initial;
  const Compiled* baseline = nullptr;  ///< the past is lived under these
  double referral_copies =
      1;  ///< referred customers per referral: the weights of the two segments may differ
  int referral_segment = 0;
  std::optional<std::int64_t> prospects{};  ///< simulated people who may still come; absent: any number may
};

/// Of an audience or an intervention (FNV-1a): it keeps its luck when others are added.
std::uint32_t name_hash(const std::string& name);

/// One scenario: what acts on whom, and when.
struct ScenarioPlan {
  struct Audience {
    std::uint32_t hash;
    std::vector<Threshold> reach;  ///< by segment
    bool operator==(const Audience&) const = default;
  };
  std::string name;
  std::vector<Intervention> interventions;
  std::vector<Audience> audiences;       ///< those that reach only a part; bit k of a group's mask
  std::shared_ptr<const Course> course;  ///< of all worlds; where they differ: what is known of it
  /// The course; where worlds differ, those between which all lie.
  std::vector<Course> extremes;
  /// Whether what acts when differs from world to world, by chance or by what is seen.
  bool varies() const { return extremes.size() > 1; }
  bool has_triggers() const {
    return std::ranges::any_of(interventions,
                               [](const Intervention& one) { return one.trigger.has_value(); });
  }
  /// Simulated customers of a segment who arrive over the horizon, at most, on average.
  double arrivals(std::size_t segment) const;
  std::uint32_t groups() const { return std::uint32_t{1} << audiences.size(); }
};

/// How few customers of the run-off are followed: lot drops half of those still there, and
/// the others stand for all.
struct Thinning {
  int at_once = 0;  ///< halvings when the run-off begins
  int every = 0;    ///< half of them are dropped again after so many periods each time; 0: never
};

struct PlanOptions {
  std::int64_t agents_per_segment = 0;  ///< anchoring: fixed size (0: as the model says)
  int horizon = 0;                      ///< 0: the model's
  int run_off = 0;                      ///< periods lived after the horizon
  Thinning thinning{};                  ///< of the run-off; not with values
  double share = 1;  ///< of the model's agents: a batch of them; all of them where they are coupled
  bool arrivals = true;
  bool circumstances = true;  ///< events by chance or by what is seen; without them the year is ordinary
  /// Carries the probability that a customer is still there instead of drawing churn: the same means with far
  /// less noise, but no distributions (SimulationOptions::values). See survival_weights_serve().
  bool survival_weights = false;
  bool experiences = false;              ///< count what is expected, delivered and felt at each touchpoint
  std::optional<Valuation> valuation{};  ///< of customers; absent: by the model's finance, before tax
  Cancel cancel = nullptr;               ///< planning can take seconds
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
  Tables tables;
  /// Through what customers influence one another, so that all of a world live period by period together;
  /// empty: through nothing.
  std::vector<std::string> coupled_by;
  std::vector<SegmentPlan> segments;
  std::vector<ScenarioPlan> scenarios;
  DiscountFactors discount;           ///< of the values of customers
  std::vector<std::int32_t> team_of;  ///< by touchpoint, in the layout's order; -1: none
  std::vector<double> loads;          ///< by team, of the period before the first
  Teams baseline_teams;               ///< in everybody's past, and beyond the horizon
  std::vector<Crowding> past_teams;   ///< as they were in everybody's past
  TalkPlan talk;
  double market_size = 0;  ///< people who are or may become customers, where there is a market
  /// Who knows whom; null: nobody tells anybody, or all hear the mean of their segment.
  const SocialNetwork* network() const {
    return talk.any() && model_->word_of_mouth->network ? &*model_->word_of_mouth->network : nullptr;
  }
  /// Whether some segment can be joined by people of the market only.
  bool has_market() const { return model_->market && model_->market->is_finite(); }
  /// Who looks at whom; null: everybody sees the whole market.
  const SocialNetwork* market_network() const {
    return has_market() && model_->market->network ? &*model_->market->network : nullptr;
  }
  /// Anchoring: people other than those of the model are simulated.
  bool is_sample = false;
  bool is_networked() const { return network() || market_network(); }
  std::unique_ptr<const Firm> firm;
  int horizon() const { return layout.periods; }
  Thinning thinning;
  int last_period() const { return layout.periods + layout.run_off; }
  /// Parameters of a segment and treatment group in a period; after the horizon no intervention acts.
  const Compiled& compiled(const Course& course, int segment, std::uint32_t mask, bool referred,
                           int period) const;
  /// Of a period from 1 on, but for what follows from what customers do.
  Environment environment(int period) const {
    return {period, discount.recurring[static_cast<std::size_t>(period - 1)]};
  }
  Environment past(int period) const {
    return {period, 1, past_teams.data(), talk.any() ? talk.past().data() : nullptr};
  }
  int max_traits() const;
  /// An amount in units of the ledger's sums.
  Sum fixed(double amount) const;

private:
  void plan_segments(const Anchors& anchors, const PlanOptions& options);
  ScenarioPlan plan_scenario(const std::string& name, const PlanOptions& options);
  void plan_chances(ScenarioPlan& scenario) const;
  void weigh(const PlanOptions& options);
  double person_weight(double mean, double sample) const;
  void check_people() const;
  void plan_past(const Anchors& anchors);
  void check_arrivals(const ScenarioPlan& scenario, std::size_t segment, const PlanOptions& options) const;
  void check_tables(const ScenarioPlan& scenario, const PlanOptions& options) const;
  void plan_extremes(const ScenarioPlan& scenario, const PlanOptions& options) const;
  void choose_scale();
};

}  // namespace goodwill

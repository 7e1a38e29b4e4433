#include "sim/exact/expect.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "sim/exact/chain.hpp"
#include "sim/exact/lifetime.hpp"
#include "sim/exact/markov.hpp"
#include "sim/plan/walk.hpp"

namespace goodwill {
namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// Shares of a segment's customers by treatment group. Audiences of one name share their luck, so that a
/// wider reach contains a narrower one; others are independent.
std::vector<double> group_shares(const ScenarioPlan& scenario, std::size_t segment) {
  std::map<std::uint32_t, std::vector<std::size_t>> by_luck;
  for (std::size_t k = 0; k < scenario.audiences.size(); ++k)
    by_luck[scenario.audiences[k].hash].push_back(k);
  std::vector<double> shares(std::size_t{1} << scenario.audiences.size(), 1.0);
  for (std::size_t mask = 0; mask < shares.size(); ++mask)
    for (const auto& [luck, audiences] : by_luck) {
      double above = 0, below = 1;  // where the uniform lies
      for (const std::size_t k : audiences) {
        const double reach = probability(scenario.audiences[k].reach[segment]);
        if ((mask >> k & 1) != 0)
          below = std::min(below, reach);
        else
          above = std::max(above, reach);
      }
      shares[mask] *= std::max(0.0, below - above);
    }
  return shares;
}

/// All segments, treatment groups and origins through the horizon.
class World {
public:
  explicit World(const Plan& plan)
      : plan_(plan), scenario_(plan.scenarios.front()), course_(*scenario_.course),
        tenures_(all_params(plan)), result_(plan) {}

  Expectation live(bool infinite) {
    find_bases();
    if (infinite) result_.lifetime = lifetime();
    start();
    for (int t = 1; t <= plan_.horizon(); ++t) {
      join(t);
      treat(t);
      live_period(t);
    }
    return std::move(result_);
  }

private:
  struct Group {
    int segment;
    std::uint32_t mask;
    Origin origin;
    double share;  ///< of the segment's customers
    Crowd crowd;
    double joined = 0;  ///< in this period
  };

  static std::vector<const Params*> all_params(const Plan& plan) {
    std::vector<const Params*> all;
    for (int segment = 0; segment < plan.layout.segments; ++segment) {
      all.push_back(&plan.segments[at(segment)].baseline->params());
      for (std::uint32_t mask = 0; mask < plan.scenarios.front().groups(); ++mask)
        for (int t = 1; t <= plan.horizon(); ++t) {
          const Params& params =
              plan.compiled(*plan.scenarios.front().course, segment, mask, false, t).params();
          if (all.back() != &params) all.push_back(&params);
        }
    }
    return all;
  }

  const Chain& chain(const Compiled& compiled) {
    const auto [place, is_new] = chains_.try_emplace(&compiled);
    if (is_new) place->second = make_chain(compiled.params(), plan_.layout, tenures_);
    return place->second;
  }

  Crowd nobody() const { return Crowd::Zero(plan_.layout.stages, tenures_.last() + 1); }

  /// Fills the bases: customers of each age, in the stages of those who stay so long in the baseline.
  void find_bases() {
    for (std::size_t s = 0; s < plan_.segments.size(); ++s) {
      const SegmentPlan& segment = plan_.segments[s];
      base_.push_back(nobody());
      if (!segment.candidates) continue;
      const double count = plan_.tables.segment_models()[s].segments.items[s].second.count;
      const std::vector<double>& ages = segment.candidates->base_ages();
      const Chain& past = chain(*segment.baseline);
      Eigen::RowVectorXd stages = Eigen::RowVectorXd::Zero(plan_.layout.stages);
      stages[segment.initial.stage] = 1;
      for (int age = 0; age < static_cast<int>(ages.size()); ++age) {
        const int tenure = std::min(age, tenures_.last());
        if (ages[at(age)] > 0)
          base_.back().col(tenure) += count * ages[at(age)] / stages.sum() * stages.transpose();
        stages *= past.next[at(tenures_.of(tenure))];
      }
      result_.base[s] = count;
    }
  }

  LifetimeValue lifetime() {
    std::vector<Chain> baseline;
    for (const SegmentPlan& segment : plan_.segments) baseline.push_back(chain(*segment.baseline));
    return lifetime_value(plan_, tenures_, baseline, base_);
  }

  void start() {
    converted_.assign(plan_.segments.size(), 0.0);
    for (std::size_t s = 0; s < plan_.segments.size(); ++s) {
      const std::vector<double> shares = group_shares(scenario_, s);
      for (std::uint32_t mask = 0; mask < shares.size(); ++mask)
        for (const Origin origin : {Origin::initial, Origin::acquired, Origin::referred})
          if (shares[mask] > 0)
            groups_.push_back({static_cast<int>(s), mask, origin, shares[mask],
                               origin == Origin::initial ? Crowd(shares[mask] * base_[s]) : nobody()});
    }
  }

  /// Arrivals of t, and those referred in t - 1.
  void join(int t) {
    std::vector<double> referred(plan_.segments.size(), 0.0);
    for (std::size_t s = 0; s < referred.size(); ++s)
      referred[at(plan_.segments[s].referral_segment)] += converted_[s];
    converted_.assign(converted_.size(), 0.0);
    for (Group& g : groups_) {
      const SegmentPlan& segment = plan_.segments[at(g.segment)];
      const Joining& here = course_.joining(at(g.segment), t);
      const Newcomers& joining = here.newcomers;
      g.joined = 0;
      if (g.origin == Origin::acquired) {
        g.joined = g.share * here.arrivals * segment.weight;
        g.crowd(joining.acquired.stage, 0) += g.joined;
        result_.add(g.segment, t, g.origin, money_acquisition, g.joined * here.acquisition);
      } else if (g.origin == Origin::referred) {
        g.joined = g.share * referred[at(g.segment)];
        g.crowd(joining.referred.stage, 0) += g.joined;
      }
      const int stage = (g.origin == Origin::referred ? joining.referred : joining.acquired).stage;
      const Params& params = segment.baseline->params();
      if ((params.customer_stages >> stage & 1u) != 0)
        result_.add(g.segment, t, g.origin, count_joined, g.joined);
      if ((params.prospect_stages >> stage & 1u) != 0)
        result_.add(g.segment, t, g.origin, count_leads, g.joined);
    }
  }

  /// Costs per treated customer: for those here when it starts, and for those who join while it lasts.
  void treat(int t) {
    for (const TreatmentCost& cost : course_.treatments(t))
      for (const Group& g : groups_) {
        if (!cost.reaches(g.segment, g.mask)) continue;
        const double reached = cost.begins ? g.crowd.sum() : g.joined;
        result_.add(g.segment, t, g.origin, plan_.layout.cost(CostKind::per_customer, cost.investment),
                    reached * cost.amount);
        result_.add(g.segment, t, g.origin, plan_.layout.treated_at + cost.investment, reached);
      }
  }

  void live_period(int t) {
    for (Group& g : groups_) {
      if (!g.crowd.any()) continue;
      Eigen::RowVectorXd row = Eigen::RowVectorXd::Zero(plan_.layout.counters);
      chain(plan_.compiled(course_, g.segment, g.mask, false, t)).step(g.crowd, tenures_, row);
      for (int counter = 0; counter < plan_.layout.counters; ++counter)
        if (row[counter] != 0) result_.add(g.segment, t, g.origin, counter, row[counter]);
      converted_[at(g.segment)] += row[count_converted];
    }
  }

  const Plan& plan_;
  const ScenarioPlan& scenario_;
  const Course& course_;
  TenureClasses tenures_;
  Expectation result_;
  std::map<const Compiled*, Chain> chains_;
  std::vector<Crowd> base_;  // by segment
  std::vector<Group> groups_;
  std::vector<double> converted_;  // by the referrer's segment, in the period before
};

}  // namespace

Expectation::Expectation(const Plan& plan) : layout(plan.layout), base(plan.segments.size(), 0.0) {
  DiscountFactors factors =
      discount_factors(valuation_of(plan.model()), plan.model().periods_per_year(), plan.horizon());
  discount_recurring = std::move(factors.recurring);
  discount_dated = std::move(factors.dated);
  cells_.resize(at(layout.segments) * at(layout.periods) * origins * at(layout.counters));
  for (std::size_t k = 0; k < cells_.size(); ++k)
    if (!knows(static_cast<int>(k % at(layout.counters))))
      cells_[k] = std::numeric_limits<double>::quiet_NaN();
}

bool Expectation::knows(int counter) {
  switch (counter) {
  case sum_satisfaction:
  case sum_expectation:
  case sum_trust:
  case sum_tenure:
  case count_promoters:
  case count_detractors:
  case count_measured_promoters:
  case count_measured_detractors:
  case sum_scores:
  case count_effort_answers:
  case sum_effort_answers:
    return false;
  default:
    return true;
  }
}

std::size_t Expectation::index(int segment, int period, Origin origin) const {
  return ((at(segment) * at(layout.periods) + at(period - 1)) * origins + static_cast<std::size_t>(origin)) *
         at(layout.counters);
}

double Expectation::total(int period, int counter) const {
  double sum = 0;
  for (int s = 0; s < layout.segments; ++s)
    for (const Origin origin : {Origin::initial, Origin::acquired, Origin::referred})
      sum += get(s, period, origin, counter);
  return sum;
}

double Expectation::contribution(int segment, int period, Origin origin) const {
  const double* row = &cells_[index(segment, period, origin)];
  return recurring_of(row) - acquisition_of(row);
}

double Expectation::present_value(int segment, Origin origin) const {
  double sum = 0;
  for (int t = 1; t <= layout.periods; ++t) {
    const double* row = &cells_[index(segment, t, origin)];
    sum +=
        discount_recurring[at(t - 1)] * recurring_of(row) - discount_dated[at(t - 1)] * acquisition_of(row);
  }
  return sum;
}

double Expectation::present_value() const {
  double sum = 0;
  for (int s = 0; s < layout.segments; ++s)
    for (const Origin origin : {Origin::initial, Origin::acquired, Origin::referred})
      sum += present_value(s, origin);
  return sum;
}

Expectation expect(const Model& model, const Anchors& anchors, const std::string& scenario,
                   std::optional<int> horizon, bool infinite) {
  if (horizon && *horizon < 1)
    throw ModelError("a horizon of " + std::to_string(*horizon) + " periods; accepted: 1 or more");
  if (anchors.segments.size() != model.segments.size())
    throw ModelError("the anchors are those of another model: " + std::to_string(anchors.segments.size()) +
                     " segments instead of " + std::to_string(model.segments.size()));
  if (infinite && scenario != "baseline")
    throw ModelError("scenario '" + scenario +
                     "': an infinite horizon is that of the baseline, because investments end");
  PlanOptions options;
  options.horizon = horizon.value_or(0);
  const Plan plan(model, anchors, {scenario}, options);
  if (auto problems = not_markov(plan.model(), plan.scenarios.front().interventions); !problems.empty())
    throw ModelError(std::move(problems));
  return World(plan).live(infinite);
}

}  // namespace goodwill

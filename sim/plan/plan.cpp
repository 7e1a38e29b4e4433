#include "sim/plan/plan.hpp"

#include <algorithm>
#include <cmath>

#include "sim/model/agents.hpp"
#include "sim/plan/coupling.hpp"

namespace goodwill {

Plan::Plan(const Model& model, const Anchors& anchors, const std::vector<std::string>& names,
           PlanOptions options)
    : model_(std::make_shared<const Model>([&] {
        Model m = model;
        if (options.horizon > 0) m.horizon.value = options.horizon;
        return m;
      }())),
      layout(make_layout(*model_, options.experiences, options.agents_per_segment > 0)),
      tables(*model_, layout, anchors),
      coupled_by(goodwill::coupled_by(*model_, names, options.circumstances)) {
  is_sample = options.agents_per_segment > 0;
  layout.run_off = options.run_off;
  thinning = options.thinning;
  layout.survival_weights = options.survival_weights;
  discount = discount_factors(options.valuation.value_or(valuation_of(*model_)), model_->periods_per_year(),
                              last_period());
  plan_past(anchors);
  plan_segments(anchors, options);
  // Anchoring: the same whole number joins in every period.
  firm = std::make_unique<const Firm>(*this, options.arrivals, is_sample);
  for (const auto& name : names) scenarios.push_back(plan_scenario(name, options));
  choose_scale();
}

int Plan::max_traits() const {
  std::size_t most = 0;
  for (const auto& s : segments) most = std::max(most, s.trait_params.size());
  return static_cast<int>(most);
}

/// Anchoring on a network: as many customers stand for one in all segments, by the mean size of a sample, or
/// fewer where the smallest segment would be less than half of one.
double Plan::person_weight(double mean, double sample) const {
  double weight = mean;
  for (const auto& [name, s] : model_->segments)
    if (s.count > 0) weight = std::min(weight, 2 * s.count / sample);
  return std::max(weight, mean / 4);
}

/// How many customers of each segment are simulated, and how many real ones each stands for.
void Plan::weigh(const PlanOptions& options) {
  constexpr double mostly_prospects = 16;  // anchoring: so many at most for each customer of the sample
  const Model& m = *model_;
  double customers = 0, arrivals = 0;
  for (std::size_t s = 0; s < m.segments.size(); ++s) {
    customers += people_of(m, s);
    arrivals += m.segments.items[s].second.arrivals * horizon();
  }
  const double most = customers > 0 ? customers : std::max(1.0, arrivals);
  // A part of the customers would not be the same firm where they influence one another.
  const double share = coupled_by.empty() ? options.share : 1;
  const double wanted = wanted_agents(m, most, share);
  segments.resize(m.segments.size());
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const Segment& segment = tables.segment_models()[s].segments.items[s].second;
    const double count = segment.count, sample = static_cast<double>(options.agents_per_segment);
    SegmentPlan& plan = segments[s];
    if (sample > 0 && is_networked()) {
      plan.weight = person_weight(most / sample / static_cast<double>(segments.size()), sample);
    } else if (sample > 0) {  // a sample of fixed size, of the base or of who arrives, whichever are more
      const double all = std::max({count, options.arrivals ? segment.arrivals * horizon() : 0.0,
                                   people_of(m, s) > count ? people_of(m, s) / mostly_prospects : 0.0});
      plan.weight = all > 0 ? all / sample : most / wanted;
    } else {
      plan.weight = count > 0 ? count / agents_of(m, count, wanted, most) : most / wanted;
    }
  }
  // Where referrals lead into another segment, its customers must not be much lighter than their referrers,
  // or each referral would become a crowd.
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
  if (has_market())
    for (std::size_t s = 0; s < segments.size(); ++s) {
      const auto& [name, segment] = m.segments.items[s];
      const Number* size = m.market->size_of(name, segments.size());
      if (!size) continue;
      segments[s].prospects = std::llround((*size - segment.count) / segments[s].weight);
      market_size += *size;
    }
  if (is_networked() && !is_sample) check_people();
}

/// What only changes of segments bring about, too.
void Plan::check_people() const {
  std::vector<double> weights;
  for (const SegmentPlan& segment : segments) weights.push_back(segment.weight);
  const std::string text = unequal_people(model(), weights);
  if (!text.empty())
    throw ModelError(std::string(network() ? "word_of_mouth" : "market") + ".network: " + text);
}

/// Who serves whom and who hears whom, and how it was before the first period.
void Plan::plan_past(const Anchors& anchors) {
  const Model own = inherited(*model_);
  for (const auto& [name, journey] : own.journeys)
    for (const auto& [place, t] : journey.touchpoints) team_of.push_back(own.teams.index(t.team));
  loads = anchors.loads;
  loads.resize(own.teams.size());
  baseline_teams = plan_teams(own, {});
  for (std::size_t k = 0; k < loads.size(); ++k)
    past_teams.push_back(crowding(baseline_teams[k]->at(loads[k])));
  if (!goodwill::coupled_by(*model_).empty())
    talk = TalkPlan(*model_, tables.segment_models(), anchors.spoken);
}

void Plan::plan_segments(const Anchors& anchors, const PlanOptions& options) {
  const Model& m = *model_;
  weigh(options);
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const Model& own = tables.segment_models()[s];
    SegmentPlan& plan = segments[s];
    for (const auto& t : tables.traits(s)) plan.trait_params.push_back(t.params());
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
            Skeleton(plan.baseline->params(), layout.responses_at, anchor.state, year, past(0),
                     static_cast<int>(s)),
            plan.trait_params, plan.initial.stage, lived_past(own, m), year, anchor.tenure_cdf);
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

const Compiled& Plan::compiled(const Course& course, int segment, std::uint32_t mask, bool referred,
                               int period) const {
  const auto s = static_cast<std::size_t>(segment);
  return tables.of(s, referred, period <= horizon() ? course.activity(s, mask, period) : Activity{});
}

}  // namespace goodwill

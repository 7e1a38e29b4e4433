#include "sim/plan/firm.hpp"

#include <cmath>

#include "sim/plan/plan.hpp"

namespace goodwill {

NewcomerParams newcomer(const Segment& s, int stage, const std::vector<TraitParams>& traits) {
  return {single(s.satisfaction.mean),
          single(s.satisfaction.sd),
          single(s.expects.mean),
          single(s.expects.sd),
          single(s.trust.mean),
          single(s.trust.sd),
          traits.data(),
          static_cast<int>(traits.size()),
          stage,
          single(s.satisfaction.good_word),
          single(s.expects.good_word),
          single(s.trust.good_word)};
}

Firm::Firm(const Plan& plan, bool arrivals, bool whole)
    : plan_(plan), arrivals_(arrivals), whole_(whole), joining_(plan.segments.size()) {
  const PathIndex index(plan.model());
  for (const auto* interventions : {&plan.model().investments, &plan.model().events})
    for (const auto& [name, intervention] : *interventions)
      for (const Change& change : intervention.changes) {
        const auto found = index.find(change.path, PathIndex::Purpose::change);
        if (found.places.empty()) continue;
        const std::string& block = found.places.front()->words.front();
        if (block == "segments" || block == "market") of_segments_.insert(&change);
        if (block == "teams") of_teams_.insert(&change);
      }
}

Firm::Work Firm::among(const std::set<const Change*>& changes, const Activity& activity) const {
  Work work;
  for (const Acting& acting : activity) {
    const Investment& intervention = plan_.tables.definition(acting.intervention);
    const std::size_t before = work.changes.size();
    for (const Change& change : intervention.changes)
      if (changes.contains(&change))
        work.changes.push_back({&change, strength(intervention, acting), acting.intervention});
    if (work.changes.size() > before) work.key.push_back(acting);
  }
  return work;
}

/// Only changes of segments and the market count here, and reach never scales them.
const Joining& Firm::joining(std::size_t segment, const Activity& activity) const {
  const Work work = among(of_segments_, activity);
  const std::lock_guard lock(mutex_);
  auto& known = joining_[segment];
  if (const auto found = known.find(work.key); found != known.end()) return found->second;
  return known.emplace(work.key, work_out(segment, work.changes)).first->second;
}

Joining Firm::work_out(std::size_t s, const std::vector<TimedChange>& changes) const {
  const Model environment = changes.empty() ? Model{} : plan_.tables.changed(s, changes);
  const Model& now = changes.empty() ? plan_.tables.segment_models()[s] : environment;
  const Segment& segment = now.segments.items[s].second;
  const NewcomerParams any = newcomer(segment, segment_stage(now, segment), plan_.segments[s].trait_params);
  Joining joining{.arrivals = arrivals_ ? segment.arrivals / plan_.segments[s].weight : 0.0,
                  .acquisition = segment.acquisition_cost,
                  .newcomers = {any, any, any}};
  if (arrivals_ && now.market) {
    joining.innovation = now.market->innovation;
    joining.imitation = now.market->imitation;
    if (!now.market->stage.empty()) joining.newcomers.adopting.stage = stage_index(now, now.market->stage);
  }
  if (whole_) joining.arrivals = std::round(joining.arrivals);
  if (!segment.arrivals_stage.empty())
    joining.newcomers.acquired.stage = stage_index(now, segment.arrivals_stage);
  if (now.referrals && !now.referrals->stage.empty())
    joining.newcomers.referred.stage = stage_index(now, now.referrals->stage);
  return joining;
}

const Teams& Firm::teams(const Activity& activity) const {
  const Work work = among(of_teams_, activity);
  const std::lock_guard lock(mutex_);
  if (const auto found = teams_.find(work.key); found != teams_.end()) return found->second;
  const Teams now = work.changes.empty()
                        ? plan_.baseline_teams
                        : plan_teams(plan_.tables.changed(0, work.changes), plan_.baseline_teams);
  return teams_.emplace(work.key, now).first->second;
}

}  // namespace goodwill

#include "sim/world/triggers.hpp"

#include "sim/world/joiner.hpp"

namespace goodwill {

Triggers::Triggers(const Plan& plan, const ScenarioPlan& scenario, const Key& key)
    : plan_(plan), scenario_(scenario), key_(key), counts_(plan.segments.size()),
      teams_(plan.model().teams.size()) {}

void Triggers::add(int segment, const std::int64_t* row) {
  constexpr std::array<std::int32_t, counts> counters = {count_measured_promoters,
                                                         count_measured_detractors,
                                                         count_responses,
                                                         count_lost,
                                                         count_start,
                                                         count_won,
                                                         count_prospects_start,
                                                         count_end};
  Counts& sums = counts_[static_cast<std::size_t>(segment)];
  for (std::size_t k = 0; k < counters.size(); ++k) sums[k] += row[counters[k]];
}

void Triggers::add(std::size_t team, const TeamUse& use) {
  TeamUse& sum = teams_[team];
  sum.load += use.load;
  sum.capacity += use.capacity;
  sum.unserved += use.unserved;
}

void Triggers::end_period(int period) {
  if (reports_until(period, plan_.model()) > reports_until(period - 1, plan_.model())) {
    Report& report = reports_.emplace_back();
    report.from = reports_.size() > 1 ? reports_[reports_.size() - 2].to + 1 : 1;
    report.to = period;
    for (const Intervention& one : scenario_.interventions)
      report.holds.push_back(one.trigger && holds(*one.trigger, period));
    counts_.assign(counts_.size(), Counts{});
    teams_.assign(teams_.size(), TeamUse{});
  }
  for (Counts& sums : counts_) sums[end] = 0;
}

bool Triggers::begins(std::size_t which, int period, int began) const {
  const Trigger& trigger = *scenario_.interventions[which].trigger;
  int in_a_row = 0;
  for (auto report = reports_.rbegin(); report != reports_.rend() && in_a_row < trigger.reports; ++report) {
    if (report->to + trigger.delay >= period) continue;  // the firm does not have it yet
    if (report->from < began || !report->holds[which]) return false;
    ++in_a_row;
  }
  return in_a_row == trigger.reports;
}

/// In the order of the segments, because sums of numbers depend on it.
double Triggers::real(Count count) const {
  double sum = 0;
  for (std::size_t s = 0; s < counts_.size(); ++s)
    sum += plan_.segments[s].weight * static_cast<double>(counts_[s][count]);
  return sum;
}

bool Triggers::holds(const Trigger& trigger, int period) const {
  const auto share_holds = [&](double part, double of) { return of > 0 && trigger.holds(part / of); };
  switch (trigger.figure) {
  case Figure::measured_nps:
    return nps_holds(trigger, period);
  case Figure::churn:
    return share_holds(real(lost), real(start));
  case Figure::conversion:
    return share_holds(real(won), real(prospects));
  case Figure::use:
    return share_holds(teams_[trigger.team].load, teams_[trigger.team].capacity);
  case Figure::unserved:
    return share_holds(teams_[trigger.team].unserved, teams_[trigger.team].load);
  case Figure::customers:
    break;
  }
  return trigger.holds(real(end));
}

/// Fewer answers than wanted are no report. Where the firm has enough but fewer are simulated, all of these
/// stand for them.
bool Triggers::nps_holds(const Trigger& trigger, int period) const {
  const double came = real(answers);
  if (came == 0 || came + 0.5 < trigger.answers) return false;
  std::int64_t simulated = 0;
  for (const Counts& sums : counts_) simulated += sums[answers];
  if (trigger.answers == 0 || trigger.answers >= static_cast<double>(simulated))
    return trigger.holds(100 * (real(promoters) - real(detractors)) / came);
  return trigger.holds(100 * balance_of(trigger.answers, period) / trigger.answers);
}

/// One after the other, none twice; the answers of a segment are as likely as it has customers.
double Triggers::balance_of(double wanted, int period) const {
  std::vector<Counts> left = counts_;
  double balance = 0;
  for (std::uint32_t k = 0; k < static_cast<std::uint32_t>(wanted); ++k) {
    double all = 0;
    for (std::size_t s = 0; s < left.size(); ++s)
      all += plan_.segments[s].weight * static_cast<double>(left[s][answers]);
    const Words luck = draw_for(key_, k, static_cast<std::uint32_t>(period), purpose(Decision::sample));
    double place = uniform_of(luck) * all;
    std::size_t chosen = 0;
    for (std::size_t s = 0; s < left.size(); ++s) {
      if (left[s][answers] == 0) continue;
      chosen = s;
      const double size = plan_.segments[s].weight * static_cast<double>(left[s][answers]);
      if (place < size) break;
      place -= size;
    }
    Counts& from = left[chosen];
    place /= plan_.segments[chosen].weight;
    if (place < static_cast<double>(from[promoters])) {
      --from[promoters];
      ++balance;
    } else if (place < static_cast<double>(from[promoters] + from[detractors])) {
      --from[detractors];
      --balance;
    }
    --from[answers];
  }
  return balance;
}

}  // namespace goodwill

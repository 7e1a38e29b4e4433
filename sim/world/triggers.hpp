// What the firm of one world has seen of its customers, report by report, and what is to begin after it.
#pragma once

#include <array>
#include <vector>

#include "sim/plan/plan.hpp"
#include "sim/random/decision.hpp"
#include "sim/world/surroundings.hpp"

namespace goodwill {

class Triggers {
public:
  /// Before the first period. The plan and the scenario must outlive this.
  Triggers(const Plan& plan, const ScenarioPlan& scenario, const Key& key);
  /// Part of what customers of a segment did in the period; `row` holds the ledger's counters.
  void add(int segment, const std::int64_t* row);
  /// How it went for a team in the period.
  void add(std::size_t team, const TeamUse& use);
  /// All of it has been added. Within the horizon only.
  void end_period(int period);
  /// Whether an intervention is to begin in a period. Only reports of the time since it `began` last count,
  /// so that nothing begins twice for the same reason; 0: it has not yet.
  bool begins(std::size_t which, int period, int began) const;

private:
  /// Of periods [from, to]. A report that is missing holds for nothing.
  struct Report {
    int from, to;
    std::vector<bool> holds;  // by intervention
  };
  enum Count { promoters, detractors, answers, lost, start, won, prospects, end, counts };
  using Counts = std::array<std::int64_t, counts>;
  bool holds(const Trigger& trigger, int period) const;
  /// Of real customers.
  double real(Count count) const;
  bool nps_holds(const Trigger& trigger, int period) const;
  /// Promoters less detractors among so many answers, which lot has drawn from those that came.
  double balance_of(double wanted, int period) const;

  const Plan& plan_;
  const ScenarioPlan& scenario_;
  Key key_;
  std::vector<Counts> counts_;  // by segment, since the last report; `end`: of the last period
  std::vector<TeamUse> teams_;  // by team, since the last report; sums
  std::vector<Report> reports_;
};

}  // namespace goodwill

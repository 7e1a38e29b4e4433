// What belongs to the firm as a whole, whoever is reached: who joins it, at what cost, and its teams. Worked
// out when first needed, and shared by all worlds in which the same acts.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "sim/plan/tables.hpp"
#include "sim/plan/teams.hpp"

namespace goodwill {

class Plan;

/// The state in which customers of a segment join in one of its stages.
NewcomerParams newcomer(const Segment& segment, int stage, const std::vector<TraitParams>& traits);

/// Who joins in one period.
struct Newcomers {
  NewcomerParams acquired, referred, adopting;
};

/// Who joins a segment in a period, and what acquiring one of them costs.
struct Joining {
  double arrivals = 0;  ///< simulated customers
  double acquisition = 0;
  double innovation = 0, imitation = 0;  ///< hazards of who is in the market, see Market
  Newcomers newcomers;
};

class Firm {
public:
  /// `plan` has its segments and must outlive this. Without `arrivals` nobody is acquired; `whole`: as many
  /// in every period.
  Firm(const Plan& plan, bool arrivals, bool whole);

  /// Under what acts in a period; from any thread. Throw ModelError for changes that leave the bounds of a
  /// field.
  const Joining& joining(std::size_t segment, const Activity& activity) const;
  const Teams& teams(const Activity& activity) const;

private:
  /// Those at work among some changes, and whose they are.
  struct Work {
    Activity key;
    std::vector<TimedChange> changes;
  };
  Work among(const std::set<const Change*>& changes, const Activity& activity) const;
  Joining work_out(std::size_t segment, const std::vector<TimedChange>& changes) const;

  const Plan& plan_;
  const bool arrivals_, whole_;
  std::set<const Change*> of_segments_, of_teams_;
  mutable std::mutex mutex_;
  mutable std::vector<std::map<Activity, Joining>> joining_;  // by segment
  mutable std::map<Activity, Teams> teams_;
};

}  // namespace goodwill

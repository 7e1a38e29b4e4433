// What a world is for those who live in it: it follows from what all of them did in the period before.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "sim/world/talk.hpp"

namespace goodwill {

/// A team in a period: who came, and how it went. Of real customers.
struct TeamUse {
  double load = 0;      ///< contacts that came
  double capacity = 0;  ///< contacts it has time for
  double unserved = 0;  ///< contacts that found no room
  double wait = 0;      ///< minutes, of who was served
  bool operator==(const TeamUse&) const = default;
};

/// What adds up: load, capacity, unserved, and the minutes that all who were served have waited.
constexpr int team_numbers = 4;
std::array<double, team_numbers> numbers_of(const TeamUse& use);

/// The environments of one world, period by period. Within a period nothing changes.
class Surroundings {
public:
  Surroundings(const Plan& plan, const Course& course, const Acquainted& acquainted);
  /// See Talk.
  void welcome(int period, std::vector<Newcomer> newcomers) { talk_.welcome(period, std::move(newcomers)); }
  /// Of the next period. Beyond the horizon loads and what was heard stay as they were last, and investments
  /// in teams have ended.
  const Environment& next(int period);
  /// Part of what customers of a segment did in the period; `row` holds the ledger's counters.
  void add(int segment, const std::int64_t* row);
  /// All of it has been added. Within the horizon only.
  void end_period();
  /// Team by team, in the last period.
  std::span<const TeamUse> last_use() const { return std::span(record_).last(teams_.size()); }
  /// Period by period, team by team.
  std::vector<TeamUse> take_teams() { return std::move(record_); }
  /// See Talk.
  std::vector<double> take_words() { return talk_.take_record(); }

private:
  const Plan& plan_;
  const Course& course_;
  std::vector<std::vector<std::int64_t>> came_, full_;  // by segment and team
  std::vector<double> loads_;  // of the last month, or of the last period if that is longer
  double fresh_;               // share of a period in it
  std::vector<Crowding> teams_;
  std::vector<TeamUse> record_;
  Talk talk_;
  Environment now_;
};

}  // namespace goodwill

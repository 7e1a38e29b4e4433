// What people hear of each other in one world, period by period.
#pragma once

#include <optional>

#include "sim/world/gossip.hpp"

namespace goodwill {

class Talk {
public:
  Talk(const Plan& plan, const Acquainted& acquainted);
  /// Those who join in the period that comes, where people know one another.
  void welcome(int period, std::vector<Newcomer> newcomers);
  /// What people of a segment said in the period; `row` holds the ledger's counters.
  void add(int segment, const std::int64_t* row);
  /// All of it has been added. Throws ModelError where words feed on themselves.
  void end_period(int period);
  /// Who hear for themselves, in the period that begins now; null: nobody does.
  const People* people() { return gossip_ ? gossip_->people() : nullptr; }
  /// By segment, now; null: nobody talks.
  const Heard* heard() const { return plan_.talk.any() ? heard_.data() : nullptr; }
  /// Good and bad messages that one person heard, period by period, segment by segment.
  std::vector<double> take_record() { return std::move(record_); }

private:
  const Plan& plan_;
  std::vector<std::int64_t> people_, said_;  // by segment; by segment and kind
  std::vector<Heard> heard_;
  std::optional<Gossip> gossip_;
  std::vector<double> record_;
};

}  // namespace goodwill

// The life of one block of customers in one world, period by period: begin, step, finish. The life is the
// same whether the blocks go through the periods one after the other or all together.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "sim/world/courses.hpp"
#include "sim/world/joiner.hpp"
#include "sim/world/prospect_lives.hpp"
#include "sim/world/simulate.hpp"

namespace goodwill {

/// Whose life: one treatment group of a segment and origin in a world.
struct Group {
  int replication, segment, scenario;
  std::uint32_t mask;
  Origin origin;
};

/// Counts the customers referred in each world, to refuse a model in which they bring ever more.
class ReferralCount {
public:
  ReferralCount(const Plan& plan, int replications);
  void add(int scenario, int replication, std::int64_t born);
  std::vector<std::int64_t> born() const { return {born_.begin(), born_.end()}; }

private:
  int replications_;
  std::vector<std::atomic<std::int64_t>> born_;  ///< by world, in the order of the ledgers
  std::vector<std::int64_t> most_;               ///< by scenario
};

/// What all lives of a simulation share.
struct Setup {
  const Plan& plan;
  const SimulationOptions& options;
  const Kernel& kernel;
  const Courses& courses;
  ReferralCount& referrals;
  Key key(int replication) const;
  const Course& course(int replication, int scenario) const {
    return *courses[static_cast<std::size_t>(scenario * options.replications + replication)];
  }
  void check_cancelled() const { goodwill::check_cancelled(options.cancel); }
};

/// What lives of one segment and origin in one world leave behind.
struct Lived {
  Lived(const Setup& setup, Origin origin);
  Rows rows;
  RunOffRows run_off;
  Cohorts cohorts;
  std::optional<Distribution> values;
  std::optional<Lineages> lineages;
  std::vector<std::int64_t> survey_bins;
  ProspectLives* prospects = nullptr;  ///< of the world; null: they are not kept
};

/// Where the kernel writes what nobody reads.
struct Nowhere {
  std::int64_t customers = 0;
  Sum money[4] = {};
  void takes(PeriodContext& c);
};

class Life {
public:
  explicit Life(const Setup& setup) : setup_(setup) {}
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  /// `block` holds those who are here from the start and has room for the joiners, who are sorted by period.
  /// Books in `lived`, which no other thread may use at the same time.
  void begin(const Group& group, CustomerBlock& block, std::vector<Joiner> joiners, Lived& lived);
  /// More joiners, of later periods.
  void expect(const Joiner& joiner) { joiners_.push_back(joiner); }
  /// Those who will join in a period, the next one in which somebody does.
  std::span<Joiner> joining(int period);
  /// How many customers there are at most in the next period.
  std::int32_t most_in(int period) const;
  /// The same customers in another place.
  void move_to(CustomerBlock& block) { block_ = &block; }
  /// The first period in which somebody is here.
  int first_period() const;
  /// Nobody is here, and nobody will join.
  bool over() const { return block_->size == 0 && next_ == joiners_.size(); }
  /// Lives the next period. After the horizon those who are left live on as in the
  /// baseline, without referrals.
  void step(const Environment& now, Scratch& scratch);
  /// To be called after the last period.
  void finish();
  /// Those whom the block's customers have referred since this was last asked.
  std::vector<Joiner> take_referred() { return std::move(referred_); }

private:
  void join(const Environment& now, Scratch& scratch);
  void live_within(const Environment& now);
  void log_who_is_here();
  void be_seen(const Seen& seen, std::int32_t period) const;
  void live_beyond(const Environment& now);
  void refer(std::int32_t referrer, std::uint32_t ordinal);
  void report();
  void leave(std::int32_t lane, bool customer);
  const Params& params() const;

  const Setup& setup_;
  Group group_{};
  const Course* course_ = nullptr;
  Lived* lived_ = nullptr;
  CustomerBlock* block_ = nullptr;
  std::vector<Joiner> joiners_, referred_;
  std::size_t next_ = 0;         // the next of the joiners
  int period_ = 0;               // the latest
  std::int64_t born_ = 0;        // weight of those referred and not reported yet
  std::int64_t stands_for_ = 1;  // customers, by each one still followed beyond the horizon
  PeriodContext context_;
  Nowhere nowhere_;
  std::vector<std::int64_t> row_;  // of a period beyond the horizon
  std::vector<Sum> money_;
};

}  // namespace goodwill

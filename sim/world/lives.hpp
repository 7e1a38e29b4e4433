// One block of customers through its periods; and the pieces of a population that simulate() makes tasks of.
#pragma once

#include <mutex>
#include <span>

#include "sim/kernel/weight.hpp"
#include "sim/random/threefry.hpp"
#include "sim/world/simulate.hpp"
#include "sim/world/worker.hpp"

namespace goodwill {

using CustomerId = std::uint64_t;
CustomerId initial_id(int segment, std::int64_t ordinal);
CustomerId acquired_id(int segment, int period, std::int64_t ordinal);
CustomerId referred_id(CustomerId referrer, int period, std::uint32_t ordinal);

/// Somebody who will join: at the start of `period`, with this tenure.
struct Joiner {
  CustomerId id;
  std::int32_t period;
  std::int32_t tenure;
  std::int32_t weight = full_weight;  // a referred customer's is the referrer's
  std::int64_t ordinal = -1;          // in an anchoring sample
  std::int32_t stage = -1;            // of the base, after a skeleton of the early life
  std::int32_t entrant = -1;          // and which of those who came through it
};

inline CustomerId id_of(const CustomerBlock& b, std::int32_t i) {
  return (static_cast<CustomerId>(b.id_hi[i]) << 32) | b.id_lo[i];
}
inline Words draw_for(const Key& key, CustomerId id, std::uint32_t period, std::uint32_t purpose) {
  return draw(key, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32), period, purpose);
}
/// A uniform in the open interval with all 53 bits.
inline double uniform_of(const Words& w) {
  return ((static_cast<double>(w.w0 >> 5) * 67108864.0 + static_cast<double>(w.w1 >> 6)) + 0.5) /
         9007199254740992.0;
}

/// Where the kernel writes what nobody reads.
struct Nowhere {
  std::int64_t customers = 0;
  Sum money[4] = {};
  void takes(PeriodContext& c) {
    c.cohort_customers = &customers;
    c.cohort_revenue = &money[0];
    c.cohort_contribution = &money[1];
    c.order_money = &money[2];
  }
};

/// A simulation in progress: results, and the lives of blocks.
class Lives {
public:
  Lives(const Plan& plan, const SimulationOptions& options);

  /// Lives the pasts of candidates [first, first + n), keeps at most `wanted` survivors (the first by id),
  /// and lives their futures in every scenario. Returns the number kept.
  std::int64_t base(int replication, int segment, std::int64_t first, std::int64_t n, std::int64_t wanted);
  /// Lives the customers acquired in one scenario, those of ordinals [first, first + n) over all periods.
  void acquired(int replication, int segment, int scenario, std::int64_t first, std::int64_t n);
  /// How many are acquired over the horizon.
  std::int64_t count_acquired(int replication, int segment, int scenario) const;

  /// Customer-periods between joining and the horizon of those ordinals.
  std::int64_t acquired_periods(int replication, int segment, int scenario, std::int64_t first,
                                std::int64_t n) const;

  SimulationResult take() { return std::move(result_); }

private:
  struct Births {
    std::vector<Joiner> joiners;
    std::int64_t weight = 0;  ///< of those not reported yet
    std::size_t world = 0;
    std::int32_t period = 0;
    double copies = 1;
    Key key;
  };
  struct Future {
    int replication, segment, scenario;
    std::uint32_t mask;
    Origin origin;
  };
  Key key(int replication) const;
  std::vector<Joiner> newcomers(int replication, int segment, int scenario, std::int64_t first,
                                std::int64_t n) const;
  std::int64_t arrivals(int replication, int segment, int scenario, int period) const;
  std::uint32_t group(const ScenarioPlan& scenario, int segment, CustomerId id, const Key& key) const;
  /// The candidates [first, first + n) who come through their skeleton, the earliest first; `traits`: those
  /// that decided it, entrant by entrant.
  std::vector<Joiner> candidates(int replication, int segment, std::int64_t first, std::int64_t n,
                                 std::vector<double>& traits) const;
  void live_past(Worker& worker, int replication, int segment, const std::vector<Joiner>& candidates,
                 const std::vector<double>& traits);
  void measure_state(const CustomerBlock& base, const std::vector<std::int32_t>& kept, int segment);
  /// The joiners, as lanes at the end of the block.
  void be_born(CustomerBlock& block, std::span<const Joiner> joiners, const NewcomerParams& who,
               const Key& key, Scratch& scratch) const;
  /// Lives a block and, generation by generation, whom it refers.
  void live(Worker& worker, const Future& future, const std::vector<Joiner>& joiners);
  /// Returns whom the block's customers referred within the horizon.
  std::vector<Joiner> live_block(Worker& worker, const Future& future, const std::vector<Joiner>& joiners);
  RunOffRows live_run_off(CustomerBlock& block, PeriodContext& context,
                          const std::function<const Params&(int)>& params) const;
  void live_joiners(Worker& worker, int replication, int segment, int scenario, Origin origin,
                    std::vector<Joiner> joiners);
  void join(Worker& worker, const Future& future, const Joiner* from, const Joiner* to, int period,
            Rows& rows);
  void check_cancelled() const;
  /// Adds births to those of their world. Throws ModelError when there are more than any firm has seen.
  void report(Births& births);

  const Plan& plan_;
  SimulationOptions options_;
  const Kernel& kernel_;
  Workers workers_;
  SimulationResult result_;
  std::mutex mutex_;
  std::vector<std::atomic<std::int64_t>> referred_;  ///< by world, as the ledgers
  std::vector<std::int64_t> most_referred_;          ///< by scenario
};

}  // namespace goodwill

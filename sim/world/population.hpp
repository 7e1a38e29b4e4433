// The customers of a simulation and the memory they live in, in pieces that simulate() makes into tasks. Each
// block lives from its beginning to its end, independently of the others.
#pragma once

#include <mutex>

#include "sim/world/life.hpp"
#include "sim/world/worker.hpp"

namespace goodwill {

/// A simulation in progress: who its customers are, the blocks they live in, and the results.
class Population {
public:
  Population(const Plan& plan, const SimulationOptions& options);

  /// Lives the pasts of candidates [first, first + n), keeps at most `wanted` survivors (the first by id),
  /// and lives their futures in every scenario. Returns the number kept.
  std::int64_t base(int replication, int segment, std::int64_t first, std::int64_t n, std::int64_t wanted);
  /// Lives the customers acquired in one scenario whose ordinals over all periods are [first, first + n).
  void acquired(int replication, int segment, int scenario, std::int64_t first, std::int64_t n);
  /// How many customers are acquired over the horizon.
  std::int64_t count_acquired(int replication, int segment, int scenario) const;

  /// Customer-periods between joining and the horizon, of the customers with these ordinals.
  std::int64_t acquired_periods(int replication, int segment, int scenario, std::int64_t first,
                                std::int64_t n) const;

  SimulationResult take() { return std::move(result_); }

private:
  std::vector<Joiner> newcomers(int replication, int segment, int scenario, std::int64_t first,
                                std::int64_t n) const;
  std::int64_t arrivals(int replication, int segment, int scenario, int period) const;
  std::uint32_t group(const ScenarioPlan& scenario, int segment, CustomerId id, const Key& key) const;
  /// The candidates [first, first + n) who come through their skeleton, the earliest first. Adds the traits
  /// that decided it to `traits`, entrant by entrant.
  std::vector<Joiner> candidates(int replication, int segment, std::int64_t first, std::int64_t n,
                                 std::vector<double>& traits) const;
  void live_past(Worker& worker, int replication, int segment, const std::vector<Joiner>& candidates,
                 const std::vector<double>& traits);
  void measure_state(const CustomerBlock& base, const std::vector<std::int32_t>& kept, int segment);
  /// Lives a block and, generation by generation, those whom it refers.
  void live(Worker& worker, const Group& group, const std::vector<Joiner>& joiners);
  void live_joiners(Worker& worker, int replication, int segment, int scenario, Origin origin,
                    std::vector<Joiner> joiners);
  void keep(const Group& group, const Lived& lived);

  const Plan& plan_;
  SimulationOptions options_;
  const Kernel& kernel_;
  Workers workers_;
  SimulationResult result_;
  std::mutex mutex_;
  ReferralCount referrals_;
  Setup setup_;
};

}  // namespace goodwill

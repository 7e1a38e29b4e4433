// Who the customers of a simulation are: the base and its past, who is acquired, and whom interventions
// reach. A schedule decides in which order their lives are lived.
#pragma once

#include <functional>

#include "sim/world/results.hpp"
#include "sim/world/worker.hpp"

namespace goodwill {

class Population {
public:
  Population(const Plan& plan, const SimulationOptions& options);

  /// Lives the pasts of candidates [first, first + n) in `worker.base`; returns the lanes of those to keep,
  /// the first `wanted` by id of those who are still here.
  std::vector<std::int32_t> base(Worker& worker, int replication, int segment, std::int64_t first,
                                 std::int64_t n, std::int64_t wanted);
  /// Which block of candidates it was, where those are who came through, and which lanes of it are kept.
  using Settle = std::function<void(std::int64_t, Worker&, const std::vector<std::int32_t>&)>;
  /// The base of a segment: the first by id of those candidates who are still here, block by block, on any
  /// thread and in any order.
  void gather(int replication, int segment, const Settle& settle);
  /// Those acquired in one scenario, of ordinals [first, first + n) over all periods, the earliest first.
  std::vector<Joiner> newcomers(int replication, int segment, int scenario, std::int64_t first,
                                std::int64_t n) const;
  /// Those of one period, if `first` were acquired before: what begins later need not be known.
  std::vector<Joiner> newcomers_of(int replication, int segment, int scenario, int period,
                                   std::int64_t first) const;
  /// How many are acquired over the horizon.
  std::int64_t count_acquired(int replication, int segment, int scenario) const;
  /// The treatment group of a customer.
  std::uint32_t group(const ScenarioPlan& scenario, int segment, CustomerId id, const Key& key) const;

  /// An empty block.
  std::unique_ptr<BlockMemory> memory(int capacity) const {
    return std::make_unique<BlockMemory>(capacity, arrays_of(plan, options),
                                         large && capacity >= options.block / 4);
  }

  bool large = false;  ///< so many customers live at the same time that their memory must not have holes
  const Plan& plan;
  SimulationOptions options;
  const Kernel& kernel;
  Workers workers;
  Results results;
  Courses courses;
  ReferralCount referrals;
  Setup setup;

private:
  std::int64_t arrivals(int replication, int segment, int scenario, int period) const;
  /// The candidates [first, first + n) who come through their skeleton, the earliest first. Adds the traits
  /// that decided it to `traits`, entrant by entrant.
  std::vector<Joiner> candidates(int replication, int segment, std::int64_t first, std::int64_t n,
                                 std::vector<double>& traits) const;
  void live_past(Worker& worker, int replication, int segment, const std::vector<Joiner>& candidates,
                 const std::vector<double>& traits);
  /// Says of the base how each stands to the firm, and gives those the state of others of whom
  /// SimulationOptions::making says so.
  void take_stock(CustomerBlock& base, const std::vector<std::int32_t>& kept, int replication, int segment);
  void measure_state(const CustomerBlock& base, const std::vector<std::int32_t>& kept, int segment);
};

}  // namespace goodwill

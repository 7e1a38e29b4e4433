// What lives leave behind, added up.
#pragma once

#include <mutex>

#include "sim/world/life.hpp"

namespace goodwill {

/// From any thread and in any order.
class Results {
public:
  Results(const Plan& plan, const SimulationOptions& options);
  void keep(int replication, int segment, int scenario, Origin origin, const Lived& lived);
  /// Of the initial base: customers and the periods they have been here.
  void count_base(int segment, std::int64_t customers, std::int64_t tenure);
  void count_standing(int segment, const std::vector<StandingSum>& sums);
  void count_state(int segment, int response, std::int64_t factor, std::int64_t customers);
  /// Of one world, period by period.
  void keep_surroundings(int replication, int scenario, Surroundings& surroundings);
  void keep_prospects(int replication, int scenario, std::vector<ProspectLife> lives);
  SimulationResult take() { return std::move(result_); }

private:
  std::size_t world(int replication, int scenario) const {
    return static_cast<std::size_t>(scenario * replications_ + replication);
  }
  int replications_;
  SimulationResult result_;
  std::mutex mutex_;
};

}  // namespace goodwill

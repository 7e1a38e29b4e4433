// The independent schedule: where customers do not influence one another, a block lives its whole life in
// cache, one task each, in any order.
#pragma once

#include "sim/world/population.hpp"

namespace goodwill {

class Independent {
public:
  explicit Independent(Population& population)
      : all_(population), plan_(population.plan), options_(population.options) {}

  /// Everybody.
  void live();
  /// What becomes in every scenario of those `kept` of a block of the base.
  void base(Worker& worker, int replication, int segment, const std::vector<std::int32_t>& kept);
  /// Those acquired in one scenario, of ordinals [first, first + n) over all periods.
  void acquired(int replication, int segment, int scenario, std::int64_t first, std::int64_t n);

private:
  void base_in(Worker& worker, int replication, int segment, int scenario,
               const std::vector<std::int32_t>& kept);
  /// Lives a block and, generation by generation, whom it refers.
  void live(Worker& worker, const Group& group, const std::vector<Joiner>& joiners);
  void live_joiners(Worker& worker, int replication, int segment, int scenario, Origin origin,
                    const std::vector<Joiner>& joiners);
  /// Customer-periods between joining and the horizon.
  std::int64_t periods_of(const std::vector<Joiner>& joiners) const;
  void done(std::int64_t customer_periods);

  Population& all_;
  const Plan& plan_;
  const SimulationOptions& options_;
};

}  // namespace goodwill

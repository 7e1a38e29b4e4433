// A part of the customers of one replication, so that a population that is too large for one process can be
// lived by several. What the parts leave behind adds up to the same whole numbers as everybody at once.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/plan/plan.hpp"

namespace goodwill {

struct SimulationOptions;

/// Shards number 0 to of - 1 each live an even part of those who are acquired, and of candidates for the base
/// who are sure to be needed. How many of these are still here is known when they have been lived; the rest,
/// number `of`, lives those whom the base then lacks, and adds what is due once for all.
struct Share {
  int number = 0, of = 1;
  std::vector<std::int64_t> sure;        ///< by segment: so many candidates are parted, see sure_candidates()
  std::vector<std::int64_t> kept{};      ///< of the rest, by segment: how many of them are still here
  std::vector<std::int64_t> referred{};  ///< of the rest, by scenario: whom the other shards referred

  bool is_rest() const { return number == of; }
  /// The part of n things: the first, and how many.
  std::pair<std::int64_t, std::int64_t> part(std::int64_t n) const {
    if (is_rest()) return {n, 0};
    const std::int64_t from = n * number / of;
    return {from, n * (number + 1) / of - from};
  }
};

/// By segment: how many candidates, from the first on, are needed for the base of a replication (to all
/// intents: for one in some ten thousand it is too many, which the rest sees). Follows from the plan and the
/// luck alone, so that all shards come to the same numbers. Throws ModelError.
std::vector<std::int64_t> sure_candidates(const Plan& plan, const SimulationOptions& options, int shards);

}  // namespace goodwill

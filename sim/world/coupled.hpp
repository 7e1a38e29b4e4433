// The coupled schedule: where customers influence one another, all blocks of a world live a period, then
// their surroundings follow from it. The blocks are those of the independent schedule, so that the same lives
// come out where nothing is felt of the others.
#pragma once

#include "sim/world/population.hpp"

namespace goodwill {

void live_together(Population& population);
/// Bytes that the customers of one replication take.
double together_bytes(const Plan& plan, const SimulationOptions& options);

}  // namespace goodwill

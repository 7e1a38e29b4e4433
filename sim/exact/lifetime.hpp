// Values over an infinite horizon: linear systems (I - vP) x = r instead of sums over periods.
#pragma once

#include "sim/exact/chain.hpp"
#include "sim/exact/expect.hpp"

namespace goodwill {

/// Chains and initial customers by segment, of the baseline. Throws ModelError where a value or the number of
/// referred customers has no limit.
LifetimeValue lifetime_value(const Plan& plan, const TenureClasses& tenures, const std::vector<Chain>& chains,
                             const std::vector<Crowd>& base);

}  // namespace goodwill

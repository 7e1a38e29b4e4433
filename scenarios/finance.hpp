// Money of one world over time, from its ledger.
#pragma once

#include "scenarios/intervals.hpp"
#include "scenarios/terms.hpp"
#include "sim/ledger/ledger.hpp"
#include "sim/plan/plan.hpp"

namespace goodwill {

/// Discounts one ledger: recurring lines by the model's timing, dated lines (acquisition, upfront, per
/// customer) at the start of their period.
PresentValue present_value(const Plan& plan, const ScenarioPlan& scenario, const Ledger& ledger);

}  // namespace goodwill

// What is counted per period and origin, in one row of whole numbers. The fixed counters come first; the plan
// appends those of the model's own stages, moves, journeys, touchpoints, responses and investments. Shared
// with the kernel: no containers.
#pragma once

#include <cstdint>

namespace goodwill {

enum class Origin : std::int32_t { initial, acquired, referred };
constexpr int origins = 3;

/// Fixed counters. Money is in units of 2^-scale of the currency, state sums in units of 2^-16.
enum Counter : std::int32_t {
  count_start,  // customers present when the stage money is due
  count_joined,
  count_lost,
  count_end,
  sum_satisfaction,  // over those present at the end of the period
  sum_expectation,
  sum_trust,
  sum_tenure,      // in periods
  count_surveyed,  // customers whose answer counts for the true NPS
  count_promoters,
  count_detractors,
  count_responses,  // customers who answered: measured NPS
  count_measured_promoters,
  count_measured_detractors,
  sum_scores,
  count_orders,
  count_referrals,
  count_converted,
  money_fees,
  money_fee_margin,
  money_service_cost,
  money_touchpoint_cost,
  money_recovery_cost,
  money_earnings,
  money_earnings_margin,
  money_orders,
  money_order_margin,
  money_acquisition,
  fixed_counters
};

constexpr double weight_unit = 1073741824.0;       // with survival weights a customer counts this much
constexpr double state_unit = 65536.0;             // sums of satisfaction, expectation, trust
constexpr double probability_unit = 1073741824.0;  // sums of probabilities
constexpr double rate_unit = 1073741824.0;         // sums of rates

}  // namespace goodwill

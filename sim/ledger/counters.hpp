// What is counted per period and origin, in one row of whole numbers. The fixed counters come first; the plan
// appends those of the model's own stages, moves, journeys, touchpoints, responses and investments. Shared
// with the kernel: no containers.
#pragma once

#include <cstdint>

namespace goodwill {

enum class Origin : std::int32_t { initial, acquired, referred };
constexpr int origins = 3;

/// Fixed counters; prospects and lapsed are no customers. State sums are in units of 2^-16; of money there is
/// only the place here: its sums have 128 bits and stand apart.
enum Counter : std::int32_t {
  count_start,            // customers (in stages of kind customer) when the stage money is due
  count_joined,           // who joined as customers; counted in count_start
  count_won,              // prospects who became customers
  count_won_back,         // lapsed customers who became customers again
  count_lost,             // customers who are so no longer: lost or lapsed
  count_end,              // customers at the end of the period: start + won + won back - lost
  count_leads,            // who joined as prospects; counted in count_prospects_start
  count_prospects_start,  // when the stage money is due
  count_prospects,        // at the end of the period
  count_lapsed,           // at the end of the period
  sum_satisfaction,       // over the customers at the end of the period
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

/// Money added up: whole numbers, so that order cannot matter, with room for the largest and the smallest.
__extension__ typedef __int128 Sum;
constexpr int money_counters = fixed_counters - money_fees;  // those of investments follow them
constexpr double weight_unit = 1073741824.0;       // with survival weights a customer counts this much
constexpr double state_unit = 65536.0;             // sums of satisfaction, expectation, trust
constexpr double probability_unit = 1073741824.0;  // sums of probabilities
constexpr double rate_unit = 1073741824.0;         // sums of rates

}  // namespace goodwill

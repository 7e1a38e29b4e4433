// What is counted per period and origin, in one row of whole numbers. The fixed counters come first; the plan
// appends those of the model's own stages, moves, journeys, touchpoints, responses and investments. Shared
// with the kernel: no containers.
#pragma once

#include <cstdint>

namespace goodwill {

enum class Origin : std::int32_t { initial, acquired, referred };
constexpr int origins = 3;

/// What a counter is. All sums follow from it: units, present values and flows, contribution, the value of a
/// customer, run-off, bridge, savings, the exact solver's rewards and the tables of Python.
enum class Role : std::int32_t {
  count,          // of customers or events
  periods,        // of tenure
  state,          // a sum over customers, in units of 2^-16
  revenue,        // money that customers pay
  margin,         // what is left of it after the cost of what was sold
  cost_to_serve,  // recurring
  acquisition,    // due on joining
  measure         // what events amount to that is no money: points of effort, minutes
};

constexpr bool is_money(Role role) { return role >= Role::revenue && role <= Role::acquisition; }
/// Whether its sums have 128 bits. They follow from counts, each of which has a price (see Price).
constexpr bool is_priced(Role role) { return role >= Role::revenue; }

// The fixed counters of a row, each described once: its constant, name, role and what it is. Prospects and
// lapsed are not customers. Money and measures stand last: the list only gives their place, because their
// sums have 128 bits and are kept apart. New money takes one line here and one price in sim/plan/compile.cpp
// or compile_journeys.cpp.
#define GOODWILL_COUNTERS(X)                                                                                 \
  X(count_start, "start", count, "customers (in stages of kind customer) when the stage money is due")       \
  X(count_joined, "joined", count, "who joined as customers; counted in start")                              \
  X(count_won, "won", count, "prospects who became customers")                                               \
  X(count_won_back, "won_back", count, "lapsed customers who became customers again")                        \
  X(count_lost, "lost", count, "customers who are so no longer: lost or lapsed")                             \
  X(count_end, "end", count, "customers at the end: start + won + won back - lost")                          \
  X(count_adopted, "adopted", count, "who joined on their own, out of the market")                           \
  X(count_potential, "potential", count, "people of the market who have not come yet, at the end")           \
  X(count_turned_away, "turned_away", count, "arrivals and referred for whom nobody was left in the market") \
  X(count_leads, "leads", count, "who joined as prospects; counted in prospects_start")                      \
  X(count_prospects_start, "prospects_start", count, "prospects when the stage money is due")                \
  X(count_prospects, "prospects", count, "prospects at the end of the period")                               \
  X(count_lapsed, "lapsed", count, "lapsed customers at the end of the period")                              \
  X(sum_satisfaction, "sum_satisfaction", state, "over the customers at the end of the period")              \
  X(sum_expectation, "sum_expectation", state, "likewise")                                                   \
  X(sum_trust, "sum_trust", state, "likewise")                                                               \
  X(sum_tenure, "sum_tenure", periods, "likewise")                                                           \
  X(count_surveyed, "surveyed", count, "customers whose answer counts for the true NPS")                     \
  X(count_promoters, "promoters", count, "of them, 9 or 10")                                                 \
  X(count_detractors, "detractors", count, "of them, 6 or less")                                             \
  X(count_responses, "responses", count, "customers who answered: measured NPS")                             \
  X(count_measured_promoters, "measured_promoters", count, "of them, 9 or 10")                               \
  X(count_measured_detractors, "measured_detractors", count, "of them, 6 or less")                           \
  X(sum_scores, "sum_scores", count, "sum of the scores of those who answered")                              \
  X(count_walks, "walks", count, "journeys walked, all of them together")                                    \
  X(count_completed, "completed", count, "of them, those that reached their end")                            \
  X(count_efforts, "efforts", count, "contacts at touchpoints with an effort, found full or not")            \
  X(count_effort_answers, "effort_answers", count, "customers who answered about effort: measured CES")      \
  X(sum_effort_answers, "sum_effort_answers", count, "sum of their answers, 1 to 7")                         \
  X(count_orders, "orders", count, "orders")                                                                 \
  X(count_referrals, "referrals", count, "referrals made")                                                   \
  X(count_converted, "converted", count, "who will join in the next period")                                 \
  X(money_fees, "fees", revenue, "fees of stages")                                                           \
  X(money_fee_margin, "fee_margin", margin, "what is left of them")                                          \
  X(money_service_cost, "service_cost", cost_to_serve, "service cost of stages")                             \
  X(money_touchpoint_cost, "touchpoint_cost", cost_to_serve, "avoidable cost of contacts")                   \
  X(money_recovery_cost, "recovery_cost", cost_to_serve, "cost of recoveries")                               \
  X(money_referrals, "referral_cost", cost_to_serve, "rewards of those whose referral converts")             \
  X(money_earnings, "earnings", revenue, "earnings of touchpoints")                                          \
  X(money_earnings_margin, "earnings_margin", margin, "what is left of them")                                \
  X(money_orders, "order_revenue", revenue, "orders")                                                        \
  X(money_order_margin, "order_margin", margin, "what is left of them")                                      \
  X(money_acquisition, "acquisition", acquisition, "cost of arrivals")                                       \
  X(sum_effort, "sum_effort", measure, "points of effort of the contacts in efforts")

#define GOODWILL_CONSTANT(constant, name, role, text) constant,
enum Counter : std::int32_t { GOODWILL_COUNTERS(GOODWILL_CONSTANT) fixed_counters };
#undef GOODWILL_CONSTANT

struct CounterInfo {
  const char* name;
  Role role;
  const char *role_name, *text;
};
#define GOODWILL_DESCRIPTION(constant, name, role, text) {name, Role::role, #role, text},
inline constexpr CounterInfo counter_info[] = {GOODWILL_COUNTERS(GOODWILL_DESCRIPTION)};
#undef GOODWILL_DESCRIPTION

/// The first counter of money; all that follow are money or measures.
constexpr std::int32_t first_money() {
  std::int32_t k = 0;
  while (!is_money(counter_info[k].role)) ++k;
  return k;
}
constexpr bool prices_stand_last() {
  for (std::int32_t k = first_money(); k < fixed_counters; ++k)
    if (!is_priced(counter_info[k].role)) return false;
  return true;
}
static_assert(prices_stand_last(), "money and measures belong to the end of the list, behind the counts");

/// Adds up what `get` returns for each counter of a role.
template <class Get>
auto sum_of(Role role, Get&& get) {
  decltype(get(std::int32_t{})) sum{};
  for (std::int32_t k = 0; k < fixed_counters; ++k)
    if (counter_info[k].role == role) sum += get(k);
  return sum;
}

/// What recurs: margins less cost to serve.
template <class Get>
auto recurring_contribution(Get&& get) {
  return sum_of(Role::margin, get) - sum_of(Role::cost_to_serve, get);
}

// What investments and events cost, each kind described once: its name, whether the firm pays it as a whole
// (in a row of its own that belongs to no customers), whether it is due at the start of its period whatever
// the timing, and what it is. Those of the firm come first.
#define GOODWILL_COSTS(X)                                                                                    \
  X(upfront, true, true, "paid once, when it begins")                                                        \
  X(running, true, false, "paid in every period while it lasts")                                             \
  X(per_customer, false, true, "paid when a customer is first reached")                                      \
  X(use, false, false, "paid for each contact at some touchpoints")

#define GOODWILL_CONSTANT(constant, firm, dated, text) constant,
enum class CostKind : std::int32_t { GOODWILL_COSTS(GOODWILL_CONSTANT) };
#undef GOODWILL_CONSTANT

struct CostInfo {
  const char* name;
  bool firm, dated;
  const char* text;
};
#define GOODWILL_DESCRIPTION(constant, firm, dated, text) {#constant, firm, dated, text},
inline constexpr CostInfo cost_info[] = {GOODWILL_COSTS(GOODWILL_DESCRIPTION)};
#undef GOODWILL_DESCRIPTION
constexpr std::int32_t cost_kinds = sizeof cost_info / sizeof cost_info[0];
constexpr std::int32_t count_firm_costs() {
  std::int32_t n = 0;
  while (n < cost_kinds && cost_info[n].firm) ++n;
  return n;
}
constexpr std::int32_t firm_costs = count_firm_costs();

/// What is counted of each journey, in this order.
enum JourneyCounter : std::int32_t {
  walks_started,
  walks_truncated,
  walks_completed,
  walk_efforts,  // contacts with an effort
  journey_counters
};

/// Messages that people send.
enum MessageKind : std::int32_t { good_words, bad_words, message_kinds };

/// Money or a measure added up: whole numbers, so that order cannot matter, with room for the largest and the
/// smallest.
__extension__ typedef __int128 Sum;
constexpr int money_counters = fixed_counters - first_money();  // those of journeys and interventions follow
constexpr int measure_scale = 24;                               // measures are in units of 2^-measure_scale
constexpr double weight_unit = 1073741824.0;       // with survival weights a customer counts this much
constexpr double state_unit = 65536.0;             // sums of satisfaction, expectation, trust
constexpr double probability_unit = 1073741824.0;  // sums of probabilities
constexpr double rate_unit = 1073741824.0;         // sums of rates
constexpr double spend_unit = 1048576.0;           // sums of multipliers, where customers have no weights
constexpr double message_unit = 1048576.0;         // sums of messages

}  // namespace goodwill

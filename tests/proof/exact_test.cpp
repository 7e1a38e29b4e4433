// The simulation and the exact solver agree. They share the compiled parameters, but not a line of the code
// that decides what happens to customers.
//
// Every counter of the ledger that the solver knows is compared, by segment, origin and half of the horizon,
// as a mean over n = 450 replications; the unit is the replication. Rejected above 6 standard errors: alpha =
// 4e-9 (t with 449 degrees of freedom) for each of about 1,600 comparisons, so a right program fails with a
// probability below 1e-5 under a new seed. Power: an error of 10 standard errors is found with a probability
// above 0.9999; each test says how large that is for the main figures of the base.
#include "sim/exact/expect.hpp"

#include <limits>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

constexpr int replications = sanitized ? 24 : 450;
constexpr double most = sanitized ? 9 : 6;  // standard errors; t with 23 degrees of freedom has longer tails

struct Agreement {
  int comparisons = 0;
  double finest = 0;  ///< the largest of 8 standard errors / expectation over the main figures
};

std::string counter_name(const Layout& l, int counter) {
  const auto in = [&](int from, int width, const std::vector<std::string>& names, const char* what) {
    const int k = (counter - from) / width;
    return std::string(what) + " " + names[static_cast<std::size_t>(k)] + " " +
           std::to_string((counter - from) % width);
  };
  if (counter >= l.costs_at) return "investment counter " + std::to_string(counter - l.costs_at);
  if (counter >= l.measures_at) return in(l.measures_at, 2, l.journey_names, "minutes and effort");
  if (counter >= l.responses_at) return in(l.responses_at, 2, l.response_names, "response");
  if (counter >= l.touchpoints_at) return in(l.touchpoints_at, 3, l.touchpoint_names, "touchpoint");
  if (counter >= l.journeys_at) return in(l.journeys_at, journey_counters, l.journey_names, "journey");
  if (counter >= l.moves_at) return in(l.moves_at, 1, l.move_names, "move");
  if (counter >= l.stages_at) return "stage " + std::to_string(counter - l.stages_at);
  return "counter " + std::to_string(counter);
}

/// The least number of events that a counter's total stands for; infinite where that is not judged. Customers
/// and events count as 1. Amounts are judged with few replications only, where all may be 0 by luck; none is
/// above 30 in these models.
double least_events(const Layout& l, int counter, double total) {
  const bool money = (counter >= first_money() && counter < fixed_counters) ||
                     (counter >= l.measures_at && counter < l.treated_at);
  const bool response = counter >= l.responses_at && counter < l.measures_at;
  const bool probabilities = response && (counter - l.responses_at) % 2 == 1;
  if (probabilities || (money && !sanitized)) return std::numeric_limits<double>::infinity();
  return money ? total / 30 : total;
}

Agreement agree(const std::string& text, const std::string& scenario, std::uint64_t seed,
                bool survival_weights = false) {
  const Model model = read_model_text(text, "m.yaml");
  const Anchors anchors = anchor(model, 2).anchors;
  const Expectation exact = expect(model, anchors, scenario);
  const Plan plan(model, anchors, {scenario}, {.survival_weights = survival_weights});
  SimulationOptions options;
  options.seed = seed;
  options.replications = replications;
  options.threads = 2;
  const SimulationResult simulated = simulate(plan, options);
  const Layout& l = plan.layout;

  Agreement out;
  for (int s = 0; s < l.segments; ++s)
    for (const Origin origin : {Origin::initial, Origin::acquired, Origin::referred})
      for (int half = 0; half < 2; ++half)
        for (int counter = 0; counter < l.counters; ++counter) {
          if (!Expectation::knows(counter)) continue;
          const int from = half * l.periods / 2 + 1, to = (half + 1) * l.periods / 2;
          double wanted = 0;
          for (int t = from; t <= to; ++t) wanted += exact.get(s, t, origin, counter);
          const double weight = plan.segments[static_cast<std::size_t>(s)].weight;
          double sum = 0, squares = 0;
          for (const Ledger& ledger : simulated.ledgers) {
            double total = 0;
            for (int t = from; t <= to; ++t) total += weight * ledger.number(s, t, origin, counter);
            sum += total - wanted;
            squares += (total - wanted) * (total - wanted);
          }
          const double miss = sum / replications;
          const double variance = std::max(0.0, squares / replications - miss * miss) / (replications - 1);
          const double error = std::sqrt(variance);
          const double size = replications / weight;
          if (least_events(l, counter, wanted * size) < 30) {
            // Too rare for the normal distribution: a Poisson count of mean 30 is above 80 once in 10^13.
            EXPECT_LE(least_events(l, counter, (wanted + miss) * size), 80) << counter_name(l, counter);
            continue;
          }
          // Amounts and sums of probabilities are rounded: 1e-6 of the total where nothing is random.
          EXPECT_LE(std::abs(miss), most * error + 1e-6 * std::abs(wanted))
              << counter_name(l, counter) << ", segment " << s << ", origin " << static_cast<int>(origin)
              << ", periods " << from << " to " << to << ": expected " << wanted << ", simulated "
              << wanted + miss << " +- " << error;
          out.comparisons += wanted != 0;
          const bool main_figure =
              counter == count_start || counter == money_touchpoint_cost || counter == money_fees;
          if (main_figure && origin == Origin::initial && wanted > 0)
            out.finest = std::max(out.finest, 8 * error / wanted * std::sqrt(replications / 200.0));
        }
  return out;
}

const char* const all_that_markov_can = R"(
horizon: 16
agents: 1_500
segments:
  young:
    count: 3_000
    tenure: 14 months
    arrivals: 60
    acquisition_cost: 20
    changes: {trial.churn: {set: 12 %}, help.starts: {odds: 2}}
  old: {count: 600, tenure: {exactly: 30}, stage: member, arrivals: {count: 3, stage: trial}}
  new: {arrivals: 25.5}
stages:
  trial: {kind: prospect, fee: 4, churn: 8 %, moves: {member: 25 %, idle: 10 %}}
  member:
    {fee: 20, margin: 75 %, service_cost: 2, churn: {0 months: 6 %, 6 months: 3 %, 20 months: 1 %}, moves: {idle: 4 %, member: 5 %}}
  idle: {kind: lapsed, service_cost: 0.5, churn: 15 %, moves: {member: 20 %, trial: otherwise}}
channels: {phone: {cost: 5, failure: 20 %, recovery: 50 %, recovery_cost: 2, wait: 3 minutes, effort: 4}}
journeys:
  help:
    starts: 20 %
    first: {bot: 60 %, desk: 30 %}
    touchpoints:
      bot: {cost: 0.25, failure: 40 %, effort: 2.5, next: {ok: done, failed: {desk: 70 %, bot: 10 %, idle: 5 %}}}
      desk: {channel: phone, happens: 80 %, next: {failed: {desk: 50 %, lost: 20 %}, recovered: {bot: 25 %}, ok: {member: 10 %}}}
  win_back: {stages: [idle], starts: 30 %, touchpoints: {call: {channel: phone, next: {ok: {member: 30 %}, failed: lost}}}}
  gift: {starts: {0 months: 5 %, 12 months: 50 %, 13 months: 0 %}, touchpoints: {card: {cost: 1, earns: 2, margin: 50 %}}}
  first_year: {stages: [trial, member], starts: 10 %, touchpoints: {tour: {who: {tenure: 2 to 8, stage: member}, cost: 3}}}
orders: {rate: 0.4, value: 10, margin: 25 %}
referrals: {rate: {0 months: 3 %, 10 months: 8 %}, conversion: 60 %, stage: trial}
survey: {response: 30 %}
)";

TEST(ExactProof, StagesJourneysArrivalsPastAndReferrals) {
  const Agreement a = agree(all_that_markov_can, "baseline", 1);
  EXPECT_GT(a.comparisons, 1000);
  EXPECT_LT(a.finest, 0.06);
}

TEST(ExactProof, AveragesAndTheSteadyState) {
  const Agreement a = agree(R"(
horizon: 20
agents: 1_000
segments: {all: {count: 4_000, arrivals: 50}}
stages:
  customer: {fee: 30, moves: {notice: {average: 2 % / month}}}
  notice: {fee: 30, churn: 100 %}
journeys:
  help: {starts: {average: 14 %}, touchpoints: {call: {cost: 6, failure: 14 %, recovery: 40 %, recovery_cost: 12}}}
  stay: {stages: [notice], starts: 60 %, touchpoints: {offer: {next: {ok: {customer: 30 %}}}}}
orders: {rate: {average: 0.2}, spread: {gamma: 1.5}, value: 16, value_cv: 0.5, margin: 40 %}
)",
                            "baseline", 2);
  EXPECT_GT(a.comparisons, 120);
  EXPECT_LT(a.finest, 0.025);
}

const char* const with_investments = R"(
horizon: 14
agents: 2_000
segments: {a: {count: 2_000, tenure: 0, arrivals: 30, acquisition_cost: 10}, b: {count: 2_000, tenure: 40 months}}
stages:
  customer: {fee: 10, churn: 5 %, moves: {plus: 3 %}}
  plus: {fee: 24, churn: 2 %}
journeys:
  visit: {starts: 60 %, first: {shop: 50 %, web: 30 %}, touchpoints: {shop: {cost: 4, failure: 10 %, wait: 5 minutes, effort: 3}, web: {cost: 0.5}}}
referrals: {rate: 2 %}
investments:
  club: {start: 3, ramp: 4, reach: 50 %, audience: members, changes: {customer.churn: {odds: 0.5}, visit.first.web: {set: 60 %}, visit.shop.effort: {add: 1}, visit.shop.wait: {times: 0.5}}, cost: {per_customer: 3, each: {visit.shop: 2}}}
  cheap: {start: 5, lasts: 6, reach: {a: 30 %, b: 80 %}, audience: members, changes: {customer.fee: {times: 0.5}}}
  reach_out: {start: 2, reach: {b: 25 %}, changes: {visit.starts: {set: 90 %}}, cost: {per_customer: 1}}
  brand: {start: 4, changes: {arrivals: {times: 1.5}, acquisition_cost: {add: 4}}}
events: {outage: {start: 6, lasts: 2, changes: {visit.shop.failure: {add: 20 %}}, impulse: {trust: -0.2}}}
scenarios: {all: [club, cheap, reach_out, brand, outage]}
)";

TEST(ExactProof, InvestmentsWithRampsReachAndAudiences) {
  const Agreement a = agree(with_investments, "all", 3);
  EXPECT_GT(a.comparisons, 300);
  EXPECT_LT(a.finest, 0.025);
}

TEST(ExactProof, SurvivalWeights) {
  Agreement a = agree(all_that_markov_can, "baseline", 4, true);
  EXPECT_GT(a.comparisons, 1000);
  EXPECT_LT(a.finest, 0.06);
  a = agree(with_investments, "all", 5, true);
  EXPECT_GT(a.comparisons, 300);
  EXPECT_LT(a.finest, 0.025);
}

}  // namespace

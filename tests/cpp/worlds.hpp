// Small worlds for the tests: a model from text, simulated, and its ledger read by the names of its counters.
#pragma once

#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/terms.hpp"
#include "scenarios/worlds.hpp"
#include "sim/file/read.hpp"
#include "sim/model/problem.hpp"
#include "sim/world/anchor.hpp"

namespace goodwill {

/// Sanitizers make a test ten times as slow, and the faults they look for show in small samples too. So the
/// statistical tests are smaller under them, and less sharp.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

/// The long versions of the tests (environment variable GOODWILL_FULL).
inline bool full() {
  const char* wanted = std::getenv("GOODWILL_FULL");
  return wanted != nullptr && *wanted != '\0' && std::string(wanted) != "0";
}

/// Nothing solved (`average` then means `base`); the ages of the candidates for the base are uniform on these
/// periods.
inline Anchors unanchored(const Model& model, int youngest = 0, int oldest = 0) {
  SegmentAnchor one;
  for_each_response(model, [&](const std::string&, const Response&) {
    one.solved.push_back(std::numeric_limits<double>::quiet_NaN());
  });
  for (int k = 0; k <= oldest; ++k)
    one.tenure_cdf.push_back(k < youngest ? 0.0 : double(k - youngest + 1) / (oldest - youngest + 1));
  Anchors anchors;
  anchors.segments.assign(model.segments.size(), one);
  return anchors;
}

/// Which cells of the ledgers are summed; -1 stands for all.
struct Cells {
  int scenario = 0, replication = 0, segment = -1, origin = -1, from = 1, to = -1;
};

class World {
public:
  World(const Model& model, const Anchors& anchors, const std::vector<std::string>& scenarios = {"baseline"},
        const SimulationOptions& options = {}, const PlanOptions& plan_options = {})
      : plan(model, anchors, scenarios, plan_options), replications(options.replications),
        result(simulate(plan, options)), names_(plan.layout.counter_names()) {}
  /// A fresh cohort, nothing anchored.
  explicit World(const std::string& text, const std::vector<std::string>& scenarios = {"baseline"},
                 const SimulationOptions& options = {}, const PlanOptions& plan_options = {})
      : World(read_model_text(text, "m.yaml"), unanchored(read_model_text(text, "m.yaml")), scenarios,
              options, plan_options) {}

  const Ledger& ledger(int scenario = 0, int replication = 0) const {
    return result.ledgers[static_cast<std::size_t>(scenario * replications + replication)];
  }
  int counter(const std::string& name) const {
    for (std::size_t k = 0; k < names_.size(); ++k)
      if (names_[k] == name) return static_cast<int>(k);
    ADD_FAILURE() << "no counter is called " << name;
    return 0;
  }
  const std::vector<std::string>& counter_names() const { return names_; }
  /// A counter that is no money, as it was counted.
  std::int64_t count(int number, const Cells& cells = {}) const {
    EXPECT_LT(plan.layout.money_place(number), 0);
    std::int64_t sum = 0;
    each(cells, [&](const Ledger& from, int s, int t, Origin o) { sum += from.get(s, t, o, number); });
    return sum;
  }
  std::int64_t count(const std::string& name, const Cells& cells = {}) const {
    return count(counter(name), cells);
  }
  /// In the counter's unit: money, points, probabilities. Of the simulated customers.
  double sum(const std::string& name, const Cells& cells = {}) const {
    const int number = counter(name);
    double total = 0;
    each(cells, [&](const Ledger& from, int s, int t, Origin o) { total += from.number(s, t, o, number); });
    return total;
  }
  /// The sum in each replication.
  std::vector<double> sums(const std::string& name, Cells cells = {}) const {
    std::vector<double> all;
    for (cells.replication = 0; cells.replication < replications; ++cells.replication)
      all.push_back(sum(name, cells));
    return all;
  }
  /// A mean over the customers present at the end of these periods: `sum_satisfaction`, `sum_tenure`.
  double mean(const std::string& name, const Cells& cells = {}) const {
    return sum(name, cells) / sum("end", cells);
  }
  /// On the model's terms.
  PresentValue value(int scenario = 0, int replication = 0) const {
    return present_value(
        flows_of(plan, plan.scenarios[static_cast<std::size_t>(scenario)], ledger(scenario, replication)),
        terms_of(plan.model()), plan.model().periods_per_year());
  }
  /// Mean probability or rate of a response over those at risk.
  double level(const std::string& response, const Cells& cells = {}) const {
    return sum("expected." + response, cells) / sum("exposure." + response, cells);
  }

  Plan plan;
  int replications;
  SimulationResult result;

private:
  template <class Visit>
  void each(const Cells& cells, Visit&& visit) const {
    const int last = cells.to < 0 ? plan.horizon() : cells.to;
    for (int s = 0; s < plan.layout.segments; ++s)
      for (int t = cells.from; t <= last; ++t)
        for (int o = 0; o < origins; ++o)
          if ((cells.segment < 0 || cells.segment == s) && (cells.origin < 0 || cells.origin == o))
            visit(ledger(cells.scenario, cells.replication), s, t, static_cast<Origin>(o));
  }
  std::vector<std::string> names_;
};

/// A text with another one in place of the first of these.
inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

/// On one thread, with the values of customers.
inline SimulationOptions all_kept() {
  SimulationOptions options;
  options.values = true;
  options.replications = 2;
  options.threads = 1;
  return options;
}

/// Where two ledgers differ first; empty: nowhere.
inline std::string difference(const Layout& layout, const Ledger& a, const Ledger& b) {
  if (a == b) return "";
  const auto names = layout.counter_names();
  for (int s = 0; s < layout.segments; ++s)
    for (int t = 1; t <= layout.periods; ++t)
      for (int o = 0; o < origins; ++o)
        for (int k = 0; k < layout.counters; ++k) {
          const double x = a.number(s, t, static_cast<Origin>(o), k),
                       y = b.number(s, t, static_cast<Origin>(o), k);
          if (x != y)
            return "segment " + std::to_string(s) + ", period " + std::to_string(t) + ", origin " +
                   std::to_string(o) + ", " + names[static_cast<std::size_t>(k)] + ": " + std::to_string(x) +
                   " and " + std::to_string(y);
        }
  return "values or cohorts";
}

/// All of two worlds, bit for bit.
inline void expect_same(const World& a, const World& b, const std::string& where = "") {
  ASSERT_EQ(a.result.ledgers.size(), b.result.ledgers.size());
  EXPECT_EQ(a.result.words, b.result.words) << where;
  EXPECT_EQ(a.result.teams, b.result.teams) << where;
  for (std::size_t k = 0; k < a.result.ledgers.size(); ++k)
    EXPECT_EQ(difference(a.plan.layout, a.result.ledgers[k], b.result.ledgers[k]), "") << where;
}

/// The mean of independent samples against what is expected, within 5 standard errors. With 30 samples or
/// more a right program fails with a probability below 3e-5 (t with 29 degrees of freedom) for a new seed,
/// never for a fixed one that passed; an error of 8 standard errors is found with a probability above 0.99.
inline void expect_mean(const std::vector<double>& samples, double expected, const std::string& what) {
  const double n = static_cast<double>(samples.size());
  double mean = 0, variance = 0;
  for (const double x : samples) mean += x / n;
  for (const double x : samples) variance += (x - mean) * (x - mean) / (n - 1);
  EXPECT_NEAR(mean, expected, 5 * std::sqrt(variance / n) + 1e-6 * std::abs(expected)) << what;
}

/// The text of the error that reading or running a model ends with; empty: none.
template <class Run>
std::string refusal_of(Run&& run) {
  try {
    run();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

/// A model with every feature the engine runs.
inline const char* const rich = R"(
horizon: 10
agents: 1_200
segments:
  young:
    count: 40_000
    tenure: 10 months
    arrivals: 900 / month
    acquisition_cost: 25
    spend: {cv: 0.6}
    changes: {customer.fee: {set: 21.37}, help.first.bot: {set: 60 %}}
  old:
    count: 15_000
    tenure: 30 months
    stage: premium
    arrivals: {count: 90, stage: customer}
    trust: {mean: 0.75, sd: 0.2}
    expects: 7.6
    values: {ease: 1, empathy: 3, competence: 2}
  walk_in:
    arrivals: {count: 700, stage: curious}
    spend: {cv: 1.4}
stages:
  curious: {kind: prospect, service_cost: 0.1, churn: 35 %, moves: {customer: 30 %, premium: 5 %}}
  customer:
    fee: 19.99
    margin: 61 %
    service_cost: 2.37
    churn: {base: 2.5 % / month, satisfaction: -0.4, trust: -0.8, tenure: -0.2, failures: 0.5, recovered: -0.2,
            extreme: 0.1, referred: -0.3, spend: 0.3, frailty: 0.6}
    moves: {premium: {base: 3 %, price: -1}, paused: {base: 4 %, satisfaction: -0.3, frailty: 0.4}}
  premium: {fee: 44.9, churn: {beta: [1.2, 40]}, moves: {customer: 3 %}}
  paused:
    kind: lapsed
    service_cost: 0.5
    churn: {0 months: 10 %, 12 months: 4 %}
    moves: {customer: 20 %, premium: 5 %, paused: otherwise}
channels:
  phone: {quality: 7.6, sd: 1.6, failure: 14 %, recovery: 40 %, cost: 6.5, recovery_cost: 12, effort: 3.3}
journeys:
  bill: {starts: 100 %, touchpoints: {bill: {weight: 0.3, failure: 2 %, cost: 0.02, effort: 1}}}
  help:
    stages: [customer, premium]
    starts: {base: 25 % / month, failures: 0.9, satisfaction: -0.2}
    first: {bot: 40 %, call: 50 %}
    touchpoints:
      bot: {quality: 6.8, failure: 45 %, quality_failed: 4, effort: 4.7, next: {failed: {call: 70 %, bot: 30 %}}}
      call:
        channel: phone
        wait: 6 minutes
        next: {ok: {sale: 40 %}, failed: {call: 50 %, paused: 10 %, lost: 3 %}, recovered: {premium: 5 %}}
      sale: {sd: 1, earns: 9, margin: 40 %, happens: 70 %, next: {sale: 25 %, premium: 10 %}}
  make_good:
    starts: 40 %
    touchpoints:
      gift: {who: {failed_ago: 1 to 5 months}, happens: 60 %, quality: 9.2, sd: 0.5, cost: 4, effort: 2, next: thanks}
      thanks: {who: {surveyed: detractor, satisfaction: {below: 6.5}, tenure: {above: 2 months}}, quality: 8, cost: 1}
  ask: {stages: [curious], starts: 60 %, touchpoints: {shop: {quality: 7, effort: 2, next: {customer: 25 %}}}}
  pause: {stages: [paused], starts: 50 %, touchpoints: {mail: {quality: 7, effort: 2, next: {customer: 15 %}}}}
  visit: {starts: 70 %, touchpoints: {arrive: {next: leave}, leave: {failure: 5 %, recovery: 50 %, earns: 3, effort: 6.2}}}
  returns: {after: {orders: 20 %}, touchpoints: {send: {cost: 4, effort: 5}}}
  rating:
    after: {visit: 30 %, returns: 50 %}
    touchpoints:
      stars:
        who: {segment: [young, old]}
        quality: {ease: 8, empathy: 6, competence: 7}
        failure: 10 %
        recovery: 30 %
        effort: 1.5
        next: {failed: {lost: 4 %}}
orders:
  rate: {base: 0.4 / month, satisfaction: 0.2, frailty: 0.3}
  spread: {gamma: 0.8}
  value: 35
  value_cv: 0.7
  margin: 30 %
referrals: {rate: {base: 0.06 / month, satisfaction: 0.4}, conversion: 45 %, segment: old, reward: 12.5}
market: {price: 1}
survey: {response: {base: 30 %, extreme: 0.3}}
finance: {discount: 10 %}
investments:
  coaching:
    start: 3
    ramp: 4
    reach: {young: 40 %, old: 100 %}
    cost: {upfront: 9_000, running: 700 / month, per_customer: 1.5, each: {help.call: 0.75}}
    changes: {phone.quality: {add: 0.5}, phone.recovery: {odds: 2}, help.first.call: {times: 1.2}, phone.effort: {add: -0.9}}
  gifts:
    start: 4
    reach: 55 %
    lasts: 5
    cost: {each: {make_good.gift: 6}}
    changes: {make_good.gift.happens: {set: 95 %}, customer.churn: {times: 0.9}, young.arrivals: {times: 1.1}}
events:
  breach:
    start: 5
    lasts: 3
    reach: 33 %
    impulse: {trust: -0.25, satisfaction: -1, who: {tenure: {above: 3 months}}}
    changes: {bill.bill.failure: {set: 20 %}, market.price: {times: 0.9}}
    cost: {upfront: 12_000}
scenarios:
  people: [coaching]
  all: [coaching, gifts]
  all_in_breach: [breach, coaching, gifts]
)";

}  // namespace goodwill

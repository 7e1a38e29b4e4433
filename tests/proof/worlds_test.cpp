// Worlds differ only where the scenario differs: identities that hold exactly, without chance and without
// tolerance.
#include <cmath>

#include "scenarios/study.hpp"
#include "sim/world/independent.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::vector<std::string> scenarios{"baseline", "people", "all", "all_in_breach"};

const World& rich_world() {
  static const Model model = read_model_text(rich, "rich.yaml");
  static SimulationOptions options;
  options.values = true;
  static const World world(model, unanchored(model, 0, 30), scenarios, options);
  return world;
}

TEST(Worlds, LedgersAddUp) {
  const World& w = rich_world();
  const Layout& l = w.plan.layout;
  for (int k = 0; k < static_cast<int>(scenarios.size()); ++k)
    for (int s = 0; s < l.segments; ++s) {
      for (int o = 0; o < origins; ++o) {
        std::int64_t customers = o == 0 ? w.plan.segments[static_cast<std::size_t>(s)].agents : 0;
        for (int t = 1; t <= l.periods; ++t) {
          const auto n = [&](const std::string& name) {
            return w.count(name, {.scenario = k, .segment = s, .origin = o, .from = t, .to = t});
          };
          if (t == 1 && o == 0) {  // some of the base are paused by their past
            ASSERT_EQ(n("start") + n("stage.paused"), customers);
            customers = n("start");
          }
          ASSERT_EQ(n("start"), customers + n("joined")) << scenarios[static_cast<std::size_t>(k)] << t;
          ASSERT_EQ(n("end"), n("start") + n("won") + n("won_back") - n("lost"));
          ASSERT_EQ(n("stage.customer") + n("stage.premium"), n("start"));
          ASSERT_LE(n("move.customer.lost") + n("move.premium.lost"), n("lost"));
          ASSERT_GE(n("contacts.help.call"), n("failed.help.call") + n("recovered.help.call"));
          ASSERT_GE(n("surveyed"), n("responses"));
          customers = n("end");
        }
      }
      // Cohorts: everybody present, by the period of joining, and their money. Each customer's money has 53
      // bits.
      const Cohorts& c = w.ledger(k).cohorts[static_cast<std::size_t>(s)];
      for (int t = 1; t <= l.periods; ++t) {
        std::int64_t sum = 0;
        double revenue = 0, contribution = 0;
        for (int joined = 0; joined <= t; ++joined) {
          sum += c.customers[c.at(joined, t)];
          revenue += std::ldexp(static_cast<double>(c.revenue[c.at(joined, t)]), -l.value_scale);
          contribution += std::ldexp(static_cast<double>(c.contribution[c.at(joined, t)]), -l.value_scale);
        }
        const auto money = [&](const std::string& name) {
          return w.sum(name, {.scenario = k, .segment = s, .from = t, .to = t});
        };
        ASSERT_EQ(sum, w.count("start", {.scenario = k, .segment = s, .from = t, .to = t}));
        const double sold = money("fees") + money("earnings") + money("order_revenue");
        ASSERT_NEAR(revenue, sold, 1e-6 * sold);
        const double margin = money("fee_margin") + money("earnings_margin") + money("order_margin"),
                     cost = money("service_cost") + money("touchpoint_cost") + money("recovery_cost") +
                            money("referral_cost");
        ASSERT_NEAR(contribution, margin - cost, 1e-6 * sold);
      }
    }
}

TEST(Worlds, ANullInvestmentIsExactlyNothing) {
  std::string text = rich;
  const std::string before = "investments:\n", after = "scenarios:\n";
  text.insert(text.find(before) + before.size(), "  unchanged: {start: 2, ramp: 3, reach: 37 %, changes: "
                                                 "{phone.quality: {add: 0}, help.starts: {times: 1}, "
                                                 "phone.recovery: {odds: 1}, premium.fee: {set: 44.9}}}\n");
  text.insert(text.find(after) + after.size(), "  unchanged: [unchanged]\n");
  const Model model = read_model_text(text, "rich.yaml");
  SimulationOptions options;
  options.values = true;
  const World w(model, unanchored(model, 0, 30), {"baseline", "unchanged"}, options);
  EXPECT_EQ(difference(w.plan.layout, w.ledger(0), w.ledger(1)), "");
  StudyOptions of_study;
  of_study.replications = 2;
  const Study study = compare(model, unanchored(model, 0, 30), {"unchanged"}, of_study);
  EXPECT_EQ(study.comparisons[0].npv.mean, 0);
}

TEST(Worlds, IdenticalBeforeTheStart) {
  // `coaching` starts in period 3, in period 1 the others have changed nothing either.
  const World& w = rich_world();
  const Layout& l = w.plan.layout;
  const int starts[] = {0, 3, 3, 3};
  for (int k = 1; k < static_cast<int>(scenarios.size()); ++k) {
    bool differs = false;
    for (int s = 0; s < l.segments; ++s)
      for (int t = 1; t <= l.periods; ++t)
        for (int o = 0; o < origins; ++o)
          for (int c = 0; c < l.counters; ++c) {
            const auto a = w.ledger(0).get(s, t, static_cast<Origin>(o), c),
                       b = w.ledger(k).get(s, t, static_cast<Origin>(o), c);
            if (t < starts[k])
              ASSERT_EQ(a, b) << scenarios[static_cast<std::size_t>(k)] << ", period " << t << ", "
                              << w.counter_names()[static_cast<std::size_t>(c)];
            else
              differs = differs || a != b;
          }
    EXPECT_TRUE(differs);
  }
}

/// The rich model one to one, small; `arrivals` a month.
std::string one_to_one(int count, int arrivals) {
  std::string text = rich;
  const auto replace = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("agents: 1_200", "agents: all");
  replace("count: 40_000", "count: " + std::to_string(count));
  replace("arrivals: 900 / month", "arrivals: " + std::to_string(arrivals));
  replace("count: 15_000", "count: 150");
  replace("count: 700", "count: 5");
  replace("young.arrivals: {times: 1.1}", "premium.fee: {times: 1.1}");
  return text;
}

TEST(Worlds, OneMoreCustomerChangesNobodyElse) {
  // The ledger of n + 1 customers is that of n plus that of the one, with all those they referred.
  SimulationOptions options;
  options.values = true;
  const Model few = read_model_text(one_to_one(300, 8), "m.yaml"),
              more = read_model_text(one_to_one(301, 8), "m.yaml");
  const World w(few, unanchored(few, 0, 12), scenarios, options),
      v(more, unanchored(more, 0, 12), scenarios, options);
  // The one is the first candidate after those of w who is still here: the 301st survivor.
  std::int64_t candidate = -1, kept = 0;
  std::vector<Ledger> alone;
  while (kept < 301) {
    Population population(v.plan, options);
    ++candidate;
    Workers::Loan worker(population.workers);
    const std::vector<std::int32_t> here = population.base(*worker, 0, 0, candidate, 1, 1);
    kept += static_cast<std::int64_t>(here.size());
    Independent(population).base(*worker, 0, 0, here);
    alone = population.results.take().ledgers;
    ASSERT_LT(candidate, 100'000);
  }
  for (std::size_t k = 0; k < scenarios.size(); ++k) {
    Ledger sum = w.result.ledgers[k];
    EXPECT_FALSE(sum == v.result.ledgers[k]);
    sum.merge(alone[k]);
    EXPECT_EQ(difference(w.plan.layout, sum, v.result.ledgers[k]), "") << scenarios[k];
  }
}

TEST(Worlds, FewerArrivalsAreAPrefix) {
  // Of 8 arrivals a month the first 5 are those of 5 a month; the rest live their own lives.
  SimulationOptions options;
  options.values = true;
  const Model few = read_model_text(one_to_one(50, 5), "m.yaml"),
              more = read_model_text(one_to_one(50, 8), "m.yaml");
  const World w(few, unanchored(few, 0, 12), scenarios, options),
      v(more, unanchored(more, 0, 12), scenarios, options);
  for (int k = 0; k < static_cast<int>(scenarios.size()); ++k) {
    Population population(v.plan, options);
    for (int t = 1; t <= v.plan.horizon(); ++t) Independent(population).acquired(0, 0, k, 8 * (t - 1) + 5, 3);
    Ledger sum = w.ledger(k);
    sum.merge(population.results.take().ledgers[static_cast<std::size_t>(k)]);
    EXPECT_EQ(difference(w.plan.layout, sum, v.ledger(k)), "") << scenarios[static_cast<std::size_t>(k)];
  }
}

TEST(Worlds, ZeroInZeroOut) {
  const World nobody("horizon: 12\nsegments: {all: {count: 0}}\nstages: {customer: {fee: 30, churn: 2 %}}\n"
                     "journeys: {use: {starts: 50 %, touchpoints: {use: {cost: 3}}}}\n");
  for (const double x : nobody.ledger().numbers()) ASSERT_EQ(x, 0);
  const World free("horizon: 12\nsegments: {all: {count: 500, arrivals: 5}}\nstages: {customer: {churn: 0}}\n"
                   "journeys: {use: {starts: 50 %, touchpoints: {use: {}}}}\norders: {rate: 0, value: 7}\n"
                   "referrals: {rate: 0}\n");
  EXPECT_EQ(free.count("lost"), 0);
  EXPECT_EQ(free.count("orders"), 0);
  EXPECT_EQ(free.count("referrals"), 0);
  EXPECT_EQ(free.count("failed.use.use"), 0);
  for (int money = first_money(); money < fixed_counters; ++money)
    EXPECT_EQ(free.sum(free.counter_names()[static_cast<std::size_t>(money)]), 0) << money;
  const World all(
      "horizon: 12\nsegments: {all: {count: 500, arrivals: 5}}\nstages: {customer: {churn: 100 %}}\n");
  EXPECT_EQ(all.count("end"), 0);
}

TEST(Worlds, ReachIsNestedAndForLife) {
  // Those reached leave at once. The same audience is the same people: a smaller reach lies within a larger
  // one.
  const World w(R"(
horizon: 6
agents: all
segments: {all: {count: 20_000}}
stages: {customer: {}}
journeys: {leave: {starts: 0 %, touchpoints: {leave: {next: lost}}}}
investments:
  small: {audience: all, reach: 30 %, cost: {per_customer: 1}, changes: {customer.churn: {set: 100 %}}}
  large: {audience: all, reach: 60 %, start: 2, cost: {per_customer: 1}, changes: {leave.starts: {set: 100 %}}}
  again: {audience: all, reach: 30 %, start: 4, cost: {per_customer: 1}, changes: {leave.starts: {set: 100 %}}}
  others: {reach: 60 %, start: 2, cost: {per_customer: 1}, changes: {leave.starts: {set: 100 %}}}
scenarios: {small: [small], large: [large], again: [small, again], both: [small, large], apart: [small, others]}
)",
                {"baseline", "small", "large", "again", "both", "apart"});
  const auto lost = [&](int k) { return w.count("lost", {.scenario = k}); };
  const double n = 20'000;
  EXPECT_EQ(lost(0), 0);
  EXPECT_EQ(lost(1), w.count("treated.small", {.scenario = 1}));
  EXPECT_EQ(lost(3), lost(1)) << "the same people later";
  EXPECT_EQ(lost(4), lost(2)) << "30 % lie within the 60 %";
  // Binomial, n = 20,000, 5 standard errors.
  EXPECT_NEAR(static_cast<double>(lost(1)), 0.3 * n, 5 * std::sqrt(n * 0.3 * 0.7));
  EXPECT_NEAR(static_cast<double>(lost(2)), 0.6 * n, 5 * std::sqrt(n * 0.6 * 0.4));
  EXPECT_NEAR(static_cast<double>(lost(5)), 0.72 * n, 5 * std::sqrt(n * 0.72 * 0.28))
      << "another audience is independent";
  EXPECT_NEAR(w.sum("per_customer.small", {.scenario = 1}), static_cast<double>(lost(1)), 1e-6);
}

}  // namespace

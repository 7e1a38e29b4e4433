// Who comes out of a market: closed forms of adoption, and what belongs to nobody else.
#include <cmath>
#include <map>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const int people = full() ? 400'000 : sanitized ? 20'000 : 100'000;

/// A firm that nobody leaves, and that has no customers yet.
std::string launch(const std::string& market, const std::string& more = "") {
  return "horizon: 15\nperiod: year\nagents: all\nsegments: {all: {}}\nstages: {customer: {fee: 1}}\n"
         "market: {size: " +
         std::to_string(people) + ", innovation: 0.03, imitation: 0.38" + market + "}\n" + more;
}

/// The share that has adopted at the end of a period.
double adopted(const World& w, int period) { return w.sum("adopted", {.from = 1, .to = period}) / people; }

/// Adoption on an infinite random graph with these shares of degrees, period by period.
std::vector<double> on_random_graph(const std::map<int, double>& degrees, double p, double q, int periods) {
  double mean = 0;
  std::map<int, double> theta;
  for (const auto& [k, share] : degrees) mean += k * share;
  for (const auto& [k, share] : degrees) theta[k] = 1;
  std::vector<double> shares;
  for (int t = 0; t < periods; ++t) {
    double x = 0;
    for (const auto& [k, share] : degrees)
      if (k > 0) x += k * share / mean * std::pow(theta[k], k - 1);
    x *= std::exp(-p * t);
    double left = 0;
    for (const auto& [k, share] : degrees) {
      if (k > 0) theta[k] -= (1 - std::exp(-q / k)) * (theta[k] - x);
      left += share * std::pow(theta[k], k);
    }
    shares.push_back(1 - std::exp(-p * (t + 1)) * left);
  }
  return shares;
}

struct Topology {
  const char* name;
  const char* market;
  double shares[4];  // after periods 1, 5, 10, 15
};
// With p = .03, q = .38. Pairs have one neighbour, the others two, four, ten on average, and all.
const Topology topologies[] = {
    {"everybody", "", {.029554, .261068, .729837, .953234}},
    {"ring", ", network: {ring: 2}", {.029554, .221234, .519144, .757926}},
    {"pairs", ", network: {degrees: [1]}", {.029554, .196060, .396300, .551722}},
    {"four", ", network: {degrees: [4]}", {.029554, .239011, .621690, .890099}},
    {"random", ", network: {random: 10}", {.029554, .251140, .686284, .934770}},
};

TEST(Market, AdoptionFollowsItsClosedFormOnEveryTopology) {
  for (const Topology& one : topologies) {
    const World w(launch(one.market));
    for (int k = 0; k < 4; ++k) {
      const int period = k == 0 ? 1 : 5 * k;
      const double f = one.shares[k];
      // Who comes early draws others after them, so the variance is larger than a binomial one: twice as
      // large a standard deviation is allowed for (1.0 to 2.4 of it were found with 400,000 people).
      EXPECT_NEAR(adopted(w, period), f, 4 * 2 * std::sqrt(f * (1 - f) / people)) << one.name << period;
    }
    EXPECT_EQ(w.sum("potential", {.from = 15, .to = 15}) + w.sum("adopted"), people) << one.name;
    EXPECT_EQ(w.sum("joined"), w.sum("adopted")) << one.name;
  }
}

TEST(Market, TheGeneralRecursionHoldsForOtherDegrees) {
  for (const auto& [market, degrees] :
       {std::pair(", network: {degrees: [2, 18]}", std::map<int, double>{{2, .5}, {18, .5}}),
        std::pair(", network: {degrees: [0, 1, 5]}",
                  std::map<int, double>{{0, 1 / 3.}, {1, 1 / 3.}, {5, 1 / 3.}})}) {
    const World w(launch(market));
    const auto shares = on_random_graph(degrees, .03, .38, 15);
    for (const int period : {1, 5, 10, 15}) {
      const double f = shares[static_cast<std::size_t>(period - 1)];
      EXPECT_NEAR(adopted(w, period), f, 4 * 2 * std::sqrt(f * (1 - f) / people)) << market << period;
    }
  }
}

TEST(Market, NobodyAdoptsMoreSlowlyThanInPairsOrFasterThanAmongAll) {
  const World all(launch("")), pairs(launch(", network: {degrees: [1]}"));
  for (const char* kind :
       {"small_world: {neighbours: 6, rewired: 10 %}", "scale_free: 3", "random: 6", "ring: 8"}) {
    const World w(launch(std::string(", network: {") + kind + "}"));
    for (const int period : {5, 10, 15}) {
      const double noise = 4 * 2 * std::sqrt(.25 / people);
      EXPECT_LT(adopted(w, period), adopted(all, period) + noise) << kind << period;
      // A random network has isolated people (1 in 400), who are below pairs.
      EXPECT_GT(adopted(w, period), adopted(pairs, period) - noise - .003) << kind << period;
    }
  }
}

TEST(Market, ACompleteNetworkIsTheWholeMarket) {
  const std::string firm = "horizon: 12\nagents: all\nsegments: {all: {count: 20}}\nstages: {customer: {}}\n";
  const std::string market = "market: {size: 201, innovation: 0.02, imitation: 0.5";
  double whole = 0, network = 0;
  SimulationOptions options;
  options.replications = 60;
  const World a(firm + market + "}\n", {"baseline"}, options),
      b(firm + market + ", network: {random: 200}}\n", {"baseline"}, options);
  for (int r = 0; r < options.replications; ++r) {
    whole += a.sum("adopted", {.replication = r}) / options.replications;
    network += b.sum("adopted", {.replication = r}) / options.replications;
  }
  // Others are 200, the share of all is of 201; prospects have the same patience in both.
  EXPECT_NEAR(whole, network, 1);
  EXPECT_GT(whole, 100);
}

TEST(Market, EndsWhereNobodyIsLeft) {
  const World w(R"(
horizon: 12
agents: all
segments: {all: {count: 100, arrivals: 40}}
stages: {customer: {fee: 10}}
referrals: {rate: 0.3, conversion: 50 %}
market: {size: 500, innovation: 0.01}
)");
  double came = 0;
  for (int t = 1; t <= 12; ++t) {
    came += w.sum("joined", {.from = t, .to = t});
    EXPECT_EQ(w.sum("potential", {.from = t, .to = t}), 400 - came) << t;
    EXPECT_EQ(w.sum("end", {.from = t, .to = t}), 100 + came) << t;
  }
  EXPECT_EQ(came, 400);
  EXPECT_GT(w.sum("turned_away"), 0);
  // Whoever was referred or arrived either found a place or did not.
  EXPECT_EQ(w.sum("turned_away") + came - w.sum("adopted"),
            40 * 12 + w.sum("converted", {.from = 1, .to = 11}));
}

TEST(Market, NobodyComesOutOfAnEmptyOne) {
  const World w("horizon: 6\nsegments: {all: {arrivals: 5}}\nstages: {customer: {}}\nmarket: {size: 0}\n");
  EXPECT_EQ(w.sum("joined"), 0);
  EXPECT_EQ(w.sum("turned_away"), 30);
}

TEST(Market, OnlyArrivalsAreAcquiredAtACost) {
  const World w(R"(
horizon: 12
agents: all
segments: {all: {count: 100, arrivals: 10, acquisition_cost: 7}}
stages: {customer: {fee: 10}}
market: {size: 5_000, innovation: 0.02}
)");
  EXPECT_NEAR(w.sum("acquisition"), 7 * 120, 1e-6);
  EXPECT_GT(w.sum("adopted"), 500);
  EXPECT_EQ(w.sum("joined"), 120 + w.sum("adopted"));
}

TEST(Market, LeadsAreNoCustomersForOthers) {
  const std::string firm = R"(
horizon: 10
agents: all
segments: {all: {}}
stages: {aware: {kind: prospect, moves: {customer: SHARE}}, customer: {fee: 10}}
market: {size: 50_000, innovation: 0.03, imitation: 0.5, stage: aware}
)";
  const World never(replaced(firm, "SHARE", "0 %")), at_once(replaced(firm, "SHARE", "100 %"));
  const double alone = 1 - std::exp(-.3);
  EXPECT_NEAR(never.sum("adopted") / 50'000, alone, 4 * std::sqrt(alone * (1 - alone) / 50'000));
  EXPECT_EQ(never.sum("leads"), never.sum("adopted"));
  EXPECT_EQ(never.sum("joined"), 0);
  EXPECT_GT(at_once.sum("adopted"), 1.5 * never.sum("adopted"));
}

TEST(Market, WhoLeavesIsSeenNoMore) {
  // Everybody stays one period: no share of customers builds up.
  const World w(
      replaced(replaced(launch(""), "{fee: 1}", "{fee: 1, churn: 100 %}"), "horizon: 15", "horizon: 8"));
  const double alone = 1 - std::exp(-8 * .03);
  EXPECT_NEAR(adopted(w, 8), alone, 4 * std::sqrt(alone * (1 - alone) / people));
}

// Three ways to come, networks for both, several segments and treatment groups.
const char* const lively = R"(
horizon: 12
agents: 6_000
segments:
  young: {count: 2_000, arrivals: 30, tenure: 6}
  old: {count: 1_000, tenure: 6, changes: {market.imitation: {times: 0.5}}}
stages: {aware: {kind: prospect, moves: {customer: 40 %}, churn: 5 %}, customer: {fee: 10, churn: {base: 3 %, good_word: -0.1}}}
journeys: {help: {starts: 30 %, touchpoints: {call: {failure: 20 %}}}}
referrals: {rate: {base: 0.05, satisfaction: 0.3}, conversion: 60 %}
word_of_mouth: {positive: 0.5, negative: 1TALK}
market: {size: {young: 6_000, old: 3_000}, innovation: 0.01, imitation: 0.2, stage: awareLOOK}
investments:
  ads: {start: 3, lasts: 4, reach: 40 %, cost: {running: 100}, changes: {market.innovation: {times: 3}, help.call.failure: {set: 5 %}}}
  nothing: {start: 2, reach: 50 %, changes: {market.innovation: {times: 1}}, cost: {upfront: 10}}
scenarios: {ads: [ads], nothing: [nothing]}
)";
std::vector<std::string> all_kinds() {
  std::vector<std::string> models;
  for (const char* talk : {"", ", network: {random: 8}"})
    for (const char* look : {"", ", network: {ring: 6}", ", network: {random: 8}",
                             ", network: {layers: {home: {ring: 4, weight: 3}, net: {scale_free: 2}}}"})
      models.push_back(replaced(replaced(lively, "TALK", talk), "LOOK", look));
  return models;
}

TEST(MarketBits, SameForThreadsAndBlocks) {
  for (const std::string& text : all_kinds()) {
    const Model m = read_model_text(text, "m.yaml");
    const std::vector<std::string> scenarios{"baseline", "ads"};
    const World one(m, unanchored(m, 0, 12), scenarios, all_kept());
    for (const auto& [threads, block] : {std::pair(2, 4096), std::pair(5, 64)}) {
      SimulationOptions options = all_kept();
      options.threads = threads;
      options.block = block;
      const World other(m, unanchored(m, 0, 12), scenarios, options);
      expect_same(one, other);
    }
    EXPECT_GT(one.sum("adopted"), 500);
  }
}

TEST(Memory, MarketsReadOnlyWhatWasWritten) {
  for (const std::string& text : all_kinds()) {
    const Model m = read_model_text(replaced(text, "agents: 6_000", "agents: 1_800"), "m.yaml");
    const World w(m, unanchored(m, 0, 12), {"baseline", "ads"}, all_kept(), {.run_off = 12});
    EXPECT_GT(w.sum("adopted"), 10);
  }
}

TEST(MarketBits, WhatChangesNothingBringsNothing) {
  for (const std::string& text : all_kinds()) {
    const Model m = read_model_text(text, "m.yaml");
    const PlanOptions with_run_off{.run_off = 12};
    const World w(m, unanchored(m, 0, 12), {"baseline", "nothing"}, all_kept(), with_run_off);
    for (const char* counter :
         {"adopted", "end", "potential", "turned_away", "converted", "failed.help.call"})
      for (int t = 1; t <= 12; ++t)
        EXPECT_EQ(w.sum(counter, {.scenario = 0, .from = t, .to = t}),
                  w.sum(counter, {.scenario = 1, .from = t, .to = t}))
            << counter << t;
    EXPECT_EQ(w.sum("fees", {.scenario = 0}), w.sum("fees", {.scenario = 1}));
  }
}

TEST(Market, ThoseWhomACampaignBringsWouldHaveComeLater) {
  const World w(read_model_text(replaced(launch("", R"(
investments: {ads: {start: 3, lasts: 2, cost: {running: 1}, changes: {market.innovation: {times: 4}}}}
scenarios: {ads: [ads]}
)"),
                                         "horizon: 15", "horizon: 60"),
                                "m.yaml"),
                unanchored(read_model_text(launch(""), "m.yaml")), {"baseline", "ads"});
  const auto until = [&](int scenario, int period) {
    return w.sum("adopted", {.scenario = scenario, .from = 1, .to = period});
  };
  EXPECT_EQ(until(0, 2), until(1, 2));
  for (int t = 3; t <= 60; ++t) EXPECT_GE(until(1, t), until(0, t)) << t;
  EXPECT_GT(until(1, 4), 1.5 * until(0, 4));
  EXPECT_NEAR(until(1, 60), until(0, 60), 1e-4 * people);  // in the end they are the same
}

/// Who adopts within three years of so many periods each, by the mean of every step.
double adopted_in_steps(double periods_per_year) {
  const double churn = 1 - std::pow(1 - .01, 12 / periods_per_year);
  double customers = 1'000, prospects = 49'000;
  for (int t = 0; t < std::lround(3 * periods_per_year); ++t) {
    const double hazard = (.03 + .6 * customers / 50'000) / periods_per_year;
    const double adopt = prospects * (1 - std::exp(-hazard));
    prospects -= adopt;
    customers = (customers + adopt) * (1 - churn);
  }
  return 49'000 - prospects;
}

TEST(Market, MonthsWeeksAndDaysAgree) {
  const char* const text = R"(
horizon: 3 years
agents: all
segments: {all: {count: 1_000}}
stages: {customer: {fee: 10, churn: 1 % / month}}
market: {size: 50_000, innovation: 3 % / year, imitation: 60 % / year}
)";
  const World month(text);
  for (const auto& [unit, periods] : {std::pair("week", 365.0 / 7), std::pair("day", 365.0)}) {
    const World other(std::string("period: ") + unit + text);
    const double ratio = other.sum("adopted") / month.sum("adopted");
    // In shorter periods those who have come draw others sooner. Prospects have the same patience in all, so
    // what is left is the luck of churn, for which half a per cent is allowed.
    EXPECT_NEAR(ratio, adopted_in_steps(periods) / adopted_in_steps(12), .005) << unit;
    EXPECT_NEAR(ratio, 1, .05) << unit;  // a few per cent
  }
}

TEST(Market, AnInnovationOfNobodyAndNoBaseBringsNobody) {
  const World w(replaced(launch(""), "innovation: 0.03", "innovation: 0"));
  EXPECT_EQ(w.sum("adopted"), 0);
  EXPECT_EQ(w.sum("potential", {.from = 15, .to = 15}), people);
}

TEST(Market, AReferrerBringsSomebodyWhomTheyKnow) {
  // Pairs: each customer brings the one whom they know, and then nobody of those.
  const World w(R"(
horizon: 2
agents: all
segments: {all: {count: 2_000, tenure: 0 months}}
stages: {customer: {fee: 10}}
referrals: {rate: 20, conversion: 100 %}
market: {size: 4_000, network: {degrees: [1]}}
)");
  EXPECT_EQ(w.sum("joined"), 2'000);
  EXPECT_EQ(w.sum("potential", {.from = 2, .to = 2}), 0);
  EXPECT_GT(w.sum("turned_away"), 30'000);
}

}  // namespace

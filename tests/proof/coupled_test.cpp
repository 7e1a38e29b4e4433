// Customers who share a team live period by period together. Where nothing is felt of the others, the lives
// are those they have alone, bit for bit.
#include <tuple>

#include "sim/kernel/dispatch.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

const std::vector<std::string> scenarios{"baseline", "people", "all", "all_in_breach"};

/// The rich model, its calls served by a team with these figures; without a team they have one that nobody
/// calls.
std::string with_team(const std::string& figures, bool serves = true) {
  const std::string text = replaced(rich, "channels:\n", "teams: {desk: {" + figures + "}}\nchannels:\n");
  return serves ? replaced(text, "        channel: phone\n", "        channel: phone\n        team: desk\n")
                : text;
}

Model model_of(const std::string& text) { return read_model_text(text, "m.yaml"); }

const PlanOptions with_run_off{.run_off = 12};

TEST(Coupled, OnlyWhereATeamIsNeeded) {
  const Model idle = model_of(with_team("capacity: 5", false)), busy = model_of(with_team("capacity: 5"));
  EXPECT_TRUE(Plan(idle, unanchored(idle), {"baseline"}).coupled_by.empty());
  EXPECT_EQ(Plan(busy, unanchored(busy), {"baseline"}).coupled_by, std::vector<std::string>{"teams"});
}

TEST(Coupled, ATeamOfAnyCapacityEqualsNoTeam) {
  for (const char* figures : {"capacity: 1e15", "agents: 10_000, hours: 24, strain: 3"}) {
    const Model apart = model_of(with_team(figures, false)), together = model_of(with_team(figures));
    const World a(apart, unanchored(apart, 0, 12), scenarios, all_kept(), with_run_off),
        b(together, unanchored(together, 0, 12), scenarios, all_kept(), with_run_off);
    for (int k = 0; k < static_cast<int>(scenarios.size()); ++k)
      for (int r = 0; r < 2; ++r) EXPECT_EQ(difference(a.plan.layout, a.ledger(k, r), b.ledger(k, r)), "");
    EXPECT_EQ(a.result.base_tenure, b.result.base_tenure);
  }
}

TEST(Coupled, AnchoringIsTheSame) {
  if (sanitized) GTEST_SKIP() << "too long there, and nothing it runs is not run by others";
  const auto anchored_by = [](bool serves) {
    std::string text = with_team("capacity: 1e15", serves);
    text = replaced(text, "churn: {base: 2.5 % / month", "churn: {average: 2.5 % / month");
    return anchor(model_of(replaced(text, "starts: {base: 25 %", "starts: {average: 25 %")));
  };
  const Anchoring a = anchored_by(false), b = anchored_by(true);
  ASSERT_EQ(a.figures.size(), b.figures.size());
  for (std::size_t k = 0; k < a.figures.size(); ++k) EXPECT_EQ(a.figures[k].got, b.figures[k].got);
  EXPECT_EQ(a.rounds, b.rounds);
}

TEST(Coupled, SameBitsForThreadsBlocksWalksAndInstructionSets) {
  // Contacts are about 2,500 a month.
  const Model m = model_of(with_team("capacity: 2_000, strain: 1.5"));
  const World one(m, unanchored(m, 0, 12), scenarios, all_kept(), with_run_off);
  EXPECT_GT(one.count("full.help.call"), 500);
  const auto expect_same_with = [&](const SimulationOptions& options) {
    expect_same(one, World(m, unanchored(m, 0, 12), scenarios, options, with_run_off));
  };
  for (const int threads : {2, 5}) {
    SimulationOptions options = all_kept();
    options.threads = threads;
    expect_same_with(options);
  }
  for (const int block : {64, 512}) {
    SimulationOptions options = all_kept();
    options.block = block;
    expect_same_with(options);
  }
  for (const WalkMode walk : {WalkMode::masked, WalkMode::wave}) {
    SimulationOptions options = all_kept();
    options.walk = walk;
    expect_same_with(options);
  }
  for (const Kernel* kernel : available_kernels()) {
    SimulationOptions options = all_kept();
    options.kernel = kernel;
    expect_same_with(options);
  }
}

TEST(Coupled, LongerAndMoreReplicationsChangeNothingBefore) {
  const Model m = model_of(with_team("capacity: 2_000"));
  const World two(m, unanchored(m, 0, 12), scenarios, all_kept());
  SimulationOptions later = all_kept();
  later.first_replication = 1;
  later.replications = 1;
  const World second(m, unanchored(m, 0, 12), scenarios, later);
  for (int k = 0; k < static_cast<int>(scenarios.size()); ++k)
    EXPECT_EQ(difference(two.plan.layout, two.ledger(k, 1), second.ledger(k)), "");
}

const char* const queue = R"(
horizon: 24
agents: all
segments: {all: {count: 4_000}}
stages: {customer: {fee: 10, churn: 0 %}}
teams: {desk: {TEAM}}
journeys:
  help:
    starts: 50 %
    touchpoints:
      call: {team: desk, quality: 7, cost: 3, earns: 5, next: {full: mail}}
      mail: {quality: 5}
investments:
  hire: {start: 7, changes: {desk.FIELD: {add: MORE}}}
  nothing: {changes: {desk.FIELD: {add: 0}}}
scenarios: {hire: [hire], nothing: [nothing]}
)";

std::string queue_with(const std::string& team, const std::string& field, const std::string& more) {
  return replaced(replaced(replaced(replaced(queue, "TEAM", team), "FIELD", field), "FIELD", field), "MORE",
                  more);
}

TEST(Teams, ServeNoMoreThanTheyCan) {
  // 2,000 calls a month at a desk for 1,500; from month 7 for 1,800.
  const World w(queue_with("capacity: 1_500", "capacity", "300"), {"baseline", "hire", "nothing"});
  const double load = 4'000 * 0.5;
  for (const auto& [scenario, from, to, capacity] :
       {std::tuple(0, 2, 24, 1'500.0), std::tuple(1, 2, 6, 1'500.0), std::tuple(1, 8, 24, 1'800.0)}) {
    const Cells cells{.scenario = scenario, .from = from, .to = to};
    const double periods = to - from + 1, served = w.sum("contacts.help.call", cells) / periods;
    // Binomial, twice: who calls, and who finds no room.
    EXPECT_NEAR(served, capacity, 5 * std::sqrt(load / periods));
    EXPECT_EQ(w.count("full.help.call", cells), w.count("contacts.help.mail", cells));
    EXPECT_NEAR(w.sum("full.help.call", cells) / periods, load - capacity, 5 * std::sqrt(load / periods));
  }
  EXPECT_EQ(w.count("full.help.call", {.to = 1}), 0);  // nothing is known of a load before
  EXPECT_EQ(difference(w.plan.layout, w.ledger(0), w.ledger(2)), "");
  // Who finds no room costs nothing and brings nothing.
  EXPECT_NEAR(w.sum("touchpoint_cost"), 3 * w.sum("contacts.help.call"), 1e-6);
  EXPECT_NEAR(w.sum("earnings"), 5 * w.sum("contacts.help.call"), 1e-6);
}

TEST(Teams, AreRecorded) {
  const World w(queue_with("capacity: 1_500", "capacity", "300"), {"baseline", "hire"});
  const std::vector<TeamUse>& record = w.result.teams[1];
  ASSERT_EQ(record.size(), 24u);
  for (int t = 1; t <= 24; ++t) {
    const TeamUse& use = record[static_cast<std::size_t>(t - 1)];
    const Cells cells{.scenario = 1, .from = t, .to = t};
    EXPECT_EQ(use.capacity, t < 7 ? 1'500 : 1'800);
    EXPECT_EQ(use.unserved, w.sum("full.help.call", cells));
    EXPECT_EQ(use.load, w.sum("full.help.call", cells) + w.sum("contacts.help.call", cells));
    EXPECT_EQ(use.wait, 0);
  }
}

TEST(Teams, AgentsServeByErlangA) {
  // At load 1.0 and patience twice the handling time: unserved .105 with 50 agents. The day has 10 hours, the
  // month 365 / 12 days: 50 agents of 6 minutes have time for 152,083 calls.
  std::string text = queue_with("agents: 50, handling: 6 minutes, patience: 12 minutes", "agents", "5");
  text = replaced(text, "agents: all", "agents: 20_000");
  text = replaced(text, "count: 4_000", "count: 304_167");
  const World w(text, {"baseline", "hire"});
  const auto unserved = [&](int scenario, int from) {
    const Cells cells{.scenario = scenario, .from = from};
    return w.sum("full.help.call", cells) /
           (w.sum("full.help.call", cells) + w.sum("contacts.help.call", cells));
  };
  EXPECT_NEAR(unserved(0, 2), 0.105, 0.002);
  EXPECT_LT(unserved(1, 8), unserved(0, 8) - 0.03);  // hiring pays between 80 and 100 % use
  EXPECT_GT(w.result.teams[0][5].wait, 0.5);
}

TEST(Teams, LoadCountsRealCustomers) {
  std::string text = queue_with("capacity: 1_500", "capacity", "300");
  const World all(text), few(replaced(text, "agents: all", "agents: 1_000"));
  const auto served = [](const World& w) {
    return w.plan.segments[0].weight * w.sum("contacts.help.call", {.from = 2}) / 23;
  };
  EXPECT_NEAR(served(all), 1'500, 50);
  EXPECT_NEAR(served(few), 1'500, 100);
}

TEST(Teams, WhatFullDoesToCustomers) {
  // Everybody calls once and finds no room: satisfaction and trust follow by the equations of a failure.
  std::string text = queue_with("capacity: 0", "capacity", "1");
  text = replaced(text, "starts: 50 %", "starts: 100 %");
  text = replaced(text, "segments: {all: {count: 4_000}}",
                  "segments: {all: {count: 1_000, expects: {mean: 7, sd: 0}, satisfaction: {mean: 7, sd: 0}, "
                  "trust: {mean: 0.6, sd: 0}}}");
  text = replaced(text, "next: {full: mail}", "quality_full: 4");
  text = replaced(text, "      mail: {quality: 5}\n", "");
  const World w(text);
  // In month 1 the load before is unknown, in month 2 everybody is turned away.
  const auto mean_in = [&](const char* what, int t) { return w.mean(what, {.from = t, .to = t}); };
  EXPECT_EQ(w.count("full.help.call", {.from = 2, .to = 2}), 1'000);
  EXPECT_NEAR(mean_in("sum_trust", 2), 0.7 * mean_in("sum_trust", 1), 1e-4);
  EXPECT_NEAR(mean_in("sum_expectation", 2) - mean_in("sum_expectation", 1),
              0.1 * (4 - mean_in("sum_expectation", 1)), 1e-3);
  const double shortfall = 4 - mean_in("sum_expectation", 1);
  const double felt = 4 + 0.3 * 2 * (1 - 0.3 * mean_in("sum_trust", 1)) * shortfall;
  EXPECT_NEAR(mean_in("sum_satisfaction", 2) - mean_in("sum_satisfaction", 1),
              0.3 * (felt - mean_in("sum_satisfaction", 1)), 0.01);
}

TEST(Teams, StrainCostsQuality) {
  // Use is .8, .9 and 1: points lost are none, half and all of them.
  const auto satisfaction = [](const char* capacity) {
    std::string text = queue_with(std::string("strain: 2, capacity: ") + capacity, "capacity", "1");
    return World(text).mean("sum_satisfaction", {.from = 24, .to = 24});
  };
  const double none = satisfaction("2_600"), half = satisfaction("2_222"), most = satisfaction("2_020");
  EXPECT_GT(none, half + 0.2);
  EXPECT_GT(half, most + 0.2);
}

TEST(Teams, FixedCostIsTheFirms) {
  const World w(queue_with("capacity: 1_500, cost: 900", "cost", "100"), {"baseline", "hire"});
  EXPECT_EQ(w.ledger(0).firm(3).back(), 900);
  EXPECT_EQ(w.ledger(1).firm(6).back(), 900);
  EXPECT_EQ(w.ledger(1).firm(7).back(), 1'000);
}

TEST(Teams, ThePastIsAsBusyAsTheFirm) {
  // Everybody calls once a month; who finds no room calls again in the same month with probability r. The
  // load at rest is (n - r capacity) / (1 - r), and it follows the load before with a slope of up to .8.
  struct Case {
    double r, capacity;
  };
  for (const auto& [r, capacity] : {Case{0, 800}, Case{0.5, 800}, Case{0.9, 800}, Case{0.9, 900}}) {
    const std::string text =
        "horizon: 6\nagents: all\nsegments: {all: {count: 1_000, tenure: 0}}\nstages: {customer: {churn: 0 "
        "%}}\n"
        "teams: {desk: {capacity: " +
        std::to_string(capacity) +
        "}}\n"
        "journeys: {help: {starts: 100 %, touchpoints: {call: {team: desk, next: {full: {call: " +
        std::to_string(r) + "}}}}}}\n";
    const Model model = read_model_text(text, "m.yaml");
    const Anchoring anchoring = anchor(model);
    const double load = (1'000 - r * capacity) / (1 - r);
    EXPECT_NEAR(anchoring.anchors.loads[0], load, 0.02 * load) << r << " " << capacity;
    EXPECT_TRUE(anchoring.converged);
  }
}

}  // namespace

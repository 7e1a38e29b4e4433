// Events by chance: as often as they should happen, with the same luck in every world, on any schedule.
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

std::string risky(const std::string& more, const std::string& journeys = "") {
  return R"(
horizon: 24
agents: 400
segments: {all: {count: 4_000, arrivals: 40, acquisition_cost: 20}}
stages: {customer: {fee: 10, churn: {base: 2 %, trust: -1}}}
journeys:
  use: {starts: 60 %, touchpoints: {use: {failure: 10 %, cost: 2}}}
)" + journeys +
         R"(
events:
  breach:
    chance: 8 %
    lasts: 2
    fades: 1.5
    reach: 60 %
    impulse: {trust: -0.3}
    changes: {use.use.failure: {times: 2}, arrivals: {times: 0.5}}
    cost: {upfront: 300, running: 20, per_customer: 1}
investments:
  nothing: {cost: {upfront: 0}}
  late: {start: 13, changes: {use.use.failure: {times: 0.5}}}
  security: {changes: {breach.chance: {times: 0.25}}}
scenarios: {nothing: [nothing], late: [late], named: [breach], safe: [security]}
)" + more;
}

SimulationOptions many(int replications) {
  SimulationOptions options;
  options.replications = replications;
  options.seed = 11;
  return options;
}

std::vector<int> beginnings(const Course& course) {
  std::vector<int> begun;
  for (int t = 1; t <= course.periods(); ++t)
    for (const Act& act : course.acts(t))
      if (act.began == t && act.which == 0) begun.push_back(t);
  return begun;
}

TEST(Chance, EventsBeginAsOftenAsTheirOddsSay) {
  const std::string text = risky("");
  const Model model = read_model_text(text, "m.yaml");
  const Plan plan(model, unanchored(model), {"baseline", "safe"});
  for (const ScenarioPlan& scenario : plan.scenarios) {
    std::vector<double> number, some;
    for (std::uint32_t r = 0; r < 4'000; ++r) {
      const auto begun = beginnings(drawn_course(plan, scenario, make_key(5, r, Domain::simulation)));
      number.push_back(static_cast<double>(begun.size()));
      some.push_back(begun.empty() ? 0 : 1);
      for (std::size_t k = 1; k < begun.size(); ++k) EXPECT_GE(begun[k] - begun[k - 1], 2);
    }
    const Odds odds = odds_of(scenario.interventions[0]);
    expect_mean(number, odds.expected, scenario.name + ", number");
    expect_mean(some, odds.at_least_one, scenario.name + ", at least one");
  }
}

TEST(Chance, LuckIsTheSameInEveryWorld) {
  const World w(risky(""), {"baseline", "nothing", "late", "named", "safe"}, many(12));
  std::size_t happened = 0;
  for (int r = 0; r < 12; ++r) {
    EXPECT_TRUE(w.ledger(1, r) == w.ledger(0, r)) << "an investment that changes nothing, " << r;
    EXPECT_TRUE(w.ledger(3, r) == w.ledger(0, r)) << "an event that is listed, " << r;
    const auto usual = beginnings(*w.result.courses[static_cast<std::size_t>(r)]),
               rarer = beginnings(*w.result.courses[static_cast<std::size_t>(4 * 12 + r)]);
    happened += usual.size();
    EXPECT_TRUE(!usual.empty() || rarer.empty()) << r;
    for (int t = 1; t <= 12; ++t)
      for (int k = 0; k < w.plan.layout.counters; ++k)
        ASSERT_EQ(w.ledger(2, r).number(0, t, Origin::initial, k),
                  w.ledger(0, r).number(0, t, Origin::initial, k))
            << "before the first difference, period " << t;
  }
  EXPECT_GT(happened, 10u);
}

TEST(Chance, WorldsWithoutTheEventAreThoseOfAModelWithoutIt) {
  const World w(risky(""), {"baseline"}, many(30));
  std::string never = risky("");
  never.replace(never.find("chance: 8 %"), 11, "chance: 1e-12");
  const World v(never, {"baseline"}, many(30));
  int quiet = 0;
  for (int r = 0; r < 30; ++r) {
    const bool calm = beginnings(*w.result.courses[static_cast<std::size_t>(r)]).empty();
    quiet += calm;
    EXPECT_EQ(w.sum("start", {.replication = r}) == v.sum("start", {.replication = r}) &&
                  w.sum("fees", {.replication = r}) == v.sum("fees", {.replication = r}),
              calm)
        << r;
  }
  EXPECT_GT(quiet, 0);
}

TEST(Chance, PaymentsAreThoseOfTheReplication) {
  const World w(risky(""), {"baseline"}, many(30));
  const int upfront = w.plan.layout.cost(CostKind::upfront, 3),
            running = w.plan.layout.cost(CostKind::running, 3);
  for (int r = 0; r < 30; ++r) {
    double once = 0, always = 0;
    for (int t = 1; t <= 24; ++t) {
      const std::vector<double> row = w.ledger(0, r).firm(t);
      once += row[static_cast<std::size_t>(upfront)];
      always += row[static_cast<std::size_t>(running)];
    }
    const auto begun = beginnings(*w.result.courses[static_cast<std::size_t>(r)]);
    EXPECT_DOUBLE_EQ(once, 300.0 * static_cast<double>(begun.size()));
    const bool cut = !begun.empty() && begun.back() == 24;  // by the horizon
    EXPECT_DOUBLE_EQ(always, 20.0 * (2.0 * static_cast<double>(begun.size()) - cut));
  }
}

TEST(Chance, SurvivalWeightsAreUnbiased) {
  const World drawn(risky(""), {"baseline", "safe"}, many(300)),
      weighted(risky(""), {"baseline", "safe"}, many(300), {.survival_weights = true});
  for (int k = 0; k < 2; ++k) {
    std::vector<double> difference = drawn.sums("fees", {.scenario = k});
    const std::vector<double> other = weighted.sums("fees", {.scenario = k});
    for (std::size_t r = 0; r < difference.size(); ++r) difference[r] -= other[r];  // the same events
    expect_mean(difference, 0, "scenario " + std::to_string(k));
  }
}

TEST(Chance, BitsAreThoseOfAnyScheduleThreadAndBlock) {
  // The same firm, whose team nobody feels: it lives period by period together.
  std::string together = risky("teams: {desk: {capacity: 1_000_000}}\n");
  together.replace(together.find("use: {failure"), 13, "use: {team: desk, failure");
  const World w(risky(""), {"baseline", "safe"}, many(3));
  const World v(together, {"baseline", "safe"}, many(3));
  ASSERT_FALSE(v.plan.coupled_by.empty());
  for (int k = 0; k < 2; ++k)
    for (int r = 0; r < 3; ++r) {
      for (const char* name : {"start", "joined", "fees", "touchpoint_cost", "sum_trust", "acquisition"})
        EXPECT_EQ(w.sum(name, {.scenario = k, .replication = r}),
                  v.sum(name, {.scenario = k, .replication = r}))
            << name;
      EXPECT_EQ(w.sum("per_customer.breach", {.scenario = k, .replication = r}),
                v.sum("per_customer.breach", {.scenario = k, .replication = r}));
    }
  for (const int block : {17, 1000})
    for (const int threads : {1, 3}) {
      SimulationOptions options = many(3);
      options.block = block;
      options.threads = threads;
      const World other(risky(""), {"baseline", "safe"}, options);
      for (std::size_t k = 0; k < other.result.ledgers.size(); ++k)
        EXPECT_EQ(difference(w.plan.layout, w.result.ledgers[k], other.result.ledgers[k]), "");
    }
}

}  // namespace

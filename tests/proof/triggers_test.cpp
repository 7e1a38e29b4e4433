// Investments and events that begin by what the firm sees: when the ledger's own counts say so, with the bits
// of the same thing begun on that date, and not at all where they never say so.
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// Scores wander around 10, because few answer; what begins changes everything that can change.
std::string watched(const std::string& beginning, const std::string& more = "") {
  return R"(
horizon: 24
agents: 900
segments:
  old: {count: 4_500, arrivals: 30, acquisition_cost: 20}
  young: {count: 1_000, arrivals: 50}
stages: {customer: {fee: 10, churn: {base: 2 %, satisfaction: -0.5, trust: -1}}}
journeys:
  use: {starts: 60 %, touchpoints: {use: {failure: 20 %, quality: 7.6, cost: 2}}}
survey: {response: 8 %}
referrals: {rate: 0.02, conversion: 60 %}
investments:
  rescue:
    )" + beginning +
         R"(
    ramp: 3
    reach: {old: 60 %, young: 100 %}
    impulse: {trust: 0.2}
    changes: {use.use.failure: {times: 0.3}, arrivals: {times: 1.5}, acquisition_cost: {add: 5}}
    cost: {upfront: 300, running: 20, per_customer: 1, each: {use.use: 0.5}}
scenarios: {rescue: [rescue]}
)" + more;
}

const std::vector<std::string> both = {"baseline", "rescue"};

SimulationOptions many(int replications) {
  SimulationOptions options;
  options.replications = replications;
  options.seed = 11;
  return options;
}

std::vector<int> beginnings(const Course& course, std::size_t which = 0) {
  std::vector<int> begun;
  for (int t = 1; t <= course.periods(); ++t)
    for (const Act& act : course.acts(t))
      if (act.began == t && act.which == which) begun.push_back(t);
  return begun;
}

std::vector<int> beginnings(const World& w, int scenario, int replication) {
  return beginnings(*w.result.courses[static_cast<std::size_t>(scenario * w.replications + replication)]);
}

/// By period, from the ledger.
std::vector<double> measured_nps(const World& w, int scenario, int replication) {
  std::vector<double> found;
  for (int t = 1; t <= w.plan.horizon(); ++t) {
    double balance = 0, answers = 0;
    for (int s = 0; s < w.plan.layout.segments; ++s) {
      const Cells cells{.scenario = scenario, .replication = replication, .segment = s, .from = t, .to = t};
      const double weight = w.plan.segments[static_cast<std::size_t>(s)].weight;
      balance += weight * static_cast<double>(w.count("measured_promoters", cells) -
                                              w.count("measured_detractors", cells));
      answers += weight * static_cast<double>(w.count("responses", cells));
    }
    found.push_back(100 * balance / answers);
  }
  return found;
}

TEST(Triggers, FireWhenTheLedgerSaysSo) {
  const World w(watched("when: {measured_nps: {below: -48}, for: 2 months, delay: 1 month}"), both, many(40));
  int fired = 0;
  for (int r = 0; r < 40; ++r) {
    const std::vector<double> nps = measured_nps(w, 1, r);
    std::vector<int> expected;
    // Months t - 1 and t - 2, counted from 1.
    for (std::size_t t = 3; t < nps.size() && expected.empty(); ++t)
      if (nps[t - 2] < -48 && nps[t - 3] < -48) expected.push_back(static_cast<int>(t) + 1);
    EXPECT_EQ(beginnings(w, 1, r), expected) << r;
    fired += !expected.empty();
  }
  EXPECT_GT(fired, 5);
  EXPECT_LT(fired, 36);
}

/// The same firm, whose customers share a team that the rescue enlarges.
std::string crowded(std::string text) {
  text = replaced(text, "use: {failure", "use: {team: desk, failure");
  text = replaced(text, "changes: {use", "changes: {desk.capacity: {add: 900}, desk.cost: {add: 9}, use");
  return text + "teams: {desk: {capacity: 2_800, cost: 100, strain: 1}}\n";
}

TEST(Triggers, SeeHowATeamFares) {
  for (const bool of_use : {true, false}) {
    const std::string figure = of_use ? "use: {above: 104 %}" : "unserved: {above: 4 %}";
    const World w(crowded(watched("when: {team: desk, " + figure + ", for: 2 months}")), both, many(30));
    int fired = 0;
    for (std::size_t r = 0; r < 30; ++r) {
      const std::vector<TeamUse>& uses = w.result.teams[30 + r];  // period by period, of the only team
      const auto holds = [&](std::size_t t) {
        return of_use ? uses[t].load / uses[t].capacity >= 1.04 : uses[t].unserved / uses[t].load >= 0.04;
      };
      std::vector<int> expected;
      for (std::size_t t = 2; t < uses.size() && expected.empty(); ++t)
        if (holds(t - 1) && holds(t - 2)) expected.push_back(static_cast<int>(t) + 1);
      EXPECT_EQ(beginnings(w, 1, static_cast<int>(r)), expected) << figure << r;
      fired += !expected.empty();
    }
    EXPECT_GT(fired, 3) << figure;
  }
}

/// The same firm, whose customers tell those whom they know.
std::string talking(std::string text) {
  text = replaced(text, "trust: -1}", "trust: -1, bad_word: 0.3}");
  text = replaced(replaced(text, "count: 4_500", "count: 700"), "count: 1_000", "count: 200");
  return text + "word_of_mouth: {negative: 0.5, network: {scale_free: 3}}\n";
}

void expect_the_bits_of_a_date(std::string (*firm)(std::string)) {
  const std::string when = "when: {measured_nps: {below: -20}}\n    lasts: 6";
  const auto watched = [&](const std::string& beginning) { return firm(::watched(beginning)); };
  const World w(watched(when), both, many(6));
  int fired = 0;
  for (int r = 0; r < 6; ++r) {
    std::vector<int> begun = beginnings(w, 1, r);
    if (begun.empty()) continue;
    const std::string until = "horizon: " + std::to_string(begun.size() > 1 ? begun[1] - 1 : 24);
    const World seen(replaced(watched(when), "horizon: 24", until), both, many(6)),
        dated(
            replaced(watched("start: " + std::to_string(begun[0]) + "\n    lasts: 6"), "horizon: 24", until),
            both, many(6));
    EXPECT_EQ(difference(w.plan.layout, seen.ledger(1, r), dated.ledger(1, r)), "") << r;
    EXPECT_FALSE(seen.ledger(1, r) == seen.ledger(0, r));
    ++fired;
  }
  EXPECT_GT(fired, 2);
}

TEST(Triggers, GiveTheBitsOfTheSameThingOnThatDate) {
  expect_the_bits_of_a_date([](std::string text) { return text; });
  expect_the_bits_of_a_date(crowded);
  expect_the_bits_of_a_date(talking);
}

TEST(Triggers, ThatNeverFireChangeNothing) {
  const World w(watched("when: {measured_nps: {below: -99}}"), both, many(3));
  const World alone(watched("when: {measured_nps: {below: -99}}"), {"baseline"}, many(3));
  EXPECT_EQ(w.plan.coupled_by, std::vector<std::string>{"triggers"});
  EXPECT_TRUE(alone.plan.coupled_by.empty());
  for (int r = 0; r < 3; ++r) {
    EXPECT_EQ(difference(w.plan.layout, w.ledger(1, r), w.ledger(0, r)), "");
    EXPECT_EQ(w.sum("fees", {.replication = r}), alone.sum("fees", {.replication = r}));
    EXPECT_EQ(w.count("start", {.replication = r}), alone.count("start", {.replication = r}));
  }
}

TEST(Triggers, BitsAreThoseOfAnyThreadAndBlock) {
  const std::string text =
      crowded(talking(watched("when: {measured_nps: {below: -18}, answers: 20}\n    lasts: 2")));
  const World one(text, both, many(3));
  for (const int block : {17, 300})
    for (const int threads : {1, 3, 8}) {
      SimulationOptions options = many(3);
      options.block = block;
      options.threads = threads;
      const World other(text, both, options);
      expect_same(one, other);
    }
}

/// A firm that grows by ten a month and loses nobody.
std::string growing(const std::string& top, const std::string& rest) {
  return top +
         "\nagents: all\nsegments: {all: {count: 100, arrivals: 10 / month}}\n"
         "stages: {customer: {fee: 1, churn: 0 %}}\n" +
         rest;
}

TEST(Triggers, DoNotDependOnTheUnitOfTime) {
  const auto grow = [](const std::string& time) {
    return "investments: {grow: {when: {customers: {above: 136}, for: " + time +
           "}}}\nscenarios: {rescue: [grow]}\n";
  };
  // 140 customers at the end of month 4, reported again after month 5.
  EXPECT_EQ(beginnings(World(growing("horizon: 9", grow("2 months")), both), 1, 0), std::vector<int>{6});
  const World days(growing("period: day\nhorizon: 270", grow("2 months")), both),
      weeks(growing("period: week\nhorizon: 38", grow("9 weeks")), both);
  EXPECT_EQ(beginnings(days, 1, 0), (std::vector<int>{154}));  // 5 months are 152.1 days
  EXPECT_EQ(beginnings(weeks, 1, 0), (std::vector<int>{23}));  // or 21.7 weeks
}

TEST(Triggers, BeginAgainByWhatIsSeenSince) {
  const auto when = [](const std::string& rest) {
    const std::string text = "investments: {grow: {when: {customers: {above: 1}, for: 2 months}, " + rest +
                             "}}\nscenarios: {rescue: [grow]}\n";
    return beginnings(World(growing("horizon: 12", text), both), 1, 0);
  };
  EXPECT_EQ(when("lasts: 1"), (std::vector<int>{3, 5, 7, 9, 11}));
  EXPECT_EQ(when("lasts: 4"), (std::vector<int>{3, 7, 11}));
  EXPECT_EQ(when("ramp: 2"), (std::vector<int>{3}));
}

TEST(Triggers, EventsThatWaitAreInEveryScenario) {
  const std::string text = growing(
      "horizon: 12", "investments: {dear: {changes: {customer.fee: {times: 2}}}, grow: {changes: {arrivals: "
                     "{times: 3}}}}\nevents: {rival: {when: {customers: {above: 170}}, lasts: 3, changes: "
                     "{customer.churn: {set: 10 %}}}}\nscenarios: {dear: [dear], grow: [grow]}\n");
  const World w(text, {"baseline", "dear", "grow"});
  EXPECT_EQ(beginnings(w, 0, 0).front(), 8);  // 170 at the end of month 7
  EXPECT_EQ(beginnings(w, 1, 0), beginnings(w, 0, 0));
  EXPECT_EQ(beginnings(w, 2, 0).front(), 4);  // 190 at the end of month 3
}

TEST(Triggers, ChurnIsOfRealCustomers) {
  const std::string text = watched("when: {churn: {above: 2.4 %}}");
  const World w(text, both, many(5));
  for (int r = 0; r < 5; ++r) {
    std::vector<int> expected;
    for (int t = 1; t < 24 && expected.empty(); ++t) {
      double lost = 0, start = 0;
      for (int s = 0; s < 2; ++s) {
        const Cells cells{.scenario = 1, .replication = r, .segment = s, .from = t, .to = t};
        const double weight = w.plan.segments[static_cast<std::size_t>(s)].weight;
        lost += weight * w.sum("lost", cells);
        start += weight * w.sum("start", cells);
      }
      if (lost / start >= 0.024) expected.push_back(t + 1);
    }
    EXPECT_EQ(beginnings(w, 1, r), expected) << r;
  }
}

TEST(Triggers, ConversionIsOfProspects) {
  const World w(R"(
horizon: 24
segments: {all: {count: 100, arrivals: {count: 60, stage: lead}}}
stages: {lead: {kind: prospect, churn: 10 %, moves: {customer: 20 %}}, customer: {fee: 1, churn: 2 %}}
investments: {advice: {when: {conversion: {below: 16 %}}, changes: {lead.moves.customer: {times: 2}}}}
scenarios: {rescue: [advice]}
)",
                both, many(20));
  int fired = 0;
  for (int r = 0; r < 20; ++r) {
    std::vector<int> expected;
    for (int t = 1; t < 24 && expected.empty(); ++t) {
      const Cells cells{.scenario = 1, .replication = r, .from = t, .to = t};
      const double prospects = w.sum("prospects_start", cells);
      if (prospects > 0 && w.sum("won", cells) / prospects < 0.16) expected.push_back(t + 1);
    }
    EXPECT_EQ(beginnings(w, 1, r), expected) << r;
    fired += !expected.empty();
  }
  EXPECT_GT(fired, 3);
}

/// The number of ways to choose k of n, as its logarithm.
double log_choose(int n, int k) {
  return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
}

TEST(Triggers, ASampleOfAnswersIsDrawnWithoutReplacement) {
  // 300 promoters and 100 detractors among 1,000 answers: an NPS of 20. Of 50 of them.
  const std::string text = watched("when: {measured_nps: {below: 11}, answers: 50}");
  const Model model = read_model_text(text, "m.yaml");
  const Plan plan(model, unanchored(model), both);
  std::vector<std::int64_t> row(static_cast<std::size_t>(plan.layout.counters));
  const auto begins = [&](std::uint32_t r) {
    Triggers triggers(plan, plan.scenarios[1], make_key(3, r, Domain::simulation));
    triggers.add(0, row.data());
    triggers.end_period(1);
    return triggers.begins(0, 2, 0);
  };
  row[count_responses] = 1'000;
  row[count_measured_promoters] = 300;
  row[count_measured_detractors] = 100;
  double expected = 0;  // a balance of 5 or less
  for (int p = 0; p <= 50; ++p)
    for (int d = std::max(0, p - 5); p + d <= 50; ++d)
      expected += std::exp(log_choose(300, p) + log_choose(100, d) + log_choose(600, 50 - p - d) -
                           log_choose(1'000, 50));
  std::vector<double> below;
  for (std::uint32_t r = 0; r < 20'000; ++r) below.push_back(begins(r));
  expect_mean(below, expected, "a sample below 11");
  EXPECT_GT(expected, 0.1);
  row[count_measured_promoters] = 0;  // surely below, but of how many?
  const double weight = plan.segments[0].weight;
  EXPECT_EQ(weight, 4'500.0 / 736);
  row[count_responses] = 9;  // stand for 55
  row[count_measured_detractors] = 9;
  EXPECT_TRUE(begins(0));
  row[count_responses] = 8;  // stand for 49
  row[count_measured_detractors] = 8;
  EXPECT_FALSE(begins(0));
}

TEST(Triggers, ARescueHelps) {
  // What is begun when churn is high lowers it, and costs nothing where it is not needed.
  const World w(watched("when: {churn: {above: 2.4 %}}"), both, many(30));
  std::vector<double> lost = w.sums("lost", {.scenario = 1, .segment = 0, .origin = 0}),
                      before = w.sums("lost", {.scenario = 0, .segment = 0, .origin = 0});
  double saved = 0;
  for (std::size_t r = 0; r < lost.size(); ++r) saved += before[r] - lost[r];
  EXPECT_GT(saved, 0);
}

}  // namespace

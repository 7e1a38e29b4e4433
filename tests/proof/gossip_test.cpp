// What people who know one another tell each other: limits, conservation, bits, and who is concerned.
#include <cmath>

#include "sim/check/check.hpp"
#include "sim/kernel/dispatch.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// The rich model on a network, in which people feel what they hear.
Model talkative(const std::string& network) {
  std::string text = replaced(rich, "channels:\n",
                              "word_of_mouth: {positive: 0.5, negative: 2" + network + "}\nchannels:\n");
  text = replaced(text, "churn: {base: 2.5 % / month",
                  "churn: {base: 2.5 % / month, good_word: -0.1, bad_word: 0.1");
  return read_model_text(text, "m.yaml");
}
const std::vector<std::string> scenarios{"baseline", "people", "all", "all_in_breach"};
const char* const kinds[] = {"{ring: 6}",
                             "{small_world: {neighbours: 6, rewired: 20 %}}",
                             "{scale_free: 3}",
                             "{random: 6}",
                             "{degrees: [2, 10]}",
                             "{blocks: {young: {young: 6, old: 2}, old: {old: 5}}}",
                             "{layers: {family: {ring: 4, weight: 3}, online: {scale_free: 3}}}"};

TEST(GossipBits, SameForKernelsAndWalks) {
  const Model m = talkative(std::string(", network: ") + kinds[6]);
  const World one(m, unanchored(m, 0, 12), scenarios, all_kept());
  for (const Kernel* kernel : available_kernels())
    for (const WalkMode walk : {WalkMode::masked, WalkMode::wave}) {
      SimulationOptions options = all_kept();
      options.kernel = kernel;
      options.walk = walk;
      const World other(m, unanchored(m, 0, 12), scenarios, options);
      expect_same(one, other, kernel->name);
    }
}

TEST(GossipBits, SameForThreadsAndBlocks) {
  for (const char* kind : {kinds[5], kinds[6]}) {
    const Model m = talkative(std::string(", network: ") + kind);
    const World one(m, unanchored(m, 0, 12), scenarios, all_kept());
    EXPECT_GT(one.sum("converted", {.scenario = 2}), 10);
    EXPECT_GT(one.sum("joined", {.scenario = 2}), 100);
    for (const auto& [threads, block] : {std::pair(2, 4096), std::pair(5, 512), std::pair(1, 64)}) {
      SimulationOptions options = all_kept();
      options.threads = threads;
      options.block = block;
      const World other(m, unanchored(m, 0, 12), scenarios, options);
      expect_same(one, other, kind);
    }
  }
}

TEST(Gossip, WithoutEdgesNobodyHearsAnything) {
  const PlanOptions with_run_off{.run_off = 12};
  const Model alone = talkative(", network: {random: 0}"),
              silent = read_model_text(
                  replaced(replaced(rich, "channels:\n", "word_of_mouth: {positive: 0}\nchannels:\n"),
                           "churn: {base: 2.5 % / month",
                           "churn: {base: 2.5 % / month, good_word: -0.1, bad_word: 0.1"),
                  "m.yaml");
  const World a(alone, unanchored(alone, 0, 12), scenarios, all_kept(), with_run_off),
      b(silent, unanchored(silent, 0, 12), scenarios, all_kept(), with_run_off);
  for (int k = 0; k < static_cast<int>(scenarios.size()); ++k)
    for (int r = 0; r < 2; ++r) {
      EXPECT_EQ(a.sum("lost", {.scenario = k, .replication = r}),
                b.sum("lost", {.scenario = k, .replication = r}));
      EXPECT_EQ(a.value(k, r).npv(), b.value(k, r).npv());
    }
}

TEST(Gossip, ScenariosAreOneUntilSomethingBegins) {
  for (const char* kind : kinds) {
    const Model m = talkative(std::string(", network: ") + kind);
    const World w(m, unanchored(m, 0, 12), scenarios);
    for (int k = 1; k < static_cast<int>(scenarios.size()); ++k)
      for (std::size_t heard = 0; heard < 2 * w.plan.segments.size(); ++heard)  // in the first period
        EXPECT_EQ(w.result.words[0][heard], w.result.words[static_cast<std::size_t>(k)][heard]) << kind;
  }
}

// All are detractors of satisfaction 5 for ever; nobody leaves.
const char* const grumblers = R"(
horizon: 12
agents: all
segments: {all: {count: 4_000, satisfaction: {mean: 5, sd: 0}, tenure: 0 months}}
stages: {customer: {fee: 10, churn: {base: 0.01 %, bad_word: 0.0001}}}
survey: {response: 0 %, noise: 0}
word_of_mouth: {negative: 0.5, network: NETWORK}
)";

TEST(Gossip, EachMessageReachesSomebodyWhoIsKnown) {
  for (const char* kind : {"{ring: 6}", "{small_world: {neighbours: 6, rewired: 20 %}}", "{scale_free: 3}",
                           "{degrees: [2, 10]}", "{random: 12}"}) {
    const World w(replaced(grumblers, "NETWORK", kind));
    double heard = 0;
    for (int t = 0; t < 12; ++t) heard += 4'000 * w.result.words[0][static_cast<std::size_t>(2 * t + 1)];
    EXPECT_NEAR(heard, w.sum("bad_words"), 5 * std::sqrt(24'000)) << kind;
  }
}

TEST(GossipBits, VeryManyMessagesReachThoseWhoAreKnownToo) {
  // Nobody draws a receiver for each of so many: each acquaintance draws how many they get.
  for (const char* kind :
       {"{ring: 6}", "{layers: {family: {ring: 4, weight: 3}, online: {scale_free: 3}}}"}) {
    const std::string text = replaced(replaced(grumblers, "NETWORK", kind), "negative: 0.5", "negative: 400");
    const World w(text);
    double heard = 0;
    for (int t = 0; t < 12; ++t) heard += 4'000 * w.result.words[0][static_cast<std::size_t>(2 * t + 1)];
    const double said = w.sum("bad_words");
    EXPECT_NEAR(said, 4'000 * 12 * 400, 1e6);
    EXPECT_NEAR(heard, said, 5 * std::sqrt(said)) << kind;
    SimulationOptions options = all_kept();
    const World one(text, {"baseline"}, options);
    options.threads = 3;
    options.block = 256;
    expect_same(one, World(text, {"baseline"}, options), kind);
  }
}

/// Customers of 4,000 whom words of others cost in a year.
double lost_on(const std::string& kind) {
  constexpr int worlds = 40;
  const World w(replaced(replaced(grumblers, "NETWORK", kind), "{base: 0.01 %, bad_word: 0.0001}",
                         "{base: 0.5 %, bad_word: 0.5}"),
                {"baseline"}, {.seed = 2, .replications = worlds});
  double lost = 0;
  for (const double x : w.sums("lost")) lost += x / worlds;
  return lost;
}

/// What luck adds to their churn: each hears Poisson counts of mean 0.5 a month and forgets half of them a
/// month, so the mean of exp(0.5 heard) is above that of a crowd by exp(0.5 (exp(a) - 1 - a)) for each month
/// remembered, a = 0.5^(k + 1) for the one k months ago.
double added_by_luck() {
  double crowd = 0, people = 0, heard = 0, factor = 1;
  for (int t = 1; t <= 12; ++t) {
    crowd += std::exp(0.5 * heard);
    people += std::exp(0.5 * heard) * factor;
    heard = 0.5 * heard + 0.5;
    const double a = std::pow(0.5, t);
    factor *= std::exp(0.5 * (std::exp(a) - 1 - a));
  }
  return people / crowd;
}

TEST(Gossip, ManyAcquaintancesAreTheMeanOfACrowdButForLuck) {
  const double crowd = lost_on("mean_field"), dense = lost_on("{random: 40}"), ring = lost_on("{ring: 6}"),
               hubs = lost_on("{scale_free: 3}");
  const double luck = added_by_luck(), error = 5 * std::sqrt(2 / (40 * crowd));
  EXPECT_GT(luck, 1 + error);  // so that the two can be told apart
  EXPECT_NEAR(dense / crowd, luck, error);
  EXPECT_NEAR(ring / crowd, luck, error);
  EXPECT_GT(hubs, 1.15 * dense);  // who know many hear much
}

TEST(Gossip, OneMoreCustomerChangesOnlyWhatTheirNeighboursHear) {
  const auto messages = [](const std::string& kind, int customers, std::uint64_t seed) {
    std::string text = replaced(replaced(grumblers, "NETWORK", kind), "mean: 5, sd: 0", "mean: 7, sd: 1");
    text = replaced(text, "4_000", std::to_string(customers));
    const World w(text, {"baseline"}, {.seed = seed});
    EXPECT_LT(w.sum("lost"), 15);
    std::vector<double> heard;
    for (int t = 1; t <= 12; ++t)
      heard.push_back(w.result.words[0][static_cast<std::size_t>(2 * t - 1)] *
                      w.sum("start", {.from = t, .to = t}));
    return heard;
  };
  // The largest change in a period. Of some 600 messages, others would be drawn with a deviation of 35.
  const auto change = [](const std::vector<double>& a, const std::vector<double>& b) {
    double most = 0;
    for (std::size_t t = 0; t < a.size(); ++t) most = std::max(most, std::abs(a[t] - b[t]));
    return most;
  };
  for (const char* kind : {"{ring: 6}", "{scale_free: 3}"}) {
    const auto one = messages(kind, 4'000, 1);
    EXPECT_LT(change(one, messages(kind, 4'001, 1)), 15) << kind;
    EXPECT_GT(change(one, messages(kind, 4'000, 2)), 30) << kind;
  }
}

TEST(Gossip, WhoJoinsKnowsTheirReferrerFirst) {
  // A tenth talk, and only they refer; all know one person on average. Whom they refer would hear next to
  // nothing of anybody else.
  const World w(R"(
horizon: 12
agents: all
segments:
  talkers: {count: 1_000, satisfaction: {mean: 5, sd: 0}, tenure: 0 months}
  quiet: {count: 9_000, satisfaction: {mean: 7.5, sd: 0}, tenure: 0 months, changes: {referrals.rate: {set: 0}}}
  late: {satisfaction: {mean: 7.5, sd: 0}, changes: {referrals.rate: {set: 0}}}
stages: {customer: {churn: {base: 0.01 %, bad_word: 0.0001}}}
referrals: {rate: 0.05, conversion: 100 %, segment: late}
survey: {response: 0 %, noise: 0}
word_of_mouth: {negative: 1, network: {random: 1}}
)");
  EXPECT_GT(w.sum("converted"), 500);
  const auto heard_by = [&](std::size_t segment) { return w.result.words[0][6 * 11 + 2 * segment + 1]; };
  EXPECT_LT(heard_by(1), 0.1);
  EXPECT_GT(heard_by(2), 0.3);
}

TEST(Gossip, WhoKnowsNobodyDoesNotKnowTheirReferrer) {
  const World w(R"(
horizon: 12
agents: all
segments: {all: {count: 2_000, satisfaction: {mean: 5, sd: 0}, tenure: 0 months}}
stages: {customer: {churn: {base: 0.01 %, bad_word: 0.0001}}}
referrals: {rate: 0.05, conversion: 100 %}
survey: {response: 0 %, noise: 0}
word_of_mouth: {negative: 1, network: {random: 0}}
)");
  EXPECT_GT(w.sum("converted"), 500);
  for (const double heard : w.result.words[0]) EXPECT_EQ(heard, 0);
}

TEST(Gossip, NewcomersKeepTheNetworkAlive) {
  // Half of the customers are replaced in a year; what people hear stays.
  const World w(R"(
horizon: 36
agents: all
segments: {all: {count: 5_000, arrivals: 250, satisfaction: {mean: 5, sd: 0}, tenure: 0 months}}
stages: {customer: {churn: {base: 5 %, bad_word: 0.0001}}}
survey: {response: 0 %, noise: 0}
word_of_mouth: {negative: 1, network: {random: 10}}
)");
  const auto heard = [&](int t) { return w.result.words[0][static_cast<std::size_t>(2 * (t - 1) + 1)]; };
  for (int t = 1; t <= 36; ++t) EXPECT_NEAR(heard(t), 1, 0.06) << t;  // those who leave hear nothing
}

TEST(Gossip, AnchoringKnowsTheNetwork) {
  const Model m = read_model_text(R"(
horizon: 12
agents: all
segments: {all: {count: 4_000, arrivals: 80}, few: {count: 1_000, arrivals: 20}}
stages: {customer: {churn: {average: 2 %, satisfaction: -0.3, bad_word: 0.4}}}
journeys: {help: {starts: 30 %, touchpoints: {call: {failure: 30 %}}}}
word_of_mouth: {negative: 1, network: {scale_free: 3}}
)",
                                  "m.yaml");
  const Anchoring found = anchor(m);
  EXPECT_TRUE(found.converged) << found.rounds << " rounds, error " << found.error;
  const World w(m, found.anchors, {"baseline"}, {.seed = 3, .replications = 100});
  double lost = 0, risk = 0;
  for (int r = 0; r < 100; ++r) {
    lost += w.sum("lost", {.replication = r, .to = 12});
    risk += w.sum("start", {.replication = r, .to = 12});
  }
  // The levels are known to 0.3 % each, as a standard error, and lives are drawn.
  EXPECT_NEAR(lost / risk, 0.02, 4 * std::hypot(0.003 * 0.02, std::sqrt(0.02 / risk)));
}

TEST(Gossip, SegmentsAreMixedAtRandom) {
  // On a ring each knows one or two of the other segment as often as chance has it, so half of what the sad
  // ones say reaches the sad.
  const World w(R"(
horizon: 3
agents: all
segments: {happy: {count: 5_000, satisfaction: {mean: 7.5, sd: 0}}, sad: {count: 5_000, satisfaction: {mean: 2, sd: 0}}}
stages: {customer: {churn: {base: 0.01 %, bad_word: 0.0001}}}
survey: {response: 0 %, noise: 0}
word_of_mouth: {negative: 1, network: {ring: 2}}
)");
  EXPECT_NEAR(w.result.words[0][1], 0.5, 0.05);
  EXPECT_NEAR(w.result.words[0][3], 0.5, 0.05);
}

TEST(Gossip, PeopleMustStandForAsMany) {
  const auto firm = [](const std::string& agents, const std::string& few) {
    return "horizon: 3\nagents: " + agents + "\nsegments: {many: {count: 100_000}, few: {count: " + few +
           "}}\nstages: {customer: {churn: {base: 2 %, good_word: 0.1}}}\n"
           "word_of_mouth: {positive: 1, network: {ring: 4}}\n";
  };
  const auto refused = [](const std::string& text) {
    try {
      const World w(text);
    } catch (const ModelError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const std::string unequal =
      "word_of_mouth.network: each simulated customer is one person, so all must stand for as many "
      "customers; those of ";
  EXPECT_EQ(refused(firm("1_000", "300")), unequal +
                                               "'few' for 1.5, those of 'many' for 100.3 (give agents: "
                                               "66867 or more, or agents: all, which are 100300 people)");
  EXPECT_EQ(refused(firm("66_867", "300")), "");
  EXPECT_EQ(refused(firm("90_000", "150")), unequal + "'few' for 1, those of 'many' for 1.11 (give agents: "
                                                      "all, which are 100150 people)");
  EXPECT_EQ(refused(firm("all", "150")), "");
}

TEST(Gossip, PeopleAreCheckedBeforeAnythingRuns) {
  const auto found = [](const std::string& text) {
    const Model model = read_model_text(text, "m.yaml");
    std::vector<Problem> problems;
    Findings findings(model.files, problems);
    check_agents(model, findings);
    return problems.empty() ? std::string() : problems.front().str();
  };
  const std::string launch =
      "segments: {many: {count: 900}, few: {count: 100}}\nstages: {customer: {churn: 2 %}}\n"
      "market: {size: {many: 12_000, few: 1_200}, network: {random: 8}}\n";
  const std::string unequal =
      "each simulated customer is one person, so all must stand for as many customers; those of 'few' for 1, "
      "those of 'many' for ";
  EXPECT_EQ(found("agents: 6_000\n" + launch),
            "m.yaml:1:9: agents: " + unequal + "2.2 (give agents: all, which are 13200 people)");
  EXPECT_EQ(found("agents: all\n" + launch), "");
  EXPECT_EQ(found(launch), "") << "13,200 people are fewer than 20,000";
  const std::string talk = "segments: {many: {count: 100_000}, few: {count: 100}}\nword_of_mouth: {positive: "
                           "1, network: {ring: 4}}\n";
  EXPECT_EQ(found(talk + "stages: {customer: {churn: {base: 2 %, good_word: 0.1}}}\n"),
            "m.yaml:2:39: agents: " + unequal + "5.01 (give agents: all, which are 100100 people)");
  EXPECT_EQ(found(talk + "stages: {customer: {churn: 2 %}}\n"), "") << "nobody feels what is said";
}

}  // namespace

// What people who know one another tell each other: limits, conservation, bits, and who is concerned.
#include <cmath>

#include "sim/kernel/dispatch.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// The rich model on a network, in which people feel what they hear.
Model talkative(const std::string& network, const std::string& more = "") {
  std::string text = replaced(rich, "channels:\n",
                              "word_of_mouth: {positive: 0.5, negative: 2" + network + "}\nchannels:\n");
  text = replaced(text, "churn: {base: 2.5 % / month",
                  "churn: {base: 2.5 % / month, good_word: -0.1, bad_word: 0.1");
  return read_model_text(text + more, "m.yaml");
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
      EXPECT_EQ(one.result.words, other.result.words) << kernel->name;
      for (std::size_t k = 0; k < one.result.ledgers.size(); ++k)
        EXPECT_EQ(difference(one.plan.layout, one.result.ledgers[k], other.result.ledgers[k]), "")
            << kernel->name;
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
      EXPECT_EQ(one.result.words, other.result.words);
      for (std::size_t k = 0; k < one.result.ledgers.size(); ++k)
        EXPECT_EQ(difference(one.plan.layout, one.result.ledgers[k], other.result.ledgers[k]), "") << kind;
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
      EXPECT_EQ(w.result.words[0][0], w.result.words[static_cast<std::size_t>(k)][0]) << kind;
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

/// How much churn of 4,000 people differs by what each of them hears: where a few hear much, more leave.
double lost_on(const std::string& kind) {
  const World w(replaced(replaced(grumblers, "NETWORK", kind), "{base: 0.01 %, bad_word: 0.0001}",
                         "{base: 0.5 %, bad_word: 0.5}"),
                {"baseline"}, {.seed = 2, .replications = 4});
  double lost = 0;
  for (int r = 0; r < 4; ++r) lost += w.sum("lost", {.replication = r});
  return lost / 4;
}

TEST(Gossip, ManyAcquaintancesAreTheMeanOfACrowdButForLuck) {
  // A person hears Poisson counts: exp(0.5 n) is above that of the mean, by exp(mu (e^.5 - 1 - .5)) each
  // time.
  const double crowd = lost_on("mean_field"), dense = lost_on("{random: 400}"), ring = lost_on("{ring: 6}"),
               hubs = lost_on("{scale_free: 3}");
  EXPECT_GT(dense, crowd * 1.02);
  EXPECT_LT(dense, crowd * 1.4);
  EXPECT_NEAR(ring, dense, 0.12 * dense);
  EXPECT_GT(hubs, 1.15 * dense);  // who know many hear much
}

TEST(Gossip, OneMoreCustomerChangesOnlyThoseWhoCouldHear) {
  // On a ring, news travels three places a period.
  const std::string text = replaced(replaced(grumblers, "NETWORK", "{ring: 6}"), "horizon: 12", "horizon: 4");
  const World w(replaced(text, "mean: 5, sd: 0", "mean: 7, sd: 1")),
      more(replaced(replaced(text, "mean: 5, sd: 0", "mean: 7, sd: 1"), "4_000", "4_001"));
  EXPECT_EQ(w.sum("start", {.from = 1, .to = 1}) + 1, more.sum("start", {.from = 1, .to = 1}));
  EXPECT_NEAR(w.sum("bad_words"), more.sum("bad_words"), 30);
}

TEST(Gossip, WhoJoinsKnowsTheirReferrerFirst) {
  // Only referrers have something to say, and only to whom they referred.
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
  for (const double heard : w.result.words[0]) EXPECT_EQ(heard, 0);  // a degree of 0 leaves out the referrer
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
  const World w(m, found.anchors, {"baseline"}, {.seed = 3, .replications = 20});
  double lost = 0, risk = 0;
  for (int r = 0; r < 20; ++r) {
    lost += w.sum("lost", {.replication = r, .to = 12});
    risk += w.sum("start", {.replication = r, .to = 12});
  }
  EXPECT_NEAR(lost / risk, 0.02, 0.02 * 0.02 + 4 * std::sqrt(0.02 / risk));
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
  const std::string text = R"(
horizon: 3
agents: 1_000
segments: {many: {count: 100_000}, few: {count: 300}}
stages: {customer: {churn: {base: 2 %, good_word: 0.1}}}
word_of_mouth: {positive: 1, network: {ring: 4}}
)";
  try {
    const World w(text);
    ADD_FAILURE();
  } catch (const ModelError& e) {
    EXPECT_STREQ(
        e.what(),
        "word_of_mouth.network: each simulated customer is one person, so all must stand for as many "
        "customers; those of 'few' for 1.5, those of 'many' for 100.3 (give agents: all, or more agents)");
  }
}

}  // namespace

// What customers tell each other: equations of design, conservation, units of time.
#include <array>
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// The rich model, in which people of this word of mouth feel what they hear as much as `effects` say.
Model talkative(const std::string& words, const std::string& effects) {
  std::string text = replaced(rich, "channels:\n", "word_of_mouth: {" + words + "}\nchannels:\n");
  return read_model_text(
      replaced(text, "churn: {base: 2.5 % / month", "churn: {base: 2.5 % / month" + effects), "m.yaml");
}
const std::vector<std::string> scenarios{"baseline", "people", "all", "all_in_breach"};

TEST(Talk, CouplesOnlyThoseWhoFeelWhatTheyHear) {
  const Model deaf = talkative("positive: 1", ""), felt = talkative("positive: 1", ", good_word: -0.1");
  EXPECT_TRUE(Plan(deaf, unanchored(deaf), {"baseline"}).coupled_by.empty());
  EXPECT_EQ(Plan(felt, unanchored(felt), {"baseline"}).coupled_by, std::vector<std::string>{"word of mouth"});
}

TEST(Talk, WhereNobodySaysAnythingLivesAreTheSame) {
  const Model apart = talkative("positive: 0", ""), together = talkative("positive: 0", ", good_word: -0.1");
  const PlanOptions with_run_off{.run_off = 12};
  const World a(apart, unanchored(apart, 0, 12), scenarios, all_kept(), with_run_off),
      b(together, unanchored(together, 0, 12), scenarios, all_kept(), with_run_off);
  for (int k = 0; k < static_cast<int>(scenarios.size()); ++k)
    for (int r = 0; r < 2; ++r) EXPECT_EQ(difference(a.plan.layout, a.ledger(k, r), b.ledger(k, r)), "");
}

TEST(Talk, SameBitsForThreadsAndBlocks) {
  const Model m = talkative("positive: 0.5, negative: 2", ", good_word: -0.1, bad_word: 0.1");
  const World one(m, unanchored(m, 0, 12), scenarios, all_kept());
  for (const auto& [threads, block] : {std::pair(2, 4096), std::pair(5, 512), std::pair(1, 64)}) {
    SimulationOptions options = all_kept();
    options.threads = threads;
    options.block = block;
    const World other(m, unanchored(m, 0, 12), scenarios, options);
    expect_same(one, other);
  }
}

// All are detractors of satisfaction 5 for ever.
const char* const grumblers = R"(
horizon: 24
agents: all
segments: {all: {count: 2_000, satisfaction: {mean: 5, sd: 0}, tenure: 0 months}}
stages: {customer: {fee: 10, churn: {base: 2 %, bad_word: 0.4}}}
survey: {response: 0 %, noise: 0}
word_of_mouth: {negative: 0.5, positive: 7}
)";

TEST(Talk, WhatIsHeardFollowsItsEquation) {
  const World w(grumblers);
  double heard = 0;
  for (int t = 1; t <= 24; ++t) {
    const double x = std::log(0.02 / 0.98) + 0.4 * heard;
    EXPECT_NEAR(w.level("customer.churn", {.from = t, .to = t}), 1 / (1 + std::exp(-x)), 1e-6) << t;
    // Detractors are those who answered before they left; people are those who were here at the start.
    const double people = w.sum("start", {.from = t, .to = t}),
                 said = w.sum("bad_words", {.from = t, .to = t});
    EXPECT_NEAR(said, 0.5 * people, 1e-3);
    EXPECT_NEAR(w.result.words[0][static_cast<std::size_t>(2 * (t - 1) + 1)], said / people, 1e-9);
    EXPECT_EQ(w.result.words[0][static_cast<std::size_t>(2 * (t - 1))], 0);
    heard = 0.5 * heard + said / people;  // two months of memory
  }
  EXPECT_NEAR(heard, 1, 1e-6);
}

TEST(Talk, FailuresAndRecoveriesAreToldByTheirVisibility) {
  const char* const text = R"(
horizon: 6
agents: all
segments: {all: {count: 1_000}}
stages: {customer: {churn: {base: 2 %, good_word: 0.01, bad_word: 0.01}}}
channels: {social: {visibility: 3}}
journeys:
  ask:
    starts: 100 %
    touchpoints:
      post: {channel: social, failure: 60 %, recovery: 50 %, next: {ok: mail, failed: mail, recovered: mail}}
      mail: {failure: 20 %, visibility: 0}
word_of_mouth: {negative: 0.5, positive: 0.25}
)";
  for (const char* unit : {"month", "week"}) {
    const World w(std::string("period: ") + unit + text);
    const double month = std::string(unit) == "month" ? 1 : 365.0 / 7 / 12;  // periods
    EXPECT_NEAR(w.sum("bad_words"),
                0.5 * w.sum("detractors") + 0.5 * 2 * month * 3 * w.sum("failed.ask.post"), 0.2);
    EXPECT_NEAR(w.sum("good_words"),
                0.25 * w.sum("promoters") + 0.25 * 2 * month * 3 * w.sum("recovered.ask.post"), 0.2);
    EXPECT_GT(w.sum("failed.ask.mail"), 500);
  }
}

TEST(Talk, FullIsTold) {
  const World w(R"(
horizon: 6
agents: all
segments: {all: {count: 1_000}}
stages: {customer: {churn: {base: 2 %, bad_word: 0.01}}}
teams: {desk: {capacity: 0}}
journeys: {ask: {starts: 100 %, touchpoints: {call: {team: desk, visibility: 2}}}}
word_of_mouth: {negative: 0.5}
)");
  EXPECT_GT(w.sum("full.ask.call"), 3'000);
  EXPECT_NEAR(w.sum("bad_words"), 0.5 * w.sum("detractors") + 0.5 * 2 * 2 * w.sum("full.ask.call"), 0.1);
}

const char* const two = R"(
horizon: 3
agents: all
segments:
  happy: {count: 3_000, satisfaction: {mean: 10, sd: 0}}
  sad: {count: 1_000, satisfaction: {mean: 2, sd: 0}}
  third: {count: 500, satisfaction: {mean: 7.5, sd: 0}}
stages: {customer: {churn: {base: 2 %, good_word: 0.01}}}
survey: {response: 0 %, noise: 0}
word_of_mouth: {positive: 1, negative: 2MIXING}
)";

/// By segment: good and bad messages that one person heard in the first period.
std::array<double, 6> heard_with(const std::string& mixing) {
  const World w(replaced(two, "MIXING", mixing));
  std::array<double, 6> heard{};
  std::copy_n(w.result.words[0].begin(), 6, heard.begin());
  // Whatever the mixing, each message reaches one person.
  EXPECT_NEAR(3'000 * heard[0] + 1'000 * heard[2] + 500 * heard[4], 3'000, 1e-6);
  EXPECT_NEAR(3'000 * heard[1] + 1'000 * heard[3] + 500 * heard[5], 2'000, 1e-6);
  return heard;
}

TEST(Talk, MixingSaysWhoHearsWhom) {
  const auto alike = heard_with("");
  for (const int s : {0, 1, 2}) {
    EXPECT_NEAR(alike[static_cast<std::size_t>(2 * s)], 3'000 / 4'500.0, 1e-9);
    EXPECT_NEAR(alike[static_cast<std::size_t>(2 * s + 1)], 2'000 / 4'500.0, 1e-9);
  }
  const auto apart = heard_with(", mixing: {happy: {happy: 1}, sad: {sad: 1}, third: {third: 1}}");
  EXPECT_NEAR(apart[0], 1, 1e-9);
  EXPECT_NEAR(apart[1], 0, 1e-9);
  EXPECT_NEAR(apart[3], 2, 1e-9);
  const auto twice = heard_with(", mixing: {sad: {happy: 2, sad: 1, third: 1}}");
  EXPECT_NEAR(twice[2], 2 * twice[0], 1e-9);  // sad people hear the happy ones twice as readily
  EXPECT_NEAR(twice[3], twice[1], 1e-9);
}

TEST(Talk, FriendsRaiseTheBar) {
  const World w(R"(
horizon: 12
agents: all
segments:
  all:
    count: 2_000
    arrivals: 500
    satisfaction: {mean: 9.5, sd: 0}
    expects: {mean: 7, sd: 0, good_word: 0.4}
stages: {customer: {fee: 10, churn: 5 %}}
survey: {response: 0 %, noise: 0}
word_of_mouth: {positive: 0.5}
)");
  // Everybody is a promoter and hears a half each month, and remembers it for two months.
  double heard = 0, expected = 0, people = 0;
  for (int t = 1; t <= 12; ++t) {
    const double still = std::pow(0.95, 12 - t);  // by the end of month 12; who leaves in it is as anybody
    expected += still * (7 + 0.4 * heard);
    people += still;
    heard = 0.5 * heard + 0.5;
  }
  const Cells first{.origin = 1, .from = 1, .to = 1}, last{.origin = 1, .from = 12, .to = 12};
  EXPECT_NEAR(w.mean("sum_expectation", first), 7, 1e-4);  // nothing was heard yet
  EXPECT_NEAR(w.mean("sum_expectation", last), expected / people, 0.005);
  EXPECT_NEAR(w.mean("sum_expectation", {.origin = 0, .from = 12, .to = 12}), 7, 1e-4);
}

TEST(Talk, WordsThatFeedOnThemselvesAreNamed) {
  try {
    World(R"(
horizon: 24
segments: {all: {count: 1_000}}
stages: {customer: {churn: 1 %}}
journeys: {ask: {starts: {base: 1, bad_word: 3}, touchpoints: {call: {failure: 100 %, visibility: 800}}}}
word_of_mouth: {negative: 1}
)");
    FAIL();
  } catch (const ModelError& e) {
    EXPECT_NE(std::string(e.what()).find("word_of_mouth: messages feed on themselves"), std::string::npos)
        << e.what();
  }
}

TEST(Talk, ThePastHasHeardWhatTheFirmIsUsedTo) {
  const Model m = read_model_text(R"(
horizon: 24
segments: {all: {count: 20_000, arrivals: 400}}
stages: {customer: {fee: 10, churn: {average: 2 % / month, bad_word: 0.5, good_word: -0.3, satisfaction: -0.2}}}
journeys: {ask: {starts: 30 %, touchpoints: {call: {failure: 25 %, recovery: 40 %, visibility: 2}}}}
survey: {response: 10 %}
word_of_mouth: {positive: 0.4, negative: 0.4}
)",
                                  "m.yaml");
  const Anchoring a = anchor(m);
  EXPECT_TRUE(a.converged);
  for (const Anchored& f : a.figures) EXPECT_NEAR(f.got / f.asked, 1, 0.01) << f.path;
  SimulationOptions options;
  options.replications = 10;
  const World w(m, a.anchors, {"baseline"}, options);
  for (const std::size_t kind : {0u, 1u}) {
    double first = 0, last = 0;
    for (const std::vector<double>& words : w.result.words)
      first += words[kind] / 10, last += words[words.size() - 2 + kind] / 10;
    EXPECT_NEAR(first / a.anchors.spoken[kind], 1, 0.03);
    EXPECT_NEAR(last / first, 1, 0.05);  // a constant world goes on as it is
  }
  double churn = 0;
  for (int r = 0; r < 10; ++r)
    churn += w.sum("lost", {.replication = r, .to = 12}) / w.sum("start", {.replication = r, .to = 12});
  EXPECT_NEAR(churn / 10, 0.02, 0.0004);
}

TEST(Talk, WordsAndLevelsAreFoundTogether) {  // a slope of words taken from these rounds missed by 11 %
  const Anchoring a = anchor(read_model_text(R"(
period: week
horizon: 36 weeks
segments:
  old: {count: 20_000, arrivals: 180 / week}
  new:
    arrivals: 150 / week
    expects: {mean: 6.5, sd: 1, good_word: 0.5}
    satisfaction: {mean: 6.5, sd: 1, good_word: 0.2}
stages:
  singer:
    fee: 5
    churn: {average: 4 % / month, satisfaction: -0.3, good_word: -0.3, bad_word: 0.4, frailty: 0.5}
journeys:
  sing:
    starts: {average: 1.2 / month, good_word: 0.3}
    touchpoints: {evening: {failure: 20 %, recovery: 50 %, visibility: 1.5}}
survey: {response: 20 %, nps: 15}
word_of_mouth: {positive: 0.6 / month, negative: 0.4 / month, mixing: {old: {old: 1}, new: {old: 2, new: 0.1}}}
)",
                                             "m.yaml"));
  EXPECT_TRUE(a.converged);
  ASSERT_EQ(a.figures.size(), 5u);
  for (const Anchored& f : a.figures) EXPECT_NEAR(f.got / f.asked, 1, 0.02) << f.segment << f.path;
}

TEST(Talk, MonthWeekAndDayAgree) {
  const char* const text = R"(
horizon: 2 years
segments: {all: {count: 10_000, arrivals: 200 / month}}
stages: {customer: {fee: 10 / month, churn: {average: 2 % / month, bad_word: 0.5}}}
journeys: {ask: {starts: 0.4 / month, touchpoints: {call: {failure: 25 %, visibility: 3}}}}
survey: {response: 5 % / month}
word_of_mouth: {negative: 0.3 / month}
investments: {care: {changes: {ask.call.failure: {times: 0.5}}}}
scenarios: {care: [care]}
)";
  double month = 0;
  for (const char* unit : {"month", "week", "day"}) {
    if (sanitized && std::string(unit) == "day") continue;
    const Model m = read_model_text(std::string("period: ") + unit + "\n" + text, "m.yaml");
    SimulationOptions options;
    options.replications = 10;
    const World w(m, anchor(m).anchors, {"baseline", "care"}, options);
    double gain = 0;
    for (int r = 0; r < 10; ++r) gain += (w.value(1, r).contribution - w.value(0, r).contribution) / 10;
    if (month == 0) month = gain;
    EXPECT_GT(gain, 0);
    EXPECT_NEAR(gain / month, 1, 0.1) << unit;
  }
}

}  // namespace

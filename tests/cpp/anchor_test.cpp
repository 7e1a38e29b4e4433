// Anchoring: the baseline reproduces what the firm observes.
#include "sim/world/anchor.hpp"

#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

std::string observed(const std::string& count, const std::string& agents = "2_000") {
  return "horizon: 8\nagents: " + agents + "\nsegments:\n  a: {count: " + count + R"(, tenure: 8 months}
  b: {count: 3_000, tenure: 3 months, changes: {customer.churn.average: {set: 9 %}}}
stages: {customer: {churn: {average: 2.5 % / month, satisfaction: -0.5, trust: -1, frailty: 0.7}}}
journeys: {help: {starts: {average: 14 %, failures: 0.9}, touchpoints: {call: {failure: 20 %, recovery: 40 %}}}}
orders: {rate: {average: 0.4, satisfaction: 0.2}, spread: {gamma: 1.5}, value: 3}
survey: {response: {average: 25 %, extreme: 0.3}, nps: 12}
)";
}

bool same(const Anchors& a, const Anchors& b) {
  if (a.survey_bias != b.survey_bias || a.segments.size() != b.segments.size()) return false;
  for (std::size_t s = 0; s < a.segments.size(); ++s) {
    if (a.segments[s].tenure_cdf != b.segments[s].tenure_cdf) return false;
    for (std::size_t k = 0; k < a.segments[s].solved.size(); ++k) {
      const double x = a.segments[s].solved[k], y = b.segments[s].solved[k];
      if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
    }
  }
  return true;
}

TEST(Anchor, GotIsAsked) {
  const Model model = read_model_text(observed("9_000"), "m.yaml");
  const Anchoring found = anchor(model);
  EXPECT_TRUE(found.converged);
  bool churn = false, nps = false, tenure = false;
  for (const Anchored& f : found.figures) {
    if (f.path == "survey.nps") {
      nps = true;
      EXPECT_EQ(f.asked, 12);
      EXPECT_NEAR(f.got, 12, 1.5);  // of the last round alone; the bias is the mean of several
    } else if (f.path.ends_with("tenure")) {
      tenure = true;  // ages are whole periods, so the mean moves in steps
      EXPECT_NEAR(f.got / f.asked, 1, 0.02) << f.path;
    } else {
      churn = churn || (f.path == "customer.churn" && f.segment == "b" && std::abs(f.asked - 0.09) < 1e-12);
      EXPECT_NEAR(f.got / f.asked, 1, 0.02) << f.segment << " " << f.path;  // of the last round, as above
    }
  }
  EXPECT_TRUE(churn && nps && tenure);
  EXPECT_GT(found.error, 0);
  EXPECT_LE(found.error, 0.003);
  EXPECT_GT(found.nps_error, 0);
  EXPECT_LE(found.nps_error, 0.1);
}

TEST(Anchor, AnotherSeedReproducesIt) {
  // 20,000 agents over 8 months: some 4,000 leave, so the standard error is 1.6 %, and 8 % is five of them.
  const Model model = read_model_text(
      "horizon: 8\nagents: all\nsegments: {all: {count: 20_000, tenure: 8 months}}\n"
      "stages: {customer: {churn: {average: 2.5 % / month, satisfaction: -0.5, frailty: 0.7}}}\n"
      "survey: {response: {average: 25 %, extreme: 0.3}, nps: 12}\n",
      "m.yaml");
  SimulationOptions options;
  options.seed = 77;
  const World w(model, anchor(model).anchors, {"baseline"}, options);
  EXPECT_NEAR(w.level("customer.churn"), 0.025, 0.002);
  EXPECT_NEAR(static_cast<double>(w.count("lost")) / static_cast<double>(w.count("start")), 0.025, 0.002);
  EXPECT_NEAR(w.level("survey.response"), 0.25, 0.005);
  EXPECT_NEAR(static_cast<double>(w.result.base_tenure[0]) / 20'000, 8, 0.4);
  // 35,000 answers of 20,000 people, each with a standard deviation of some 75 points: 5 standard errors
  // are 2.5 points.
  const double net = w.sum("measured_promoters") - w.sum("measured_detractors");
  EXPECT_NEAR(100 * net / w.sum("responses"), 12, 2.5);
}

/// Quicker to anchor: one response with an effect, ages, and the NPS.
std::string small(const std::string& count, const std::string& agents = "2_000") {
  return "horizon: 3\nagents: " + agents + "\nsegments: {a: {count: " + count +
         ", tenure: 2 months}, b: {count: 3_000, tenure: 0, satisfaction: 6}}\n"
         "stages: {customer: {churn: {average: 4 %, satisfaction: -0.5}}}\nsurvey: {nps: 12}\n";
}

TEST(Anchor, LevelsDoNotDependOnScaleOrThreads) {
  const Model model = read_model_text(small("9_000"), "m.yaml");
  const Anchors one = anchor(model, 1).anchors;
  EXPECT_TRUE(same(one, anchor(model, 2).anchors));
  EXPECT_TRUE(same(one, anchor(read_model_text(small("9_000", "300"), "m.yaml"), 2).anchors)) << "agents";
  EXPECT_TRUE(same(one, anchor(read_model_text(small("9_000", "all"), "m.yaml"), 2).anchors))
      << "agents: all";
  // The size of a segment weighs in the NPS of the firm only.
  Anchors larger = anchor(read_model_text(small("90_000"), "m.yaml"), 2).anchors;
  EXPECT_NE(larger.survey_bias, one.survey_bias);
  larger.survey_bias = one.survey_bias;
  EXPECT_TRUE(same(one, larger)) << "count";
}

/// A launch in a market of 12,000 people, of whom so many are customers and talk.
std::string launched(const std::string& customers, const std::string& churn, const std::string& words,
                     const std::string& stages = {}) {
  return "horizon: 12\nagents: all\nsegments: {all: {count: " + customers + ", tenure: 9 months}}\n" +
         "stages:\n  customer: {churn: {average: 2 % / month, satisfaction: -0.4" + churn + "}}\n" + stages +
         "journeys: {repair: {starts: 0.1 / month, touchpoints: {visit: {failure: 15 %}}}}\n"
         "survey: {nps: 20}\nword_of_mouth: {positive: 0.4 / month, negative: 0.4 / month" +
         words + "}\n" +
         "market: {size: 12_000, innovation: 3 % / year, imitation: 38 % / year, network: {random: 8}" +
         (stages.empty() ? "}\n" : ", stage: aware}\n");
}

TEST(Anchor, FewCustomersAmongManyPeople) {
  const std::string aware = "  aware: {kind: prospect, churn: 8 % / month, moves: {customer: {base: 10 % / "
                            "month, good_word: 0.3}}}\n";
  for (const std::string& text :
       {launched("800", ", bad_word: 0.1", ", network: {random: 8}"), launched("500", "", "", aware)}) {
    const Anchoring found = anchor(read_model_text(text, "m.yaml"));
    EXPECT_TRUE(found.converged) << found.rounds << " rounds, " << found.nps_error << " "
                                 << found.words_error;
    EXPECT_LE(found.nps_error, 0.1);
    EXPECT_EQ(found.words_error, 0);  // what is said to few is not known to 1 %, and need not be
    ASSERT_EQ(found.figures.size(), 3u);
    for (const Anchored& f : found.figures)  // the mean over the rounds: 4 of the errors allowed
      EXPECT_NEAR(f.got, f.asked, f.path == "survey.nps" ? 0.4 : 0.012 * f.asked) << f.path;
  }
}

TEST(Anchor, WhatIsFeltAndNotKnownIsNamed) {
  // Each bad word trebles the odds of leaving, and next to nobody says one.
  const Anchoring found = anchor(read_model_text(
      "horizon: 12\nagents: all\nsegments: {all: {count: 100, tenure: 9 months, satisfaction: 9}}\n"
      "stages: {customer: {churn: {average: 2 % / month, bad_word: 30}}}\n"
      "word_of_mouth: {negative: 0.4 / month}\n"
      "market: {size: 12_000, innovation: 3 % / year, imitation: 38 % / year, network: {random: 8}}\n",
      "m.yaml"));
  EXPECT_FALSE(found.converged);
  EXPECT_GT(found.words_error, 0.01);
}

TEST(Anchor, NumbersAreLeftAlone) {
  const Model model =
      read_model_text("segments: {all: {count: 100, tenure: 0}}\n"
                      "stages: {customer: {churn: 2 %}}\nsurvey: {response: {base: 20 %, extreme: 0.2}}\n",
                      "m.yaml");
  const Anchoring found = anchor(model);
  EXPECT_TRUE(found.converged);
  EXPECT_EQ(found.rounds, 1);
  for (const double level : found.anchors.segments[0].solved) EXPECT_TRUE(std::isnan(level));
  EXPECT_EQ(found.anchors.segments[0].tenure_cdf, (std::vector<double>{1, 1}));
}

TEST(Anchor, TheDefaultAgesAreTheSteadyState) {
  // Constant churn: the steady state's ages are geometric with mean 1 / churn, and it is kept.
  const Model model = read_model_text("horizon: 12\nsegments: {all: {count: 20_000, arrivals: 2_000}}\n"
                                      "stages: {customer: {churn: 10 %}}\n",
                                      "m.yaml");
  const World w(model, anchor(model).anchors);
  // 20,000 ages with a standard deviation of 10: standard error 0.07 periods; the survival sample of 8,192
  // adds 0.1.
  EXPECT_NEAR(static_cast<double>(w.result.base_tenure[0]) / 20'000, 10, 0.6);
  EXPECT_NEAR(w.mean("sum_tenure", {.from = 12, .to = 12}), 10, 0.6);
}

TEST(Anchor, Interrupts) {
  std::atomic<bool> cancel{true};
  EXPECT_THROW(anchor(read_model_text(small("9_000"), "m.yaml"), 2, &cancel), Interrupted);
}

}  // namespace

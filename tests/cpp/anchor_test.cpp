// Anchoring: the baseline reproduces what the firm observes.
#include "sim/world/anchor.hpp"

#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

std::string observed(const std::string& count, const std::string& agents = "2_000") {
  return "horizon: 12\nagents: " + agents + "\nsegments:\n  a: {count: " + count + R"(, tenure: 15 months}
  b: {count: 3_000, tenure: 4 months, changes: {customer.churn.average: {set: 9 %}}}
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
      EXPECT_NEAR(f.got, 12, 0.05);  // points of NPS: the bias is solved to a thousandth
    } else if (f.path.ends_with("tenure")) {
      tenure = true;  // ages are whole periods, so the mean moves in steps
      EXPECT_NEAR(f.got / f.asked, 1, 0.02) << f.path;
    } else {
      churn = churn || (f.path == "customer.churn" && f.segment == "b" && std::abs(f.asked - 0.09) < 1e-12);
      EXPECT_NEAR(f.got / f.asked, 1, 2e-4) << f.segment << " " << f.path;  // 1e-4 on the link scale
    }
  }
  EXPECT_TRUE(churn && nps && tenure);
}

TEST(Anchor, AnotherSeedReproducesIt) {
  // 40,000 agents, 12 months: some 11,000 leave, 1 % of standard error with frailty; 4 % is four of them.
  const Model model = read_model_text(observed("30_000", "all"), "m.yaml");
  SimulationOptions options;
  options.seed = 77;
  const World w(model, anchor(model).anchors, {"baseline"}, options);
  EXPECT_NEAR(w.level("customer.churn", {.segment = 0}), 0.025, 0.001);
  EXPECT_NEAR(w.level("customer.churn", {.segment = 1}), 0.09, 0.0036);
  EXPECT_NEAR(w.level("help.starts", {.segment = 0}), 0.14, 0.003);
  EXPECT_NEAR(w.level("orders.rate", {.segment = 0}), 0.4, 0.02);
  const auto share = [&](const std::string& name) {
    return static_cast<double>(w.count(name)) / static_cast<double>(w.count("responses"));
  };
  // The NPS is one of the whole firm by its weights in the anchoring sample, where both segments are equally large but
  // weighted; here the base shrinks differently, so it is met to within two points.
  EXPECT_NEAR(100 * (share("measured_promoters") - share("measured_detractors")), 12, 2);
  EXPECT_NEAR(static_cast<double>(w.result.base_tenure[0]) / 30'000, 15, 0.5);
}

TEST(Anchor, LevelsDoNotDependOnScaleOrThreads) {
  const Model model = read_model_text(observed("9_000"), "m.yaml");
  const Anchors one = anchor(model, 1).anchors;
  EXPECT_TRUE(same(one, anchor(model, 2).anchors));
  EXPECT_TRUE(same(one, anchor(read_model_text(observed("9_000", "300"), "m.yaml"), 2).anchors)) << "agents";
  EXPECT_TRUE(same(one, anchor(read_model_text(observed("9_000", "all"), "m.yaml"), 2).anchors)) << "agents: all";
  // The size of a segment weighs in the NPS of the firm only.
  Anchors larger = anchor(read_model_text(observed("90_000"), "m.yaml"), 2).anchors;
  EXPECT_NE(larger.survey_bias, one.survey_bias);
  larger.survey_bias = one.survey_bias;
  EXPECT_TRUE(same(one, larger)) << "count";
}

TEST(Anchor, NumbersAreLeftAlone) {
  const Model model = read_model_text("segments: {all: {count: 100, tenure: 0}}\n"
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
  const Model model = read_model_text("horizon: 12\nsegments: {all: {count: 20_000, arrivals: 1_000}}\n"
                                      "stages: {customer: {churn: 5 %}}\n",
                                      "m.yaml");
  const World w(model, anchor(model).anchors);
  // 20,000 ages with a standard deviation of 20: standard error 0.14 periods; the survival sample of 8,192 adds 0.2.
  EXPECT_NEAR(static_cast<double>(w.result.base_tenure[0]) / 20'000, 20, 1.2);
  EXPECT_NEAR(w.mean("sum_tenure", {.from = 12, .to = 12}), 20, 1.2);
}

TEST(Anchor, Interrupts) {
  std::atomic<bool> cancel{true};
  EXPECT_THROW(anchor(read_model_text(observed("9_000"), "m.yaml"), 2, &cancel), Interrupted);
}

}  // namespace

// What must go one way: rest points, improvements, failures made good.
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

/// One journey a month for everybody, nobody leaves; `touchpoint` and `start` are further fields.
std::string constant_world(const std::string& touchpoint, const std::string& segment = "tenure: 0",
                           int horizon = 120, int count = 4'000) {
  return "horizon: " + std::to_string(horizon) +
         "\nagents: all\nsegments: {all: {count: " + std::to_string(count) + ", " + segment +
         "}}\nstages: {customer: {}}\njourneys: {use: {starts: 100 %, touchpoints: {use: {" + touchpoint +
         "}}}}\n";
}

struct Rest {
  double satisfaction, expectation, trust;
};

/// State means of the last 40 of 120 periods: 4,000 customers, so the standard error is below 0.005 points.
Rest rest_of(const std::string& touchpoint) {
  const World w(constant_world(touchpoint));
  const Cells late{.from = 81};
  return {w.mean("sum_satisfaction", late), w.mean("sum_expectation", late), w.mean("sum_trust", late)};
}

TEST(Directions, AConstantWorldStartedAtRestIsStationary) {
  for (const char* touchpoint : {"quality: 7.5", "quality: 7.5, failure: 10 %, recovery: 40 %"}) {
    const Rest r = rest_of(touchpoint);
    // Started at the means of the rest point, with two years lived, so that spreads and correlations are at
    // rest too.
    const std::string segment =
        "tenure: {exactly: 24 months}, satisfaction: " + std::to_string(r.satisfaction) +
        ", expects: " + std::to_string(r.expectation) + ", trust: " + std::to_string(r.trust);
    const Model model = read_model_text(constant_world(touchpoint, segment, 60), "m.yaml");
    const World w(model, unanchored(model, 24, 24));
    double drift = 0;
    for (int t = 1; t <= 60; ++t)
      drift = std::max(drift, std::abs(w.mean("sum_satisfaction", {.from = t, .to = t}) - r.satisfaction));
    // n = 4,000 with a standard deviation of about 0.8: standard error 0.013, the largest of 60 within 4 of
    // them.
    EXPECT_LT(drift, 0.055) << touchpoint;
  }
}

TEST(Directions, MeetingEveryExpectationIsNoDecline) {
  // A firm that offers on average what is expected: spread costs a little, once. (An update by experience
  // minus expectation alone would take satisfaction from 7 to 3 within these 60 contacts.)
  const World w(constant_world("quality: 7, sd: 1.5", "expects: 7, satisfaction: 7, trust: 0.6", 60));
  const double early = w.mean("sum_satisfaction", {.from = 12, .to = 12}),
               late = w.mean("sum_satisfaction", {.from = 60, .to = 60});
  EXPECT_GT(late, 6);
  EXPECT_NEAR(late, early, 0.3);
}

TEST(Directions, OnePointOfQualityMovesTheRestPointByAboutOne) {
  // At the defaults 0.84 to 1.0, the less the nearer the end of the scale, which cuts off a part of the
  // experiences; standard error of a difference on the same luck below 0.005, tolerance two of them.
  for (const double quality : {5.0, 6.0, 7.0, 7.5}) {
    const auto at = [](double q) { return rest_of("quality: " + std::to_string(q)).satisfaction; };
    const double step = at(quality + 1) - at(quality);
    EXPECT_GT(step, 0.84 - 0.01) << quality;
    EXPECT_LT(step, 1.0 + 0.01) << quality;
  }
}

TEST(Directions, ForEverBetterQualityNeverRaisesChurnAtRest) {
  // On the same luck, 4,000 agents, over the second five years; churn is rare, so that selection stays small.
  const std::string base = R"(
horizon: 120
agents: all
segments: {all: {count: 4_000, tenure: 0}}
stages: {customer: {churn: {base: 0.1 % / month, satisfaction: -0.5, trust: -1}}}
journeys: {use: {starts: 80 %, touchpoints: {use: {quality: 7, failure: 10 %, recovery: 30 %}}}}
investments:
  little: {changes: {use.use.quality: {add: 0.2}}}
  much: {changes: {use.use.quality: {add: 1}}}
  very_much: {changes: {use.use.quality: {add: 2.5}}}
  fewer: {changes: {use.use.failure: {times: 0.5}}}
  mended: {changes: {use.use.recovery: {set: 80 %}}}
scenarios: {little: [little], much: [much], very_much: [very_much], fewer: [fewer], mended: [mended]}
)";
  const World w(base, {"baseline", "little", "much", "very_much", "fewer", "mended"});
  const auto churn = [&](int k) { return w.level("customer.churn", {.scenario = k, .from = 61}); };
  EXPECT_LT(churn(1), churn(0));
  EXPECT_LT(churn(2), churn(1));
  EXPECT_LT(churn(3), churn(2));
  EXPECT_LT(churn(4), churn(0));
  EXPECT_LT(churn(5), churn(0));
}

TEST(Directions, RecoveryNeverBeatsNoFailureAtTheTouchpoint) {
  // One customer at a time, 400 of them with the same luck in three worlds: nothing fails, all is mended, all
  // fails.
  const auto world = [](const std::string& touchpoint) {
    SimulationOptions options;
    options.replications = full() ? 4'000 : 400;
    return World(
        constant_world(touchpoint, "expects: {mean: 7, sd: 2}, satisfaction: {mean: 7, sd: 2}", 1, 1),
        {"baseline"}, options);
  };
  const World fine = world("failure: 0"), mended = world("failure: 100 %, recovery: 100 %"),
              broken = world("failure: 100 %");
  const auto states = [](const World& w, const std::string& name) { return w.sums(name); };
  for (const char* name : {"sum_satisfaction", "sum_trust"}) {
    const auto a = states(fine, name), b = states(mended, name), c = states(broken, name);
    double gap = 0;
    for (std::size_t r = 0; r < a.size(); ++r) {
      EXPECT_LE(b[r], a[r]) << name << r;
      EXPECT_LE(c[r], b[r] + (name == std::string("sum_satisfaction") ? 10 : 0)) << name << r;
      gap += a[r] - b[r];
    }
    EXPECT_GT(gap, 0);
  }
  // The recovery paradox is a switch, off by default.
  const World paradox(
      constant_world("failure: 100 %, recovery: 100 %, quality_recovered: 9.5", "tenure: 0", 1) +
      "experience: {paradox: true}\n"),
      plain(constant_world("failure: 100 %, recovery: 100 %, quality_recovered: 9.5", "tenure: 0", 1));
  EXPECT_GT(paradox.mean("sum_satisfaction"), plain.mean("sum_satisfaction"));
}

TEST(Directions, ReachScalesTheEffect) {
  // 20,000 agents: an effect on each customer of those reached only, so 25 %, 50 % and 100 % give a quarter,
  // a half and the whole. The reached are a sample: within 5 standard errors of the share, 1.5 % of 20,000.
  const World w(R"(
horizon: 12
agents: all
segments: {all: {count: 20_000}}
stages: {customer: {}}
journeys: {use: {starts: 100 %, touchpoints: {use: {quality: 7}}}}
investments:
  quarter: {audience: all, reach: 25 %, changes: {use.use.quality: {add: 1}}}
  half: {audience: all, reach: 50 %, changes: {use.use.quality: {add: 1}}}
  whole: {changes: {use.use.quality: {add: 1}}}
  ramped: {reach: 50 %, audience: all, ramp: 1000, changes: {use.use.quality: {add: 1}}, cost: {per_customer: 1}}
scenarios: {quarter: [quarter], half: [half], whole: [whole], ramped: [ramped]}
)",
                {"baseline", "quarter", "half", "whole", "ramped"});
  const auto gain = [&](int k) {
    return w.mean("sum_satisfaction", {.scenario = k}) - w.mean("sum_satisfaction");
  };
  EXPECT_NEAR(gain(1) / gain(3), 0.25, 0.016);
  EXPECT_NEAR(gain(2) / gain(3), 0.5, 0.018);
  // A ramp scales the effect, never the membership.
  EXPECT_GT(gain(4), 0);
  EXPECT_LT(gain(4), 0.02 * gain(2));
  EXPECT_NEAR(static_cast<double>(w.count("treated.ramped", {.scenario = 4})), 10'000, 354);
}

TEST(Directions, ImpulsesActOnce) {
  const World w(R"(
horizon: 4
agents: all
segments: {all: {count: 1_000, trust: {mean: 0.6, sd: 0}, satisfaction: {mean: 7, sd: 0}}}
stages: {customer: {}}
events:
  breach: {start: 2, lasts: 3, impulse: {trust: -0.25, satisfaction: -1}}
  picky: {start: 2, lasts: 3, impulse: {satisfaction: -1, who: {satisfaction: {above: 5.5}}}}
scenarios: {breach: [breach], picky: [picky]}
)",
                {"baseline", "breach", "picky"});
  const auto mean = [&](int k, int t, const std::string& name) {
    return w.mean(name, {.scenario = k, .from = t, .to = t});
  };
  EXPECT_NEAR(mean(0, 4, "sum_satisfaction"), 7, 1e-4);
  EXPECT_NEAR(mean(1, 1, "sum_satisfaction"), 7, 1e-4);
  for (const int t : {2, 3, 4}) {  // without `who` once, although it lasts
    EXPECT_NEAR(mean(1, t, "sum_satisfaction"), 6, 1e-4);
    EXPECT_NEAR(mean(1, t, "sum_trust"), 0.35, 1e-4);
  }
  EXPECT_NEAR(mean(2, 2, "sum_satisfaction"), 6, 1e-4);  // with `who` whoever matches while it lasts
  EXPECT_NEAR(mean(2, 3, "sum_satisfaction"), 5, 1e-4);
  EXPECT_NEAR(mean(2, 4, "sum_satisfaction"), 5, 1e-4);
}

}  // namespace

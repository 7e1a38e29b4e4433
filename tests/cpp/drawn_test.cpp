// A model at values of its assumptions.
#include "scenarios/assumptions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/change/numbers.hpp"
#include "sim/file/assign.hpp"
#include "sim/file/write.hpp"
#include "sim/random/math64.hpp"
#include "tests/cpp/uncertain.hpp"

namespace {

using namespace goodwill;

/// Every kind of place at once; `$p`, `$amount` and `$points` say what kind of number.
const std::string kEverywhere = R"(
segments:
  all: {count: 100, arrivals: {count: $amount, stage: trial}, acquisition_cost: $amount, expects: {mean: $points, sd: 0.5}, changes: {customer.churn.average: {set: $p}}}
stages:
  trial: {moves: {customer: $p}, churn: {0 months: $p, 12 months: 4 %}}
  customer: {fee: $amount, margin: $p, churn: {average: 2 %, satisfaction: $points, frailty: $p}}
channels: {phone: {failure: $p, quality: $points}}
journeys:
  support:
    starts: {base: $p, trust: $points}
    first: {call: $p, chat: otherwise}
    touchpoints:
      call: {channel: phone, wait: $amount, next: {failed: {chat: $p}}}
      chat: {channel: phone, who: {tenure: {above: $amount}}}
orders: {rate: {average: $p}, spread: {gamma: $amount}, value: $amount}
referrals: {rate: {base: $p}, conversion: $p}
survey: {response: $p, noise: $points}
experience: {learning: $p}
investments:
  i:
    start: $amount
    ramp: $amount
    reach: {all: $p}
    changes: {phone.failure: {set: $p}, customer.fee: {add: $amount}}
    impulse: {satisfaction: $points, who: {satisfaction: {below: $points}}}
    cost: {upfront: $amount, each: {support.call: $amount}}
)";

/// Each use has an assumption of its own, because the units differ.
Model everywhere() {
  std::string text, register_text = "assumptions:\n";
  int number = 0;
  const std::string& from = kEverywhere;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] != '$') {
      text += from[i];
      continue;
    }
    const std::size_t end = from.find_first_not_of("abcdefghijklmnopqrstuvwxyz", i + 1);
    const std::string kind = from.substr(i + 1, end - i - 1), name = "x" + std::to_string(number++);
    text += "$" + name;
    register_text += "  " + name +
                     (kind == "p"        ? ": {low: 0.05, best: 0.1, high: 0.2}\n"
                      : kind == "points" ? ": {low: 2, best: 3, high: 4}\n"
                                         : ": {uniform: [2, 4]}\n");
    i = end - 1;
  }
  return read_model_text(text + register_text, "m.yaml");
}

TEST(AtValues, ReplacesEverywhere) {
  const Model m = everywhere();
  const std::size_t n = m.assumptions.size();
  EXPECT_EQ(n, static_cast<std::size_t>(std::count(kEverywhere.begin(), kEverywhere.end(), '$')));
  for (const auto& paths : uses(m)) EXPECT_EQ(paths.size(), 1u);
  std::vector<double> values;
  for (const auto& [name, a] : m.assumptions) values.push_back(*a.best * 1.03125);
  const Model drawn = at_values(m, values);
  std::size_t seen = 0;
  Model copy = m;
  std::vector<double> expected;
  for_each_number(copy, [&](const NumberPlace& place) {
    const int i = m.assumptions.index(place.number.assumption);
    expected.push_back(i < 0 ? place.number.value
                             : used_at(values[static_cast<std::size_t>(i)], place.accept));
    seen += i >= 0;
  });
  EXPECT_EQ(seen, n);
  std::size_t k = 0;
  copy = drawn;
  for_each_number(copy, [&](const NumberPlace& place) {
    EXPECT_TRUE(place.number.assumption.empty()) << place.path;
    EXPECT_EQ(place.number.value, expected[k++]) << place.path;
  });
  // an independent judge: the text of the drawn model has no `$` any more
  EXPECT_EQ(write_model(drawn, Write::all).find('$'), std::string::npos);
  EXPECT_EQ(drawn.investments.find("i")->start.value, 3);  // whole periods: the nearest
  EXPECT_EQ(drawn.segments.find("all")->changes[0].value.value, 0.1 * 1.03125);
}

TEST(AtValues, BestValuesAreTheModelItself) {
  const Model m = model_of(kFive);
  std::vector<double> best;
  for (const auto& [name, a] : m.assumptions) best.push_back(*a.best);
  const Model drawn = at_values(m, best);
  Model copy = m;
  for_each_number(copy, [](const NumberPlace& place) { place.number.assumption.clear(); });
  EXPECT_EQ(write_model(drawn, Write::all), write_model(copy, Write::all));
}

TEST(Assigned, TheBestValueReachesEveryUse) {
  const Model m = model_of(kStages + R"(
assumptions: {x: {low: 0.1, best: 0.2, high: 0.3}}
experience: {learning: $x}
survey: {response: {base: 20 %, extreme: $x}}
investments: {i: {changes: {phone.failure: {times: $x}}}}
)");
  const Model changed = assign(m, {{"assumptions.x.best", Node::scalar("0.25")}});
  int uses_seen = 0;
  Model copy = changed;
  for_each_number(copy, [&](const NumberPlace& place) {
    if (place.number.assumption != "x") return;
    EXPECT_EQ(place.number.value, 0.25) << place.path;
    ++uses_seen;
  });
  EXPECT_EQ(uses_seen, 3);
  EXPECT_NE(refusal_of([&] {
              assign(m, {{"assumptions.x.best", Node::scalar("0.5")}});
            }).find("must increase"),
            std::string::npos);
}

TEST(AtValues, RefusesWhatDoesNotFit) {
  const Model m = model_of(kFive);
  EXPECT_EQ(refusal_of([&] { at_values(m, {1}); }),
            "expected a value for each of the 5 assumptions, found 1");
  EXPECT_NE(refusal_of([&] {
              at_values(m, {0.5, 0.5, 1.2, 100, 3});
            }).find("investments.i.reach: '$share' is 120 % in this draw; accepted: 0 % to 100 %"),
            std::string::npos);
  EXPECT_NE(refusal_of([&] {
              at_values(m, {5.5, 0.5, 0.2, 100, 3});
            }).find("the change leads to 110 %; accepted: 0 % to 100 %"),
            std::string::npos);
  const Model branch = read_model_text(R"(
assumptions: {x: {low: 20 %, best: 30 %, high: 40 %}}
segments: {all: {count: 10}}
stages: {customer: {}}
journeys: {support: {touchpoints: {call: {next: {lost: $x, customer: 50 %}}}}}
)",
                                       "m.yaml");
  EXPECT_NE(refusal_of([&] { at_values(branch, {0.6}); }).find("the branch adds up to 110 %"),
            std::string::npos)
      << refusal_of([&] { at_values(branch, {0.6}); });
}

TEST(Shifted, AveragesMoveOnTheLinkScaleAndNothingElse) {
  const std::string text = R"(
assumptions: {leaving: {low: 1 %, best: 2 %, high: 4 %}, referring: {low: 0.01, best: 0.02, high: 0.03}, b_leaves: {low: 2 %, best: 3 %, high: 5 %}}
stages: {customer: {fee: 30, churn: {average: $leaving, satisfaction: -0.3}}, resting: {churn: 1 %}}
segments: {a: {count: 10}, b: {count: 10, stage: resting, changes: {customer.churn.average: {set: $b_leaves}}}}
referrals: {rate: {average: $referring}}
survey: {response: {average: 20 %, extreme: 0.1}}
)";
  const Model m = read_model_text(text, "m.yaml");
  Anchors anchors = unanchored(m, 0, 5);
  for (auto& s : anchors.segments) s.solved = {-3.5, std::nan(""), -4.25, -1.5};
  anchors.survey_bias = 0.3;
  const auto same_bits = [](const Anchors& x, const Anchors& y) {
    if (x.survey_bias != y.survey_bias) return false;
    for (std::size_t s = 0; s < x.segments.size(); ++s) {
      if (x.segments[s].tenure_cdf != y.segments[s].tenure_cdf) return false;
      for (std::size_t k = 0; k < x.segments[s].solved.size(); ++k) {
        const double a = x.segments[s].solved[k], b = y.segments[s].solved[k];
        if (a != b && !(std::isnan(a) && std::isnan(b))) return false;
      }
    }
    return true;
  };
  EXPECT_TRUE(same_bits(shifted(m, at_values(m, {0.02, 0.02, 0.03}), anchors), anchors));
  const Anchors moved = shifted(m, at_values(m, {0.04, 0.01, 0.03}), anchors);
  EXPECT_EQ(moved.segments[0].solved[0], -3.5 + (math::logit(0.04) - math::logit(0.02)));
  EXPECT_EQ(moved.segments[1].solved[0], -3.5);  // the segment asks for its own
  EXPECT_EQ(moved.segments[0].solved[2], -4.25 + (math::log(0.01) - math::log(0.02)));
  EXPECT_EQ(moved.segments[0].solved[3], -1.5);
  EXPECT_TRUE(std::isnan(moved.segments[0].solved[1]));
  const Anchors own = shifted(m, at_values(m, {0.02, 0.02, 0.05}), anchors);
  EXPECT_EQ(own.segments[0].solved[0], -3.5);
  EXPECT_EQ(own.segments[1].solved[0], -3.5 + (math::logit(0.05) - math::logit(0.03)));
}

TEST(Shifted, AnotherFirmDoesNotKeepTheLevels) {
  const std::string head = "segments: {all: {count: 10}}\n";
  const auto model = [&](const std::string& rest) { return read_model_text(head + rest, "m.yaml"); };
  const Model firm = model("stages: {customer: {fee: 3, churn: {average: 2 %, satisfaction: -0.1}}}");
  const Anchors anchors = unanchored(firm);
  EXPECT_NO_THROW(shifted(firm, firm, anchors));
  for (const char* other :
       {"stages: {customer: {fee: 3, churn: {base: 2 %, satisfaction: -0.1}}}",
        "stages: {customer: {fee: 3, churn: {average: 2 %}, moves: {idle: 1 %}}, idle: {churn: 1 %}}"})
    EXPECT_THROW(shifted(firm, model(other), anchors), ModelError) << other;
  EXPECT_THROW(shifted(model("stages: {customer: {fee: 3, churn: 1 %}, idle: {churn: 1 %}}"),
                       model("stages: {customer: {fee: 3, churn: 1 %}}"), anchors),
               ModelError);
}

TEST(Shifted, TheDrawnFirmLosesAsManyAsItSays) {
  // Without effects the level is the logit of the average: the drawn firm loses what it says, without being
  // anchored.
  const Model m =
      read_model_text("assumptions: {x: {low: 1 %, best: 2 %, high: 4 %}}\nsegments: {all: {count: 10, "
                      "tenure: 0}}\nstages: {customer: {fee: 30, churn: {average: $x, frailty: 0}}}\n",
                      "m.yaml");
  Anchors anchors = unanchored(m);
  anchors.segments[0].solved[0] = math::logit(0.02);
  const Anchors moved = shifted(m, at_values(m, {0.04}), anchors);
  EXPECT_NEAR(math::expit(moved.segments[0].solved[0]), 0.04, 1e-16);
}

TEST(Telecom, TheShippedRegisterCanBeDrawn) {
  const Model m = read_model(std::string(GOODWILL_SOURCE_DIR) + "/scenarios/models/telecom.yaml");
  ASSERT_EQ(m.assumptions.size(), 4u);
  EXPECT_TRUE(check_distributions(m).empty());
  for (const auto& [name, a] : m.assumptions) EXPECT_FALSE(a.source.empty()) << name;
  for (const auto& paths : uses(m)) EXPECT_EQ(paths.size(), 1u);
  for (const auto& values : draw_assumptions(m, 1, 0, 64)) EXPECT_NO_THROW(at_values(m, values));
  EXPECT_EQ(m.investments.find("better_bot")->changes[0].value.value, 0.55);
  EXPECT_EQ(m.events.find("breach")->impulse->trust.value, -0.25);
}

}  // namespace

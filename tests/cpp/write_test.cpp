// Writing: what is written reads back as the same model, and equal models have equal hashes.
#include "sim/file/write.hpp"

#include <gtest/gtest.h>

#include "sim/file/assign.hpp"
#include "sim/file/read.hpp"

namespace {

using namespace goodwill;

constexpr const char* kEverything = R"(
name: "Everything: 'a' \"model\""
about: |
  Two lines
  of text # not a comment
period: week
horizon: 2 years
)"
                                    R"(
currency: EUR
agents: all
assumptions:
  effect: {low: 10 %, best: 20 %, high: 40 %, correlation: {push: 0.4}, source: a test, owner: finance, note: none}
  push: {normal: [0.5, 0.1]}
segments:
  a:
    about: yes
    count: 100
    tenure: {exactly: 1 year}
    stage: customer
    arrivals: {count: 4, stage: prospect}
    expects: {mean: 8, sd: 0.1}
    trust: 0.7
    changes: {customer.fee: {times: 1.5}, customer.churn.average: {set: 1 % / month}}
  b: {count: 50, tenure: 0}
stages:
  prospect: {kind: prospect, churn: {0 weeks: 50 %, 4 weeks: 10 %}, moves: {customer: 5 %, lapsed: otherwise}}
  customer: {fee: 3 / week, margin: 50 %, churn: {average: 2 % / month, satisfaction: -0.3, frailty: 0.5}}
  lapsed: {kind: lapsed, churn: {beta: [1, 9]}, moves: {customer: {base: 1 %, price: -2}}}
channels: {phone: {quality: 7, failure: 0, team: desk, next: {failed: {lost: 1 %}}}}
teams: {desk: {capacity: 100 / week, cost: 3_000 / month}}
journeys:
  support:
    stages: [customer, lapsed]
    starts: {average: 5 %, failures: 0.5}
    first: {call: 50 %, chat: otherwise}
    touchpoints:
      call: {channel: phone, failure: 5 %, wait: 1 hour, who: {failed_ago: 4 to 8 weeks, satisfaction: {below: 5}, stage: customer}}
      chat: {happens: 50 %, next: {ok: done, failed: {call: 30 %, lost: otherwise}, full: call}}
orders: {rate: {average: 1, satisfaction: 0.1}, spread: {gamma: 2}, value: 30, value_cv: 0.5}
referrals: {rate: 0.01, conversion: 20 %, stage: prospect, segment: b}
word_of_mouth: {negative: 1, positive: 0.5, mixing: {a: {a: 3, b: 1}}}
market: {size: {a: 1_000, b: 2_000}, innovation: 1 %, imitation: 20 %, stage: prospect}
survey: {response: {base: 10 %, extreme: 0.2}, nps: 12}
experience: {loss_aversion: 2.5, paradox: true}
finance: {discount: 1 % / month, timing: end, prices: nominal, inflation: 2 %}
investments:
  coaching:
    about: Coaching - the phone
    start: 3
    audience: everybody
    ramp: 4
    lasts: 30
    reach: {a: 50 %, b: 20 %}
    changes: {phone.failure: {set: $effect}, support.first.call: {add: 10 %}, arrivals: {odds: 1}}
    impulse: {trust: $push, who: {surveyed: detractor}}
    cost: {upfront: 1_000, running: 10, per_customer: 0.5, each: {support.call: 3}}
events: {breach: {chance: 1 % / month, lasts: 3}}
scenarios: {coach: [coaching], both: [breach, coaching], nothing: []}
compare: {both: coach}
goals: {nps: {at_least: 10, by: 50}}
)";

std::string without_odds(std::string text) {
  const auto at = text.find(", arrivals: {odds: 1}");
  return text.erase(at, std::string(", arrivals: {odds: 1}").size());
}

TEST(Write, ReadsBackAsTheSameModel) {
  const Model m = read_model_text(without_odds(kEverything), "m.yaml");
  for (Write what : {Write::given, Write::all}) {
    const std::string text = write_model(m, what);
    const Model back = read_model_text(text, "back.yaml");
    EXPECT_EQ(write_model(back, what), text);
    EXPECT_EQ(write_model(back, Write::all), write_model(m, Write::all)) << text;
    EXPECT_EQ(back.name, m.name);
    EXPECT_EQ(back.about, m.about);
    EXPECT_EQ(back.segments.find("a")->about, "yes");
    EXPECT_EQ(back.stages.find("customer")->churn.level.value, m.stages.find("customer")->churn.level.value);
    EXPECT_EQ(back.finance.discount.value, m.finance.discount.value);
    EXPECT_FALSE(back.journeys.find("support")->touchpoints.find("call")->quality.given());
    EXPECT_TRUE(back.channels.find("phone")->failure.given);
  }
}

TEST(Write, OnlyWhatTheModelSays) {
  EXPECT_EQ(write_model(read_model_text(
                "segments: {all: {count: 10}}\nstages: {customer: {fee: 30, churn: 2 %}}\n", "m.yaml")),
            "goodwill: 1\nsegments:\n  all: {count: 10}\nstages:\n  customer: {fee: 30, churn: 0.02}\n");
}

TEST(Write, HashIsOfTheMeaning) {
  const auto hash = [](const std::string& text) { return model_hash(read_model_text(text, "m.yaml")); };
  const std::string plain = "segments: {all: {count: 10}}\nstages: {customer: {fee: 30, churn: 2 %}}\n";
  EXPECT_EQ(hash(plain).size(), 32u);
  EXPECT_EQ(hash(plain), hash("# a comment\nsegments:\n  all: {count: 1_0}\nstages: {customer: {fee: 30, "
                              "churn: 0.02 / month}}\nhorizon: 3 years\n"));
  EXPECT_NE(hash(plain), hash("segments: {all: {count: 11}}\nstages: {customer: {fee: 30, churn: 2 %}}\n"));
  const Model m = read_model_text(plain, "m.yaml");
  EXPECT_EQ(model_hash(assign(m, {{"customer.fee", Node::scalar("30")}})), model_hash(m));
  EXPECT_NE(model_hash(assign(m, {{"customer.fee", Node::scalar("31")}})), model_hash(m));
}

TEST(Write, TextsAreQuotedWhereNeeded) {
  for (const char* text : {"plain", "two words", "- dash", "null", "a: b", "#5", "quote \" and \\ and '",
                           "12", "{x}", "ends ", "$x", "é"}) {
    Model m = read_model_text("segments: {all: {count: 10}}\nstages: {customer: {}}\n", "m.yaml");
    m.about = text;
    EXPECT_EQ(read_model_text(write_model(m), "m.yaml").about, text);
  }
}

TEST(Write, NamesThatYamlReadsAsNothingAreQuoted) {
  const Model model =
      read_model_text("segments: {'null': {count: 5}}\nstages: {'NULL': {churn: 2 %}}\n", "m.yaml");
  const Model again = read_model_text(write_model(model), "again.yaml");
  EXPECT_EQ(again.segments.index("null"), 0);
  EXPECT_EQ(again.stages.index("NULL"), 0);
}

}  // namespace

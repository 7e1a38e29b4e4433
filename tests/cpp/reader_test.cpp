// What the reader makes of values: units, spans of time, responses, and what people write.
#include "sim/file/reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/file/assign.hpp"
#include "tests/cpp/firms.hpp"

namespace {

using namespace goodwill;

TEST(Reader, UnitsConvertToThePeriod) {
  const Model m = read_model_text(R"(
period: year
horizon: 36 months
segments: {all: {count: 1_000, arrivals: 10 / month, tenure: 6 months}}
stages: {customer: {fee: 30 / month, churn: 1 % / month}}
orders: {rate: 2 / month, spread: {gamma: 1.5}, value: 40}
)",
                                  "m.yaml");
  EXPECT_DOUBLE_EQ(m.horizon, 3);
  EXPECT_DOUBLE_EQ(m.segments.find("all")->arrivals, 120);
  EXPECT_DOUBLE_EQ(*m.segments.find("all")->tenure, 0.5);
  EXPECT_DOUBLE_EQ(m.stages.find("customer")->fee, 360);
  EXPECT_NEAR(m.stages.find("customer")->churn.level, 1 - std::pow(0.99, 12), 1e-12);
  EXPECT_DOUBLE_EQ(m.orders->rate.level, 24);
  EXPECT_DOUBLE_EQ(m.orders->spread, 1.5);
}

TEST(Reader, SpansOfTimeAreWholePeriodsUpToTwoPercent) {
  const Model m = read_model_text(
      "period: week\nhorizon: 2 years\nsegments: {all: {count: 1, tenure: {exactly: 6 months}}}\n"
      "stages: {customer: {churn: {0 days: 2 %, 3 months: 1 %}}}\n"
      "events: {strike: {start: 3, ramp: 14 days, lasts: 91 days}}\n",
      "m.yaml");
  EXPECT_EQ(m.horizon.value, 104);                                 // 104.29
  EXPECT_EQ(m.segments.find("all")->tenure->value, 26);            // 26.07
  EXPECT_EQ(m.stages.find("customer")->churn.table[1].first, 13);  // 13.04
}

TEST(Reader, ResponsesInAllForms) {
  const Model m = read_model_text(R"(
segments: {all: {count: 1}}
stages:
  customer:
    churn: {0 months: 5 %, 12 months: 2 %}
    moves: {resting: {base: 1 %, tenure: -0.2}, gone: otherwise}
  resting: {kind: lapsed, churn: {beta: [1, 20]}}
  gone: {kind: lapsed}
)",
                                  "m.yaml");
  const Stage& customer = *m.stages.find("customer");
  EXPECT_EQ(customer.churn.form, Response::Form::table);
  EXPECT_EQ(customer.churn.table[1].first.value, 12);
  EXPECT_DOUBLE_EQ(customer.churn.table[1].second, 0.02);
  EXPECT_EQ(customer.moves.find("resting")->form, Response::Form::base);
  EXPECT_TRUE(customer.moves.find("gone")->otherwise);
  EXPECT_DOUBLE_EQ(m.stages.find("resting")->churn.beta, 20);
}

TEST(Reader, WhatPeopleWrite) {
  const Model m = read_model_text(R"(
period: week
segments: {all: {count: 10}}
stages:
  customer: {shares: true, churn: 20 %, moves: {gold: 30 %, silver: 30 %}}
  gold: {churn: 50 %, moves: {silver: 60 %}}
  silver: {moves: {gold: 10 % / period, lost: otherwise}}
finance: {discount: 0.1 % / period}
events: {a: {start: period 3, lasts: 2 periods}}
goals:
  churn: {at_most: 2.5 % / month}
  csat: {at_least: 80 %}
  satisfaction: {at_least: 7 points}
  customers: {at_least: 9_000, by: week 30}
)",
                                  "m.yaml");
  EXPECT_NEAR(m.finance.discount, std::pow(1.001, 365.0 / 7) - 1, 1e-12);
  EXPECT_EQ(m.events.find("a")->start, 3);
  EXPECT_EQ(*m.events.find("a")->lasts, 2);
  EXPECT_NEAR(*m.goals.find("churn")->at_most, 1 - std::pow(0.975, 12 * 7 / 365.0), 1e-12);
  EXPECT_EQ(*m.goals.find("csat")->at_least, 0.8);
  EXPECT_TRUE(m.stages.find("silver")->moves.find("lost")->otherwise);
  EXPECT_EQ(assign(m, {{"goals.csat.at_least", Node::scalar("70 %")}}).goals.find("csat")->at_least->value,
            0.7);
}

TEST(Reader, SpacesThatAreNone) {
  const std::string nbsp = "\xC2\xA0";
  EXPECT_EQ(
      problems_of("segments:\n" + nbsp + nbsp + "all: {count: 10}\nstages: {c: {}}\n"),
      "m.yaml:2:1: a no-break space (U+00A0) in the indentation looks like a space and is none; use ordinary "
      "spaces\n");
  for (const std::string& text :
       {"segments:\n  all:\n  " + nbsp + " count: 10\nstages: {c: {}}\n",
        "segments:\n  all:\n    tenure: 3\n  " + nbsp + " count: 10\nstages: {c: {}}\n"})
    EXPECT_NE(problems_of(text).find("a no-break space (U+00A0) in the indentation"), std::string::npos)
        << problems_of(text);
  for (const std::string& text : {"horizon:" + nbsp + "12\nsegments: {a: {}}\nstages: {c: {}}\n",
                                  "segments: {a: {}}\nstages: {c: {fee:" + nbsp + "12}}\n"})
    EXPECT_NE(problems_of(text).find("a no-break space (U+00A0) after ':'"), std::string::npos)
        << problems_of(text);
  EXPECT_EQ(problems_of("# a:" + nbsp + "comment\nabout: |\n  " + nbsp + "indented\nsegments: {a: {count: 2" +
                        nbsp + "}}\nstages: {c: {}}\n"),
            "");
}

/// A value that cannot be read is reported once, without faults that follow from it.
TEST(Reader, NoConsequencesOfANumberThatCannotBeRead) {
  const auto lines = [](const std::string& text) {
    const std::string found = problems_of("segments: {a: {}}\nstages: {c: " + text);
    return std::count(found.begin(), found.end(), '\n');
  };
  EXPECT_EQ(lines("{churn: {0 months: 1 %, x months: 2 %, 6 months: 3 %}}}\n"), 1);
  EXPECT_EQ(lines("{}}\njourneys: {j: {starts: 1 %, touchpoints: {t: {who: {failed_ago: 3 to 2 weeks}}}}}\n"),
            2);
}

TEST(Reader, SegmentsChangeOnlyThemselves) {
  const std::string found = problems_of(R"(segments:
  a: {count: 1, changes: {b.arrivals: {set: 3}, arrivals: {times: 2}, customer.churn.average: {set: 1 %}}}
  b: {count: 1}
stages: {customer: {churn: {average: 2 %, satisfaction: -0.1}}}
)");
  EXPECT_EQ(found, "m.yaml:2:27: a.changes.b.arrivals: this belongs to the segment 'b'\n");
}

}  // namespace

// Paths: every way to write one, ambiguity, nearest names, reading and assigning values.
#include "sim/change/path.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/file/assign.hpp"
#include "sim/file/read.hpp"

namespace {

using namespace goodwill;

const Model& model() {
  static const Model m = read_model_text(R"(
horizon: 3 years
segments:
  flex: {count: 60_000, arrivals: 1_400 / month, expects: {mean: 7.5, sd: 0.5}}
  contract: {count: 140_000, arrivals: 1_300 / month}
stages:
  customer:
    fee: 38
    churn: {average: 2 % / month, satisfaction: -0.3}
    moves: {notice: {average: 0.8 % / month, trust: -0.8}}
  notice: {fee: 38, churn: 100 %}
channels:
  phone: {quality: 7.6, failure: 14 %}
  bot: {failure: 45 %}
journeys:
  support:
    starts: 14 % / month
    first: {bot: 30 %, call: otherwise}
    touchpoints:
      bot: {channel: bot, next: {failed: call}}
      call: {channel: phone, next: {failed: {lost: 2 %}}}
  win_back:
    stages: [notice]
    starts: 0 %
    touchpoints:
      offer: {channel: phone, next: {customer: 30 %}}
survey: {response: 15 %}
referrals: {rate: {average: 0.006 / month, satisfaction: 0.35}}
investments: {coaching: {start: 3, changes: {phone.quality: {add: $effect}, flex.arrivals: {times: 1.1}}}}
assumptions: {effect: {low: 0.1, best: 0.4, high: 0.8}}
scenarios: {coach: [coaching]}
)",
                                         "m.yaml");
  return m;
}

struct Way {
  const char* path;
  const char* full;
};

TEST(Path, ManyWaysLeadToOnePlace) {
  const Way ways[] = {
      {"support.call.failure", "journeys.support.touchpoints.call.failure"},
      {"journeys.support.touchpoints.call.failure", "journeys.support.touchpoints.call.failure"},
      {"support.touchpoints.call.failure", "journeys.support.touchpoints.call.failure"},
      {"phone.quality", "channels.phone.quality"},
      {"bot.failure", "channels.bot.failure"},
      {"support.first.bot", "journeys.support.first.bot"},
      {"win_back.offer.next.customer", "journeys.win_back.touchpoints.offer.next.customer"},
      {"support.call.next.failed.lost", "journeys.support.touchpoints.call.next.failed.lost"},
      {"customer.churn", "stages.customer.churn"},
      {"customer.churn.average", "stages.customer.churn.average"},
      {"customer.churn.satisfaction", "stages.customer.churn.satisfaction"},
      {"customer.moves.notice.average", "stages.customer.moves.notice.average"},
      {"customer.moves.notice.frailty", "stages.customer.moves.notice.frailty"},
      {"survey.response", "survey.response"},
      {"experience.learning", "experience.learning"},
      {"flex.expects", "segments.flex.expects"},
      {"flex.expects.sd", "segments.flex.expects.sd"},
      {"flex.arrivals", "segments.flex.arrivals"},
      {"referrals.rate", "referrals.rate"},
      {"horizon", "horizon"},
      {"win_back.stages", "journeys.win_back.stages"},
      {"win_back", "journeys.win_back"},
      {"investments.coaching.start", "investments.coaching.start"},
  };
  for (const Way& way : ways)
    EXPECT_EQ(resolve(model(), way.path), std::vector<std::string>{way.full}) << way.path;
}

TEST(Path, BareSegmentFieldMeansEverySegment) {
  EXPECT_EQ(resolve(model(), "arrivals"),
            (std::vector<std::string>{"segments.flex.arrivals", "segments.contract.arrivals"}));
  EXPECT_EQ(resolve(model(), "expects.sd"),
            (std::vector<std::string>{"segments.flex.expects.sd", "segments.contract.expects.sd"}));
}

std::string problem_of(const Model& m, const std::string& path) {
  try {
    resolve(m, path);
  } catch (const ModelError& error) {
    return error.problems()[0].text;
  }
  return "";
}

TEST(Path, UnknownOnesAreToldTheNearest) {
  EXPECT_EQ(problem_of(model(), "suport.call.failure"),
            "'suport.call.failure' is not a path of this model; did you mean 'support.call.failure'?");
  EXPECT_NE(problem_of(model(), "support.call.failur").find("did you mean 'support.call.failure'?"),
            std::string::npos);
  EXPECT_NE(problem_of(model(), "zzz"), "");
  EXPECT_EQ(problem_of(model(), "churn"),
            "'churn' is not a path of this model; did you mean 'customer.churn' or 'notice.churn'?");
  EXPECT_NE(problem_of(model(), ""), "");
  EXPECT_NE(problem_of(model(), "..."), "");
}

TEST(Path, AmbiguousOnesAreListed) {
  const Model m = read_model_text(R"(
segments: {gold: {count: 1}}
stages: {gold: {fee: 3}}
channels: {desk: {quality: 8}}
journeys: {desk: {starts: 1 %, touchpoints: {quality: {}}}}
)",
                                  "m.yaml");
  EXPECT_EQ(problem_of(m, "gold"), "'gold' can mean several things; write one of: segments.gold stages.gold");
  EXPECT_EQ(problem_of(m, "gold.fee"), "");
  EXPECT_EQ(problem_of(m, "desk.quality"), "'desk.quality' can mean several things; write one of: "
                                           "channels.desk.quality journeys.desk.touchpoints.quality");
  EXPECT_EQ(PathIndex(m).find("desk.quality", PathIndex::Purpose::change).problem, "")
      << "only the number can be changed";
}

TEST(Path, ListHoldsWhatCanBeChanged) {
  const auto all = paths(model());
  const auto has = [&](const char* path) { return std::find(all.begin(), all.end(), path) != all.end(); };
  for (const char* path : {"support.call.failure", "customer.churn", "customer.churn.average",
                           "support.first.bot", "flex.arrivals"})
    EXPECT_TRUE(has(path)) << path;
  for (const char* path : {"investments.coaching.start", "investments.coaching.cost.upfront"})
    EXPECT_TRUE(has(path)) << path;
  for (const char* path : {"horizon", "flex.count", "finance.discount", "support.call"})
    EXPECT_FALSE(has(path)) << path;
  for (const std::string& path : all) EXPECT_EQ(resolve(model(), path).size(), 1u) << path;
}

TEST(Path, GetReadsTheEffectiveValue) {
  EXPECT_EQ(get_text(model(), "support.call.failure"), "0.14");
  EXPECT_EQ(get_text(model(), "customer.churn.average"), "0.02");
  EXPECT_EQ(get_text(model(), "customer.churn.satisfaction"), "-0.3");
  EXPECT_EQ(get_text(model(), "support.first.bot"), "0.3");
  EXPECT_EQ(get_text(model(), "horizon"), "36");
  EXPECT_EQ(get_text(model(), "win_back.stages"), "[notice]");
  EXPECT_EQ(get(model(), "arrivals").find("contract")->text, "1300");
  EXPECT_EQ(get(model(), "customer.churn").find("average")->text, "0.02");
  EXPECT_THROW(get(model(), "customer.chrn"), ModelError);
}

TEST(Assign, ValuesInTheGrammarOfTheFile) {
  const Model m = assign(model(), {{"support.call.failure", Node::scalar("20 %")},
                                   {"customer.churn", Node::scalar("3 % / month")},
                                   {"arrivals", Node::scalar("12_000 / year")},
                                   {"support.first.call", Node::scalar("50 %")},
                                   {"horizon", Node::scalar("2 years")}});
  EXPECT_DOUBLE_EQ(m.journeys.find("support")->touchpoints.find("call")->failure, 0.2);
  EXPECT_EQ(m.stages.find("customer")->churn.form, Response::Form::average);
  EXPECT_DOUBLE_EQ(m.stages.find("customer")->churn.level, 0.03);
  EXPECT_DOUBLE_EQ(m.stages.find("customer")->churn.effects.satisfaction, -0.3);
  EXPECT_DOUBLE_EQ(m.segments.find("contract")->arrivals, 1000);
  EXPECT_DOUBLE_EQ(m.journeys.find("support")->first->arrows[1].share, 0.5);
  EXPECT_FALSE(m.journeys.find("support")->first->arrows[1].otherwise);
  EXPECT_EQ(m.horizon.value, 24);
  EXPECT_EQ(model().horizon.value, 36);
}

Node mapping(std::vector<std::pair<std::string, Node>> members) {
  Node node;
  node.kind = Node::Kind::mapping;
  for (auto& [key, value] : members) node.members.emplace_back(Node::scalar(key), value);
  return node;
}

TEST(Assign, WholeSubtreesAndNewNames) {
  Model solved = model();
  solved.stages.find("customer")->churn.solved = -4;
  const Model m = assign(
      solved, {{"customer.churn", mapping({{"base", Node::scalar("1 %")}, {"trust", Node::scalar("-1")}})},
               {"support.call", mapping({{"quality", Node::scalar("8")}})},
               {"investments.new", mapping({{"start", Node::scalar("5")}})},
               {"scenarios.plan", Node::scalar("new")},
               {"orders", mapping({{"rate", Node::scalar("2 / month")}})},
               {"assumptions.effect", mapping({{"low", Node::scalar("0.2")},
                                               {"best", Node::scalar("0.5")},
                                               {"high", Node::scalar("0.9")}})}});
  EXPECT_EQ(m.stages.find("customer")->churn.form, Response::Form::base);
  EXPECT_DOUBLE_EQ(m.stages.find("customer")->churn.effects.satisfaction, 0);
  EXPECT_TRUE(std::isnan(m.stages.find("customer")->churn.solved));
  EXPECT_DOUBLE_EQ(m.journeys.find("support")->touchpoints.find("call")->quality.mean, 8);
  EXPECT_EQ(m.journeys.find("support")->touchpoints.find("call")->channel, "phone");
  EXPECT_EQ(m.investments.find("new")->start.value, 5);
  EXPECT_EQ(m.scenarios.find("plan")->size(), 1u);
  ASSERT_TRUE(m.orders);
  EXPECT_DOUBLE_EQ(m.orders->rate.level, 2);
  EXPECT_DOUBLE_EQ(m.investments.find("coaching")->changes[0].value, 0.5);
}

TEST(Path, WhatChangesDoIsANumberToo) {
  const auto all = paths(model());
  const std::string add = "investments.coaching.changes.phone.quality.add",
                    times = "investments.coaching.changes.flex.arrivals.times";
  for (const std::string& path : {add, times}) {
    EXPECT_NE(std::find(all.begin(), all.end(), path), all.end()) << path;
    EXPECT_EQ(resolve(model(), path), std::vector{path});
  }
  EXPECT_EQ(get_text(model(), add), "$effect");
  const Model m = assign(model(), {{add, Node::scalar("-0.25")}, {times, Node::scalar("1.5")}});
  const Investment& coaching = *m.investments.find("coaching");
  EXPECT_EQ(coaching.changes[0].value.value, -0.25);
  EXPECT_TRUE(coaching.changes[0].value.assumption.empty());
  EXPECT_EQ(coaching.changes[1].value.value, 1.5);
  EXPECT_EQ(get_text(m, times), "1.5");
  EXPECT_EQ(get_text(assign(m, {{times, Node::scalar("1.1")}}), times), get_text(model(), times));
}

TEST(Path, WhatChangesDoIsRefusedLikeAnyNumber) {
  const std::string times = "investments.coaching.changes.flex.arrivals.times";
  for (const auto& [value, why] :
       {std::pair{Node::scalar("-1"), "out of bounds"}, std::pair{Node::scalar("a lot"), "a lot"},
        std::pair{mapping({{"set", Node::scalar("2")}}), "expected a share"}})
    try {
      assign(model(), {{times, value}});
      ADD_FAILURE() << why;
    } catch (const ModelError& error) {
      EXPECT_EQ(error.problems().size(), 1u) << error.what();
      EXPECT_NE(std::string(error.what()).find(times), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
    }
}

TEST(Path, AnInvestmentCannotChangeAnInvestment) {
  EXPECT_THROW(
      assign(model(), {{"investments.other",
                        mapping({{"changes", mapping({{"investments.coaching.changes.phone.quality.add",
                                                       mapping({{"times", Node::scalar("2")}})}})}})}}),
      ModelError);
}

TEST(Assign, TellsAllMistakes) {
  try {
    assign(model(), {{"support.call.failure", Node::scalar("2")},
                     {"suport.call", Node::scalar("2")},
                     {"period", Node::scalar("week")},
                     {"win_back.stages", Node::scalar("nowhere")},
                     {"customer.churn", Node::scalar("0 %")}});
    FAIL();
  } catch (const ModelError& error) {
    std::string all = error.what();
    EXPECT_GE(error.problems().size(), 5u) << all;
    for (const char* text :
         {"support.call.failure: '2' is out of bounds; accepted: 0 % to 100 %; did you mean 2 %?",
          "'suport.call' is not a path of this model; did you mean 'support.call'?",
          "the period cannot be assigned", "'nowhere' is not a stage",
          "an observed average lies strictly inside its bounds"})
      EXPECT_NE(all.find(text), std::string::npos) << text << " in " << all;
  }
}

}  // namespace

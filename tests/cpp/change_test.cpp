// How changes act: operations, ramps, channels, branches, anchored levels, conflicts.
#include "sim/change/change.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/file/read.hpp"
#include "sim/random/math64.hpp"

namespace {

using namespace goodwill;

std::string text_of(const std::string& changes) {
  return R"(
segments: {all: {count: 10, arrivals: 100, expects: 7}}
stages:
  customer:
    fee: 30
    churn: {average: 2 % / month, satisfaction: -0.3}
    moves: {resting: {base: 4 %, trust: -0.5}}
  resting: {churn: {0 months: 10 %, 12 months: 4 %}}
channels: {phone: {quality: 7, failure: 20 %}}
journeys:
  support:
    starts: 10 %
    first: {bot: 30 %, call: 50 %, chat: 10 %}
    touchpoints:
      bot: {next: {call: 40 %, chat: otherwise}}
      call: {channel: phone}
      chat: {channel: phone, failure: 6 %}
referrals: {rate: {average: 0.01, satisfaction: 0.3}}
investments:
)" + changes;
}

/// A model, one scenario of all its investments, applied at ramp `f`.
struct Applied {
  Model base, changed;
  std::vector<Problem> problems;

  explicit Applied(const std::string& changes, double f = 1, double solved = std::nan(""))
      : base(read_model_text(text_of(changes), "m.yaml")), changed(base) {
    changed.stages.find("customer")->churn.solved = solved;
    const ChangeSet set(base);
    std::vector<TimedChange> timed;
    int intervention = 0;
    for (const auto& [name, i] : base.investments) {
      for (const Change& c : i.changes) timed.push_back({&c, f, intervention});
      ++intervention;
    }
    set.apply(changed, timed, problems);
  }
  const Touchpoint& point(const char* name) const {
    return *changed.journeys.find("support")->touchpoints.find(name);
  }
  double first(std::size_t arrow) const {
    return changed.journeys.find("support")->first->arrows[arrow].share;
  }
  const Response& churn() const { return changed.stages.find("customer")->churn; }
};

struct Operation {
  const char* change;
  double ramp, fee;
};

TEST(Change, OperationsAndRamp) {
  const Operation operations[] = {
      {"{set: 40}", 1, 40},  {"{set: 40}", 0.5, 35},     {"{add: 6}", 1, 36},     {"{add: -6}", 0.5, 27},
      {"{times: 2}", 1, 60}, {"{times: 2}", 0.25, 37.5}, {"{times: 1}", 0.3, 30}, {"{add: 0}", 1, 30},
  };
  for (const Operation& o : operations) {
    const Applied a(std::string("  i: {changes: {customer.fee: ") + o.change + "}}", o.ramp);
    EXPECT_DOUBLE_EQ(a.changed.stages.find("customer")->fee, o.fee) << o.change << " at " << o.ramp;
    EXPECT_TRUE(a.problems.empty());
  }
}

TEST(Change, OperandsHaveTheUnitsOfTheirField) {
  const Applied a("  i: {changes: {customer.fee: {times: 85 %}, phone.failure: {add: -2 %}, phone.quality: "
                  "{add: 0.4 points}, "
                  "customer.moves.resting: {add: -12 % / year}}}");
  EXPECT_TRUE(a.problems.empty());
  EXPECT_DOUBLE_EQ(a.changed.stages.find("customer")->fee, 25.5);
  EXPECT_DOUBLE_EQ(a.point("call").failure, 0.18);
  EXPECT_DOUBLE_EQ(a.point("call").quality.mean, 7.4);
  EXPECT_NEAR(a.changed.stages.find("customer")->moves.find("resting")->level,
              0.04 - (1 - std::pow(0.88, 1.0 / 12)), 1e-12);
}

TEST(Change, OddsMultiplyByAPowerOfTheRamp) {
  const Applied full("  i: {changes: {phone.failure: {odds: 3}}}");
  EXPECT_DOUBLE_EQ(full.point("call").failure, 0.25 * 3 / (1 + 0.25 * 3));
  const Applied half("  i: {changes: {phone.failure: {odds: 3}}}", 0.5);
  EXPECT_NEAR(half.point("call").failure, 0.25 * std::sqrt(3) / (1 + 0.25 * std::sqrt(3)), 1e-15);
  EXPECT_EQ(Applied("  i: {changes: {phone.failure: {odds: 1}}}", 0.3).point("call").failure.value, 0.2);
}

TEST(Change, ChannelsReachTouchpointsThatDoNotSpeakForThemselves) {
  const Applied a("  i: {changes: {support.call.failure: {add: 1 %}, phone.failure: {times: 0.5}}}");
  EXPECT_DOUBLE_EQ(a.point("call").failure, 0.11) << "channel first, whatever the order";
  EXPECT_DOUBLE_EQ(a.point("chat").failure, 0.06);
  EXPECT_EQ(a.point("call").quality.mean, 7);
  EXPECT_EQ(a.point("bot").quality.mean, 7.5);
  EXPECT_FALSE(a.point("call").quality.given());
  EXPECT_TRUE(a.point("call").failure.given);
}

TEST(Change, TheOthersOfABranchShareWhatIsLeft) {
  const Applied one("  i: {changes: {support.first.bot: {set: 65 %}}}");
  EXPECT_DOUBLE_EQ(one.first(0), 0.65);
  EXPECT_NEAR(one.first(1), 0.25, 1e-15);
  EXPECT_NEAR(one.first(2), 0.05, 1e-15) << "and `done` has the other 5 %";
  const Applied together(
      "  i: {changes: {support.first.bot: {set: 50 %}, support.first.call: {times: 0.8}}}");
  EXPECT_DOUBLE_EQ(together.first(0), 0.5);
  EXPECT_DOUBLE_EQ(together.first(1), 0.4);
  EXPECT_NEAR(together.first(2), 0.05, 1e-15);
  const Applied apart(
      "  i: {changes: {support.first.bot: {set: 50 %}}}\n  j: {changes: {support.first.call: {times: 0.8}}}");
  EXPECT_NEAR(apart.first(1), 0.5 * 0.5 / 0.7 * 0.8, 1e-15);
  const Applied null("  i: {changes: {support.first.bot: {set: 30 %}}}");
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(null.first(i), null.base.journeys.find("support")->first->arrows[i].share.value);
}

TEST(Change, OtherwiseTakesWhatIsLeft) {
  const Applied a("  i: {changes: {support.bot.next.call: {set: 70 %}}}");
  EXPECT_TRUE(a.point("bot").next.plain->arrows[1].otherwise);
  const Applied b("  i: {changes: {support.bot.next.chat: {times: 0.5}}}");
  const auto& arrows = b.point("bot").next.plain->arrows;
  EXPECT_FALSE(arrows[1].otherwise);
  EXPECT_DOUBLE_EQ(arrows[1].share, 0.3);
  EXPECT_NEAR(arrows[0].share, 0.7, 1e-15);
}

TEST(Change, AnchoredLevelsAreCarriedOver) {
  const Applied a("  i: {changes: {customer.churn: {times: 0.5}}}", 1, -4.25);
  EXPECT_DOUBLE_EQ(a.churn().level, 0.01);
  EXPECT_DOUBLE_EQ(a.churn().solved, -4.25 + math::logit(0.01) - math::logit(0.02));
  EXPECT_EQ(Applied("  i: {changes: {customer.churn: {set: 2 %}}}", 1, -4.25).churn().solved, -4.25);
  EXPECT_EQ(Applied("  i: {changes: {customer.churn: {odds: 1}}}", 0.5, -4.25).churn().solved, -4.25);
  EXPECT_TRUE(std::isnan(Applied("  i: {changes: {customer.churn: {set: 1 %}}}").churn().solved));
  EXPECT_EQ(Applied("  i: {changes: {customer.churn: {set: 0 %}}}", 1, -4.25).churn().solved, -HUGE_VAL);
}

TEST(Change, SegmentsStandBeforeAnchoring) {
  Model m = read_model_text(
      text_of("  i: {}").replace(
          text_of("  i: {}").find("expects: 7"), 10,
          "changes: {customer.churn.average: {set: 3 %}, customer.fee: {add: 1}, arrivals: {times: 2}}"),
      "m.yaml");
  Model copy = m;
  copy.stages.find("customer")->churn.solved = -3.5;
  std::vector<TimedChange> timed;
  for (const Change& c : m.segments.items[0].second.changes) timed.push_back({&c, 1, -1});
  std::vector<Problem> problems;
  ChangeSet(m).apply(copy, timed, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_DOUBLE_EQ(copy.stages.find("customer")->churn.level, 0.03);
  EXPECT_EQ(copy.stages.find("customer")->churn.solved, -3.5);
  EXPECT_EQ(copy.segments.find("all")->arrivals.value, 200);
}

TEST(Change, LevelsOfOtherForms) {
  const Applied a("  i: {changes: {customer.moves.resting: {odds: 2}, resting.churn: {times: 0.5}, "
                  "support.starts: {set: 20 %}, "
                  "customer.churn.satisfaction: {times: 2}, referrals.rate: {times: 3}}}");
  EXPECT_DOUBLE_EQ(a.changed.stages.find("customer")->moves.find("resting")->level, 0.08 / 1.04);
  EXPECT_DOUBLE_EQ(a.changed.stages.find("resting")->churn.table[0].second, 0.05);
  EXPECT_DOUBLE_EQ(a.changed.stages.find("resting")->churn.table[1].second, 0.02);
  EXPECT_DOUBLE_EQ(a.changed.journeys.find("support")->starts.level, 0.2);
  EXPECT_DOUBLE_EQ(a.churn().effects.satisfaction, -0.6);
  EXPECT_DOUBLE_EQ(a.changed.referrals->rate.level, 0.03);
}

TEST(Change, TwoSetsOnOnePathAreAConflict) {
  const Applied conflict(
      "  i: {changes: {phone.failure: {set: 1 %}}}\n  j: {changes: {channels.phone.failure: {set: 2 %}}}");
  ASSERT_EQ(conflict.problems.size(), 1u);
  EXPECT_EQ(conflict.problems[0].str(),
            "m.yaml:21:17: channels.phone.failure: two active investments set this; only one can");
  const Applied fine(
      "  i: {changes: {phone.failure: {set: 1 %}}}\n  j: {changes: {phone.failure: {times: 2}}}");
  EXPECT_TRUE(fine.problems.empty());
  EXPECT_DOUBLE_EQ(fine.point("call").failure, 0.02);
}

TEST(Change, ResultsStayInBounds) {
  const Applied a("  i: {changes: {phone.quality: {add: 2}}}\n  j: {changes: {phone.quality: {add: 1.5}}}");
  ASSERT_EQ(a.problems.size(), 1u);
  EXPECT_EQ(a.problems[0].text, "the change leads to 10.5; accepted: 0 to 10");
  const Applied branch("  i: {changes: {support.first.bot: {set: 70 %}, support.first.call: {set: 30 %}}}\n"
                       "  j: {changes: {support.first.bot: {times: 1.2}, support.first.call: {times: 1.2}}}");
  ASSERT_EQ(branch.problems.size(), 1u);
  EXPECT_EQ(branch.problems[0].text, "with this change the branch adds up to 120 %; at most 100 %");
}

TEST(Change, NothingChangesNothing) {
  const Model m = read_model_text(text_of("  i: {}"), "m.yaml");
  Model once = m;
  inherit_channels(once);
  Model copy = m;
  std::vector<Problem> problems;
  apply_changes(copy, {}, problems);
  const PathIndex index(once);
  for (const Place& place : index.places()) {
    const Slot a = place.address.in(once), b = place.address.in(copy);
    if (const auto* const* n = std::get_if<Number*>(&a)) {
      EXPECT_EQ((*n)->value, std::get<Number*>(b)->value) << place.full();
    }
  }
}

}  // namespace

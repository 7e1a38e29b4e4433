// The reader: whole models, units, includes, and the wording of every mistake.
#include "sim/file/read.hpp"

#include "sim/file/assign.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace {

using namespace goodwill;
namespace fs = std::filesystem;

constexpr const char* kTelecom = R"yaml(goodwill: 1
name: Mobile operator
about: Flexible and contract subscribers; help by bot, phone and social media; a notice month in which they may be won back.
horizon: 3 years
currency: EUR
agents: 20_000  # simulated customers; each stands for count / agents real ones

segments:
  flex:
    about: Month to month, young, compares prices every spring.
    count: 60_000
    tenure: 18 months  # how long they have been with us, on average
    arrivals: 1_400 / month
    acquisition_cost: 60
    changes:  # one grammar for segment, investment and event
      customer.fee: {set: 19}
      notice.fee: {set: 19}
      customer.moves.notice.average: {set: 2.4 % / month}
      support.first.bot: {set: 45 %}  # the other branches shrink in proportion
  contract:
    about: Families on a yearly plan; they call when something breaks and stay when it is mended.
    count: 140_000
    tenure: 4 years
    arrivals: 1_300 / month
    acquisition_cost: 140

stages:
  customer:
    fee: 38
    margin: 62 %
    service_cost: 3
    moves:
      notice: {average: 0.8 % / month, satisfaction: -0.35, trust: -0.8, failures: 0.4, frailty: 0.5}  # average
  notice:                           # has given notice, still pays this month
    fee: 38
    margin: 62 %
    service_cost: 3
    churn: 100 %

channels:
  app:    {quality: 7.4, sd: 1.0, failure: 2 %,  recovery: 50 %, cost: 0.02}
  bot:    {quality: 6.8, sd: 1.8, failure: 45 %, cost: 0.40, quality_failed: 4}
  phone:  {quality: 7.6, sd: 1.6, failure: 14 %, recovery: 40 %, cost: 6.50, recovery_cost: 12}
  social: {quality: 7.6, sd: 1.4, failure: 12 %, recovery: 55 %, cost: 1.20, recovery_cost: 8}

journeys:
  bill:
    starts: 100 %
    touchpoints:
      bill: {channel: app, weight: 0.3}
  support:
    starts: {average: 14 % / month, failures: 0.9}
    first: {bot: 30 %, call: 60 %, social: 10 %}
    touchpoints:
      bot:    {channel: bot, next: {failed: call}}  # next by outcome
      call:   {channel: phone, weight: 1.5}
      social: {channel: social}
  win_back:
    stages: [notice]
    starts: 0 %                     # nobody is called today; an investment may change that
    touchpoints:
      offer: {channel: phone, failure: 0 %, next: {customer: 30 %}}

referrals: {rate: {average: 0.006 / month, satisfaction: 0.35}, conversion: 40 %}
survey: {response: 15 %}
finance: {discount: 10 %}
goals:
  nps: {at_least: 10, by: month 24}
)yaml";

constexpr const char* kTelecomWhatif = R"yaml(model: telecom.yaml
assumptions:  # the register of doubtful numbers: what finance signs
  bot_solves:   {low: 0.40, best: 0.55, high: 0.75, source: vendor pilot of 6 weeks, note: times on the bot's failure}
  coaching:     {low: 0.1, best: 0.4, high: 0.8, source: expert judgement, unit: points of quality}
  acceptance:   {low: 22 %, best: 35 %, high: 45 %, source: test in one region}
  breach_trust: {low: -0.45, best: -0.25, high: -0.10, source: expert judgement}

investments:
  better_bot:
    about: New language model, hands over with the whole conversation.
    start: 4
    ramp: 6
    cost: {upfront: 900_000, running: 40_000 / month}
    changes:
      bot.failure: {times: $bot_solves}
      support.first.bot: {times: 1.5}
  coaching:
    about: Coaching and authority to compensate, phone agents.
    start: 3
    ramp: 9
    cost: {upfront: 150_000, running: 60_000 / month}
    changes:
      phone.quality: {add: $coaching}
      phone.recovery: {odds: 2.0}
  save_desk:
    about: Call every customer who gives notice.
    start: 2
    cost: {upfront: 80_000, running: 12_000 / month, each: {win_back.offer: 25}}
    changes:
      win_back.starts: {set: 70 %}
      win_back.offer.next.customer: {set: $acceptance}

events:
  breach:
    about: Customer data stolen; a third of the customers concerned.
    start: 12
    lasts: 6                        # default 1
    reach: 33 %
    impulse: {trust: $breach_trust, satisfaction: -1.0}      # without `who`: once, in the first period
    changes:
      arrivals: {times: 0.85}
    cost: {upfront: 1_200_000}

scenarios:
  digital: [better_bot]
  people: [coaching]
  save: [save_desk]
  all: [better_bot, coaching, save_desk]
  breach: [breach]
  all_in_breach: [breach, better_bot, coaching, save_desk]
compare:
  all_in_breach: breach             # default comparison is the baseline
)yaml";

constexpr const char* kHotel = R"yaml(goodwill: 1
name: Resort hotel
about: Guests come back when they want; nobody tells us when he is lost. A weak shower, its repair, and a gift a year later.
horizon: 5 years
currency: USD
agents: 20_000

segments:
  leisure:
    about: Couples, twice a year, pay themselves, tell friends.
    count: 24_000
    tenure: 3 years
    arrivals: 450 / month
    acquisition_cost: 35
  business:
    about: The client pays; comes for the work, tweets about the shower.
    count: 8_000
    tenure: 2 years
    arrivals: 200 / month
    acquisition_cost: 20
    expects: 7.8
    changes:
      stay.starts.average: {set: 22 % / month}
      stay.check_out.earns: {set: 310}

stages:
  guest:
    churn: {average: 1.8 % / month, satisfaction: -0.4, trust: -0.8, frailty: 0.6}   # silent: not seen by the hotel

journeys:
  stay:
    starts: {average: 11 % / month, satisfaction: 0.15}
    touchpoints:
      arrive: {quality: 8.2, sd: 1.2, failure: 3 %, recovery: 60 %, next: gift}
      gift:  # who, happens
        who: {failed_ago: 12 to 24 months}      # we remember the shower
        happens: 0 %                            # not today
        quality: 9.5
        sd: 0.5
        weight: 2
        next: room
      room:
        quality: 8.0
        sd: 1.3
        weight: 2
        failure: 9 %                            # the weak shower
        recovery: 30 %                          # repaired the same day
        recovery_cost: 25
        next: {ok: check_out, recovered: check_out, failed: {tweet: 20 %, check_out: 80 %}}
      tweet: {channel: social, next: check_out}
      check_out: {quality: 8.0, sd: 1.0, failure: 2 %, earns: 420, margin: 45 %}  # money at a touchpoint
channels:
  social: {quality: 7.0, sd: 1.5, failure: 50 %, recovery: 10 %, cost: 3}

referrals: {rate: {average: 0.010 / month, satisfaction: 0.5, trust: 1.0}, conversion: 30 %}
survey: {response: 20 %}
finance: {discount: 9 %}
)yaml";

constexpr const char* kHotelWhatif = R"yaml(model: hotel.yaml
assumptions:
  repaired:    {low: 55 %, best: 70 %, high: 82 %, source: maintenance log}
  gift_effect: {low: 8.5, best: 9.5, high: 9.9, source: expert judgement}
investments:
  same_day_repair:
    about: Duty engineer, social media watched until midnight.
    start: 2
    ramp: 3
    cost: {upfront: 40_000, running: 9_000 / month}
    changes:
      stay.room.recovery: {set: $repaired}
      social.failure: {times: 0.4}
  remember:
    about: A gift at the next stay, one to two years after a failure.
    start: 1
    cost: {running: 500 / month, each: {stay.gift: 60}}  # per use = per touchpoint done, booked to the investment
    changes:
      stay.gift.happens: {set: 85 %}
      stay.gift.quality: {set: $gift_effect}
  renovate_showers:
    about: Cure instead of care.
    start: 6
    cost: {upfront: 900_000}
    changes:
      stay.room.failure: {times: 0.25}
events:
  breach:
    about: Loyalty programme hacked.
    start: 18
    reach: 60 %
    impulse: {trust: -0.3, satisfaction: -0.8}
    cost: {upfront: 250_000}
scenarios:
  repair: [same_day_repair]
  remember: [remember]
  both: [same_day_repair, remember]
  renovate: [renovate_showers]
  breach: [breach]
  both_in_breach: [breach, same_day_repair, remember]
compare: {both_in_breach: breach}
)yaml";

constexpr const char* kDental = R"yaml(goodwill: 1
name: Dental practice
about: A liked dentist with a chaotic front desk. Wrong dates, a cold waiting room, no appointment for two months.
horizon: 4 years
currency: USD

segments:
  patients:                       # the customer is the household: when she leaves, the family leaves
    count: 3_200
    tenure: 5 years
    arrivals: {count: 45 / month, stage: enquiring}  # arrive in a stage; conversion is an outcome
    acquisition_cost: 30

stages:
  enquiring: {kind: prospect, churn: 60 %}             # most who do not book at once are gone
  patient:
    churn: {average: 1.0 % / month, satisfaction: -0.4, trust: -0.8, failures: 0.6}

teams:
  chairs: {capacity: 610 / month, cost: 58_000 / month}  # what does not fit gets the outcome `full`

channels:
  front_desk: {quality: 7.2, sd: 1.5, failure: 9 %, recovery: 30 %, cost: 4}
  chair:      {quality: 8.6, sd: 0.9, failure: 2 %, recovery: 70 %, cost: 55}

journeys:
  first_call:
    stages: [enquiring]
    starts: 100 %
    touchpoints:
      call: {channel: front_desk, next: {ok: patient, recovered: patient, failed: done}}
  visit:
    stages: [patient]
    starts: 17 % / month
    touchpoints:
      book:    {channel: front_desk, team: chairs, next: {ok: waiting, recovered: waiting, failed: {lost: 2 %, waiting: 98 %}}}
      waiting: {quality: 7.5, sd: 1.2, wait: 25 minutes, next: treat}
      treat:   {channel: chair, weight: 2, earns: 185, next: rebook}
      rebook:  {channel: front_desk, failure: 12 %, next: {failed: {lost: 3 %}}}   # the rest goes home: done

referrals: {rate: {average: 0.006 / month, satisfaction: 0.4, trust: 0.8}, conversion: 100 %, stage: enquiring}
survey: {response: 25 %}
finance: {discount: 8 %}
investments:
  scheduling:
    about: One calendar for chair and front desk, reminders by text message.
    start: 2
    ramp: 2
    cost: {upfront: 18_000, running: 900 / month}
    changes:
      front_desk.failure: {times: 0.4}
      visit.rebook.failure: {times: 0.4}
  front_desk_training:
    start: 1
    ramp: 3
    cost: {upfront: 6_000, running: 300 / month}
    changes:
      front_desk.quality: {add: 0.8}
      visit.waiting.wait: {times: 0.5}
  another_chair:
    start: 4
    cost: {upfront: 70_000, running: 14_000 / month}
    changes:
      chairs.capacity: {add: 200 / month}
scenarios:
  scheduling: [scheduling]
  training: [front_desk_training]
  chair: [another_chair]
  all: [scheduling, front_desk_training, another_chair]
)yaml";

/// A folder of its own for files that include each other.
class Files : public testing::Test {
protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("goodwill_read_" + std::to_string(::getpid()) + "_" +
                                           testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

private:
  fs::path folder_;
};

std::string problems_of(const std::string& text) {
  try {
    read_model_text(text, "m.yaml");
  } catch (const ModelError& error) {
    std::string all;
    for (const Problem& p : error.problems()) all += p.str() + "\n";
    return all;
  }
  return "";
}

TEST(Read, SmallestModelHasDefaults) {
  const Model m = read_model_text(R"(
horizon: 5 years
segments: {all: {count: 10_000}}
stages: {customer: {fee: 30, churn: 2 % / month}}
finance: {discount: 10 %}
)",
                                  "m.yaml");
  EXPECT_EQ(m.horizon.value, 60);
  EXPECT_EQ(m.segments.find("all")->count.value, 10'000);
  EXPECT_EQ(m.segments.find("all")->expects.mean.value, 7);
  EXPECT_FALSE(m.segments.find("all")->expects.mean.given);
  EXPECT_EQ(m.stages.find("customer")->fee.value, 30);
  EXPECT_DOUBLE_EQ(m.stages.find("customer")->churn.level, 0.02);
  EXPECT_DOUBLE_EQ(m.finance.discount, 0.1);
  EXPECT_FALSE(m.survey_given);
}

TEST(Read, Telecom) {
  const Model m = read_model_text(kTelecom, "telecom.yaml");
  EXPECT_EQ(m.segments.size(), 2u);
  EXPECT_EQ(m.segments.find("flex")->changes.size(), 4u);
  EXPECT_DOUBLE_EQ(m.segments.find("flex")->changes[2].value, 0.024);
  const Response& notice = *m.stages.find("customer")->moves.find("notice");
  EXPECT_EQ(notice.form, Response::Form::average);
  EXPECT_DOUBLE_EQ(notice.level, 0.008);
  EXPECT_DOUBLE_EQ(notice.effects.trust, -0.8);
  EXPECT_DOUBLE_EQ(notice.frailty, 0.5);
  const Journey& support = *m.journeys.find("support");
  ASSERT_TRUE(support.first);
  EXPECT_EQ(support.first->arrows[1].target, "call");
  EXPECT_DOUBLE_EQ(support.first->arrows[1].share, 0.6);
  EXPECT_EQ(support.touchpoints.find("bot")->next.failed->arrows[0].target, "call");
  EXPECT_FALSE(support.touchpoints.find("call")->failure.given);
  EXPECT_TRUE(m.referrals->rate.rate);
}

TEST(Read, HotelAndDental) {
  const Model hotel = read_model_text(kHotel, "hotel.yaml");
  const Touchpoint& gift = *hotel.journeys.find("stay")->touchpoints.find("gift");
  EXPECT_EQ(gift.who->failed_ago->from->value, 12);
  EXPECT_EQ(gift.who->failed_ago->to->value, 24);
  const Model dental = read_model_text(kDental, "dental.yaml");
  EXPECT_EQ(dental.segments.find("patients")->arrivals.value, 45);
  EXPECT_EQ(dental.segments.find("patients")->arrivals_stage, "enquiring");
  EXPECT_EQ(dental.stages.find("enquiring")->kind, Stage::Kind::prospect);
  EXPECT_EQ(dental.teams.find("chairs")->capacity.value, 610);
  EXPECT_EQ(dental.journeys.find("visit")->touchpoints.find("waiting")->wait.value, 25);
}

TEST_F(Files, WhatIfAddsToItsModel) {
  write("telecom.yaml", kTelecom);
  const Model m = read_model(write("telecom_whatif.yaml", kTelecomWhatif));
  EXPECT_EQ(m.name, "Mobile operator");
  EXPECT_EQ(m.files.size(), 2u);
  EXPECT_EQ(m.investments.size(), 3u);
  EXPECT_TRUE(m.events.find("breach")->event);
  EXPECT_FALSE(m.investments.find("coaching")->event);
  const Change& bot = m.investments.find("better_bot")->changes[0];
  EXPECT_EQ(bot.op, Change::Op::times);
  EXPECT_EQ(bot.value.assumption, "bot_solves");
  EXPECT_DOUBLE_EQ(bot.value, 0.55);
  EXPECT_DOUBLE_EQ(*m.assumptions.find("acceptance")->best, 0.35);
  EXPECT_DOUBLE_EQ(m.events.find("breach")->impulse->trust, -0.25);
  EXPECT_EQ(m.events.find("breach")->lasts->value, 6);
  EXPECT_EQ(m.scenarios.find("all")->size(), 3u);

  write("hotel.yaml", kHotel);
  EXPECT_EQ(read_model(write("hotel_whatif.yaml", kHotelWhatif)).investments.size(), 3u);
}

TEST_F(Files, IncludingFileOverridesKeyByKey) {
  write("base.yaml", "segments: {a: {count: 5, arrivals: 3}, b: {count: 1}}\n"
                     "stages: {customer: {fee: 30, churn: {average: 2 %, satisfaction: -0.3}}}\n"
                     "finance: {discount: 10 %}\n");
  const Model m =
      read_model(write("sub/over.yaml", "model: ../base.yaml\nsegments: {a: {count: 7}}\n"
                                        "stages: {customer: {churn: 1 %}}\nfinance: {timing: end}\n"));
  EXPECT_EQ(m.segments.find("a")->count.value, 7);
  EXPECT_EQ(m.segments.find("a")->arrivals.value, 3);
  EXPECT_EQ(m.segments.size(), 2u);
  EXPECT_EQ(m.stages.find("customer")->fee.value, 30);
  EXPECT_EQ(m.stages.find("customer")->churn.form, Response::Form::level);
  EXPECT_DOUBLE_EQ(m.finance.discount, 0.1);
  EXPECT_EQ(m.finance.timing, Finance::Timing::end);
}

TEST_F(Files, IncludeMistakes) {
  write("a.yaml", "model: b.yaml\n");
  const std::string b = write("b.yaml", "model: a.yaml\n");
  const auto message = [](const std::string& path) {
    try {
      read_model(path);
    } catch (const ModelError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message(b).find("the files include each other in a circle: b.yaml -> a.yaml -> b.yaml"),
            std::string::npos)
      << message(b);
  const std::string lone = write("lone.yaml", "model: nowhere.yaml\n");
  EXPECT_NE(message(lone).find("lone.yaml:1:8: model: there is no file"), std::string::npos) << message(lone);
  EXPECT_NE(message("/nowhere/at/all.yaml"), "");
  write("wrong.yaml", "segments: {all: {cont: 1}}\nstages: {c: {}}\n");
  const std::string over = write("over.yaml", "model: wrong.yaml\nfinance: {discont: 1 %}\n");
  EXPECT_NE(message(over).find("wrong.yaml:1:18: all.cont: 'cont' is not a field"), std::string::npos)
      << message(over);
  EXPECT_NE(message(over).find("over.yaml:2:11: finance.discont: 'discont' is not a field"),
            std::string::npos)
      << message(over);
}

TEST_F(Files, OnlyOrdinaryFilesNearbyAreIncluded) {
  const std::string base = write("base.yaml", "segments: {a: {count: 5}}\nstages: {c: {}}\n");
  const auto problem = [](const std::string& path, Trust trust = Trust::ordinary) {
    try {
      read_model(path, trust);
    } catch (const ModelError& error) {
      EXPECT_EQ(error.problems().size(), 1u) << error.what();  // not what follows from the missing file
      return error.problems().front().text;
    }
    return std::string();
  };
  fs::create_directory_symlink(fs::path(base).parent_path(), fs::path(base).parent_path() / "again");
  fs::create_symlink("base.yaml", fs::path(base).parent_path() / "link.yaml");
  fs::create_directory(fs::path(base).parent_path() / "inner");
  fs::create_symlink("../base.yaml", fs::path(base).parent_path() / "inner" / "out.yaml");
  for (const char* target : {"base.yaml", "link.yaml", "inner/../base.yaml", "again/base.yaml"})
    EXPECT_EQ(problem(write("in.yaml", "model: " + std::string(target) + "\n")), "") << target;
  EXPECT_EQ(problem(write("inner/in.yaml", "model: ../base.yaml\n")), "");
  EXPECT_EQ(problem(write("inner/in.yaml", "model: ../inner/out.yaml\n")), "");

  const std::string absolute = write("in.yaml", "model: " + base + "\n");
  EXPECT_EQ(
      problem(absolute),
      "'model' names a file by an absolute path; if you trust this file, read(.., trust=True) or --trust");
  EXPECT_EQ(problem(absolute, Trust::all), "");
  const std::string link = write("inner/in.yaml", "model: out.yaml\n");
  EXPECT_NE(problem(link).find("'out.yaml' is a link that leads out of its folder; if you trust"),
            std::string::npos);
  EXPECT_EQ(problem(link, Trust::all), "");
  ASSERT_EQ(mkfifo((fs::path(base).parent_path() / "pipe").c_str(), 0600), 0);
  EXPECT_NE(problem(write("in.yaml", "model: pipe\n")).find("'pipe' is no ordinary file"), std::string::npos);
  EXPECT_NE(problem(write("in.yaml", "model: base.yaml.bak\nfinanse: 3\n")).find("there is no file"),
            std::string::npos);
  EXPECT_NE(problem(write("in.yaml", "model: inner\n")).find("there is no file"), std::string::npos);
  write("words.txt", "just some words\nin lines\n");
  EXPECT_EQ(problem(write("in.yaml", "model: words.txt\n")), "'words.txt' is no model file");
  write("accounts", "root:x:0:\ndaemon:secret:1:\n");  // mappings, by the colon at their end
  EXPECT_EQ(problem(write("in.yaml", "model: accounts\n")), "'accounts' is no model file");
  write("broken.yaml", "segments: {a: [\n");
  EXPECT_EQ(problem(write("in.yaml", "model: broken.yaml\n")), "'[' is never closed");
}

TEST_F(Files, TextsIncludeWhatIsInTheirFolder) {
  const std::string base = write("base.yaml", "segments: {a: {count: 5}}\nstages: {c: {}}\n");
  const std::string folder = fs::path(base).parent_path().string(), text = "model: base.yaml\n";
  EXPECT_EQ(read_model_text(text, "m.yaml", folder).segments.size(), 1u);
  for (const std::string& name : {std::string("m.yaml"), base}) try {
      read_model_text(text, name);
      FAIL() << name;
    } catch (const ModelError& error) {
      EXPECT_NE(std::string(error.what()).find("a text includes no file"), std::string::npos) << error.what();
    }
}

TEST(Read, IsStoppedFromOutside) {
  const std::atomic<bool> cancel{true};
  EXPECT_THROW(
      read_model_text("segments: {a: {}}\nstages: {c: {}}\n", "m.yaml", "", Trust::ordinary, &cancel),
      Interrupted);
}

TEST(Read, UnitsConvertToThePeriod) {
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

TEST(Read, SpansOfTimeAreWholePeriodsUpToTwoPercent) {
  const Model m = read_model_text(
      "period: week\nhorizon: 2 years\nsegments: {all: {count: 1, tenure: {exactly: 6 months}}}\n"
      "stages: {customer: {churn: {0 days: 2 %, 3 months: 1 %}}}\n"
      "events: {strike: {start: 3, ramp: 14 days, lasts: 91 days}}\n",
      "m.yaml");
  EXPECT_EQ(m.horizon.value, 104);                                 // 104.29
  EXPECT_EQ(m.segments.find("all")->tenure->value, 26);            // 26.07
  EXPECT_EQ(m.stages.find("customer")->churn.table[1].first, 13);  // 13.04
}

TEST(Read, ResponsesInAllForms) {
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

TEST(Read, WhatPeopleWrite) {
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

TEST(Read, SpacesThatAreNone) {
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

struct Mistake {
  const char* what;
  const char* text;     ///< a model, added to the frame
  const char* message;  ///< found in the problems
  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.what; }
};

class Mistakes : public testing::TestWithParam<Mistake> {};

/// What cannot be read has no other faults.
TEST(Read, NoConsequencesOfANumberThatCannotBeRead) {
  const auto lines = [](const std::string& text) {
    const std::string found = problems_of("segments: {a: {}}\nstages: {c: " + text);
    return std::count(found.begin(), found.end(), '\n');
  };
  EXPECT_EQ(lines("{churn: {0 months: 1 %, x months: 2 %, 6 months: 3 %}}}\n"), 1);
  EXPECT_EQ(lines("{}}\njourneys: {j: {starts: 1 %, touchpoints: {t: {who: {failed_ago: 3 to 2 weeks}}}}}\n"),
            2);
}

TEST_P(Mistakes, AreNamed) {
  static const std::string frame = R"(segments: {all: {count: 10, arrivals: 2}}
stages:
  customer: {fee: 10, churn: {average: 2 % / month, satisfaction: -0.3}}
channels: {phone: {failure: 10 %}}
journeys:
  support:
    starts: 10 %
    first: {call: 80 %, chat: 20 %}
    touchpoints: {call: {channel: phone}, chat: {quality: 9}}
)";
  const std::string text = GetParam().text;
  const std::string found = problems_of(text.starts_with("ALONE ") ? text.substr(6) : frame + text);
  EXPECT_NE(found.find(GetParam().message), std::string::npos) << "found: " << found;
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, Mistakes,
    testing::Values(
        Mistake{"unknown_block", "finanse: {}",
                "m.yaml:10:1: finanse: 'finanse' is not a field of a model; did you mean 'finance'?"},
        Mistake{"unknown_field", "survey: {nose: 1}",
                "m.yaml:10:10: survey.nose: 'nose' is not a field of a survey; did you mean 'noise'?"},
        Mistake{"type", "survey: [1]",
                "m.yaml:10:9: survey: expected a mapping with the fields of a survey, found a list"},
        Mistake{"quoted_number", "horizon: '12'", "found the quoted text '12'; leave the quotes out"},
        Mistake{"nothing", "horizon:", "horizon: expected a duration"},
        Mistake{"wrong_unit", "finance: {discount: 3 minutes}",
                "m.yaml:10:21: finance.discount: found '3 minutes'"},
        Mistake{"bounds", "experience: {learning: 3}",
                "experience.learning: '3' is out of bounds; accepted: 0 to 1"},
        Mistake{"discount_without_percent", "finance: {discount: 10}",
                "finance.discount: '10' is out of bounds; accepted: 0 % to 100 %; did you mean 10 %?"},
        Mistake{"word", "finance: {timing: last}", "'last' is not a timing; allowed: start, mid, end"},
        Mistake{"flag", "experience: {paradox: yes}",
                "experience.paradox: expected true or false, found 'yes'"},
        Mistake{"version", "goodwill: 2", "m.yaml:10:11: goodwill: '2' is not a version of the grammar"},
        Mistake{"horizon", "horizon: 0", "horizon: '0' is out of bounds; accepted: 1 to 100000"},
        Mistake{"part_of_a_period", "horizon: 2.5",
                "horizon: '2.5' is no whole number of periods; the nearest are 2 months and 3 months"},
        Mistake{"no_segment", "ALONE stages: {customer: {}}", "segments: a model has at least one segment"},
        Mistake{"no_stage", "ALONE segments: {all: {count: 1}}", "stages: a model has at least one stage"},
        Mistake{"count", "ALONE segments: {all: {count: 1.5}}\nstages: {c: {}}",
                "m.yaml:1:25: all.count: found '1.5': it is not a whole number"},
        Mistake{"reserved", "ALONE segments: {lost: {count: 1}}\nstages: {c: {}}",
                "m.yaml:1:12: lost: 'lost': this word has a meaning of its own"},
        Mistake{"bad_name", "ALONE segments: {a.b: {count: 1}}\nstages: {c: {}}",
                "'a.b': a name is made of letters, digits, _ and -"},
        Mistake{"segment_stage", "ALONE segments: {a: {stage: custmer}}\nstages: {customer: {}}",
                "m.yaml:1:23: a.stage: 'custmer' is not a stage; did you mean 'customer'?"},
        Mistake{"move_target", "ALONE segments: {a: {}}\nstages: {customer: {moves: {gone: 1 %}}}",
                "m.yaml:2:35: customer.moves.gone: 'gone' is not a stage"},
        Mistake{"shares_sum",
                "ALONE segments: {a: {}}\nstages: {c: {shares: true, churn: 60 %, moves: {d: 50 %}}, d: {}}",
                "m.yaml:2:10: c: churn and moves add up to 110 % a period; at most 100 %"},
        Mistake{"shares_of_a_response",
                "ALONE segments: {a: {}}\n"
                "stages: {c: {shares: true, churn: {average: 6 %}, moves: {d: 50 %}}, d: {}}",
                "m.yaml:2:35: c.churn: with 'shares: true' churn and moves are plain numbers"},
        Mistake{"move_to_lost", "ALONE segments: {a: {}}\nstages: {c: {moves: {lost: 5 %}}}",
                "c.moves.lost: a probability of being lost is 'churn'; a move to lost is 'otherwise'"},
        Mistake{"two_otherwise",
                "ALONE segments: {a: {}}\nstages: {c: {moves: {d: otherwise, e: otherwise}}, d: {}, e: {}}",
                "only one move can be 'otherwise'"},
        Mistake{"lonely_stage", "ALONE segments: {a: {}}\nstages: {c: {}, island: {}}",
                "m.yaml:2:17: island: no segment, move or journey leads to this stage"},
        Mistake{"both_levels", "referrals: {rate: {average: 1 %, base: 2 %}}",
                "a response has exactly one of 'average'"},
        Mistake{"no_level", "referrals: {rate: {satisfaction: 0.3}}",
                "a response has exactly one of 'average'"},
        Mistake{"average_of_0", "referrals: {rate: {average: 0, satisfaction: 0.3}}",
                "'0' cannot be reproduced on the log scale"},
        Mistake{"beta_of_a_rate", "referrals: {rate: {beta: [1, 2]}}", "'beta' is for probabilities"},
        Mistake{"table_start", "survey: {response: {3 months: 2 %}}",
                "a table by tenure starts at 0, found '3 months'"},
        Mistake{"table_order", "survey: {response: {0 months: 2 %, 0 years: 1 %}}",
                "tenures of a table increase"},
        Mistake{"branch_sum", "  win: {touchpoints: {a: {next: {lost: 60 %, customer: 50 %}}}}",
                "m.yaml:10:33: win.a.next: the branch adds up to 110 %; at most 100 %"},
        Mistake{"target", "  win: {touchpoints: {a: {next: lst}}}",
                "'lst' is not a touchpoint of this journey, a stage, lost or done; did you mean 'lost'?"},
        Mistake{"mixed_outcomes", "  win: {touchpoints: {a: {next: {ok: done, lost: 3 %}}}}",
                "'lost' is not an outcome (targets and outcomes cannot be mixed)"},
        Mistake{"unreached", "  win: {touchpoints: {a: {}, b: {}}}",
                "m.yaml:10:30: win.b: no 'first' or 'next' of this journey leads to this touchpoint"},
        Mistake{"two_meanings", "  win: {touchpoints: {customer: {}}}",
                "'customer' is also a stage; as a target it could mean both"},
        Mistake{"channel", "  win: {touchpoints: {a: {channel: fone}}}",
                "m.yaml:10:36: win.a.channel: 'fone' is not a channel; allowed: phone"},
        Mistake{"team", "  win: {touchpoints: {a: {team: desk}}}", "win.a.team: 'desk' is not a team"},
        Mistake{"no_touchpoint", "  win: {starts: 3 %}", "win: a journey has at least one touchpoint"},
        Mistake{"journey_stage", "  win: {stages: [custom], touchpoints: {a: {}}}",
                "m.yaml:10:18: win.stages: 'custom' is not a stage"},
        Mistake{"surveyed", "  win: {touchpoints: {a: {who: {surveyed: hater}}}}",
                "win.a.who.surveyed: 'hater' is not a class of survey answers; allowed: detractor, passive, "
                "promoter"},
        Mistake{"empty_range", "  win: {touchpoints: {a: {who: {failed_ago: 24 to 12 months}}}}",
                "the range is empty"},
        Mistake{"thousands", "orders: {value: 1,000,000, margin: 30 %}",
                "m.yaml:10:17: found '1,000': thousands are grouped by '_' (1_400); a comma separates what "
                "stands in { }"},
        Mistake{"decimal_comma", "orders: {value: 1,50, margin: 30 %}",
                "m.yaml:10:17: found '1,50': the decimal sign is a point (1.5); a comma separates what"},
        Mistake{"thousands_alone", "horizon: 1,000", "thousands are grouped by '_' (1_400)"},
        Mistake{"currency_sign", "orders: {value: $10}",
                "m.yaml:10:17: orders.value: found '$10': a number has no currency sign"},
        Mistake{"quoted_words", "horizon: 'a while'", "found the quoted text 'a while'"},
        Mistake{"date", "investments: {a: {start: 2024-04-01}}",
                "investments.a.start: found '2024-04-01': there is no calendar; time is counted in periods"},
        Mistake{"date_of_a_month", "investments: {a: {start: April 2024}}", "there is no calendar"},
        Mistake{"date_of_a_quarter", "goals: {nps: {at_least: 3, by: Q2}}", "there is no calendar"},
        Mistake{"date_with_points", "investments: {a: {lasts: 1.4.2024}}", "there is no calendar"},
        Mistake{"percent_before_the_unit", "finance: {discount: 10 / year}",
                "accepted: 0 % to 100 %; did you mean 10 % / year?"},
        Mistake{"half_years", "ALONE period: year\nhorizon: 18 months\nsegments: {a: {}}\nstages: {c: {}}",
                "m.yaml:2:10: horizon: '18 months' is 1.5 years and is no whole number of periods; the "
                "nearest are "
                "1 year and 2 years"},
        Mistake{"weeks_of_a_month", "events: {a: {lasts: 6 weeks}}",
                "'6 weeks' is 1.38 months and is no whole number of periods; the nearest are 1 month and 2 "
                "months"},
        Mistake{"half_a_tenure",
                "ALONE period: year\nsegments: {a: {tenure: {exactly: 6 months}}}\nstages: {c: {}}",
                "a.tenure: '6 months' is 0.5 years"},
        Mistake{"half_a_step", "survey: {response: {0 days: 2 %, 45 days: 1 %}}",
                "survey.response: '45 days'"},
        Mistake{"half_a_memory", "  win: {touchpoints: {a: {who: {failed_ago: 3 to 6 weeks}}}}",
                "win.a.who.failed_ago: '3 weeks' is 0.69 months"},
        Mistake{"half_a_month_ago",
                "  win: {touchpoints: {a: {who: {surveyed: detractor, within: 6 weeks}}}}",
                "win.a.who.within: '6 weeks' is 1.38 months and is no whole number of periods"},
        Mistake{"control_in_a_name", "ALONE segments: {\"a\\e[31m\": {}}\nstages: {c: {}}",
                "m.yaml:1:12: a\\x1b[31m: 'a\\x1b[31m': a name holds no control character; found U+001B"},
        Mistake{"space_in_a_name", "ALONE segments: {\"a\xC2\xA0z\": {}}\nstages: {c: {}}",
                "a name holds no space; found a no-break space (U+00A0)"},
        Mistake{"control_in_the_name", "name: \"a\\nb\"",
                "name: a text on one line holds no control character; found U+000A in 'a\\nb'"},
        Mistake{"control_in_a_text", "about: \"a\\u009B31mb\"",
                "about: a text holds no control character; found U+009B in 'a\\x9b31mb'"},
        Mistake{"direction_in_a_text", "about: \"a\\u202Eb\"", "found U+202E in 'a\\u202eb'"},
        Mistake{"long_scalar",
                "horizon: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "aaaa...': it is not a number"},
        Mistake{"referral_stage", "referrals: {stage: prospec}", "referrals.stage: 'prospec' is not a stage"},
        Mistake{"referral_segment", "referrals: {segment: nobody}",
                "referrals.segment: 'nobody' is not a segment"}),
    [](const auto& test) { return std::string(test.param.what); });

INSTANTIATE_TEST_SUITE_P(
    Plans, Mistakes,
    testing::Values(
        Mistake{"negative_cost", "investments: {a: {cost: {upfront: -5}}}",
                "investments.a.cost.upfront: '-5' is out of bounds; accepted: 0 to 1_000_000_000_000_000"},
        Mistake{"ends_before_it_starts", "investments: {a: {lasts: 0.5}}",
                "investments.a.lasts: '0.5' is no whole number of periods; the nearest is 1 month"},
        Mistake{"lasts_too_short_for_a_period", "events: {a: {start: 5, lasts: 3 days}}",
                "'3 days' is 0.0986 months and is no whole number of periods; the nearest is 1 month"},
        Mistake{"lasts_nothing", "events: {a: {start: 5, lasts: 0}}",
                "m.yaml:10:31: events.a.lasts: '0' is out of bounds; accepted: 1 to 1000000"},
        Mistake{"lasts_less_than_nothing", "investments: {a: {lasts: -3}}",
                "m.yaml:10:26: investments.a.lasts: '-3' is out of bounds; accepted: 1 to 1000000"},
        Mistake{"negative_running", "events: {a: {cost: {running: -5 / month}}}",
                "events.a.cost.running: '-5 / month' is out of bounds; accepted: 0 to 1_000_000_000_000_000"},
        Mistake{"negative_each", "investments: {a: {cost: {each: {support.call: -1}}}}",
                "investments.a.cost.each.support.call: '-1' is out of bounds; accepted: 0 to "
                "1_000_000_000_000_000"},
        Mistake{"nominal_prices", "finance: {prices: nominal}",
                "m.yaml:10:10: finance.prices: prices: nominal needs inflation"},
        Mistake{"inflation", "finance: {prices: nominal, inflation: 3}",
                "finance.inflation: '3' is out of bounds; accepted: -50 % to 100 %; did you mean 3 %?"},
        Mistake{"goal_by", "goals: {nps: {at_least: 3, by: month 99}}",
                "goals.nps.by: this is after the horizon"},
        Mistake{"before_the_start", "investments: {a: {start: 0}}",
                "investments.a.start: found '0': periods are counted from 1"},
        Mistake{"start_and_chance", "events: {a: {start: 3, chance: 2 %}}",
                "'start' and 'chance' exclude each other"},
        Mistake{"reach", "investments: {a: {reach: {al: 5 %}}}",
                "investments.a.reach: 'al' is not a segment; did you mean 'all'?"},
        Mistake{"each", "investments: {a: {cost: {each: {support.cal: 3}}}}",
                "investments.a.cost.each: 'support.cal' is not a touchpoint; did you mean 'support.call'?"},
        Mistake{"path", "investments: {a: {changes: {supprt.call.failure: {set: 3 %}}}}",
                "m.yaml:10:29: investments.a.changes.supprt.call.failure: 'supprt.call.failure' is not a "
                "path of this model; did you mean 'support.call.failure'?"},
        Mistake{"op", "investments: {a: {changes: {phone.failure: {multiply: 3}}}}",
                "'multiply' is not a kind of change; allowed: set, add, times, odds"},
        Mistake{"shorthand", "investments: {a: {changes: {phone.failure: 3 %}}}",
                "expected one of {set: ..}, {add: ..}, {times: ..}, {odds: ..}"},
        Mistake{"odds_of_quality", "investments: {a: {changes: {phone.quality: {odds: 2}}}}",
                "'odds' is for probabilities; use times or add"},
        Mistake{"block", "investments: {a: {changes: {support.call: {set: 2}}}}",
                "is not a number; a change names one"},
        Mistake{"definition", "investments: {a: {changes: {all.count: {set: 2}}}}",
                "'segments.all.count' cannot be changed by segments, investments or events"},
        Mistake{"average", "investments: {a: {changes: {customer.churn.average: {set: 1 %}}}}",
                "an observed average is changed by segments only; change 'customer.churn'"},
        Mistake{"value", "investments: {a: {changes: {phone.quality: {set: 11}}}}",
                "investments.a.changes.phone.quality.set: '11' is out of bounds; accepted: 0 to 10"},
        Mistake{
            "result", "investments: {a: {changes: {phone.quality: {add: 3}}}}",
            "m.yaml:10:29: investments.a.changes.phone.quality: the change leads to 10.5; accepted: 0 to 10"},
        Mistake{
            "twice",
            "investments: {a: {changes: {phone.failure: {set: 3 %}, channels.phone.failure: {add: 1 %}}}}",
            "'channels.phone.failure' is changed twice here"},
        Mistake{
            "branch",
            "investments: {a: {changes: {support.first.call: {set: 90 %}, support.first.chat: {set: 20 %}}}}",
            "with this change the branch adds up to 110 %; at most 100 %"},
        Mistake{"assumption",
                "investments: {a: {changes: {phone.failure: {times: $effec}}}}\nassumptions: {effect: {low: "
                "0.1, best: 0.2, high: 0.5}}",
                "'effec' is not an assumption; did you mean 'effect'?"},
        Mistake{"low_above_high", "assumptions: {x: {low: 3, best: 2, high: 1}}",
                "assumptions.x: low, best and high must increase"},
        Mistake{"half_assumption", "assumptions: {x: {best: 2}}",
                "assumptions.x: an assumption has low, best and high, or one of normal, beta, uniform"},
        Mistake{"two_units",
                "investments: {a: {changes: {phone.failure: {set: $x}, phone.quality: {set: "
                "$x}}}}\nassumptions: {x: {low: 0.1, best: 0.2, high: 0.5}}",
                "assumptions.x: used both as"},
        Mistake{"scenario", "scenarios: {s: [new_bot]}",
                "m.yaml:10:17: scenarios.s: 'new_bot' is not an investment or event"},
        Mistake{"baseline", "investments: {a: {}}\nscenarios: {baseline: [a]}",
                "'baseline' is the empty scenario"},
        Mistake{"compare", "compare: {s: baseline}", "compare.s: 's' is not a scenario"},
        Mistake{"same_name", "investments: {a: {}}\nevents: {a: {}}",
                "events.a: an investment has the same name"},
        Mistake{"goal", "goals: {npss: {at_least: 3}}", "'npss' is not an indicator; did you mean 'nps'?"},
        Mistake{"goal_of_percent", "goals: {churn: {at_most: 1.5}}",
                "goals.churn.at_most: '1.5' is out of bounds; accepted: 0 % to 100 %; did you mean 1.5 %?"},
        Mistake{"goal_above_all", "goals: {nps: {at_least: 300}}",
                "goals.nps.at_least: '300' is out of bounds; accepted: -100 to 100"},
        Mistake{"goals_apart", "goals: {csat: {at_least: 0.8, at_most: 0.7}}",
                "goals.csat: nothing is at least 80 % and at most 70 %"},
        Mistake{"empty_goal", "goals: {nps: {by: 3}}", "a goal has 'at_least' or 'at_most'"}),
    [](const auto& test) { return std::string(test.param.what); });

TEST(Read, TellsEverythingAtOnce) {
  const std::string found =
      problems_of("segments: {all: {cont: 1}}\nstages: {customer: {fee: x}}\nfinance: {discount: 10}\n");
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 3) << found;
  EXPECT_LT(found.find("m.yaml:1:18"), found.find("m.yaml:2:26"));
  EXPECT_LT(found.find("m.yaml:2:26"), found.find("m.yaml:3:21"));
}

TEST(Read, SegmentsChangeOnlyThemselves) {
  const std::string found = problems_of(R"(segments:
  a: {count: 1, changes: {b.arrivals: {set: 3}, arrivals: {times: 2}, customer.churn.average: {set: 1 %}}}
  b: {count: 1}
stages: {customer: {churn: {average: 2 %, satisfaction: -0.1}}}
)");
  EXPECT_EQ(found, "m.yaml:2:27: a.changes.b.arrivals: this belongs to the segment 'b'\n");
}

TEST(Read, NodesHaveNoPositions) {
  Node node;
  node.kind = Node::Kind::mapping;
  node.members.emplace_back(Node::scalar("segmnts"), Node::scalar("x"));
  try {
    read_model_node(node, "model");
    FAIL();
  } catch (const ModelError& error) {
    EXPECT_EQ(error.problems().size(), 3u);
    EXPECT_TRUE(std::string(error.what())
                    .find("segmnts: 'segmnts' is not a field of a model; did you mean 'segments'?") !=
                std::string::npos)
        << error.what();
  }
}

}  // namespace

// Model files as people write them, and what the reader has to say of a text.
#pragma once

#include <string>

#include "sim/file/read.hpp"

namespace goodwill {

inline constexpr const char* kTelecom = R"yaml(goodwill: 1
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

inline constexpr const char* kTelecomWhatif = R"yaml(model: telecom.yaml
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

inline constexpr const char* kDental = R"yaml(goodwill: 1
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

inline std::string problems_of(const std::string& text) {
  try {
    read_model_text(text, "m.yaml");
  } catch (const ModelError& error) {
    std::string all;
    for (const Problem& p : error.problems()) all += p.str() + "\n";
    return all;
  }
  return "";
}

}  // namespace goodwill

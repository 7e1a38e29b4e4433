// What the kernel reads: the parameters of one segment and treatment group in one period, as flat plain
// tables without strings. Built by sim/plan, shared and constant. No standard containers: this header is
// compiled per instruction set.
#pragma once

#include <cstdint>

#include "sim/ledger/counters.hpp"
#include "sim/random/decision.hpp"
#include "sim/state/customer.hpp"
#include "sim/state/presence.hpp"

namespace goodwill {

constexpr int max_stages = 30;
constexpr int max_steps = 64;
constexpr float most_rate = 1e5f;     // events a period; effects that drive a rate higher are cut off here
constexpr int max_walks = 15;         // of one journey by one customer in a period
constexpr int max_touchpoints = 255;  // of one journey
constexpr int max_followed = 8;       // journeys, and orders, that other journeys come after

/// Whether a uniform word is below p: compares it as a signed number, its top bit
/// flipped. `always` is for p = 1.
struct Threshold {
  std::int32_t limit = INT32_MIN;
  std::int32_t always = 0;  // all ones when p = 1
  bool operator==(const Threshold&) const = default;
};

/// A probability or rate that depends on the customer. Only the form `link` is on the
/// link scale (log-odds or log).
struct ResponseParams {
  enum Form : std::int32_t { constant, link, table };
  Form form = constant;
  bool rate = false;
  float value = 0;      // constant: the probability or rate itself
  Threshold threshold;  // constant probability
  float level = 0;      // link: includes what a block has in common (referred)
#define GOODWILL_MEMBER(name, place, of, value, text) float name = 0;
  GOODWILL_FEATURES_OF_CUSTOMER(GOODWILL_MEMBER)  // link: its effects
  GOODWILL_FEATURES_OF_WORLD(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
  std::int32_t trait = -1;  // frailty or beta level of the customer
  float trait_scale = 1;
  std::int32_t multiplier = -1;  // order multiplier, on the log scale
  // At tenure 0, 1, ... (the last one from there on). table: probability (rate); link: what is added to the
  // level, or null.
  const float* by_tenure = nullptr;
  std::int32_t tenures = 0;
  const std::int32_t* bands = nullptr;  // anchoring: place of the band at tenure 0, 1, ..., 2 counters each
  std::int32_t n_bands = 0;             // length of `bands`
  std::int32_t bands_at = -1;           // ledger: the first of their counters; -1: not wanted
  std::int32_t at_risk =
      -1;                  // ledger counter of customer-periods at risk; the sum of probabilities follows it
  float most = most_rate;  // a rate counts in that sum up to this: more events do not happen
};

/// Targets of a branch: touchpoints of the journey are >= 0.
enum : std::int32_t { go_done = -1, go_lost = -2, go_stage = -3 /* stage k is go_stage - k */ };

struct ArrowParams {
  Threshold up_to;  // cumulative: the word takes the first arrow it is below; if none, it is done
  std::int32_t target = go_done;
};
struct BranchParams {
  const ArrowParams* arrows = nullptr;
  std::int32_t size = 0;
};

/// Who a touchpoint is for. Tests that are not used let everybody pass.
struct WhoParams {
  bool any = true;
  bool closes = false;                                // failed_ago: the touchpoint closes the failure
  std::int32_t failed_from = 0, failed_to = 1 << 30;  // periods since the latest unclosed failure, [from, to)
  std::int32_t tenure_from = 0, tenure_to = 1 << 30;  // periods, [from, to)
  float satisfaction_from = -1, satisfaction_to = 1000;  // [from, to)
  std::uint32_t stages = ~0u;                            // bit set
  std::int32_t surveyed = 0;                             // 0 any, 1 detractor, 2 passive, 3 promoter
  std::int32_t within = 0;                               // periods since the answer, at most
};

/// Money and measures follow from what is counted: each unit of a row's `counter` adds `amount` to its place
/// `money` (see Layout::money_place).
struct Price {
  std::int32_t counter = 0, money = 0;
  double amount = 0;
  Sum fixed = 0;  // in units of 2^-scale; of a measure 2^-measure_scale
};

/// What people say follows likewise: each unit of a row's `counter` adds `amount` to the messages of a kind
/// (see Layout::words_at), in units of 1 / message_unit.
struct Saying {
  std::int32_t counter = 0, kind = 0;
  std::int64_t amount = 0;
};

struct TouchpointParams {
  float quality = 0, sd = 0, quality_failed = 0, quality_recovered = 0, quality_full = 0;
  bool paradox = false;
  Threshold failure, recovery, happens;
  bool always_happens = true;
  WhoParams who;
  float step = 0;              // min(1, learning * weight)
  BranchParams next[4];        // by outcome: ok, failed, recovered, full
  double earns = 0, left = 0;  // revenue, and what is left of it after cost: for the value of a customer
  double kept = 0;             // of `left`: margin of the revenue
  double recovery_cost = 0;
  float effort = 0;              // points from 1 to 7; 0: it does not count
  std::int32_t counter = 0;      // ledger: contacts, failed, recovered
  std::int32_t journey = 0;      // ledger: JourneyCounter of its journey
  std::int32_t experience = -1;  // ledger: sums of expected, delivered, felt; -1: not wanted
  std::int32_t team = -1;        // that serves it, of Environment::teams; -1: nobody finds it full
  std::int32_t full = -1;        // ledger: those who found it full
  std::int32_t spend = -1;       // ledger: multipliers of the contacts; -1: all spend alike
  float wait = 0;                // minutes, counted in `quality`; what a team lets people wait adds to it
  // What a person says of it, in units of 1 / message_unit.
  std::int64_t told_failed = 0, told_recovered = 0;
};

/// What a journey comes after: each of those walks or orders leads to a walk with this probability.
struct SourceParams {
  std::int32_t followed = 0;  // place among what is followed, see Scratch::done
  Threshold share;
  double probability = 0;  // the same
};

struct JourneyParams {
  std::uint32_t stages = 0;  // bit set
  ResponseParams starts;
  const SourceParams* sources = nullptr;  // with any, it comes after others and does not start by itself
  std::int32_t n_sources = 0;
  bool after_orders = false;   // its turn is after the orders of the period
  std::int32_t followed = -1;  // its place among what is followed; -1: nothing comes after it
  BranchParams first;
  const TouchpointParams* touchpoints = nullptr;
  std::int32_t size = 0;
  std::int32_t counter = 0;  // ledger: JourneyCounter
  std::int32_t minutes = 0;  // place of the minutes waited, see Layout::money_place
};

struct ExperienceParams {
  float adaptation = 0, contrast = 0, loss_aversion = 0, forgiveness = 0, gain = 0, recovered_gain = 0,
        loss = 0;
  float impression = 1;  // what a failure or recovery adds to the memory of them
  float remembered = 0;  // the share of them that is left a period later
};

struct StageParams {
  double fee = 0, left = 0;               // revenue, and what is left after cost: for the value of a customer
  double kept = 0;                        // of `left`: margin of the fee
  const ResponseParams* moves = nullptr;  // move 0 is churn
  const std::int32_t* targets = nullptr;  // stage of each move; the number of stages means lost
  const std::int32_t* counters = nullptr;  // ledger counter of each move
  std::int32_t n_moves = 0;
  std::int32_t otherwise = -1;  // target of those who made no other move
  std::int32_t otherwise_counter = -1;
};

struct OrderParams {
  bool any = false;
  ResponseParams rate;
  float log_mean = 0, log_sd = 0;  // lognormal order value; sd 0: constant
  double value = 0, margin = 0;
  bool priced = true;          // all have one value, which is a price
  std::int32_t followed = -1;  // place among what is followed; -1: nothing comes after an order
};

struct ReferralParams {
  bool any = false;
  ResponseParams rate;
  Threshold conversion;
  double reward = 0;  // of the referrer: for the value of a customer
};

struct SurveyParams {
  ResponseParams response;
  float bias = 0, noise = 0;
  bool effort = false;                                 // it asks for effort, too: some touchpoint has one
  std::int64_t told_promoter = 0, told_detractor = 0;  // what a person says, in units of 1 / message_unit
};

struct ImpulseParams {
  float satisfaction = 0, expectation = 0, trust = 0;
  WhoParams who;
};

/// One segment and treatment group in one period.
struct Params {
  std::int32_t n_stages = 0;
  std::uint32_t customer_stages = 0, prospect_stages = 0;  // bit sets
  bool all_customers = true;                               // every stage is of kind customer
  const StageParams* stages = nullptr;
  const JourneyParams* journeys = nullptr;
  std::int32_t n_journeys = 0;
  ExperienceParams experience;
  OrderParams orders;
  ReferralParams referrals;
  SurveyParams survey;
  const ImpulseParams* impulses = nullptr;
  std::int32_t n_impulses = 0;
  const float* log_tenure = nullptr;  // ln(1 + years) by period of tenure
  std::int32_t n_log_tenure = 0;
  const Price* prices = nullptr;
  std::int32_t n_prices = 0;
  const Saying* sayings = nullptr;
  std::int32_t n_sayings = 0;
  double money_scale = 1, value_scale = 1;  // see to_sum(): of the ledger, and of customers' values
  std::int32_t spend = -1;  // the trait that is ln(multiplier of what a customer spends); -1: all spend alike
  std::int32_t spend_at = -1;  // ledger: those multipliers by stage
};

/// What a team is for those who come to it in a period.
struct Crowding {
  Threshold full;    // it has no room
  float wait = 0;    // minutes, of who is served
  float strain = 0;  // points of quality lost
};

/// Messages that a person has heard of others and remembers.
struct Heard {
  float good = 0, bad = 0;
  bool operator==(const Heard&) const = default;
};

/// Messages that a person has sent in a period, in units of 1 / message_unit.
struct Said {
  std::int64_t good = 0, bad = 0;
};

/// People who know one another, by CustomerBlock::person. Nobody is in two lanes, so that lanes write what is
/// their own.
struct People {
  const Heard* heard = nullptr;
  Said* said = nullptr;
  Presence* presence = nullptr;
};

/// Who are customers among people who look at one another: by CustomerBlock::person, the latest period at
/// whose end they were.
struct Seen {
  std::int32_t* customer = nullptr;
  std::int32_t people = 0;
};

/// What a period is for everybody in a world.
struct Environment {
  std::int32_t period = 0;  // 1, 2, ...; the past has numbers up to 0
  double discount = 1;      // of recurring money, for the value of a customer
  const Crowding* teams = nullptr;
  const Heard* heard = nullptr;    // by segment; null: nobody talks
  const People* people = nullptr;  // null: everybody hears the mean of their segment
  const Seen* seen = nullptr;      // null: nobody looks at anybody
  Heard heard_in(std::int32_t segment) const { return heard ? heard[segment] : Heard{}; }
};

/// Traits of a segment: how a word becomes the customer's frailty, multiplier or beta level.
struct TraitParams {
  std::uint32_t draw = 0;        // four to a block: index draw / 4 of the decision, word draw % 4
  const float* table = nullptr;  // function of the normal score on [-6.5, 6.5]; null: the score itself
  Decision decision = Decision::trait;
  constexpr std::uint32_t purpose() const { return goodwill::purpose(decision, draw / 4); }
};
constexpr int trait_intervals = 4096;
constexpr float trait_range = 6.5f;

struct NewcomerParams {
  float satisfaction = 7, satisfaction_sd = 0, expectation = 7, expectation_sd = 0, trust = 0, trust_sd = 0;
  const TraitParams* traits = nullptr;
  std::int32_t n_traits = 0;
  std::int32_t stage = 0;
  // What each good message heard adds to the means.
  float satisfaction_told = 0, expectation_told = 0, trust_told = 0;
  NewcomerParams told(const Heard& heard) const {
    NewcomerParams who = *this;
    who.satisfaction += satisfaction_told * heard.good;
    who.expectation += expectation_told * heard.good;
    who.trust += trust_told * heard.good;
    return who;
  }
};

}  // namespace goodwill

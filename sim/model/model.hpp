// The definition: a model file as typed values. Plain data; what each field means, its unit, bounds and text
// stand once in fields*.cpp. All amounts are in the model's own period (converted by the reader). One file
// because the structs hold each other by value, up to Model.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/state/customer.hpp"

namespace goodwill {

/// Where something stands in the user's files; `file` is an index into Model::files (-1: built in code).
struct Mark {
  int file = -1;
  int line = 0;
  int column = 0;
};

/// A number of the model. `given` says whether the user wrote it (inheritance from channels depends on it).
struct Number {
  double value = 0;
  bool given = false;
  Mark mark{};
  std::string assumption{};  ///< name in `$name`; empty for a plain number

  Number() = default;
  Number(double v) : value(v) {}  // NOLINT: a number is what it holds
  operator double() const { return value; }
};

/// A mapping that keeps the order of the file, because order has meaning.
template <class T>
struct Named {
  std::vector<std::pair<std::string, T>> items;

  auto begin() const { return items.begin(); }
  auto end() const { return items.end(); }
  auto begin() { return items.begin(); }
  auto end() { return items.end(); }
  bool empty() const { return items.empty(); }
  std::size_t size() const { return items.size(); }
  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& [name, item] : items) list.push_back(name);
    return list;
  }
  int index(const std::string& name) const {
    for (std::size_t i = 0; i < items.size(); ++i)
      if (items[i].first == name) return static_cast<int>(i);
    return -1;
  }
  const T* find(const std::string& name) const {
    const int i = index(name);
    return i < 0 ? nullptr : &items[static_cast<std::size_t>(i)].second;
  }
  T* find(const std::string& name) { return const_cast<T*>(std::as_const(*this).find(name)); }
  /// The item of this name, added if there is none.
  T& at(const std::string& name) {
    T* const known = find(name);
    return known ? *known : items.emplace_back(name, T{}).second;
  }
};

enum class Period { day, week, month, year };

/// What a response depends on, and how much.
struct Effects {
#define GOODWILL_MEMBER(name, place, of, value, text) Number name;
  GOODWILL_EVERY_FEATURE(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
};
/// Calls visit(name, effect, its FeaturePlace, its FeatureOf) for each of them.
template <class Visit>
void for_each_effect(const Effects& e, Visit&& visit) {
#define GOODWILL_VISIT(name, place, of, value, text) visit(#name, e.name, FeaturePlace::place, FeatureOf::of);
  GOODWILL_EVERY_FEATURE(GOODWILL_VISIT)
#undef GOODWILL_VISIT
}

/// A probability (log-odds) or a rate (log) that depends on the customer's state.
struct Response {
  enum class Form { level, average, base, beta, table };
  Form form = Form::level;
  bool rate = false;  ///< log scale instead of log-odds
  Number level;       ///< the number, `average` or `base`, per period
  Effects effects;
  Number frailty;
  Number alpha, beta;                            ///< Form::beta
  std::vector<std::pair<Number, Number>> table;  ///< Form::table: from this tenure (periods) on, this level
  bool otherwise = false;                        ///< a move that takes what the others leave
  Mark mark{};
  // Set by the engine, not part of the file.
  /// Anchored level on the link scale; Form::beta: what is added to the log-odds of everybody.
  double solved = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> solved_bands;  ///< Form::table: anchored levels of its rows; empty: not anchored
  double price = 0;                  ///< ln(price index) of those whom it is about

  /// How many levels anchoring solves: the rows of a table, or one.
  std::size_t levels() const { return form == Form::table ? table.size() : 1; }
  Response() = default;
  explicit Response(double v, bool is_rate = false) : rate(is_rate), level(v) {}
};

struct Spread {
  Number mean, sd;
  Number good_word{0};  ///< added to the mean by each good message heard
};

struct Range {
  std::optional<Number> from, to;  ///< [from, to), or `below` / `above`
};

struct Who {
  std::optional<Range> failed_ago, tenure, satisfaction;
  std::vector<std::string> stage, segment;
  enum class Answer { detractor, passive, promoter };
  std::string surveyed;          ///< a word of Answer; empty: anybody
  std::optional<Number> within;  ///< periods since that answer; absent: a month
  Mark mark{};
};

/// Where to go next: targets with shares. What is left over goes to `done`.
struct Arrow {
  std::string target;
  Number share;
  bool otherwise = false;
  Mark mark{};
};
struct Branch {
  std::vector<Arrow> arrows;
  Mark mark{};
};
struct Next {
  std::optional<Branch> plain;  ///< serves every outcome
  std::optional<Branch> ok, failed, recovered, full;
  Mark mark{};
};

struct Change {
  enum class Op { set, add, times, odds };
  std::string path;
  Op op = Op::set;
  Number value;
  std::string written{};  ///< the value as the user wrote it
  Mark mark{};
};

/// How much the parts of a touchpoint's quality weigh.
struct Values {
  Number ease{1}, empathy{1}, competence{1};
};

struct Segment {
  std::string about;
  Number count{0};
  std::optional<Number> tenure;  ///< mean, periods; absent: the baseline's steady state
  bool tenure_exactly = false;   ///< everybody has this tenure (`{exactly: 2 years}`)
  std::string stage;             ///< empty: the first of kind customer
  Number arrivals{0};            ///< per period
  std::string arrivals_stage;    ///< empty: `stage`
  Number acquisition_cost{0};
  Number spend{0};  ///< coefficient of variation of what customers spend, for life
  Spread expects{7.0, 0.7}, satisfaction{7.0, 1.0}, trust{0.6, 0.1};
  Values values;
  std::vector<Change> changes;
  Mark mark{};
};

struct Stage {
  enum class Kind { prospect, customer, lapsed };
  Kind kind = Kind::customer;
  Number fee{0}, service_cost{0}, margin{1};
  Response churn{0.0};
  Named<Response> moves;
  bool shares = false;  ///< churn and moves are a row of a transition matrix
  Mark mark{};
};

/// How good a touchpoint is: one number, or scores of its parts, which customers weigh by their values.
struct Quality {
  Number mean{7.5};
  Number ease, empathy, competence;
  bool scored = false;

  bool given() const { return mean.given || ease.given || empathy.given || competence.given; }
  /// For customers of these values.
  double of(const Values& values) const {
    if (!scored) return mean;
    const double all = values.ease + values.empathy + values.competence;
    return (values.ease * ease + values.empathy * empathy + values.competence * competence) / all;
  }
};

/// A touchpoint, and a channel: a named set of touchpoint defaults.
struct Touchpoint {
  std::string channel, team;
  Quality quality;
  Number sd{1.5}, failure{0}, recovery{0};
  Number quality_failed{2}, quality_recovered{6}, quality_full{4};
  Number weight{1}, cost{0}, recovery_cost{0}, earns{0}, margin{1}, wait{0}, visibility{1};
  std::optional<Number> effort;  ///< points from 1 to 7; absent: it is not counted
  std::optional<Who> who;
  Number happens{1};
  Next next;
  Mark mark{};
};

struct Journey {
  std::vector<std::string> stages;  ///< empty: every stage of kind customer
  Response starts{0.0};
  Named<Number> after;          ///< instead: shares of the walks of other journeys, or of `orders`
  std::optional<Branch> first;  ///< absent: the first touchpoint listed
  Named<Touchpoint> touchpoints;
  Mark mark{};
};

struct Orders {
  Response rate{0.0, true};
  Number spread;  ///< gamma shape of the rate's multiplier (mean 1); 0: none
  Number value{0}, value_cv{0}, margin{1};
  Mark mark{};
};

struct Referrals {
  Response rate{0.0, true};
  Number conversion{1}, reward{0};
  std::string stage;    ///< empty: the segment's
  std::string segment;  ///< empty: the referrer's
  Mark mark{};
};

struct Survey {
  Response response{1.0};
  Number noise{0.7};
  std::optional<Number> nps;  ///< measured; anchors the answer bias
  double solved_bias = 0;     ///< set by the engine
  Mark mark{};
};

struct Experience {
  Number learning{0.3}, adaptation{0.1}, contrast{0.3}, loss_aversion{2}, forgiveness{0.3};
  Number gain{0.03}, recovered_gain{0.015}, loss{0.3};
  bool paradox = false;
  std::optional<Number> memory;  ///< periods; absent: two months
  Mark mark{};
};

struct Finance {
  Number discount{0};   ///< annual effective rate
  Number inflation{0};  ///< per year; of nominal prices
  enum class Timing { start, mid, end } timing = Timing::mid;
  enum class Prices { real, nominal } prices = Prices::real;
  Mark mark{};
};

struct Impulse {
  Number satisfaction, expectation, trust;
  std::optional<Who> who;
  Mark mark{};
};

struct Cost {
  Number upfront{0}, running{0}, per_customer{0};
  std::vector<std::pair<std::string, Number>> each;  ///< path of a touchpoint, money per touchpoint done
  Mark mark{};
};

/// What the firm must have seen for an investment or event to begin.
struct When {
  std::optional<Range> measured_nps, churn, conversion, customers, use, unserved;  ///< exactly one
  std::string team;                                                                ///< of the last two
  Number periods{1};              ///< that reports in a row must cover
  Number delay{0};                ///< periods, until it is reported
  std::optional<Number> answers;  ///< on how many measured_nps is measured; absent: all
  Mark mark{};
};

/// An intervention: an investment (with an owner, a return) or an event (without).
struct Investment {
  std::string about;
  bool event = false;
  Number start{1};
  std::string audience;  ///< investments that share it reach the same customers; empty: its own
  Number ramp{1};
  std::optional<Number> lasts;  ///< periods; absent: for ever (investment), 1 (event)
  std::optional<Number> every;  ///< periods from one beginning to the next; absent: it begins once
  std::optional<Number> fades;  ///< periods in which what is left after `lasts` halves; absent: it ends
  Number chance{0};             ///< above 0: it begins by chance, instead of at `start`
  std::optional<When> when;     ///< it begins after what the firm has seen, instead of at `start`
  Number reach{1};
  Named<Number> reach_by_segment;
  std::vector<Change> changes;
  std::optional<Impulse> impulse;
  Cost cost;
  Mark mark{};

  bool by_chance() const { return chance > 0; }
  /// Events that nobody puts on a date happen in every scenario.
  bool is_circumstance() const { return event && (by_chance() || when); }
};

/// An uncertain number, used as `$name`.
struct Assumption {
  std::optional<Number> low, best, high;
  enum class Distribution { normal, beta, uniform };
  std::optional<Distribution> distribution;  ///< absent: metalog through low, best, high
  std::vector<Number> parameters;            ///< of `distribution`
  Named<Number> correlation;                 ///< with other assumptions, of the normal scores; given once
  std::string source, owner, unit, note;
  Mark mark{};
};

struct Goal {
  std::optional<Number> at_least, at_most;
  Number by;  ///< period; 0: the horizon
  Mark mark{};
};

/// People whose time is limited: by a capacity, or by how many of them there are.
struct Team {
  std::optional<Number> capacity, agents;  ///< exactly one
  Number handling{6}, patience{3};         ///< minutes
  Number hours{10};                        ///< a day
  Number shrinkage{0}, cost{0}, strain{0};
  Mark mark{};
};

/// What customers tell others.
struct SmallWorld {
  Number neighbours{0}, rewired{0};
};
/// An edge between two people.
struct Tie {
  std::uint32_t one, other;
  std::uint32_t line;  ///< of the list
  float weight = 1;
  bool operator==(const Tie& b) const { return one == b.one && other == b.other && weight == b.weight; }
};
/// Edges that the user brings: in ascending order, the lower number first unless they are directed.
struct OwnEdges {
  std::shared_ptr<const std::vector<Tie>> ties;  ///< null: none are given
  bool directed = false;                         ///< `one` tells `other`, never the other way
  std::optional<bool> ordered{};                 ///< as directed edges or not; empty: they stand as written
  Mark mark{};                                   ///< where the list stands, or its name
  int file = -1;                                 ///< the list is a file of its own: its number
  bool given() const { return ties != nullptr; }
};
/// People who know one another: exactly one of the kinds is given.
struct Circle {
  Number ring{0}, scale_free{0}, random{0};  ///< neighbours; edges that each brings; mean degree
  std::optional<SmallWorld> small_world;
  Named<Named<Number>> blocks;       ///< people of another segment whom people of a segment know
  std::vector<std::string> degrees;  ///< whole numbers, in turn
  OwnEdges edges;                    ///< of people by number
  Number weight{1};                  ///< how readily people tell each other
  Mark mark{};
};
/// One circle, or several by name.
struct SocialNetwork {
  Circle all;
  Named<Circle> layers;
  Mark mark{};
};
struct WordOfMouth {
  Number positive{0}, negative{0};  ///< messages a period
  Named<Named<Number>> mixing;  ///< who hears whom: of segment and segment; a row left out: everybody alike
  std::optional<SocialNetwork> network;  ///< absent: everybody hears the mean of their segment
  Mark mark{};
};
/// Those who are or may become customers, and competitors' price.
struct Market {
  Number price{1};  ///< of competitors; what counts is its change
  Number size{0};   ///< people, today's customers among them
  Named<Number> size_by_segment;
  Number innovation{0}, imitation{0};    ///< hazards per period; the second at a share of customers of 1
  std::string stage;                     ///< in which they join; empty: that of the segment
  std::optional<SocialNetwork> network;  ///< absent: everybody sees the share of all
  Mark mark{};

  bool is_finite() const { return size.given || !size_by_segment.empty(); }
  /// People of a segment; null: any number may join it. `segments`: how many there are.
  const Number* size_of(const std::string& segment, std::size_t segments) const {
    return size.given && segments == 1 ? &size : size_by_segment.find(segment);
  }
};

struct Model {
  std::vector<std::string> files;  ///< names for Mark::file; the first is the file the user named
  std::string name, about, currency;
  Period period = Period::month;
  Number horizon{36};
  std::optional<Number> agents;  ///< absent: min(count, 20_000)
  bool agents_all = false;
  Named<Assumption> assumptions;
  Named<Segment> segments;
  Named<Stage> stages;
  Named<Touchpoint> channels;
  Named<Journey> journeys;
  Named<Team> teams;
  std::optional<Orders> orders;
  std::optional<Referrals> referrals;
  std::optional<WordOfMouth> word_of_mouth;
  std::optional<Market> market;
  Survey survey;
  bool survey_given = false;
  Experience experience;
  Finance finance;
  Named<Investment> investments, events;
  Named<std::vector<std::string>> scenarios;
  Named<std::string> compare;
  Named<Goal> goals;
  int own_segment = -1;  ///< in a segment's own model: which one; set by the engine

  double periods_per_year() const {
    constexpr double table[] = {365, 365.0 / 7, 12, 1};
    return table[static_cast<int>(period)];
  }
  /// Periods that failures and recoveries are remembered on average.
  double memory() const { return experience.memory ? experience.memory->value : periods_per_year() / 6; }
};

}  // namespace goodwill

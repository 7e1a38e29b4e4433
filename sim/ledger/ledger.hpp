// The ledger: whole numbers per segment x period x origin x counter. Sums are associative, so order and
// threads cannot matter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/ledger/counters.hpp"
#include "sim/ledger/lineages.hpp"

namespace goodwill {

/// Where each counter of a model stands in a row, and what it is called.
struct Layout {
  int segments = 0, periods = 0;
  int run_off = 0;  ///< periods after the horizon: only what RunOff names is kept of them
  int stages = 0;   ///< occupancy of stage k at stages_at + k
  int stages_at = fixed_counters;
  int moves_at = 0;        ///< one per move, in the order of stages and moves
  int journeys_at = 0;     ///< JourneyCounter per journey
  int touchpoints_at = 0;  ///< contacts, failed, recovered per touchpoint
  int responses_at = 0;    ///< exposure, sum of probabilities per response
  int measures_at = 0;     ///< minutes waited, points of effort per journey
  int costs_at = 0;        ///< money by CostKind (without the firm's), investment and event
  int treated_at = 0;      ///< customers first reached, per investment and event
  int full_at = -1;        ///< who found a team without room, per touchpoint; -1: there are no teams
  int words_at = -1;       ///< messages sent, good and bad; -1: nobody talks
  int spend_at = -1;       ///< multipliers of what customers spend: of those in each stage, then of those who
                           ///< came to each touchpoint; -1: all spend alike
  int bands_at = -1;       ///< exposure, sum of probabilities by tenure; -1: not wanted
  std::vector<int> band_at;  ///< by response: the first of its counters; -1: it has no bands
  int bands = 0;             ///< of all responses
  int experiences_at = -1;   ///< sums of expected, delivered, felt per touchpoint; -1: not wanted
  int counters = 0;          ///< length of a row
  std::vector<std::string> stage_names, move_names, journey_names, touchpoint_names, response_names,
      investment_names, team_names;
  std::vector<bool> response_is_rate;
  int firm_scale = 60;   ///< the firm's own costs are in units of 2^-firm_scale
  int money_scale = 20;  ///< sums of money are in units of 2^-money_scale, set by the plan's largest amount
  int value_scale = 64;  ///< those of customers' values in units of 2^-value_scale
  /// Whether customers and events are counted by weight, in units of 2^-30, and tenure in the unit of states.
  bool survival_weights = false;

  std::vector<std::string>
  counter_names() const;  ///< of a row: `lost`, `stage.customer`, `contacts.support.call`
  int spends() const { return static_cast<int>(stage_names.size() + touchpoint_names.size()); }
  bool is_spend(int counter) const {
    return spend_at >= 0 && counter >= spend_at && counter < spend_at + spends();
  }
  /// In how many parts a counter counts what has a price: 1, or more where multipliers are added up.
  double parts_of(int counter) const { return is_spend(counter) && !survival_weights ? spend_unit : 1; }
  double count_unit() const { return survival_weights ? 1 / weight_unit : 1; }
  std::vector<double> counter_units() const;  ///< a counter times its unit is the number meant
  int interventions() const { return static_cast<int>(investment_names.size()); }
  /// Where a cost of an intervention stands: in the row of customers, or of the firm.
  int cost(CostKind kind, int intervention) const {
    const int k = static_cast<int>(kind);
    return k < firm_costs ? k * interventions() + intervention
                          : costs_at + (k - firm_costs) * interventions() + intervention;
  }
  /// Fixed cost of a team, in the row of the firm.
  int team_cost(int team) const { return firm_costs * interventions() + team; }
  int firm_counters() const { return team_cost(static_cast<int>(team_names.size())); }
  /// Place of a counter among the sums of money and measures; -1: it is neither.
  int money_place(int counter) const {
    if (counter >= measures_at && counter < treated_at) return money_counters + counter - measures_at;
    return counter >= first_money() && counter < fixed_counters ? counter - first_money() : -1;
  }
  int money_counter(int place) const {
    return place < money_counters ? first_money() + place : measures_at + place - money_counters;
  }
  int moneys() const { return money_counters + treated_at - measures_at; }
  bool is_measure(int counter) const {
    return counter < fixed_counters ? counter_info[counter].role == Role::measure
                                    : counter >= measures_at && counter < costs_at;
  }
};

/// What is kept of a period after the horizon: everybody not lost, customers or not; money as in a row.
enum RunOff : int { run_off_present, run_off_revenue, run_off_contribution, run_off_counters };

/// Values of customers on a log scale: 32 bins an octave (relative error below 2 %), from 2^-40 to 2^60
/// on both sides of 0. Quantiles come from the bins, the mean from the sum, which keeps every digit.
class Distribution {
public:
  static constexpr int octaves = 100, lowest = -40, per_octave = 32, half = octaves * per_octave,
                       size = 2 * half + 1;
  explicit Distribution(int scale = 64) : scale_(scale) {}
  static int bin(double value);
  static double center(int bin);
  void add(double value);
  /// For somebody who never was a customer: the customers bear their cost.
  void add_to_sum(double value);
  void merge(const Distribution& other);
  const std::vector<std::int64_t>& counts() const { return counts_; }
  double sum() const;
  bool operator==(const Distribution&) const = default;

private:
  int scale_;
  Sum sum_ = 0;  // in units of 2^-scale
  std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(size, 0);
};

/// By period of joining (0: the initial base): how many of those who joined are customers in each period, and
/// the revenue and contribution of all of them.
struct Cohorts {
  int periods = 0;
  std::vector<std::int64_t> customers;     ///< rows x periods
  std::vector<Sum> revenue, contribution;  ///< likewise, in units of 2^-value_scale
  std::vector<std::int64_t> became;  ///< by period of joining: those who were customers within the horizon
  Cohorts() = default;
  explicit Cohorts(int n) : Cohorts(n, n + 1) {}
  Cohorts(int n, int rows);  ///< rows: 1 for the initial base alone
  std::size_t at(int joined, int period) const {
    return static_cast<std::size_t>(joined) * static_cast<std::size_t>(periods) +
           static_cast<std::size_t>(period - 1);
  }
  void merge(const Cohorts& other);
  bool operator==(const Cohorts&) const = default;
};

/// What one block adds to a ledger: a row of counters and one of sums of money for each period.
struct Rows {
  std::vector<std::int64_t> counts;
  std::vector<Sum> money;
};

/// The same for the periods after the horizon, as RunOff names it.
struct RunOffRows {
  std::vector<std::int64_t> present;
  std::vector<Sum> revenue, contribution;
  std::int64_t left = 0;  ///< customers at the end
};

class Ledger {
public:
  Ledger() = default;
  Ledger(const Layout& layout, bool with_values);

  /// Adds rows of one segment and origin, from the first period on. Throws ModelError where a sum overflows.
  void add(int segment, Origin origin, const Rows& rows);
  void add(int segment, Origin origin, const RunOffRows& rows);
  /// Adds what the firm pays in a period, however many customers there are; `firm_counter`: Layout::cost() of
  /// an intervention, or Layout::team_cost().
  void add(int period, int firm_counter, double amount);
  void merge(const Ledger& other);
  /// The firm's row of a period, by firm counter; real money.
  std::vector<double> firm(int period) const;
  /// A figure of period 1, 2, ... after the horizon, in plain units, of simulated customers.
  double run_off(int segment, int period, Origin origin, RunOff what) const;
  /// Customers at the end of the run-off.
  std::int64_t left(int segment, Origin origin) const { return left_[row(segment, origin)]; }
  /// A counter that is not money.
  std::int64_t get(int segment, int period, Origin origin, int counter) const {
    return cells_[index(segment, period, origin) + static_cast<std::size_t>(counter)];
  }
  /// Any counter in its unit: money, points, probabilities. Of simulated customers.
  double number(int segment, int period, Origin origin, int counter) const;
  /// All of them: segment x period x origin x counter.
  std::vector<double> numbers() const;
  bool with_values() const { return !values.empty(); }
  bool operator==(const Ledger& other) const;

  std::vector<Distribution> values;  ///< per segment x origin; empty: not wanted
  std::vector<Cohorts> cohorts;      ///< per segment
  std::vector<Lineages> lineages;    ///< per segment, of those in it

private:
  std::size_t row(int segment, Origin origin) const {
    return static_cast<std::size_t>(segment * origins + static_cast<int>(origin));
  }
  std::size_t line(int segment, int period, Origin origin) const {
    return (static_cast<std::size_t>(segment) * static_cast<std::size_t>(periods_) +
            static_cast<std::size_t>(period - 1)) *
               origins +
           static_cast<std::size_t>(origin);
  }
  std::size_t index(int segment, int period, Origin origin) const {
    return line(segment, period, origin) * units_.size();
  }
  double in_units(std::size_t line, std::size_t counter) const;
  int segments_ = 0, periods_ = 0, run_off_periods_ = 0, moneys_ = 0, firm_counters_ = 0, firm_scale_ = 0;
  std::vector<double> units_;      // by counter
  std::vector<int> money_places_;  // by counter
  std::vector<std::int64_t> cells_, left_, run_off_present_;
  std::vector<Sum> money_, run_off_revenue_, run_off_contribution_;
  std::vector<Sum> firm_;  // period x Layout::firm_counters()
};

}  // namespace goodwill

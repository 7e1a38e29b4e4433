// The ledger: whole numbers per segment x period x origin x counter. Sums are associative, so order and
// threads cannot matter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/ledger/counters.hpp"

namespace goodwill {

/// Where each counter of a model stands in a row, and what it is called.
struct Layout {
  int segments = 0, periods = 0;
  int run_off = 0;  ///< periods after the horizon: only what RunOff names is kept of them
  int stages = 0;   ///< occupancy of stage k at stages_at + k
  int stages_at = fixed_counters;
  int moves_at = 0;         ///< one per move, in the order of stages and moves
  int journeys_at = 0;      ///< started, truncated per journey
  int touchpoints_at = 0;   ///< contacts, failed, recovered per touchpoint
  int responses_at = 0;     ///< exposure, sum of probabilities per response
  int investments_at = 0;   ///< money per investment and event: cost.each and per_customer
  int treated_at = 0;       ///< customers first reached, per investment and event
  int experiences_at = -1;  ///< sums of expected, delivered, felt per touchpoint; -1: not wanted
  int counters = 0;         ///< length of a row
  std::vector<std::string> stage_names, move_names, journey_names, touchpoint_names, response_names,
      investment_names;
  std::vector<bool> response_is_rate;
  int money_scale = 20;  ///< money counters are in units of 2^-money_scale
  /// Customers and events are counted by weight, in units of 2^-30, and tenure in those of state.
  bool survival_weights = false;

  std::vector<std::string>
  counter_names() const;  ///< of a row: `lost`, `stage.customer`, `contacts.support.call`
  double count_unit() const { return survival_weights ? 1 / weight_unit : 1; }
  std::vector<double> counter_units() const;  ///< a counter times its unit is the number meant
};

/// What is kept of a period after the horizon: everybody not lost, customers or not; money as in a row.
enum RunOff : int { run_off_present, run_off_revenue, run_off_contribution, run_off_counters };

/// Values of customers on a log scale: 32 bins an octave (relative error below 2 %), from 2^-8 to 2^31 on
/// both sides of 0. Quantiles come from the bins, the mean from the sum, which keeps every digit.
class Distribution {
public:
  static constexpr int octaves = 39, per_octave = 32, half = octaves * per_octave, size = 2 * half + 1;
  static int bin(float value);
  static double center(int bin);
  void add(float value);
  /// Of somebody who never was a customer: their cost is borne by those who are.
  void add_to_sum(float value);
  void merge(const Distribution& other);
  const std::vector<std::int64_t>& counts() const { return counts_; }
  double sum() const;
  bool operator==(const Distribution&) const = default;

private:
  /// In units of 2^-64: whole numbers, so that order cannot matter; it holds 2^63.
  __extension__ typedef __int128 Sum;
  Sum sum_ = 0;
  std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(size, 0);
};

/// Who joined in a period (0: the initial base): how many of them are customers in each period, and the
/// revenue and contribution of all of them.
struct Cohorts {
  int periods = 0;
  std::vector<std::int64_t> customers, revenue, contribution;  ///< (periods + 1) x periods
  std::vector<std::int64_t> became;  ///< by period joined in: those who were customers within the horizon
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

class Ledger {
public:
  Ledger() = default;
  Ledger(const Layout& layout, bool with_values);

  /// Adds rows of one segment and origin, period by period from `first` (1-based).
  void add(int segment, Origin origin, int first, const std::vector<std::int64_t>& rows, int counters);
  /// Adds what happened after the horizon: run_off_counters numbers a period, from the first one; and who is
  /// left at the end.
  void add_run_off(int segment, Origin origin, const std::vector<std::int64_t>& rows, std::int64_t left);
  void merge(const Ledger& other);
  /// Of period 1, 2, ... after the horizon.
  std::int64_t run_off(int segment, int period, Origin origin, RunOff what) const {
    return run_off_[run_off_index(segment, period, origin) + static_cast<std::size_t>(what)];
  }
  /// Customers at the end of the run-off.
  std::int64_t left(int segment, Origin origin) const {
    return left_[static_cast<std::size_t>(segment * origins + static_cast<int>(origin))];
  }
  std::int64_t get(int segment, int period, Origin origin, int counter) const {
    return cells_[index(segment, period, origin) + static_cast<std::size_t>(counter)];
  }
  const std::vector<std::int64_t>& cells() const { return cells_; }
  bool with_values() const { return !values.empty(); }
  bool operator==(const Ledger& other) const;

  std::vector<Distribution> values;  ///< per segment x origin; empty: not wanted
  std::vector<Cohorts> cohorts;      ///< per segment

private:
  std::size_t index(int segment, int period, Origin origin) const {
    return ((static_cast<std::size_t>(segment) * static_cast<std::size_t>(periods_) +
             static_cast<std::size_t>(period - 1)) *
                origins +
            static_cast<std::size_t>(origin)) *
           static_cast<std::size_t>(counters_);
  }
  std::size_t run_off_index(int segment, int period, Origin origin) const {
    return (static_cast<std::size_t>(segment * origins + static_cast<int>(origin)) *
                static_cast<std::size_t>(run_off_periods_) +
            static_cast<std::size_t>(period - 1)) *
           run_off_counters;
  }
  int segments_ = 0, periods_ = 0, counters_ = 0, run_off_periods_ = 0;
  std::vector<std::int64_t> cells_, run_off_, left_;
};

}  // namespace goodwill

#include "sim/ledger/ledger.hpp"

#include <bit>
#include <cmath>
#include <stdexcept>

#include "sim/ledger/sums.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

namespace {

template <class Whole>
void add_cells(Whole* to, const Whole* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    if (__builtin_add_overflow(to[i], from[i], &to[i]))
      throw ModelError("the ledger: a sum has no room for this many customers and events; lower agents, "
                       "replications, or what happens very often (orders.rate, referrals.rate)");
}

/// Adds to the beginning of `to`; what `from` lacks counts as 0.
template <class Whole>
void add_part(std::vector<Whole>& to, const std::vector<Whole>& from) {
  if (to.size() < from.size()) throw std::logic_error("ledgers of different shape cannot be merged");
  add_cells(to.data(), from.data(), from.size());
}

template <class Whole>
void add_all(std::vector<Whole>& to, const std::vector<Whole>& from) {
  if (to.size() != from.size()) throw std::logic_error("ledgers of different shape cannot be merged");
  add_part(to, from);
}

/// The value of a customer in units of 2^-scale.
Sum fixed_value(double value, int scale) {
  const double scaled = std::ldexp(value, scale);
  if (!(std::abs(scaled) < 0x1p126)) throw ModelError("the value of a customer is too large to be added up");
  return static_cast<Sum>(scaled);
}

}  // namespace

std::vector<std::string> Layout::counter_names() const {
  std::vector<std::string> names;
  for (const CounterInfo& info : counter_info) names.emplace_back(info.name);
  const auto add = [&](const char* prefix, const std::string& name) { names.push_back(prefix + name); };
  for (const auto& n : stage_names) add("stage.", n);
  for (const auto& n : move_names) add("move.", n);
  for (const auto& n : journey_names) {
    add("started.", n);
    add("truncated.", n);
    add("completed.", n);
    add("efforts.", n);
  }
  for (const auto& n : touchpoint_names) {
    add("contacts.", n);
    add("failed.", n);
    add("recovered.", n);
  }
  for (const auto& n : response_names) {
    add("exposure.", n);
    add("expected.", n);
  }
  for (const auto& n : journey_names) {
    add("minutes.", n);
    add("effort.", n);
  }
  for (std::size_t k = firm_costs; k < cost_kinds; ++k)
    for (const auto& n : investment_names) names.push_back(std::string(cost_info[k].name) + "." + n);
  for (const auto& n : investment_names) add("treated.", n);
  if (full_at >= 0)
    for (const auto& n : touchpoint_names) add("full.", n);
  if (words_at >= 0) names.insert(names.end(), {"good_words", "bad_words"});
  if (spend_at >= 0)
    for (const auto* some : {&stage_names, &touchpoint_names})
      for (const auto& n : *some) add("spend.", n);
  for (int k = 0; k < bands; ++k) {
    names.push_back("band_exposure." + std::to_string(k));
    names.push_back("band_expected." + std::to_string(k));
  }
  if (experiences_at >= 0)
    for (const auto& n : touchpoint_names) {
      add("sum_expected.", n);
      add("sum_delivered.", n);
      add("sum_felt.", n);
    }
  return names;
}

std::vector<double> Layout::counter_units() const {
  const double money = std::ldexp(count_unit(), -money_scale);  // one unit of a price per unit of a count
  std::vector<double> units(static_cast<std::size_t>(counters), count_unit());
  for (std::size_t k = 0; k < fixed_counters; ++k) {
    const Role role = counter_info[k].role;
    if (role == Role::state || (role == Role::periods && survival_weights)) units[k] = 1 / state_unit;
    if (is_money(role)) units[k] = money;
  }
  for (std::size_t k = 0; k < response_names.size(); ++k)
    units[static_cast<std::size_t>(responses_at) + 2 * k + 1] =
        1 / (response_is_rate[k] ? rate_unit : probability_unit);
  for (int k = costs_at; k < treated_at; ++k) units[static_cast<std::size_t>(k)] = money;
  for (int k = 0; k < costs_at; ++k)
    if (is_measure(k)) units[static_cast<std::size_t>(k)] = std::ldexp(count_unit(), -measure_scale);
  for (int k = words_at; words_at >= 0 && k < words_at + message_kinds; ++k)
    units[static_cast<std::size_t>(k)] = 1 / message_unit;
  for (int k = spend_at; spend_at >= 0 && k < spend_at + spends(); ++k)
    units[static_cast<std::size_t>(k)] = count_unit() / parts_of(k);
  if (experiences_at >= 0)
    for (int k = experiences_at; k < counters; ++k) units[static_cast<std::size_t>(k)] = 1 / state_unit;
  return units;
}

// The exponent and the upper five bits of the mantissa number the bins: no logarithm needed.
int Distribution::bin(double value) {
  constexpr std::int64_t first = (1023 + lowest) << 5;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::int64_t magnitude = static_cast<std::int64_t>((bits & 0x7fffffffffffffffu) >> 47) - first;
  if (magnitude < 0) return half;
  const int capped = magnitude < half ? static_cast<int>(magnitude) : half - 1;
  return (bits >> 63) != 0 ? half - 1 - capped : half + 1 + capped;
}

double Distribution::center(int bin) {
  if (bin == half) return 0;
  const int k = bin > half ? bin - half - 1 : half - 1 - bin;
  const double low = std::ldexp(1.0 + (k % per_octave) / double(per_octave), k / per_octave + lowest);
  const double width = std::ldexp(1.0 / per_octave, k / per_octave + lowest);
  return (bin > half ? 1 : -1) * (low + width / 2);
}

void Distribution::add(double value) {
  ++counts_[static_cast<std::size_t>(bin(value))];
  add_to_sum(value);
}

void Distribution::add_to_sum(double value) {
  const Sum whole = fixed_value(value, scale_);
  add_cells(&sum_, &whole, 1);
}

void Distribution::merge(const Distribution& other) {
  add_all(counts_, other.counts_);
  add_cells(&sum_, &other.sum_, 1);
}

double Distribution::sum() const { return std::ldexp(static_cast<double>(sum_), -scale_); }

Cohorts::Cohorts(int n, int rows)
    : periods(n), customers(static_cast<std::size_t>(n) * static_cast<std::size_t>(rows)),
      revenue(customers.size()), contribution(customers.size()), became(static_cast<std::size_t>(rows)) {}

void Cohorts::merge(const Cohorts& other) {
  add_part(customers, other.customers);
  add_part(revenue, other.revenue);
  add_part(contribution, other.contribution);
  add_part(became, other.became);
}

Lineages::Lineages(int segments, int scale)
    : scale_(scale), people_(static_cast<std::size_t>(segments * roots * generations)),
      customers_(people_.size()), value_(people_.size()) {}

void Lineages::add(std::int32_t descent, bool customer, double value) {
  const auto at = static_cast<std::size_t>(descent);
  ++people_[at];
  customers_[at] += customer;
  const Sum whole = fixed_value(value, scale_);
  add_cells(&value_[at], &whole, 1);
}

void Lineages::merge(const Lineages& other) {
  add_all(people_, other.people_);
  add_all(customers_, other.customers_);
  add_all(value_, other.value_);
}

std::vector<double> Lineages::numbers() const {
  std::vector<double> all;
  for (std::size_t k = 0; k < people_.size(); ++k) {
    all.push_back(static_cast<double>(people_[k]));
    all.push_back(static_cast<double>(customers_[k]));
    all.push_back(std::ldexp(static_cast<double>(value_[k]), -scale_));
  }
  return all;
}

Ledger::Ledger(const Layout& layout, bool with_values)
    : segments_(layout.segments), periods_(layout.periods), run_off_periods_(layout.run_off),
      moneys_(layout.moneys()), firm_counters_(layout.firm_counters()), firm_scale_(layout.firm_scale),
      units_(layout.counter_units()) {
  for (int k = 0; k < layout.counters; ++k) money_places_.push_back(layout.money_place(k));
  const std::size_t rows = static_cast<std::size_t>(segments_) * origins,
                    lines = rows * static_cast<std::size_t>(periods_),
                    beyond = rows * static_cast<std::size_t>(run_off_periods_);
  cells_.resize(lines * units_.size());
  money_.resize(lines * static_cast<std::size_t>(moneys_));
  firm_.resize(static_cast<std::size_t>(periods_) * static_cast<std::size_t>(firm_counters_));
  left_.resize(rows);
  run_off_present_.resize(beyond);
  run_off_revenue_.resize(beyond);
  run_off_contribution_.resize(beyond);
  if (!with_values) return;
  values.assign(rows, Distribution(layout.value_scale));
  cohorts.assign(static_cast<std::size_t>(segments_), Cohorts(periods_, periods_ + 1));
  lineages.assign(static_cast<std::size_t>(segments_), Lineages(segments_, layout.value_scale));
}

void Ledger::add(int segment, Origin origin, const Rows& rows) {
  const std::size_t width = units_.size(), moneys = static_cast<std::size_t>(moneys_);
  for (std::size_t k = 0; k * width < rows.counts.size(); ++k) {
    const std::size_t at = line(segment, static_cast<int>(k) + 1, origin);
    add_cells(&cells_[at * width], &rows.counts[k * width], width);
    add_cells(&money_[at * moneys], &rows.money[k * moneys], moneys);
  }
}

void Ledger::add(int segment, Origin origin, const RunOffRows& rows) {
  const std::size_t at = row(segment, origin), from = at * static_cast<std::size_t>(run_off_periods_),
                    n = rows.present.size();
  add_cells(&left_[at], &rows.left, 1);
  if (n == 0) return;
  add_cells(&run_off_present_[from], rows.present.data(), n);
  add_cells(&run_off_revenue_[from], rows.revenue.data(), n);
  add_cells(&run_off_contribution_[from], rows.contribution.data(), n);
}

void Ledger::add(int period, int firm_counter, double amount) {
  const auto at = static_cast<std::size_t>((period - 1) * firm_counters_ + firm_counter);
  const Sum whole = to_sum(amount, std::ldexp(1.0, firm_scale_ - 40));
  add_cells(&firm_[at], &whole, 1);
}

std::vector<double> Ledger::firm(int period) const {
  const auto width = static_cast<std::size_t>(firm_counters_);
  std::vector<double> row;
  for (std::size_t k = 0; k < width; ++k)
    row.push_back(std::ldexp(static_cast<double>(firm_[static_cast<std::size_t>(period - 1) * width + k]),
                             -firm_scale_));
  return row;
}

void Ledger::merge(const Ledger& other) {
  add_all(cells_, other.cells_);
  add_all(firm_, other.firm_);
  add_all(money_, other.money_);
  add_all(left_, other.left_);
  add_all(run_off_present_, other.run_off_present_);
  add_all(run_off_revenue_, other.run_off_revenue_);
  add_all(run_off_contribution_, other.run_off_contribution_);
  for (std::size_t i = 0; i < values.size(); ++i) values[i].merge(other.values[i]);
  for (std::size_t i = 0; i < cohorts.size(); ++i) cohorts[i].merge(other.cohorts[i]);
  for (std::size_t i = 0; i < lineages.size(); ++i) lineages[i].merge(other.lineages[i]);
}

double Ledger::run_off(int segment, int period, Origin origin, RunOff what) const {
  const std::size_t at = row(segment, origin) * static_cast<std::size_t>(run_off_periods_) +
                         static_cast<std::size_t>(period - 1);
  if (what == run_off_present) return static_cast<double>(run_off_present_[at]) * units_[count_start];
  return static_cast<double>((what == run_off_revenue ? run_off_revenue_ : run_off_contribution_)[at]) *
         units_[first_money()];
}

double Ledger::in_units(std::size_t at, std::size_t counter) const {
  const int place = money_places_[counter];
  const double number =
      place < 0 ? static_cast<double>(cells_[at * units_.size() + counter])
                : static_cast<double>(
                      money_[at * static_cast<std::size_t>(moneys_) + static_cast<std::size_t>(place)]);
  return number * units_[counter];
}

double Ledger::number(int segment, int period, Origin origin, int counter) const {
  return in_units(line(segment, period, origin), static_cast<std::size_t>(counter));
}

std::vector<double> Ledger::numbers() const {
  std::vector<double> all;
  all.reserve(cells_.size());
  for (std::size_t at = 0; all.size() < cells_.size(); ++at)
    for (std::size_t k = 0; k < units_.size(); ++k) all.push_back(in_units(at, k));
  return all;
}

bool Ledger::operator==(const Ledger& other) const {
  return cells_ == other.cells_ && firm_ == other.firm_ && money_ == other.money_ && left_ == other.left_ &&
         run_off_present_ == other.run_off_present_ && run_off_revenue_ == other.run_off_revenue_ &&
         run_off_contribution_ == other.run_off_contribution_ && values == other.values &&
         cohorts == other.cohorts && lineages == other.lineages;
}

}  // namespace goodwill

#include "sim/ledger/ledger.hpp"

#include <bit>
#include <cmath>
#include <stdexcept>

namespace goodwill {

static_assert(fixed_counters == 34, "counter_names lists the fixed counters in order");

namespace {

void add_cells(std::int64_t* to, const std::int64_t* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    if (__builtin_add_overflow(to[i], from[i], &to[i]))
      throw std::overflow_error("a sum of the ledger overflows");
}

/// Adds to the beginning: what is not there counts as 0.
void add_part(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
  if (to.size() < from.size()) throw std::logic_error("ledgers of different shape cannot be merged");
  add_cells(to.data(), from.data(), from.size());
}

void add_all(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
  if (to.size() != from.size()) throw std::logic_error("ledgers of different shape cannot be merged");
  add_part(to, from);
}

}  // namespace

std::vector<std::string> Layout::counter_names() const {
  std::vector<std::string> names{"start",
                                 "joined",
                                 "won",
                                 "won_back",
                                 "lost",
                                 "end",
                                 "leads",
                                 "prospects_start",
                                 "prospects",
                                 "lapsed",
                                 "sum_satisfaction",
                                 "sum_expectation",
                                 "sum_trust",
                                 "sum_tenure",
                                 "surveyed",
                                 "promoters",
                                 "detractors",
                                 "responses",
                                 "measured_promoters",
                                 "measured_detractors",
                                 "sum_scores",
                                 "orders",
                                 "referrals",
                                 "converted",
                                 "fees",
                                 "fee_margin",
                                 "service_cost",
                                 "touchpoint_cost",
                                 "recovery_cost",
                                 "earnings",
                                 "earnings_margin",
                                 "order_revenue",
                                 "order_margin",
                                 "acquisition"};
  const auto add = [&](const char* prefix, const std::string& name) { names.push_back(prefix + name); };
  for (const auto& n : stage_names) add("stage.", n);
  for (const auto& n : move_names) add("move.", n);
  for (const auto& n : journey_names) {
    add("started.", n);
    add("truncated.", n);
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
  for (const auto& n : investment_names) add("investment.", n);
  for (const auto& n : investment_names) add("treated.", n);
  if (experiences_at >= 0)
    for (const auto& n : touchpoint_names) {
      add("sum_expected.", n);
      add("sum_delivered.", n);
      add("sum_felt.", n);
    }
  return names;
}

std::vector<double> Layout::counter_units() const {
  const double money = std::ldexp(1.0, -money_scale);
  std::vector<double> units(static_cast<std::size_t>(counters), count_unit());
  for (int k = sum_satisfaction; k <= sum_trust; ++k) units[static_cast<std::size_t>(k)] = 1 / state_unit;
  if (survival_weights) units[sum_tenure] = 1 / state_unit;
  for (int k = money_fees; k <= money_acquisition; ++k) units[static_cast<std::size_t>(k)] = money;
  for (std::size_t k = 0; k < response_names.size(); ++k)
    units[static_cast<std::size_t>(responses_at) + 2 * k + 1] =
        1 / (response_is_rate[k] ? rate_unit : probability_unit);
  for (int k = investments_at; k < treated_at; ++k) units[static_cast<std::size_t>(k)] = money;
  if (experiences_at >= 0)
    for (int k = experiences_at; k < counters; ++k) units[static_cast<std::size_t>(k)] = 1 / state_unit;
  return units;
}

// The exponent and the upper five bits of the mantissa of a float number the bins: no logarithm needed.
int Distribution::bin(float value) {
  constexpr int lowest = (127 - 8) << 5;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const int magnitude = static_cast<int>((bits & 0x7fffffffu) >> 18) - lowest;
  if (magnitude < 0) return half;
  const int capped = magnitude < half ? magnitude : half - 1;
  return (bits >> 31) != 0 ? half - 1 - capped : half + 1 + capped;
}

double Distribution::center(int bin) {
  if (bin == half) return 0;
  const int k = bin > half ? bin - half - 1 : half - 1 - bin;
  const double low = std::ldexp(1.0 + (k % per_octave) / double(per_octave), k / per_octave - 8);
  const double width = std::ldexp(1.0 / per_octave, k / per_octave - 8);
  return (bin > half ? 1 : -1) * (low + width / 2);
}

void Distribution::add(float value) {
  ++counts_[static_cast<std::size_t>(bin(value))];
  add_to_sum(value);
}

void Distribution::add_to_sum(float value) {
  if (!(std::abs(value) < 0x1p62f) ||
      __builtin_add_overflow(sum_, static_cast<Sum>(std::ldexp(static_cast<double>(value), 64)), &sum_))
    throw std::overflow_error("a sum of the ledger overflows");
}

void Distribution::merge(const Distribution& other) {
  add_all(counts_, other.counts_);
  if (__builtin_add_overflow(sum_, other.sum_, &sum_))
    throw std::overflow_error("a sum of the ledger overflows");
}

double Distribution::sum() const { return std::ldexp(static_cast<double>(sum_), -64); }

Cohorts::Cohorts(int n, int rows)
    : periods(n), customers(static_cast<std::size_t>(n) * static_cast<std::size_t>(rows)),
      revenue(customers.size()), contribution(customers.size()), became(static_cast<std::size_t>(rows)) {}

void Cohorts::merge(const Cohorts& other) {
  add_part(customers, other.customers);
  add_part(revenue, other.revenue);
  add_part(contribution, other.contribution);
  add_part(became, other.became);
}

Ledger::Ledger(const Layout& layout, bool with_values)
    : segments_(layout.segments), periods_(layout.periods), counters_(layout.counters),
      run_off_periods_(layout.run_off), run_off_(static_cast<std::size_t>(layout.segments * origins) *
                                                 static_cast<std::size_t>(layout.run_off) * run_off_counters),
      left_(static_cast<std::size_t>(layout.segments * origins)) {
  cells_.resize(static_cast<std::size_t>(segments_) * static_cast<std::size_t>(periods_) * origins *
                static_cast<std::size_t>(counters_));
  if (!with_values) return;
  values.resize(static_cast<std::size_t>(segments_) * origins);
  cohorts.assign(static_cast<std::size_t>(segments_), Cohorts(periods_, periods_ + 1));
}

void Ledger::add(int segment, Origin origin, int first, const std::vector<std::int64_t>& rows, int counters) {
  const std::size_t width = static_cast<std::size_t>(counters);
  for (std::size_t k = 0; k * width < rows.size(); ++k) {
    add_cells(&cells_[index(segment, first + static_cast<int>(k), origin)], &rows[k * width], width);
  }
}

void Ledger::add_run_off(int segment, Origin origin, const std::vector<std::int64_t>& rows,
                         std::int64_t left) {
  if (!rows.empty()) add_cells(&run_off_[run_off_index(segment, 1, origin)], rows.data(), rows.size());
  left_[static_cast<std::size_t>(segment * origins + static_cast<int>(origin))] += left;
}

void Ledger::merge(const Ledger& other) {
  add_all(cells_, other.cells_);
  add_all(run_off_, other.run_off_);
  add_all(left_, other.left_);
  for (std::size_t i = 0; i < values.size(); ++i) values[i].merge(other.values[i]);
  for (std::size_t i = 0; i < cohorts.size(); ++i) cohorts[i].merge(other.cohorts[i]);
}

bool Ledger::operator==(const Ledger& other) const {
  return cells_ == other.cells_ && run_off_ == other.run_off_ && left_ == other.left_ &&
         values == other.values && cohorts == other.cohorts;
}

}  // namespace goodwill

// Ledgers on their way between processes: whole numbers of 64 bits, a sum of 128 bits in two of them.
#include <stdexcept>

#include "sim/ledger/ledger.hpp"

namespace goodwill {
namespace {

constexpr int half = 64;

void write_sums(const std::vector<std::int64_t>& sums, std::vector<std::int64_t>& plain) {
  plain.insert(plain.end(), sums.begin(), sums.end());
}

void write_sums(const std::vector<Sum>& sums, std::vector<std::int64_t>& plain) {
  for (const Sum sum : sums)
    plain.insert(plain.end(), {static_cast<std::int64_t>(sum), static_cast<std::int64_t>(sum >> half)});
}

std::int64_t take(std::span<const std::int64_t>& plain) {
  if (plain.empty()) throw std::logic_error("these are no sums of this ledger: they are too few");
  const std::int64_t first = plain.front();
  plain = plain.subspan(1);
  return first;
}

void read_sums(std::vector<std::int64_t>& sums, std::span<const std::int64_t>& plain) {
  for (std::int64_t& sum : sums) sum = take(plain);
}

void read_sums(std::vector<Sum>& sums, std::span<const std::int64_t>& plain) {
  for (Sum& sum : sums) {
    const auto low = static_cast<std::uint64_t>(take(plain));
    sum = static_cast<Sum>(take(plain)) * (Sum{1} << half) + static_cast<Sum>(low);
  }
}

}  // namespace

template <class Self, class Visit>
void Ledger::each_kind(Self& ledger, Visit&& visit) {
  if (ledger.with_values()) throw std::logic_error("values of customers stay in their process");
  visit(ledger.cells_);
  visit(ledger.money_);
  visit(ledger.firm_);
  visit(ledger.left_);
  visit(ledger.run_off_present_);
  visit(ledger.run_off_revenue_);
  visit(ledger.run_off_contribution_);
}

void Ledger::write(std::vector<std::int64_t>& plain) const {
  each_kind(*this, [&](const auto& sums) { write_sums(sums, plain); });
}

void Ledger::read(std::span<const std::int64_t>& plain) {
  each_kind(*this, [&](auto& sums) { read_sums(sums, plain); });
}

}  // namespace goodwill

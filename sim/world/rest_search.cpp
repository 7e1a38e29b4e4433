#include "sim/world/rest_search.hpp"

#include <algorithm>
#include <cmath>

namespace goodwill {
namespace {

constexpr double unfelt = 1e-3;  // a third of what figures may be off: a share of odds, or points of a mean

}  // namespace

bool RestSearch::is_felt(std::size_t k, double difference) const {
  return felt_.empty() || felt_[k] * difference > unfelt;
}

bool RestSearch::known(double share) const {
  for (std::size_t k = 0; k < all_.size(); ++k) {
    const double got = all_[k].got_before, error = all_[k].roots.error();
    if (got > 0 && error / got > share && is_felt(k, error)) return false;
  }
  return true;
}

void RestSearch::correct(const std::vector<double>& record, std::vector<double>& past, bool rough) {
  if (record.empty()) return;
  const std::size_t n = past.size(), periods = std::min(month_, record.size() / n);
  all_.resize(n);
  settled_ = true;
  error_ = 0;
  for (std::size_t k = 0; k < n; ++k) {
    One& one = all_[k];
    double got = 0;
    for (std::size_t t = 0; t < periods; ++t) got += record[t * n + k] / static_cast<double>(periods);
    if (rough && std::abs(past[k] - one.before) > same_ * got)
      one.slope = std::clamp((got - one.got_before) / (past[k] - one.before), 0.0, steepest_);
    const double moved = std::abs(got - past[k]);
    settled_ = settled_ && (moved <= same_ * got || !is_felt(k, moved));
    one.before = past[k];
    one.got_before = got;
    const double root = std::max(0.0, past[k] + (got - past[k]) / (1 - one.slope));
    past[k] = rough ? root : one.roots.add(root);
    if (!rough && got > 0) error_ = std::max(error_, one.roots.error() / got);
  }
}

}  // namespace goodwill

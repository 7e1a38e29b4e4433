#include "scenarios/irr.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdio>
#include <limits>

#include "sim/model/problem.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {
namespace {

// Bounds of x = log(1 + r).
const double lowest = std::log(1e-4), highest = std::log1p(1e4);
constexpr int grid = 400;
/// Of the share below, whose rounding is near 1e-16: closer to 0 than this, a turning point touches it.
constexpr double touching = 1e-12;

/// The present value at x = log(1 + r) as a share of the gross flows' present value: between -1 and 1, never
/// overflowing, with the zeros of the present value. Regular flows have few different gaps between them, so
/// that few exponentials are needed.
class Share {
public:
  explicit Share(std::span<const CashFlow> flows) {
    double gross = 0, before = 0;
    for (const CashFlow& flow : flows) gross += std::abs(flow.amount);
    for (const CashFlow& flow : flows) {
      // Below this it is rounding of sums that should be 0.
      if (std::abs(flow.amount) <= gross * std::numeric_limits<double>::epsilon()) continue;
      if (!amounts_.empty()) which_.push_back(number_of_gap(flow.years - before));
      amounts_.push_back(flow.amount);
      before = flow.years;
    }
    factors_.resize(gaps_.size());
  }
  const std::vector<double>& amounts() const { return amounts_; }
  int changes_of_sign() const {
    int changes = 0;
    for (std::size_t i = 1; i < amounts_.size(); ++i) changes += (amounts_[i] > 0) != (amounts_[i - 1] > 0);
    return changes;
  }
  double operator()(double x) const {
    for (std::size_t k = 0; k < gaps_.size(); ++k) factors_[k] = std::exp(-std::abs(x) * gaps_[k]);
    // The largest factor is 1: that of the first flow, or of the last when rates are negative.
    const std::size_t n = amounts_.size();
    double factor = 1, net = 0, gross = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) factor *= factors_[which_[x > 0 ? i - 1 : n - 1 - i]];
      const double value = factor * amounts_[x > 0 ? i : n - 1 - i];
      net += value;
      gross += std::abs(value);
    }
    return net / gross;
  }

private:
  std::size_t number_of_gap(double gap) {
    for (std::size_t k = gaps_.size(); k-- > 0;)
      if (std::abs(gaps_[k] - gap) < 1e-9 * gap) return k;  // equal but for the rounding of years
    gaps_.push_back(gap);
    return gaps_.size() - 1;
  }

  std::vector<double> amounts_, gaps_;   ///< of flows; the different gaps between them, in years
  std::vector<std::size_t> which_;       ///< gap between a flow and the next
  mutable std::vector<double> factors_;  ///< of the gaps; room to work in
};

double root_between(const Share& share, double low, double high, double at_low, double at_high) {
  if (at_low == 0) return low;
  if (at_high == 0) return high;
  std::uintmax_t steps = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      share, low, high, at_low, at_high, boost::math::tools::eps_tolerance<double>(50), steps);
  return (bracket.first + bracket.second) / 2;
}

/// Roots between two points of the grid that have the same sign, with one between them that is closer to 0.
void roots_at_turn(const Share& share, double low, double high, double sign, std::vector<double>& roots) {
  const auto distance = [&](double x) { return sign * share(x); };
  const double turn = boost::math::tools::brent_find_minima(distance, low, high, 40).first;
  const double at = share(turn);
  if (std::abs(at) <= touching) {
    roots.push_back(turn);
  } else if (sign * at < 0) {
    roots.push_back(root_between(share, low, turn, share(low), at));
    roots.push_back(root_between(share, turn, high, at, share(high)));
  }
}

std::vector<double> scan(const Share& share) {
  std::vector<double> x(grid + 1), value(grid + 1), roots;
  for (int i = 0; i <= grid; ++i) {
    const auto k = static_cast<std::size_t>(i);
    x[k] = lowest + (highest - lowest) * i / grid;
    value[k] = share(x[k]);
  }
  for (std::size_t k = 0; k + 1 < x.size(); ++k) {
    if (value[k] == 0)
      roots.push_back(x[k]);
    else if (value[k] * value[k + 1] < 0)
      roots.push_back(root_between(share, x[k], x[k + 1], value[k], value[k + 1]));
    if (k > 0 && value[k - 1] * value[k] > 0 && value[k] * value[k + 1] > 0 &&
        std::abs(value[k]) < std::abs(value[k - 1]) && std::abs(value[k]) <= std::abs(value[k + 1]))
      roots_at_turn(share, x[k - 1], x[k + 1], value[k] > 0 ? 1 : -1, roots);
  }
  return roots;
}

std::string percent(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", 100 * rate);
  return text;
}

std::string why_several(const std::vector<double>& rates) {
  std::string text = "several rates make the present value 0:";
  for (std::size_t k = 0; k < rates.size(); ++k) text += (k ? ", " : " ") + percent(rates[k]);
  return text;
}

}  // namespace

Irr irr(std::span<const CashFlow> flows) {
  for (const CashFlow& flow : flows)
    if (!std::isfinite(flow.amount) || !std::isfinite(flow.years))
      throw ModelError("irr: the flow of " + format_scalar(flow.amount, Unit::plain) + " at " +
                       format_scalar(flow.years, Unit::plain) + " years is not a number");
  const Share share(flows);
  const std::vector<double>& amounts = share.amounts();
  if (amounts.empty()) return {{}, false, "no money flows"};
  if (share.changes_of_sign() == 0)
    return {{},
            false,
            amounts[0] < 0 ? "never pays back: all flows are negative"
                           : "nothing is invested: all flows are positive"};
  std::vector<double> roots;
  if (share.changes_of_sign() > 1) {
    roots = scan(share);
  } else if (const double low = share(lowest), high = share(highest); low * high <= 0) {
    roots.push_back(root_between(share, lowest, highest, low, high));
  }
  std::sort(roots.begin(), roots.end());
  Irr result;
  for (const double x : roots) result.rates.push_back(std::expm1(x));
  result.unique = roots.size() == 1;
  if (roots.empty())
    result.reason = "no rate between -99.99 % and 1 000 000 % makes the present value 0";
  else if (!result.unique)
    result.reason = why_several(result.rates);
  return result;
}

double mirr(std::span<const CashFlow> flows, double finance_rate, double reinvest_rate) {
  if (flows.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double first = flows.front().years, last = flows.back().years;
  double in = 0, out = 0;
  for (const CashFlow& flow : flows) {
    if (flow.amount > 0)
      in += flow.amount * std::exp(std::log1p(reinvest_rate) * (last - flow.years));
    else
      out -= flow.amount * std::exp(-std::log1p(finance_rate) * (flow.years - first));
  }
  if (in == 0 || out == 0) return std::numeric_limits<double>::quiet_NaN();
  return std::expm1(std::log(in / out) / (last - first));
}

}  // namespace goodwill

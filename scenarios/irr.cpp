#include "scenarios/irr.hpp"

#include <algorithm>
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
/// A turning point of `Share` closer to 0 than this touches 0; rounding of the share is near 1e-16.
constexpr double touching = 1e-12;
/// With up to this many changes of sign every root is found; with more, a grid of so many steps is searched.
constexpr int most_changes = 60, grid = 400;

/// The present value at x = log(1 + r) divided by that of the absolute flows. It has the zeros of the present
/// value, lies between -1 and 1, and never overflows. Regular flows have few different gaps between them, so
/// few exponentials are needed.
class Share {
public:
  explicit Share(std::span<const CashFlow> flows) {
    double gross = 0;
    for (const CashFlow& flow : flows) gross += std::abs(flow.amount);
    for (const CashFlow& flow : flows) {
      // What is smaller is the rounding of sums that should be 0.
      if (std::abs(flow.amount) <= gross * std::numeric_limits<double>::epsilon()) continue;
      if (!years_.empty()) which_.push_back(number_of_gap(flow.years - years_.back()));
      amounts_.push_back(flow.amount);
      years_.push_back(flow.years);
    }
    factors_.resize(gaps_.size());
  }
  const std::vector<double>& amounts() const { return amounts_; }
  const std::vector<double>& years() const { return years_; }
  /// The share for other amounts at the times of the flows.
  double operator()(const std::vector<double>& amounts, double x) const {
    for (std::size_t k = 0; k < gaps_.size(); ++k) factors_[k] = std::exp(-std::abs(x) * gaps_[k]);
    // The largest factor is 1: that of the first flow, or of the last when rates are negative.
    const std::size_t n = amounts.size();
    double factor = 1, net = 0, gross = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) factor *= factors_[which_[x > 0 ? i - 1 : n - 1 - i]];
      const double value = factor * amounts[x > 0 ? i : n - 1 - i];
      net += value;
      gross += std::abs(value);
    }
    return net / gross;
  }
  double operator()(double x) const { return (*this)(amounts_, x); }

private:
  std::size_t number_of_gap(double gap) {
    for (std::size_t k = gaps_.size(); k-- > 0;)
      if (std::abs(gaps_[k] - gap) < 1e-9 * gap) return k;  // equal but for the rounding of years
    gaps_.push_back(gap);
    return gaps_.size() - 1;
  }

  std::vector<double> amounts_, years_, gaps_;  ///< of flows; the different gaps between them, in years
  std::vector<std::size_t> which_;              ///< gap between a flow and the next
  mutable std::vector<double> factors_;         ///< discount factor of each gap, for the x of the last call
};

/// The positions of amounts whose sign differs from that of the amount before.
std::vector<std::size_t> changes_of_sign(const std::vector<double>& amounts) {
  std::vector<std::size_t> changes;
  for (std::size_t i = 1; i < amounts.size(); ++i)
    if ((amounts[i] > 0) != (amounts[i - 1] > 0)) changes.push_back(i);
  return changes;
}

template <class Function>
double root_between(const Function& share, double low, double high, double at_low, double at_high) {
  std::uintmax_t steps = 200;
  const auto bracket = boost::math::tools::toms748_solve(
      share, low, high, at_low, at_high, boost::math::tools::eps_tolerance<double>(50), steps);
  return (bracket.first + bracket.second) / 2;
}

/// All roots, if at most one lies between two neighbouring points and every root that only touches 0 is a
/// point.
std::vector<double> roots_between(const Share& share, const std::vector<double>& amounts,
                                  const std::vector<double>& points) {
  const auto at = [&](double x) { return share(amounts, x); };
  std::vector<double> roots;
  double before = 1;
  for (std::size_t k = 0; k < points.size(); ++k) {
    double value = at(points[k]);
    if (std::abs(value) <= touching) {
      if (k == 0 || before != 0) roots.push_back(points[k]);
      value = 0;
    } else if (k > 0 && value * before < 0) {
      roots.push_back(root_between(at, points[k - 1], points[k], before, value));
    }
    before = value;
  }
  return roots;
}

/// All roots, by Rolle's theorem: between two roots of a function its derivative has a root. The present
/// value times e^(T x), with T between two flows of different sign, has the same roots as the present value.
/// Its derivative has the same form (flows times T - years) with that one change of sign gone. Without a
/// change of sign there is no root; on the way back the roots of each derivative divide the range into parts
/// with at most one root each.
std::vector<double> all_roots(const Share& share, const std::vector<double>& amounts) {
  std::vector<double> points{lowest, highest};
  const std::vector<std::size_t> changes = changes_of_sign(amounts);
  if (changes.empty()) return {};
  if (changes.size() > 1) {
    const std::size_t change = changes[changes.size() / 2];
    const double between = (share.years()[change - 1] + share.years()[change]) / 2;
    std::vector<double> slope = amounts;
    for (std::size_t i = 0; i < slope.size(); ++i) slope[i] *= between - share.years()[i];
    const std::vector<double> turns = all_roots(share, slope);
    points.insert(points.begin() + 1, turns.begin(), turns.end());
  }
  return roots_between(share, amounts, points);
}

std::vector<double> roots_on_grid(const Share& share) {
  std::vector<double> points;
  for (int i = 0; i <= grid; ++i) points.push_back(lowest + (highest - lowest) * i / grid);
  return roots_between(share, share.amounts(), points);
}

std::string percent(double rate) {
  if (rate > 10) return "above 1,000 %";
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", 100 * rate);
  return text;
}

std::string why_several(const std::vector<double>& rates) {
  std::string text = "several rates make the present value 0:";
  for (std::size_t k = 0; k < rates.size(); ++k) text += (k ? ", " : " ") + percent(rates[k]);
  return text;
}

/// What is unusual about the only rate; empty in the usual case, where the present value is positive at lower
/// rates and negative at higher ones.
std::string about_the_only(const Share& share, double rate) {
  const bool gains_above = share(highest) > 0, gains_below = share(lowest) > 0;
  if (gains_above == gains_below)
    return "at every other rate the present value is " + std::string(gains_above ? "above" : "below") + " 0";
  return gains_above
             ? "money comes first and is paid for later, so the rule is reversed: it pays at discount "
               "rates above " +
                   percent(rate)
             : "";
}

constexpr const char* of_many_changes =
    "the flows change their sign more than 60 times: rates within 5 % of each other may be missing";

}  // namespace

Irr irr(std::span<const CashFlow> flows) {
  for (const CashFlow& flow : flows)
    if (!std::isfinite(flow.amount) || !std::isfinite(flow.years))
      throw ModelError("irr: the flow of " + format_scalar(flow.amount, Unit::plain) + " at " +
                       format_scalar(flow.years, Unit::plain) + " years is not a number");
  const Share share(flows);
  const std::vector<double>& amounts = share.amounts();
  if (amounts.empty()) return {{}, false, "no money flows"};
  const std::size_t changes = changes_of_sign(amounts).size();
  if (changes == 0)
    return {{},
            false,
            amounts[0] < 0 ? "nothing comes back: all flows are negative"
                           : "nothing is invested: all flows are positive"};
  const bool all = changes <= most_changes;
  Irr result;
  for (const double x : all ? all_roots(share, amounts) : roots_on_grid(share))
    result.rates.push_back(std::expm1(x));
  result.unique = all && result.rates.size() == 1;
  if (result.rates.empty())
    result.reason = "no rate between -99.99 % and 1,000,000 % makes the present value 0";
  else if (result.rates.size() > 1)
    result.reason = why_several(result.rates);
  else
    result.reason = about_the_only(share, result.rates.front());
  if (!all) result.reason += (result.reason.empty() ? "" : "; ") + std::string(of_many_changes);
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

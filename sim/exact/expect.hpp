// The exact solver: without effects and frailty a model is a Markov chain with rewards, and what a simulation
// estimates is computed by linear algebra instead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/ledger/counters.hpp"
#include "sim/ledger/ledger.hpp"
#include "sim/plan/plan.hpp"

namespace goodwill {

/// The value of customers over their whole life in the baseline: present value, at the start, of their
/// contribution without acquisition.
struct LifetimeValue {
  /// [segment][stage]: one customer now in this stage with tenure 0; their own contribution
  std::vector<std::vector<double>> by_stage;
  /// [segment][stage]: the same and that of the customers they refer, and these refer, and so on
  std::vector<std::vector<double>> with_referrals;
  std::vector<double> base, base_with_referrals;  ///< [segment]: today's customers together
  /// Customers in each generation of referred customers per one of the generation before (spectral radius of
  /// the mean offspring by segment); below 1.
  double referral_growth = 0;
};

/// What is expected of a ledger, in real customers and currency units.
class Expectation {
public:
  explicit Expectation(const Plan& plan);

  Layout layout;                                           ///< where each counter stands, as in the ledger
  std::vector<double> base;                                ///< customers of the initial base, by segment
  std::vector<double> discount_recurring, discount_dated;  ///< by period - 1
  std::optional<LifetimeValue> lifetime;                   ///< only if asked for

  /// Counters as of the ledger; sums of probabilities in plain units. NaN where the chain does not know: sums
  /// of satisfaction, expectation, trust, tenure and scores, promoters and detractors, answers about effort.
  double get(int segment, int period, Origin origin, int counter) const {
    return cells_[index(segment, period, origin) + static_cast<std::size_t>(counter)];
  }
  /// Sum over segments and origins.
  double total(int period, int counter) const;
  static bool knows(int counter);

  /// Margins less cost to serve and acquisition; the cost of investments is not part of it.
  double contribution(int segment, int period, Origin origin) const;
  /// Present value of the contribution over the horizon, by the model's discount and timing.
  double present_value(int segment, Origin origin) const;
  double present_value() const;

  void add(int segment, int period, Origin origin, int counter, double amount) {
    cells_[index(segment, period, origin) + static_cast<std::size_t>(counter)] += amount;
  }

private:
  std::size_t index(int segment, int period, Origin origin) const;
  std::vector<double> cells_;
};

/// The recurring contribution of a row of counters; it is dated by the model's timing.
template <class Row>
double recurring_of(const Row& row) {
  return recurring_contribution([&](std::int32_t counter) -> double { return row[counter]; });
}

/// The part of a row that is due on joining.
template <class Row>
double acquisition_of(const Row& row) {
  return sum_of(Role::acquisition, [&](std::int32_t counter) -> double { return row[counter]; });
}

/// The expectation of a simulation of this scenario over `horizon` periods (none: the model's). With
/// `infinite` also the value of customers over their whole life, which is a figure of the baseline and
/// refused for other scenarios.
///
/// Probabilities and rates are as precise as in the kernel's tables, see chain.hpp. Throws ModelError for
/// whatever makes the model no Markov chain, by place and value; for an unknown scenario; for a base in which
/// nobody could be here today; and with `infinite` for values or referrals without limit.
Expectation expect(const Model& model, const Anchors& anchors, const std::string& scenario = "baseline",
                   std::optional<int> horizon = {}, bool infinite = false);

}  // namespace goodwill

#include "sim/exact/lifetime.hpp"

#include <cmath>

#include <Eigen/Dense>

#include "sim/exact/markov.hpp"
#include "sim/model/findings.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double negligible = 1e-12;  // a probability that rounding alone may leave

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// Stages that last for ever: nobody in them is ever lost, and every stage they lead to leads back to them.
std::vector<bool> lasting_stages(const MatrixXd& next) {
  const int n = static_cast<int>(next.rows());
  std::vector<std::vector<bool>> reach(at(n), std::vector<bool>(at(n + 1)));
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) reach[at(i)][at(j)] = i == j || next(i, j) > negligible;
    reach[at(i)][at(n)] = 1 - next.row(i).sum() > negligible;
  }
  for (int k = 0; k < n; ++k)
    for (int i = 0; i < n; ++i)
      for (int j = 0; j <= n; ++j)
        if (reach[at(i)][at(k)] && reach[at(k)][at(j)]) reach[at(i)][at(j)] = true;
  std::vector<bool> lasting(at(n));
  for (int i = 0; i < n; ++i) {
    lasting[at(i)] = !reach[at(i)][at(n)];
    for (int j = 0; j < n; ++j)
      if (reach[at(i)][at(j)] && !reach[at(j)][at(i)]) lasting[at(i)] = false;
  }
  return lasting;
}

/// Expected sum over all periods t = 1, 2, ... of v^(t - 1) x the reward of period t, by stage and tenure;
/// reward by tenure class and stage. If the sum has no limit, `endless` becomes a stage that is the reason.
Crowd lifetime_sum(const Chain& chain, const TenureClasses& tenures, const std::vector<VectorXd>& reward,
                   double v, int& endless) {
  const int n = static_cast<int>(chain.next[0].rows());
  Crowd sum(n, tenures.last() + 1);
  MatrixXd system = MatrixXd::Identity(n, n) - v * chain.next.back();
  VectorXd last = reward.back();
  if (v >= 1) {
    const std::vector<bool> lasting = lasting_stages(chain.next.back());
    for (int g = 0; g < n; ++g) {
      if (!lasting[at(g)]) continue;
      if (last[g] != 0) endless = g;
      system.row(g) = MatrixXd::Identity(n, n).row(g);  // nothing is earned there, for ever
      last[g] = 0;
    }
  }
  sum.col(tenures.last()) = system.partialPivLu().solve(last);
  for (int k = tenures.last() - 1; k >= 0; --k) {
    const std::size_t c = at(tenures.of(k));
    sum.col(k) = reward[c] + v * chain.next[c] * sum.col(k + 1);
  }
  return sum;
}

[[noreturn]] void refuse(const Plan& plan, const Mark& mark, const char* path, const std::string& text) {
  throw ModelError({problem_at(plan.model().files, mark, path, text)});
}

class Lifetimes {
public:
  Lifetimes(const Plan& plan, const TenureClasses& tenures, const std::vector<Chain>& chains)
      : plan_(plan), tenures_(tenures), chains_(chains), n_(static_cast<int>(chains.size())) {
    const DiscountFactors factors =
        discount_factors(valuation_of(plan.model()), plan.model().periods_per_year(), 2);
    first_ = factors.recurring[0];
    v_ = factors.dated[1];
    if (v_ > 1)
      refuse(
          plan, plan.model().finance.inflation.mark, "finance.inflation",
          "is above the discount: money of a distant future is worth more than today's, and the value of a "
          "customer's whole life may have no limit; give a higher discount");
  }

  LifetimeValue solve(const std::vector<Crowd>& base) {
    LifetimeValue out;
    out.referral_growth = check_growth();
    std::vector<Crowd> own, referred;
    VectorXd newcomer(n_);
    MatrixXd system = MatrixXd::Identity(n_, n_);
    for (int s = 0; s < n_; ++s) {
      own.push_back(own_value(s));
      int endless = -1;
      referred.push_back(v_ * lifetime_sum(chains_[at(s)], tenures_, converted(s), v_, endless));
      newcomer[s] = own[at(s)](joins_in(s), 0);
      system(s, refers_to(s)) -= referred[at(s)](joins_in(s), 0);
    }
    // The value of a referred customer with all that follow them, by segment.
    const VectorXd whole = system.partialPivLu().solve(newcomer);
    for (int s = 0; s < n_; ++s) {
      const Crowd all = own[at(s)] + referred[at(s)] * whole[refers_to(s)];
      out.by_stage.emplace_back(own[at(s)].col(0).begin(), own[at(s)].col(0).end());
      out.with_referrals.emplace_back(all.col(0).begin(), all.col(0).end());
      out.base.push_back(base[at(s)].cwiseProduct(own[at(s)]).sum());
      out.base_with_referrals.push_back(base[at(s)].cwiseProduct(all).sum());
    }
    return out;
  }

private:
  /// The stage in which a referred customer joins segment s, and the segment in which
  /// those whom they refer join.
  int joins_in(int s) const {
    return plan_.scenarios.front().course->joining(at(s), 1).newcomers.referred.stage;
  }
  int refers_to(int s) const { return plan_.segments[at(s)].referral_segment; }

  std::vector<VectorXd> converted(int s) const {
    std::vector<VectorXd> out;
    for (const MatrixXd& counts : chains_[at(s)].counts) out.push_back(counts.col(count_converted));
    return out;
  }

  Crowd own_value(int s) const {
    std::vector<VectorXd> reward;
    for (const MatrixXd& counts : chains_[at(s)].counts) {
      VectorXd r(counts.rows());
      for (int g = 0; g < counts.rows(); ++g) r[g] = recurring_of(counts.row(g));
      reward.push_back(first_ * r);
    }
    int endless = -1;
    Crowd value = lifetime_sum(chains_[at(s)], tenures_, reward, v_, endless);
    if (endless >= 0)
      refuse(
          plan_, plan_.model().finance.mark, "finance.discount",
          "is 0, and in segment '" + plan_.model().segments.items[at(s)].first + "' nobody in stage '" +
              plan_.model().stages.items[at(endless)].first +
              "' is ever lost: the value of a customer has no limit (give a discount, a churn or a horizon)");
    return value;
  }

  /// The referred customers in each generation per one of the generation before; refuses 1 and more.
  double check_growth() const {
    if (!plan_.model().referrals) return 0;
    MatrixXd offspring = MatrixXd::Zero(n_, n_);
    for (int s = 0; s < n_; ++s) {
      int endless = -1;
      const Crowd referred = lifetime_sum(chains_[at(s)], tenures_, converted(s), 1.0, endless);
      if (endless >= 0)
        refuse(plan_, plan_.model().referrals->mark, "referrals",
               "explode: in segment '" + plan_.model().segments.items[at(s)].first + "' nobody in stage '" +
                   plan_.model().stages.items[at(endless)].first +
                   "' is ever lost, so a customer refers without end; accepted: fewer than 1 in a lifetime");
      offspring(s, refers_to(s)) += referred(joins_in(s), 0);
    }
    const double growth = offspring.eigenvalues().cwiseAbs().maxCoeff();
    if (growth >= 1)
      refuse(plan_, plan_.model().referrals->mark, "referrals",
             "explode: a referred customer brings " +
                 format_scalar(std::round(growth * 1e4) / 1e4, Unit::plain) +
                 " referred customers in a lifetime; accepted: fewer than 1");
    return growth;
  }

  const Plan& plan_;
  const TenureClasses& tenures_;
  const std::vector<Chain>& chains_;
  int n_;
  double first_ = 1, v_ = 1;  // discount of the first period's recurring flows, and of one period
};

}  // namespace

LifetimeValue lifetime_value(const Plan& plan, const TenureClasses& tenures, const std::vector<Chain>& chains,
                             const std::vector<Crowd>& base) {
  return Lifetimes(plan, tenures, chains).solve(base);
}

}  // namespace goodwill

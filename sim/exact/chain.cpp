#include "sim/exact/chain.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sim/ledger/counters.hpp"
#include "sim/model/cancel.hpp"
#include "sim/plan/walk.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The probability or rate of a response without effects.
double level(const ResponseParams& r, int tenure) {
  if (r.form == ResponseParams::table) return r.by_tenure[std::min(tenure, r.tenures - 1)];
  if (r.form == ResponseParams::link)
    return r.rate ? math::exp(static_cast<double>(r.level)) : math::expit(static_cast<double>(r.level));
  return r.rate ? r.value : probability(r.threshold);
}

bool is_in(std::uint32_t stages, int stage) { return (stages >> stage & 1u) != 0; }

/// What never happens is neither drawn nor booked, as in the kernel.
bool impossible(const ResponseParams& r) { return r.form == ResponseParams::constant && r.value == 0; }

/// One period of the customers of a tenure class, in the phases of the kernel. Rows: the stage they begin in.
class PeriodOfClass {
public:
  PeriodOfClass(const Params& params, const Layout& layout, int tenure)
      : p_(params), layout_(layout), tenure_(tenure), n_(params.n_stages), still_(MatrixXd::Identity(n_, n_)),
        moved_(MatrixXd::Zero(n_, n_)), counts_(MatrixXd::Zero(n_, layout.counters)) {}

  void live(Chain& chain) {
    stages();
    for (int k = 0; k < p_.n_journeys; ++k)
      if (!p_.journeys[k].after_orders) journey(p_.journeys[k]);
    orders();
    for (int k = 0; k < p_.n_journeys; ++k)
      if (p_.journeys[k].after_orders) journey(p_.journeys[k]);
    survey();
    advocacy();
    moves();
    kinds();
    for (int k = 0; k < p_.n_prices; ++k)
      add(layout_.money_counter(p_.prices[k].money), counts_.col(p_.prices[k].counter) * p_.prices[k].amount);
    chain.next.push_back(std::move(moved_));
    chain.counts.push_back(std::move(counts_));
  }

private:
  void add(int counter, const VectorXd& amount) { counts_.col(counter) += amount; }

  void book(const ResponseParams& r, const VectorXd& at_risk, double value) {
    if (r.at_risk < 0) return;
    add(r.at_risk, at_risk);
    add(r.at_risk + 1, at_risk * std::min(value, static_cast<double>(r.most)));
  }

  void stages() {
    for (int g = 0; g < n_; ++g) {
      counts_(g, count_start) = is_in(p_.customer_stages, g);
      counts_(g, count_prospects_start) = is_in(p_.prospect_stages, g);
      counts_(g, layout_.stages_at + g) = 1;
      if (p_.spend_at >= 0) counts_(g, p_.spend_at + g) = 1;  // the mean multiplier
    }
  }

  void contacts(const TouchpointParams& t, const VectorXd& done, const VectorXd& failed,
                const VectorXd& recovered) {
    add(t.counter, done);
    add(t.counter + 1, failed);
    add(t.counter + 2, recovered);
    if (t.spend >= 0) add(t.spend, done);
    if (t.effort == 0) return;
    add(t.journey + walk_efforts, done);
    add(count_efforts, done);
  }

  void walked(const JourneyParams& j, const Walk& walk, const VectorXd& walking) {
    add(j.counter, walking);
    add(j.counter + walks_truncated, walking * walk.cut);
    const VectorXd completed = walking * (1 - walk.broken_off - walk.cut);
    add(j.counter + walks_completed, completed);
    add(count_walks, walking);
    add(count_completed, completed);
    for (int k = 0; k < j.size; ++k)
      contacts(j.touchpoints[k], walking * walk.contacts[k], walking * walk.failed[k],
               walking * walk.recovered[k]);
  }

  /// How often those of a stage do what other journeys come after.
  Times& done(int followed, int stage) { return done_[{followed, stage}]; }

  /// A journey that comes after others. No journey changes the stage, see not_markov().
  void follow(const JourneyParams& j) {
    for (int g = 0; g < n_; ++g) {
      if (!is_in(j.stages, g)) continue;
      Times times;
      for (int k = 0; k < j.n_sources; ++k)
        times = times.and_of(done(j.sources[k].followed, g).then(probability(j.sources[k].share)));
      if (j.followed >= 0) done(j.followed, g) = times.cut();
      const Walks walks = times.walks();
      add(j.counter + walks_truncated, still_.col(g) * walks.truncated);
      walked(j, expected_walk(j, g, tenure_, n_), still_.col(g) * walks.all);
    }
  }

  void journey(const JourneyParams& j) {
    if (j.n_sources > 0) return follow(j);
    if (impossible(j.starts)) return;
    const double starts = level(j.starts, tenure_);
    std::vector<Walk> walks;
    for (int g = 0; g < n_; ++g) walks.push_back(expected_walk(j, g, tenure_, n_));
    const MatrixXd still = still_, moved = moved_;  // who is where is fixed before anybody starts
    for (int g = 0; g < n_; ++g) {
      if (!is_in(j.stages, g)) continue;
      const Walk& walk = walks[static_cast<std::size_t>(g)];
      // Customers change the stage at most once a period: those whom an earlier journey has moved still walk,
      // but stay where they are. The stage already held is no change.
      const double leaves = walk.to_stage.sum() - walk.to_stage[g] + walk.lost;
      const Walks times = expected_walks(starts, j.starts.rate, leaves);
      const VectorXd here = still.col(g) + moved.col(g), free = times.before_leaving * still.col(g);
      book(j.starts, here, starts);
      if (j.followed >= 0) done(j.followed, g) = Times::start(starts, j.starts.rate).cut();
      add(j.counter + walks_truncated, here * times.truncated);
      walked(j, walk, free + times.all * moved.col(g));
      still_.col(g) -= free * leaves;
      for (int h = 0; h < n_; ++h) {
        if (h == g || walk.to_stage[h] == 0) continue;
        moved_.col(h) += free * walk.to_stage[h];
        // Their remaining walks go on there.
        if (is_in(j.stages, h))
          walked(j, walks[static_cast<std::size_t>(h)],
                 still.col(g) * ((times.all - times.before_leaving) * walk.to_stage[h] / leaves));
      }
    }
  }

  /// Those in a stage of kind customer now.
  VectorXd customers() const {
    VectorXd all = VectorXd::Zero(n_);
    for (int g = 0; g < n_; ++g)
      if (is_in(p_.customer_stages, g)) all += still_.col(g) + moved_.col(g);
    return all;
  }

  void orders() {
    const OrderParams& o = p_.orders;
    if (!o.any) return;
    const double rate = level(o.rate, tenure_);
    const VectorXd customers_now = customers(), ordered = rate * customers_now;
    book(o.rate, customers_now, rate);
    add(count_orders, ordered);
    for (int g = 0; o.followed >= 0 && g < n_; ++g)
      if (is_in(p_.customer_stages, g)) done(o.followed, g) = Times::start(rate, true);
    if (o.priced) return;
    add(money_orders, ordered * o.value);
    add(money_order_margin, ordered * (o.value * o.margin));
  }

  void survey() {
    const double responds = level(p_.survey.response, tenure_);
    const VectorXd asked = customers();
    book(p_.survey.response, asked, responds);
    add(count_surveyed, asked);
    add(count_responses, asked * responds);
  }

  void advocacy() {
    const ReferralParams& r = p_.referrals;
    if (!r.any) return;
    const double rate = level(r.rate, tenure_);
    const VectorXd customers_now = customers(), referrals = rate * customers_now;
    book(r.rate, customers_now, rate);
    add(count_referrals, referrals);
    add(count_converted, referrals * probability(r.conversion));
  }

  void arrive(int stage, const VectorXd& who) {
    if (stage < n_) moved_.col(stage) += who;
  }

  /// One uniform per move, each given that none before it was made. Afterwards everybody is in `moved_`.
  void moves() {
    for (int g = 0; g < n_; ++g) {
      const StageParams& stage = p_.stages[g];
      VectorXd here = still_.col(g);
      for (int k = 0; k < stage.n_moves; ++k) {
        if (impossible(stage.moves[k])) continue;
        const double hit = level(stage.moves[k], tenure_);
        book(stage.moves[k], here, hit);
        add(stage.counters[k], here * hit);
        arrive(stage.targets[k], here * hit);
        here *= 1 - hit;
      }
      if (stage.otherwise >= 0) add(stage.otherwise_counter, here);
      arrive(stage.otherwise >= 0 ? stage.otherwise : g, here);
    }
  }

  /// Counts the kinds at the end, and those whose kind has changed on the way.
  void kinds() {
    for (int g = 0; g < n_; ++g) {
      double customers = 0, prospects = 0;
      for (int h = 0; h < n_; ++h) {
        if (is_in(p_.customer_stages, h)) customers += moved_(g, h);
        if (is_in(p_.prospect_stages, h)) prospects += moved_(g, h);
      }
      counts_(g, count_end) = customers;
      counts_(g, count_prospects) = prospects;
      counts_(g, count_lapsed) = moved_.row(g).sum() - customers - prospects;
      if (is_in(p_.customer_stages, g))
        counts_(g, count_lost) = 1 - customers;
      else
        counts_(g, is_in(p_.prospect_stages, g) ? count_won : count_won_back) = customers;
    }
  }

  const Params& p_;
  const Layout& layout_;
  int tenure_, n_;
  MatrixXd still_, moved_;  // stage at the start x stage now: those who may still move, those a journey moved
  MatrixXd counts_;
  std::map<std::pair<int, int>, Times> done_;  // by what is followed, and stage
};

}  // namespace

TenureClasses::TenureClasses(const std::vector<const Params*>& all) {
  std::set<int> first{0};
  const auto see = [&](const ResponseParams& r) {
    if (r.form != ResponseParams::table) return;
    for (int k = 1; k < r.tenures; ++k)
      if (r.by_tenure[k] != r.by_tenure[k - 1]) first.insert(k);
  };
  for (const Params* p : all) {
    for (int g = 0; g < p->n_stages; ++g)
      for (int k = 0; k < p->stages[g].n_moves; ++k) see(p->stages[g].moves[k]);
    for (int j = 0; j < p->n_journeys; ++j) {
      see(p->journeys[j].starts);
      for (int k = 0; k < p->journeys[j].size; ++k) {
        const WhoParams& who = p->journeys[j].touchpoints[k].who;
        if (who.tenure_from > 0) first.insert(who.tenure_from);
        if (who.tenure_to < (1 << 27)) first.insert(who.tenure_to);  // above: no upper end
      }
    }
    if (p->orders.any) see(p->orders.rate);
    if (p->referrals.any) see(p->referrals.rate);
    see(p->survey.response);
  }
  first_.assign(first.begin(), first.end());
  for (int k = 0, c = 0; k <= last(); ++k) {
    if (c + 1 < size() && first_[static_cast<std::size_t>(c + 1)] <= k) ++c;
    of_.push_back(c);
  }
}

void Chain::step(Crowd& crowd, const TenureClasses& tenures, Eigen::RowVectorXd& row) const {
  cancellation_point();
  for (int c = 0; c < tenures.size(); ++c) {
    const int end = c + 1 < tenures.size() ? tenures.first(c + 1) : tenures.last() + 1;
    const VectorXd here = crowd.middleCols(tenures.first(c), end - tenures.first(c)).rowwise().sum();
    row += here.transpose() * counts[static_cast<std::size_t>(c)];
  }
  Crowd after = Crowd::Zero(crowd.rows(), crowd.cols());
  for (int k = 0; k <= tenures.last(); ++k) {
    if (!crowd.col(k).any()) continue;
    const int older = std::min(k + 1, tenures.last());
    after.col(older) += next[static_cast<std::size_t>(tenures.of(k))].transpose() * crowd.col(k);
  }
  crowd = std::move(after);
}

Chain make_chain(const Params& params, const Layout& layout, const TenureClasses& tenures) {
  Chain chain;
  for (int c = 0; c < tenures.size(); ++c) {
    cancellation_point();
    PeriodOfClass(params, layout, tenures.first(c)).live(chain);
  }
  return chain;
}

}  // namespace goodwill

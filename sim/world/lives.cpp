#include "sim/world/lives.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/kernel/dispatch.hpp"
#include "sim/ledger/sums.hpp"
#include "sim/model/problem.hpp"
#include "sim/random/threefry.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr double explosion = 30;  // referred customers per other customer that no firm has seen
constexpr std::int64_t counted_at_once = 1024;

bool is_below(std::uint32_t word, Threshold t) {
  return t.always || static_cast<std::int32_t>(word ^ 0x80000000u) < t.limit;
}

bool is_in(std::uint32_t stages, std::int32_t stage) { return (stages >> stage & 1u) != 0; }

/// The customers among them, in the ledger's unit of a count.
std::int64_t customers(const CustomerBlock& b, const Params& p) {
  std::int64_t sum = 0;
  for (std::int32_t i = 0; i < b.size; ++i)
    if (is_in(p.customer_stages, b.stage[i])) sum += b.weight ? b.weight[i] : 1;
  return sum;
}

/// Adds what the counts of a period cost and bring; `orders` are those of different value.
void book_money(const Params& p, const std::int64_t* row, const Sum* orders, Sum* money) {
  for (std::int32_t k = 0; k < p.n_prices; ++k)
    money[p.prices[k].money] += row[p.prices[k].counter] * p.prices[k].fixed;
  money[money_orders - first_money()] += orders[0];
  money[money_order_margin - first_money()] += orders[1];
}

}  // namespace

CustomerId initial_id(int segment, std::int64_t ordinal) {
  return (static_cast<CustomerId>(segment) << 40) | static_cast<CustomerId>(ordinal);
}
CustomerId acquired_id(int segment, int period, std::int64_t ordinal) {
  return (CustomerId{1} << 62) | (static_cast<CustomerId>(segment) << 52) |
         (static_cast<CustomerId>(period) << 34) | static_cast<CustomerId>(ordinal);
}
CustomerId referred_id(CustomerId referrer, int period, std::uint32_t ordinal) {
  const Key key = make_key(0, 0, Domain::identity);
  const Words w =
      draw_for(key, referrer, static_cast<std::uint32_t>(period), purpose(Decision::child, ordinal));
  return (CustomerId{1} << 63) | ((static_cast<CustomerId>(w.w1) << 32 | w.w0) >> 1);
}

Lives::Lives(const Plan& plan, const SimulationOptions& options)
    : plan_(plan), options_(options), kernel_(options.kernel ? *options.kernel : kernel()),
      workers_(options.block, plan.max_traits(), options.values, plan.layout.survival_weights),
      referred_(plan.scenarios.size() * static_cast<std::size_t>(options.replications)) {
  if (plan.layout.survival_weights && (options.values || options.survey_bins))
    throw std::logic_error("survival weights serve means only: no values of customers, no survey bins");
  if ((plan.thinning.at_once > 0 || plan.thinning.every > 0) && options.values)
    throw std::logic_error("values of customers need everybody in the run-off");
  const auto worlds = plan.scenarios.size() * static_cast<std::size_t>(options.replications);
  result_.ledgers.assign(worlds, Ledger(plan.layout, options.values));
  result_.base_customers.assign(plan.segments.size(), 0);
  result_.base_tenure.assign(plan.segments.size(), 0);
  for (const ScenarioPlan& world : plan.scenarios) {
    double customers = 0;
    for (std::size_t s = 0; s < plan.segments.size(); ++s) {
      customers += static_cast<double>(plan.segments[s].agents);
      for (const double arriving : world.arrivals[s]) customers += arriving;
    }
    most_referred_.push_back(static_cast<std::int64_t>(explosion * customers) + 100'000);
  }
  if (options.mean_state) {
    const std::vector<std::int64_t> none(plan.layout.response_names.size());
    result_.state_factor.assign(plan.segments.size(), none);
    result_.state_count = result_.state_factor;
  }
  if (options.survey_bins)
    result_.survey_bins.assign(plan.segments.size(), std::vector<std::int64_t>(survey_bin_count, 0));
}

Key Lives::key(int replication) const {
  return make_key(options_.seed, options_.first_replication + static_cast<std::uint32_t>(replication),
                  options_.domain);
}

void Lives::check_cancelled() const {
  if (options_.cancel && options_.cancel->load(std::memory_order_relaxed)) throw Interrupted();
}

void Lives::report(Births& births) {
  const std::int64_t born = births.weight / full_weight;
  births.weight %= full_weight;
  if ((referred_[births.world] += born) >
      most_referred_[births.world / static_cast<std::size_t>(options_.replications)])
    throw ModelError(
        "referrals: they explode; a customer brings one or more others in his lifetime, and so do they "
        "(lower referrals.rate or referrals.conversion)");
}

std::int64_t Lives::arrivals(int replication, int segment, int scenario, int period) const {
  const double rate = plan_.scenarios[static_cast<std::size_t>(scenario)]
                          .arrivals[static_cast<std::size_t>(segment)][static_cast<std::size_t>(period - 1)];
  const Words w = draw_for(key(replication), static_cast<CustomerId>(segment),
                           static_cast<std::uint32_t>(period), purpose(Decision::arrivals));
  return static_cast<std::int64_t>(std::floor(rate + uniform_of(w)));
}

std::int64_t Lives::count_acquired(int replication, int segment, int scenario) const {
  std::int64_t total = 0;
  for (int t = 1; t <= plan_.horizon(); ++t) total += arrivals(replication, segment, scenario, t);
  return total;
}

std::uint32_t Lives::group(const ScenarioPlan& scenario, int segment, CustomerId id, const Key& key) const {
  std::uint32_t mask = 0;
  for (std::size_t k = 0; k < scenario.audiences.size(); ++k) {
    const auto& audience = scenario.audiences[k];
    const Words w = draw_for(key, id, audience.hash, purpose(Decision::reach));
    if (is_below(w.w0, audience.reach[static_cast<std::size_t>(segment)])) mask |= 1u << k;
  }
  return mask;
}

std::vector<Joiner> Lives::newcomers(int replication, int segment, int scenario, std::int64_t first,
                                     std::int64_t n) const {
  std::vector<Joiner> joiners;
  std::int64_t at = 0;
  for (int t = 1; t <= plan_.horizon() && at < first + n; ++t) {
    const std::int64_t here = arrivals(replication, segment, scenario, t);
    for (std::int64_t i = std::max(first - at, std::int64_t{0}); i < std::min(here, first + n - at); ++i)
      joiners.push_back({acquired_id(segment, t, i), t, 0, full_weight, at + i});
    at += here;
  }
  return joiners;
}

std::int64_t Lives::acquired_periods(int replication, int segment, int scenario, std::int64_t first,
                                     std::int64_t n) const {
  std::int64_t total = 0;
  for (const Joiner& j : newcomers(replication, segment, scenario, first, n))
    total += plan_.horizon() - j.period + 1;
  return total;
}

void Lives::acquired(int replication, int segment, int scenario, std::int64_t first, std::int64_t n) {
  Workers::Loan worker(workers_);
  live_joiners(*worker, replication, segment, scenario, Origin::acquired,
               newcomers(replication, segment, scenario, first, n));
}

void Lives::live_joiners(Worker& worker, int replication, int segment, int scenario, Origin origin,
                         std::vector<Joiner> joiners) {
  const ScenarioPlan& world = plan_.scenarios[static_cast<std::size_t>(scenario)];
  std::vector<std::vector<Joiner>> groups(std::size_t{1} << world.audiences.size());
  for (const Joiner& j : joiners) groups[group(world, segment, j.id, key(replication))].push_back(j);
  const auto capacity = static_cast<std::size_t>(options_.block);
  for (std::uint32_t mask = 0; mask < groups.size(); ++mask) {
    for (std::size_t from = 0; from < groups[mask].size(); from += capacity) {
      const std::size_t to = std::min(groups[mask].size(), from + capacity);
      worker.life.block.size = 0;
      live(worker, {replication, segment, scenario, mask, origin},
           {groups[mask].begin() + static_cast<std::ptrdiff_t>(from),
            groups[mask].begin() + static_cast<std::ptrdiff_t>(to)});
    }
  }
}

void Lives::be_born(CustomerBlock& b, std::span<const Joiner> joiners, const NewcomerParams& who,
                    const Key& k, Scratch& scratch) const {
  const std::int32_t from = b.size;
  for (const Joiner& j : joiners) {
    b.id_lo[b.size] = static_cast<std::uint32_t>(j.id);
    b.id_hi[b.size] = static_cast<std::uint32_t>(j.id >> 32);
    if (b.weight) b.weight[b.size] = j.weight;
    b.tenure[b.size++] = j.tenure;
  }
  kernel_.join(b, from, b.size, who, k, scratch);
  if (!options_.strata) return;
  for (std::size_t i = 0; i < joiners.size(); ++i)
    if (options_.strata->holds(joiners[i].ordinal))
      options_.strata->spread(b, from + static_cast<std::int32_t>(i), who, joiners[i].ordinal);
}

void Lives::join(Worker& worker, const Future& future, const Joiner* from, const Joiner* to, int period,
                 Rows& rows) {
  const ScenarioPlan& world = plan_.scenarios[static_cast<std::size_t>(future.scenario)];
  const Newcomers& joining =
      world.newcomers[static_cast<std::size_t>(future.segment)][static_cast<std::size_t>(period - 1)];
  CustomerBlock& b = worker.life.block;
  const std::int32_t before = b.size;
  const std::int64_t n = to - from;
  // How many there are from `first` on, in the unit of a count.
  const auto number = [&](std::int32_t first) {
    return b.weight ? std::accumulate(b.weight + first, b.weight + b.size, std::int64_t{0}) : b.size - first;
  };
  const auto at = static_cast<std::size_t>(period - 1);
  std::int64_t* row = &rows.counts[at * static_cast<std::size_t>(plan_.layout.counters)];
  Sum* money = &rows.money[at * static_cast<std::size_t>(plan_.layout.moneys())];
  if (n > 0)
    be_born(b, {from, to}, future.origin == Origin::referred ? joining.referred : joining.acquired,
            key(future.replication), worker.scratch);
  double paid = 0;  // a customer, in present value
  if (future.origin == Origin::acquired) {
    const double cost = world.acquisition[static_cast<std::size_t>(future.segment)][at];
    money[money_acquisition - first_money()] += number(before) * plan_.fixed(cost);
    paid = cost * plan_.discount.acquisition[at];
  }
  const std::int32_t stage = (future.origin == Origin::referred ? joining.referred : joining.acquired).stage;
  const Params& params = plan_.segments[static_cast<std::size_t>(future.segment)].baseline->params();
  if (is_in(params.customer_stages, stage)) row[count_joined] += number(before);
  if (is_in(params.prospect_stages, stage)) row[count_leads] += number(before);
  if (b.value)
    for (std::int32_t i = before; i < b.size; ++i) b.value[i] -= paid;
  for (const TreatmentCost& t : world.treatments) {
    if (t.segment != future.segment || period < t.start || period > t.end ||
        (t.bit >= 0 && !(future.mask >> t.bit & 1)))
      continue;
    const std::int32_t reached = period == t.start ? 0 : before;
    money[money_counters + t.investment] += number(reached) * plan_.fixed(t.amount);
    row[plan_.layout.treated_at + t.investment] += number(reached);
  }
}

std::vector<Joiner> Lives::live_block(Worker& worker, const Future& future,
                                      const std::vector<Joiner>& joiners) {
  const ScenarioPlan& world = plan_.scenarios[static_cast<std::size_t>(future.scenario)];
  const SegmentPlan& s = plan_.segments[static_cast<std::size_t>(future.segment)];
  const int periods = plan_.horizon(), last = plan_.last_period();
  const auto counters = static_cast<std::size_t>(plan_.layout.counters),
             moneys = static_cast<std::size_t>(plan_.layout.moneys());
  CustomerBlock& b = worker.life.block;
  Rows rows{std::vector<std::int64_t>(static_cast<std::size_t>(periods) * counters),
            std::vector<Sum>(static_cast<std::size_t>(periods) * moneys)};
  Cohorts cohorts(b.gain ? periods : 0, future.origin == Origin::initial ? 1 : periods + 1);
  Distribution values(plan_.layout.value_scale);
  std::vector<std::int64_t> bins(options_.survey_bins ? survey_bin_count : 0);

  Births births;
  births.key = key(future.replication);
  births.copies = s.referral_copies;
  births.world = static_cast<std::size_t>(future.scenario * options_.replications + future.replication);
  PeriodContext c;
  c.key = births.key;
  c.scratch = &worker.scratch;
  c.walk = options_.walk;
  if (options_.strata) c.even = options_.strata->even();
  c.advocacy = options_.advocacy;
  c.survival = plan_.layout.survival_weights;
  c.newcomers = future.origin != Origin::initial;
  const bool referred = future.origin == Origin::referred;
  c.survey_bins = bins.empty() ? nullptr : bins.data();
  c.cohort_stride = periods;
  struct Receiver {
    Lives* lives;
    Births* births;
    Distribution* values;
    const double* dated;  // discount factors by which a value is one at the time of joining; null: at t = 0
    bool newcomers;
    int period;
    void value(double value, std::int32_t tenure, std::int32_t customer) {
      const int joined = period - tenure;
      const double worth = dated ? value / dated[joined - 1] : value;
      if (customer != 0)
        values->add(worth);
      else if (newcomers)
        values->add_to_sum(worth);
    }
  } receiver{this,        &births,
             &values,     c.newcomers && options_.values_at_joining ? plan_.discount.dated.data() : nullptr,
             c.newcomers, 0};
  c.sink.self = &receiver;
  c.sink.birth = [](void* self, std::uint32_t lo, std::uint32_t hi, std::uint32_t ordinal,
                    std::int32_t weight) {
    Births& to = *static_cast<Receiver*>(self)->births;
    const CustomerId referrer = (static_cast<CustomerId>(hi) << 32) | lo;
    std::int64_t copies = 1;
    if (to.copies != 1) {
      const Words w = draw_for(to.key, referrer, static_cast<std::uint32_t>(to.period),
                               purpose(Decision::conversion, ordinal));
      copies =
          static_cast<std::int64_t>(std::floor(to.copies + (static_cast<double>(w.w1) + 0.5) / 4294967296.0));
    }
    for (std::int64_t k = 0; k < copies; ++k)
      to.joiners.push_back({referred_id(referrer, to.period, ordinal + 4096u * static_cast<std::uint32_t>(k)),
                            to.period + 1, 0, weight});
    to.weight += copies * weight;
    // As they happen: a crowd must not take the memory before it is noticed.
    if (to.weight >= counted_at_once * full_weight) static_cast<Receiver*>(self)->lives->report(to);
  };
  if (b.gain)
    c.sink.left = [](void* self, double value, std::int32_t tenure, std::int32_t customer) {
      static_cast<Receiver*>(self)->value(value, tenure, customer);
    };

  const Joiner* next = joiners.data();
  const Joiner* const end = next + joiners.size();
  int first = joiners.empty() ? 1 : next->period;
  std::int64_t scheduled = static_cast<std::int64_t>(b.size) * periods;
  for (const Joiner& j : joiners) scheduled += periods - j.period + 1;
  for (int t = first; t <= periods && (b.size > 0 || next != end); ++t) {
    check_cancelled();
    const Joiner* const from = next;
    while (next != end && next->period == t) ++next;
    join(worker, future, from, next, t, rows);
    births.period = receiver.period = c.period = t;
    c.params = &plan_.params(world, future.segment, future.mask, referred, t);
    const auto at = static_cast<std::size_t>(t - 1);
    c.row = &rows.counts[at * counters];
    c.discount = plan_.discount.recurring[at];
    Sum of_orders[2] = {};
    c.order_money = of_orders;
    if (b.gain) {
      c.cohort_customers = &cohorts.customers[at];
      c.cohort_revenue = &cohorts.revenue[at];
      c.cohort_contribution = &cohorts.contribution[at];
      c.cohort_became = cohorts.became.data();
    }
    kernel_.period(b, c);
    book_money(*c.params, c.row, of_orders, &rows.money[at * moneys]);
  }
  RunOffRows run_off = live_run_off(b, c, [&](int t) -> const Params& {
    receiver.period = t;
    return plan_.params(world, future.segment, future.mask, referred, t);
  });
  receiver.period = last + 1;
  if (b.gain)
    for (std::int32_t i = 0; i < b.size; ++i) {
      const bool since = c.newcomers && is_in(s.baseline->params().customer_stages, b.stage[i]);
      receiver.value(b.value[i], b.tenure[i], b.customer[i] | since);
    }
  if (options_.done && future.origin != Origin::referred)
    options_.done->fetch_add(scheduled, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    const auto segment = static_cast<std::size_t>(future.segment);
    Ledger& ledger = result_.ledgers[births.world];
    ledger.add(future.segment, future.origin, rows);
    ledger.add(future.segment, future.origin, run_off);
    if (b.gain) {
      ledger.values[segment * origins + static_cast<std::size_t>(future.origin)].merge(values);
      ledger.cohorts[segment].merge(cohorts);
    }
    for (std::size_t i = 0; i < bins.size(); ++i) result_.survey_bins[segment][i] += bins[i];
  }
  report(births);
  return std::move(births.joiners);
}

/// What is left of the block lives on as in the baseline, without referrals.
RunOffRows Lives::live_run_off(CustomerBlock& b, PeriodContext& c,
                               const std::function<const Params&(int)>& params) const {
  RunOffRows result;
  std::int64_t each = 1;  // customers that one still followed stands for
  std::vector<std::int64_t> row(static_cast<std::size_t>(plan_.layout.counters));
  std::vector<Sum> money(static_cast<std::size_t>(plan_.layout.moneys()));
  c.row = row.data();
  c.advocacy = false;
  c.survey_bins = nullptr;
  c.cohort_became = nullptr;
  Nowhere nowhere;  // cohorts are kept within the horizon
  nowhere.takes(c);
  c.cohort_stride = 0;
  for (int t = plan_.horizon() + 1; t <= plan_.last_period() && b.size > 0; ++t) {
    check_cancelled();
    std::fill(row.begin(), row.end(), 0);
    std::fill(money.begin(), money.end(), 0);
    Sum of_orders[2] = {};
    c.order_money = of_orders;
    c.period = t;
    c.params = &params(t);
    c.discount = plan_.discount.recurring[static_cast<std::size_t>(t - 1)];
    const int lived = t - plan_.horizon() - 1;
    const auto [at_once, every] = plan_.thinning;
    c.halvings = lived == 0 ? at_once : every > 0 && lived % every == 0 ? 1 : 0;
    each <<= c.halvings;
    kernel_.period(b, c);
    const auto stages = row.begin() + plan_.layout.stages_at;
    const std::int64_t present = std::accumulate(stages, stages + plan_.layout.stages, std::int64_t{0});
    book_money(*c.params, row.data(), of_orders, money.data());
    const auto sum = [&](int counter) {
      return each * money[static_cast<std::size_t>(counter - first_money())];
    };
    result.present.push_back(each * present);
    result.revenue.push_back(sum_of(Role::revenue, sum));
    result.contribution.push_back(recurring_contribution(sum));
  }
  result.left = each * customers(b, plan_.segments.front().baseline->params());
  return result;
}

void Lives::live(Worker& worker, const Future& future, const std::vector<Joiner>& joiners) {
  std::vector<Joiner> next = live_block(worker, future, joiners);
  if (next.empty()) return;
  const int segment = plan_.segments[static_cast<std::size_t>(future.segment)].referral_segment;
  live_joiners(worker, future.replication, segment, future.scenario, Origin::referred, std::move(next));
}

}  // namespace goodwill

#include "sim/world/life.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>

#include "sim/ledger/sums.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {
namespace {

constexpr double explosion = 30;  // more referred customers per other customer than any firm has seen
constexpr std::int64_t counted_at_once = 1024;

bool is_in(std::uint32_t stages, std::int32_t stage) { return (stages >> stage & 1u) != 0; }

/// The number of customers in the block, in the ledger's unit of a count.
std::int64_t customers(const CustomerBlock& b, const Params& p) {
  std::int64_t sum = 0;
  for (std::int32_t i = 0; i < b.size; ++i)
    if (is_in(p.customer_stages, b.stage[i])) sum += b.weight ? b.weight[i] : 1;
  return sum;
}

/// Adds the money that follows from the counts of a period; `orders` is the money of
/// orders whose values differ.
void book_money(const Params& p, const std::int64_t* row, const Sum* orders, Sum* money) {
  for (std::int32_t k = 0; k < p.n_prices; ++k)
    money[p.prices[k].money] += row[p.prices[k].counter] * p.prices[k].fixed;
  money[money_orders - first_money()] += orders[0];
  money[money_order_margin - first_money()] += orders[1];
}

/// Adds the minutes for which teams let those wait whom they serve.
void book_waits(const Params& p, const Crowding* teams, const std::int64_t* row, Sum* money) {
  for (const JourneyParams& j : std::span(p.journeys, static_cast<std::size_t>(p.n_journeys)))
    for (const TouchpointParams& t : std::span(j.touchpoints, static_cast<std::size_t>(j.size)))
      if (t.team >= 0)
        money[j.minutes] += row[t.counter] * to_measure(static_cast<double>(teams[t.team].wait));
}

/// Adds up the walks of all journeys.
void count_journeys(const Params& p, std::int64_t* row) {
  for (const JourneyParams& j : std::span(p.journeys, static_cast<std::size_t>(p.n_journeys))) {
    row[count_walks] += row[j.counter];
    row[count_completed] += row[j.counter + walks_completed];
    row[count_efforts] += row[j.counter + walk_efforts];
  }
}

/// Adds the messages that follow from the counts of a period.
void say(const Params& p, const Layout& layout, std::int64_t* row) {
  for (std::int32_t k = 0; k < p.n_sayings; ++k)
    row[layout.words_at + p.sayings[k].kind] += row[p.sayings[k].counter] * p.sayings[k].amount;
}

}  // namespace

ReferralCount::ReferralCount(const Plan& plan, int replications)
    : replications_(replications), born_(plan.scenarios.size() * static_cast<std::size_t>(replications)) {
  for (const ScenarioPlan& world : plan.scenarios) {
    double customers = 0;
    for (std::size_t s = 0; s < plan.segments.size(); ++s) {
      customers += static_cast<double>(plan.segments[s].agents);
      customers += world.arrivals(s);
    }
    most_.push_back(static_cast<std::int64_t>(explosion * customers) + 100'000);
  }
}

void ReferralCount::add(int scenario, int replication, std::int64_t born) {
  auto& count = born_[static_cast<std::size_t>(scenario * replications_ + replication)];
  if ((count += born) > most_[static_cast<std::size_t>(scenario)])
    throw ModelError(
        "referrals: they explode; a customer brings one or more others in a lifetime, and so do they "
        "(lower referrals.rate or referrals.conversion)");
}

Key Setup::key(int replication) const { return key_of(options, replication); }

void Nowhere::takes(PeriodContext& c) {
  c.cohort_customers = &customers;
  c.cohort_revenue = &money[0];
  c.cohort_contribution = &money[1];
  c.order_money = &money[2];
}

Lived::Lived(const Setup& setup, Origin origin) {
  const Layout& layout = setup.plan.layout;
  const auto periods = static_cast<std::size_t>(layout.periods),
             beyond = static_cast<std::size_t>(layout.run_off);
  rows = {std::vector<std::int64_t>(periods * static_cast<std::size_t>(layout.counters)),
          std::vector<Sum>(periods * static_cast<std::size_t>(layout.moneys()))};
  run_off = {std::vector<std::int64_t>(beyond), std::vector<Sum>(beyond), std::vector<Sum>(beyond)};
  const bool wanted = setup.options.values;
  cohorts = Cohorts(wanted ? layout.periods : 0, origin == Origin::initial ? 1 : layout.periods + 1);
  if (wanted) {
    values.emplace(layout.value_scale);
    lineages.emplace(layout.segments, layout.value_scale);
  }
  survey_bins.resize(setup.options.survey_bins ? survey_bin_count : 0);
}

void Life::begin(const Group& group, CustomerBlock& block, std::vector<Joiner> joiners, Lived& lived) {
  const Layout& layout = setup_.plan.layout;
  group_ = group;
  course_ = &setup_.course(group.replication, group.scenario);
  block_ = &block;
  joiners_ = std::move(joiners);
  lived_ = &lived;
  row_.resize(static_cast<std::size_t>(layout.counters));
  money_.resize(static_cast<std::size_t>(layout.moneys()));

  PeriodContext& c = context_;
  c.key = setup_.key(group.replication);
  c.walk = setup_.options.walk;
  if (setup_.options.strata) c.even = setup_.options.strata->even();
  c.advocacy = setup_.options.advocacy;
  c.survival = layout.survival_weights;
  c.newcomers = group.origin != Origin::initial;
  c.survey_bins = lived.survey_bins.empty() ? nullptr : lived.survey_bins.data();
  c.cohort_stride = layout.periods;
  c.sink.self = this;
  c.sink.birth = [](void* self, std::int32_t referrer, std::uint32_t ordinal) {
    static_cast<Life*>(self)->refer(referrer, ordinal);
  };
  if (setup_.options.log)
    c.sink.happened = [](void* self, const Happening& happening) {
      auto& life = *static_cast<Life*>(self);
      life.setup_.options.log->note(id_of(*life.block_, happening.lane), life.period_, life.group_.segment,
                                    happening);
    };
  if (block.gain)
    c.sink.left = [](void* self, std::int32_t lane) {
      auto& life = *static_cast<Life*>(self);
      life.leave(lane, life.block_->customer[lane] != 0);
    };
}

std::int32_t Life::most_in(int period) const {
  std::int32_t n = block_->size;
  for (std::size_t k = next_; k != joiners_.size() && joiners_[k].period <= period; ++k) ++n;
  return n;
}

std::span<Joiner> Life::joining(int period) {
  std::size_t end = next_;
  while (end != joiners_.size() && joiners_[end].period == period) ++end;
  return std::span(joiners_).subspan(next_, end - next_);
}

int Life::first_period() const { return joiners_.empty() ? 1 : joiners_.front().period; }

const Params& Life::params() const {
  return setup_.plan
      .compiled(*course_, group_.segment, group_.mask, group_.origin == Origin::referred, period_)
      .params();
}

void Life::step(const Environment& now, Scratch& scratch) {
  setup_.check_cancelled();
  period_ = now.period;
  context_.environment = &now;
  context_.heard = now.heard_in(group_.segment);
  context_.people = now.people;
  context_.scratch = &scratch;
  context_.params = &params();
  if (now.period <= setup_.plan.horizon()) {
    join(now, scratch);
    log_who_is_here();
    live_within(now);
  } else {
    live_beyond(now);
  }
}

void Life::log_who_is_here() {
  if (CustomerLog* const log = setup_.options.log)
    log->note(*block_, period_, group_.segment, group_.origin, *context_.params);
}

/// Lets those of this period join, and books whom interventions reach for the first time.
void Life::join(const Environment& now, Scratch& scratch) {
  const Plan& plan = setup_.plan;
  const Layout& layout = plan.layout;
  const auto at = static_cast<std::size_t>(now.period - 1),
             segment = static_cast<std::size_t>(group_.segment);
  const Joining& joining = course_->joining(segment, now.period);
  const NewcomerParams who =
      (group_.origin == Origin::referred ? joining.newcomers.referred : joining.newcomers.acquired)
          .told(context_.heard);
  const NewcomerParams adopting = joining.newcomers.adopting.told(context_.heard);
  CustomerBlock& b = *block_;
  const std::span<Joiner> all = this->joining(now.period);
  next_ += all.size();
  const auto here = std::stable_partition(all.begin(), all.end(), std::not_fn(&Joiner::turned_away));
  const auto adopters = std::stable_partition(all.begin(), here, std::not_fn(&Joiner::adopts));
  const auto born = [&](std::span<const Joiner> some, const NewcomerParams& as) {
    if (!some.empty()) be_born(setup_.kernel, b, some, as, context_.key, scratch, setup_.options.strata);
  };
  const std::int32_t before = b.size;
  // How many there are from `first` on, in the unit of a count.
  const auto number = [&](std::int32_t first) {
    return b.weight ? std::accumulate(b.weight + first, b.weight + b.size, std::int64_t{0}) : b.size - first;
  };
  std::int64_t* row = &lived_->rows.counts[at * row_.size()];
  Sum* money = &lived_->rows.money[at * money_.size()];
  born(std::span(all.begin(), adopters), who);
  const std::int32_t paid_for = b.size;
  born(std::span(adopters, here), adopting);
  if (next_ == joiners_.size()) {  // in a large firm they would take the memory of another one
    joiners_ = {};
    next_ = 0;
  }
  double paid = 0;  // by each customer, in present value
  if (group_.origin == Origin::acquired) {
    const double cost = joining.acquisition;
    money[layout.money_place(money_acquisition)] += (number(before) - number(paid_for)) * plan.fixed(cost);
    paid = cost * plan.discount.acquisition[at];
  }
  const Params& baseline = plan.segments[segment].baseline->params();
  const auto count = [&](const NewcomerParams& as, std::int64_t some) {
    if (is_in(baseline.customer_stages, as.stage)) row[count_joined] += some;
    if (is_in(baseline.prospect_stages, as.stage)) row[count_leads] += some;
  };
  count(who, number(before) - number(paid_for));
  count(adopting, number(paid_for));
  row[count_adopted] += number(paid_for);
  if (b.value)
    for (std::int32_t i = before; i < paid_for; ++i) b.value[i] -= paid;
  for (const TreatmentCost& t : course_->treatments(now.period)) {
    if (!t.reaches(group_.segment, group_.mask)) continue;
    const std::int32_t reached = t.begins ? 0 : before;
    const int cost = layout.cost(CostKind::per_customer, t.investment);
    money[layout.money_place(cost)] += number(reached) * plan.fixed(t.amount);
    row[layout.treated_at + t.investment] += number(reached);
  }
}

void Life::live_within(const Environment& now) {
  const auto at = static_cast<std::size_t>(now.period - 1);
  PeriodContext& c = context_;
  std::fill(row_.begin(), row_.end(), 0);  // its own: prices are of its group
  c.row = row_.data();
  Sum of_orders[2] = {};
  c.order_money = of_orders;
  if (block_->gain) {
    c.cohort_customers = &lived_->cohorts.customers[at];
    c.cohort_revenue = &lived_->cohorts.revenue[at];
    c.cohort_contribution = &lived_->cohorts.contribution[at];
    c.cohort_became = lived_->cohorts.became.data();
  }
  setup_.kernel.period(*block_, c);
  if (now.people)
    for (std::int32_t i = 0; i < block_->size; ++i) now.people->presence[block_->person[i]].here = now.period;
  if (now.seen) be_seen(*now.seen, now.period);
  if (lived_->prospects) lived_->prospects->stay(*block_, now.period);
  say(*c.params, setup_.plan.layout, row_.data());
  count_journeys(*c.params, row_.data());
  Sum* money = &lived_->rows.money[at * money_.size()];
  book_money(*c.params, c.row, of_orders, money);
  if (now.teams) book_waits(*c.params, now.teams, c.row, money);
  std::transform(row_.begin(), row_.end(), &lived_->rows.counts[at * row_.size()],
                 &lived_->rows.counts[at * row_.size()], std::plus<>{});
}

/// Whoever is a customer is so to those who know them.
void Life::be_seen(const Seen& seen, std::int32_t period) const {
  const CustomerBlock& b = *block_;
  for (std::int32_t i = 0; i < b.size; ++i)
    if (b.person[i] >= 0 && b.person[i] < seen.people && is_in(context_.params->customer_stages, b.stage[i]))
      seen.customer[b.person[i]] = period;
}

void Life::live_beyond(const Environment& now) {
  const Layout& layout = setup_.plan.layout;
  const int lived = now.period - layout.periods - 1;
  const auto [at_once, every] = setup_.plan.thinning;
  std::fill(row_.begin(), row_.end(), 0);
  std::fill(money_.begin(), money_.end(), 0);
  PeriodContext& c = context_;
  c.row = row_.data();
  c.advocacy = false;
  c.survey_bins = nullptr;
  nowhere_.takes(c);  // cohorts are kept within the horizon only
  c.cohort_became = nullptr;
  c.cohort_stride = 0;
  Sum of_orders[2] = {};
  c.order_money = of_orders;
  c.halvings = lived == 0 ? at_once : every > 0 && lived % every == 0 ? 1 : 0;
  stands_for_ <<= c.halvings;
  setup_.kernel.period(*block_, c);
  const auto stages = row_.begin() + layout.stages_at;
  const std::int64_t present = std::accumulate(stages, stages + layout.stages, std::int64_t{0});
  book_money(*c.params, row_.data(), of_orders, money_.data());
  const auto sum = [&](int counter) {
    return stands_for_ * money_[static_cast<std::size_t>(layout.money_place(counter))];
  };
  const auto at = static_cast<std::size_t>(lived);
  lived_->run_off.present[at] += stands_for_ * present;
  lived_->run_off.revenue[at] += sum_of(Role::revenue, sum);
  lived_->run_off.contribution[at] += recurring_contribution(sum);
}

void Life::refer(std::int32_t lane, std::uint32_t ordinal) {
  const CustomerBlock& b = *block_;
  const CustomerId referrer = id_of(b, lane);
  const std::int32_t weight = b.weight ? b.weight[lane] : full_weight,
                     person = b.person ? b.person[lane] : nobody;
  const double wanted = setup_.plan.segments[static_cast<std::size_t>(group_.segment)].referral_copies;
  std::int64_t copies = 1;
  if (wanted != 1) {
    const Words w = draw_for(context_.key, referrer, static_cast<std::uint32_t>(period_),
                             purpose(Decision::conversion, ordinal));
    copies = static_cast<std::int64_t>(std::floor(wanted + (static_cast<double>(w.w1) + 0.5) / 4294967296.0));
  }
  for (std::int64_t k = 0; k < copies; ++k)
    referred_.push_back(
        {.id = referred_id(referrer, period_, ordinal + 4096u * static_cast<std::uint32_t>(k)),
         .period = period_ + 1,
         .tenure = 0,
         .weight = weight,
         .referrer = person,
         .descent = b.descent ? next_generation(b.descent[lane]) : 0});
  born_ += copies * weight;
  // Reported while they happen: a crowd must not fill the memory before it is noticed.
  if (born_ >= counted_at_once * full_weight) report();
}

void Life::report() {
  setup_.referrals.add(group_.scenario, group_.replication, born_ / full_weight);
  born_ %= full_weight;
}

/// Books the value of a customer who leaves: of newcomers as of their joining where that is wanted, otherwise
/// as of t = 0. Newcomers who never were customers only enter the sum: the customers bear their cost.
void Life::leave(std::int32_t lane, bool customer) {
  const double value = block_->value[lane];
  const bool at_joining = context_.newcomers && setup_.options.values_at_joining;
  const int joined = period_ - block_->tenure[lane];
  const double worth =
      at_joining ? value / setup_.plan.discount.dated[static_cast<std::size_t>(joined - 1)] : value;
  lived_->lineages->add(block_->descent[lane], customer, value);
  if (lived_->prospects) lived_->prospects->leave(*block_, lane, customer, period_);
  if (customer)
    lived_->values->add(worth);
  else if (context_.newcomers)
    lived_->values->add_to_sum(worth);
}

void Life::finish() {
  const CustomerBlock& b = *block_;
  const Plan& plan = setup_.plan;
  lived_->run_off.left += stands_for_ * customers(b, plan.segments.front().baseline->params());
  period_ = plan.last_period() + 1;
  if (b.size > 0) log_who_is_here();
  if (b.gain) {
    const Params& baseline = plan.segments[static_cast<std::size_t>(group_.segment)].baseline->params();
    for (std::int32_t i = 0; i < b.size; ++i) {
      const bool since = context_.newcomers && is_in(baseline.customer_stages, b.stage[i]);
      leave(i, b.customer[i] != 0 || since);
    }
  }
  report();
}

}  // namespace goodwill

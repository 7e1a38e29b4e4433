// From a definition to the kernel's flat tables.
#include "sim/plan/compile.hpp"

#include <algorithm>
#include <cmath>

#include "sim/change/change.hpp"
#include "sim/ledger/sums.hpp"
#include "sim/model/cancel.hpp"
#include "sim/model/problem.hpp"
#include "sim/model/words.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {

Threshold threshold(double p) {
  if (p >= 1) return {0, -1};
  return {static_cast<std::int32_t>(std::floor(p * 4294967296.0) - 2147483648.0), 0};
}

namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

}  // namespace

std::vector<float> log_of_tenure(double periods_per_year) {
  std::vector<float> table;
  for (int k = 0; k <= static_cast<int>(200 * periods_per_year); ++k)
    table.push_back(single(math::log1p(k / periods_per_year)));
  return table;
}

Compiled::Compiled(const Model& model, const Layout& layout, const std::vector<Trait>& traits,
                   const std::vector<float>& log_tenure, bool referred,
                   const std::vector<DueImpulse>& impulses, const std::vector<DueCost>& costs)
    : model_(model), layout_(layout), traits_(traits), referred_(referred) {
  cancellation_point();
  const Experience& x = model.experience;
  params_.n_stages = layout.stages;
  for (std::size_t t = 0; t < traits.size(); ++t)
    if (traits[t].response == Trait::of_spend) params_.spend = static_cast<std::int32_t>(t);
  params_.spend_at = spend_counter(0);
  params_.customer_stages = stages_of(model, Stage::Kind::customer);
  params_.prospect_stages = stages_of(model, Stage::Kind::prospect);
  params_.all_customers = params_.customer_stages == (1u << layout.stages) - 1;
  params_.experience = {single(x.adaptation),
                        single(x.contrast),
                        single(x.loss_aversion),
                        single(x.forgiveness),
                        single(x.gain),
                        single(x.recovered_gain),
                        single(x.loss),
                        single(std::min(1.0, model.memory())),
                        model.memory() > 1 ? single(1 - 1 / model.memory()) : 0.0f};
  params_.n_log_tenure = static_cast<std::int32_t>(log_tenure.size());
  params_.log_tenure = log_tenure.data();

  int index = 0;
  stages(index);
  journeys(index, costs);
  if (model.orders) {
    const Orders& o = *model.orders;
    OrderParams& to = params_.orders;
    to.any = true;
    to.rate = response_with_tables(o.rate, index++);
    to.value = o.value;
    to.margin = o.margin;
    const double variance = math::log1p(o.value_cv * o.value_cv);
    to.log_sd = single(std::sqrt(variance));
    to.priced = to.log_sd == 0 && params_.spend < 0;
    if (to.priced) {  // otherwise each order has a value of its own
      price(count_orders, money_orders, o.value);
      price(count_orders, money_order_margin, o.value * o.margin);
    }
    to.log_mean = o.value > 0 ? single(math::log(o.value) - variance / 2) : -80.0f;
  }
  if (model.referrals) {
    params_.referrals.any = true;
    params_.referrals.rate = response_with_tables(model.referrals->rate, index++);
    params_.referrals.conversion = threshold(model.referrals->conversion);
    params_.referrals.reward =
        -book(count_converted, {{money_referrals, model.referrals->reward}}).contribution;
  }
  if (model.word_of_mouth) {
    params_.survey.told_promoter = say(count_promoters, good_words, model.word_of_mouth->positive);
    params_.survey.told_detractor = say(count_detractors, bad_words, model.word_of_mouth->negative);
  }
  params_.survey.response = response_with_tables(model.survey.response, index++);
  if (!model.survey_given) params_.survey.response = {};  // a firm without a survey has no answers
  params_.survey.bias = single(model.survey.solved_bias);
  params_.survey.noise = single(model.survey.noise);
  for (const auto& due : impulses) {
    const Impulse& i = *due.impulse;
    if (!is_for(i.who)) continue;
    impulses_.push_back(
        {single(i.satisfaction), single(i.expectation), single(i.trust), i.who ? who(*i.who) : WhoParams{}});
  }
  params_.impulses = impulses_.data();
  params_.n_impulses = static_cast<std::int32_t>(impulses_.size());
  params_.sayings = sayings_.data();
  params_.n_sayings = static_cast<std::int32_t>(sayings_.size());
}

std::size_t Compiled::bytes() const {
  std::size_t sum = sizeof *this;
  const auto add = [&](const auto& store) {
    for (const auto& values : store)
      sum += sizeof values + 16 + values.size() * sizeof values.front();  // 16: the allocator's
  };
  add(floats_), add(arrows_), add(touchpoints_), add(responses_), add(sources_), add(numbers_);
  return sum + stages_.size() * sizeof(StageParams) + journeys_.size() * sizeof(JourneyParams) +
         impulses_.size() * sizeof(ImpulseParams) + prices_.size() * sizeof(Price) +
         sayings_.size() * sizeof(Saying) + 6 * 512;  // an empty deque has a block of 512 bytes
}

void Compiled::price(int counter, int money, double amount) {
  if (amount != 0) prices_.push_back({counter, layout_.money_place(money), amount, 0});
}

std::int64_t Compiled::say(int counter, MessageKind kind, double messages) {
  constexpr double most = 1e6;
  if (layout_.words_at < 0 || messages == 0) return 0;
  if (messages > most)
    throw ModelError("word_of_mouth: one failure or recovery would bring more than a million messages (lower "
                     "a visibility, "
                     "positive or negative, or shorten experience.memory)");
  return sayings_.emplace_back(Saying{counter, kind, std::llround(messages * message_unit)}).amount;
}

/// Prices each occurrence of a counter, and adds up by role what one occurrence brings.
Compiled::Brought Compiled::book(int counter, std::initializer_list<std::pair<Counter, double>> amounts) {
  for (const auto& [money, amount] : amounts) price(counter, money, amount);
  const auto of = [&](std::int32_t money) {
    double sum = 0;
    for (const auto& [at, amount] : amounts) sum += at == money ? amount : 0;
    return sum;
  };
  return {sum_of(Role::revenue, of), recurring_contribution(of)};
}

void Compiled::scale(const Layout& layout) {
  params_.money_scale = std::ldexp(1.0, layout.money_scale - 40);
  params_.value_scale = std::ldexp(1.0, layout.value_scale - 40);
  for (Price& p : prices_)
    p.fixed = layout.is_measure(layout.money_counter(p.money))
                  ? to_measure(p.amount)
                  : to_sum(p.amount / layout.parts_of(p.counter), params_.money_scale);
  params_.prices = prices_.data();
  params_.n_prices = static_cast<std::int32_t>(prices_.size());
}

ResponseParams Compiled::response(const Response& r, int index) const {
  ResponseParams p;
  p.rate = r.rate;
  p.at_risk = layout_.responses_at + 2 * index;
  for (std::size_t t = 0; t < traits_.size(); ++t)
    if (traits_[t].response == index)
      (traits_[t].multiplier ? p.multiplier : p.trait) = static_cast<std::int32_t>(t);
  bool effects = false;
  const bool alike = params_.spend < 0;  // in what they spend: the logarithm of 1 is 0
  // What is the same for everybody, as prices are, only moves the level.
  for_each_effect(r.effects, [&](const char*, const Number& effect, FeaturePlace, FeatureOf of) {
    effects = effects || (of != FeatureOf::offer && !(of == FeatureOf::trait && alike) && effect != 0);
  });
#define GOODWILL_EFFECT(name, place, of, value, text) p.name = single(r.effects.name);
  GOODWILL_FEATURES_OF_CUSTOMER(GOODWILL_EFFECT)
  GOODWILL_FEATURES_OF_WORLD(GOODWILL_EFFECT)
#undef GOODWILL_EFFECT
  if (alike) p.spend = 0;
  const bool beta = r.form == Response::Form::beta;
  p.trait_scale = beta ? 1.0f : single(r.frailty);
  if (!beta && r.frailty == 0) p.trait = -1;
  effects = effects || p.trait >= 0 || p.multiplier >= 0;
  // The levels 0 and 1 are exact whatever the effects; so is a plain number.
  const bool certain = r.level == 0 || (!r.rate && r.level == 1);
  double common = 0;  // what all customers of the block share
  const double referred = referred_ ? 1 : 0, log_price = r.price;
#define GOODWILL_EFFECT(name, place, of, value, text) common += r.effects.name * (value);
  GOODWILL_FEATURES_OF_BLOCK(GOODWILL_EFFECT)
#undef GOODWILL_EFFECT
  if (r.form == Response::Form::table) {
    p.form = effects || !r.solved_bands.empty() ? ResponseParams::link : ResponseParams::table;
    p.level = single(common);
    return p;
  }
  if (!beta && (certain || (!effects && std::isnan(r.solved)))) {
    p.form = ResponseParams::constant;
    double level = r.level;
    if (!certain && common != 0) level = from_link_scale(on_link_scale(level, r.rate) + common, r.rate);
    if (r.rate) level = std::min(level, static_cast<double>(most_rate));
    p.value = single(level);
    if (r.level == 0) p.at_risk = -1;  // what never happens needs no draw and no exposure
    if (!r.rate) p.threshold = threshold(level);
    return p;
  }
  p.form = ResponseParams::link;
  const double level = !std::isnan(r.solved) ? r.solved : beta ? 0 : on_link_scale(r.level, r.rate);
  p.level = single(level + common);
  return p;
}

ResponseParams Compiled::response_with_tables(const Response& r, int index) {
  ResponseParams p = response(r, index);
  const bool beta = r.form == Response::Form::beta;
  if (r.form == Response::Form::table) tabulate(r, p);
  if (layout_.bands_at < 0 || p.form != ResponseParams::link || p.at_risk < 0) return p;
  if (beta ? std::isnan(r.solved) : r.form != Response::Form::table) return p;
  // Anchoring looks at the rows of a table, and at each period of a first year under a beta law.
  std::vector<std::int32_t> bands;
  const int last = beta ? layout_.periods : p.tenures - 1;
  for (int tenure = 0, band = 0; tenure <= last; ++tenure) {
    while (!beta && at(band) + 1 < r.table.size() && whole_periods(r.table[at(band) + 1].first) <= tenure)
      ++band;
    bands.push_back(beta ? tenure : band);
  }
  p.n_bands = static_cast<std::int32_t>(bands.size());
  p.bands = keep(std::move(bands), numbers_);
  p.bands_at = layout_.band_at[at(index)];
  return p;
}

/// Fills the table by tenure: probabilities (or rates) if customers do not differ, else levels on the link
/// scale.
void Compiled::tabulate(const Response& r, ResponseParams& p) {
  constexpr double certain = 1e6;  // beyond the reach of effects
  std::vector<float> by_tenure;
  const int last = whole_periods(r.table.back().first);
  const double common = static_cast<double>(p.level);
  std::size_t k = 0;
  double held = 0;
  for (int tenure = 0; tenure <= last; ++tenure) {
    while (k + 1 < r.table.size() && whole_periods(r.table[k + 1].first) <= tenure) ++k;
    const double level = r.table[k].second;
    const bool open = level > 0 && (r.rate || level < 1);
    if (p.form == ResponseParams::table)
      held = open && common != 0 ? from_link_scale(on_link_scale(level, r.rate) + common, r.rate) : level;
    else
      held = !open                                                     ? (level > 0 ? certain : -certain)
             : r.solved_bands.empty() || std::isnan(r.solved_bands[k]) ? on_link_scale(level, r.rate)
                                                                       : r.solved_bands[k];
    by_tenure.push_back(single(held));
  }
  p.tenures = static_cast<std::int32_t>(by_tenure.size());
  p.by_tenure = keep(std::move(by_tenure), floats_);
}

void Compiled::stages(int& index) {
  const int lost = layout_.stages;
  int move_counter = layout_.moves_at;
  for (const auto& [name, stage] : model_.stages) {
    StageParams s;
    const auto place = static_cast<int>(stages_.size());
    const int held = layout_.stages_at + place;
    const Brought paid = book(params_.spend >= 0 ? spend_counter(place) : held,
                              {{money_fees, stage.fee}, {money_fee_margin, stage.fee * stage.margin}}),
                  served = book(held, {{money_service_cost, stage.service_cost}});
    s.fee = paid.revenue;
    s.kept = paid.contribution;
    s.left = paid.contribution + served.contribution;
    std::vector<ResponseParams> moves{response_with_tables(stage.churn, index++)};
    std::vector<std::int32_t> targets{lost}, counters{move_counter++};
    double left = 1 - stage.churn.level;  // share of those present at the start; for moves that are shares
    for (const auto& [target, move] : stage.moves) {
      const int counter = target == "lost" ? counters[0] : move_counter++, response_index = index++;
      if (move.otherwise) {
        s.otherwise = stage_index(model_, target);
        s.otherwise_counter = counter;
        continue;
      }
      Response given = move;
      if (stage.shares) {
        given.level.value = left <= 0 ? 0 : move.level > left - 1e-12 ? 1 : move.level / left;
        left -= move.level;
      }
      moves.push_back(response_with_tables(given, response_index));
      targets.push_back(stage_index(model_, target));
      counters.push_back(counter);
    }
    s.n_moves = static_cast<std::int32_t>(moves.size());
    s.moves = keep(std::move(moves), responses_);
    s.targets = keep(std::move(targets), numbers_);
    s.counters = keep(std::move(counters), numbers_);
    stages_.push_back(s);
  }
  params_.stages = stages_.data();
}

}  // namespace goodwill

// The other phases of a period: joining, impulses, stage money, orders, survey, advocacy and the end of the
// period.
#pragma once

#include <type_traits>

#include "sim/kernel/phases/counts.hpp"
#include "sim/ledger/sums.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// The trait's function of the normal score, by linear interpolation.
GOODWILL_INLINE float tabulated(const float* __restrict table, float z) {
  const float position =
      (clamp(z, -trait_range, trait_range) + trait_range) * (trait_intervals / (2 * trait_range));
  std::int32_t k = static_cast<std::int32_t>(position);
  k = k < trait_intervals ? k : trait_intervals - 1;
  const float f = position - static_cast<float>(k);
  return table[k] + f * (table[k + 1] - table[k]);
}

/// Of those who join, in an array that may not be there.
template <class T, class First>
void first_value(T* __restrict array, std::int32_t from, std::int32_t to, First first) {
  if constexpr (!std::is_same_v<First, Apart>)
    for (std::int32_t i = from; array && i < to; ++i) array[i] = static_cast<T>(first);
}

void join(CustomerBlock& b, std::int32_t from, std::int32_t to, const NewcomerParams& who, const Key& key,
          Scratch& s) {
  const std::int32_t n = to - from;
  const std::uint32_t *lo = b.id_lo + from, *hi = b.id_hi + from;
  fill_words(n, lo, hi, 0, purpose(Decision::newcomer), key, s.w0, s.w1, s.w2, s.w3);
  const auto spread = [&](float* __restrict to_state, const std::uint32_t* word, float mean, float sd,
                          float high) {
    normals(n, word, s.d);
    const float* __restrict z = s.d;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) to_state[i] = clamp(mean + sd * z[i], 0.0f, high);
  };
  spread(b.satisfaction + from, s.w0, who.satisfaction, who.satisfaction_sd, 10.0f);
  spread(b.expectation + from, s.w1, who.expectation, who.expectation_sd, 10.0f);
  spread(b.trust + from, s.w2, who.trust, who.trust_sd, 1.0f);
#define GOODWILL_FIRST(type, name, wanted, first, text) first_value(b.name, from, to, first);
  GOODWILL_CUSTOMER_STATE(GOODWILL_FIRST)
#undef GOODWILL_FIRST
  for (std::int32_t t = 0; t < who.n_traits; ++t) {
    float* __restrict trait =
        b.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(b.capacity) + from;
    fill_words(n, lo, hi, 0, purpose(Decision::trait, who.traits[t].draw / 4), key, s.w0, s.w1, s.w2, s.w3);
    const std::uint32_t* words[4] = {s.w0, s.w1, s.w2, s.w3};
    normals(n, words[who.traits[t].draw % 4], trait);
    if (who.traits[t].table)
      for (std::int32_t i = 0; i < n; ++i) trait[i] = tabulated(who.traits[t].table, trait[i]);
  }
}

void impulses(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::int32_t n = b.size;
  for (std::int32_t k = 0; k < c.params->n_impulses; ++k) {
    const ImpulseParams& impulse = c.params->impulses[k];
    for (std::int32_t i = 0; i < n; ++i) s.mask[i] = -1;
    restrict_to(impulse.who, b, {nullptr, n}, c.environment->period, s.mask);
    const float ds = impulse.satisfaction, dx = impulse.expectation, dt = impulse.trust;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) {
      b.satisfaction[i] = choose(s.mask[i], clamp(b.satisfaction[i] + ds, 0.0f, 10.0f), b.satisfaction[i]);
      b.expectation[i] = choose(s.mask[i], clamp(b.expectation[i] + dx, 0.0f, 10.0f), b.expectation[i]);
      b.trust[i] = choose(s.mask[i], clamp(b.trust[i] + dt, 0.0f, 1.0f), b.trust[i]);
    }
  }
}

std::ptrdiff_t cohort_of(const CustomerBlock& b, std::int32_t lane, const PeriodContext& c) {
  return c.newcomers ? c.environment->period - b.tenure[lane] : 0;
}

/// Customers of each cohort; newcomers are marked once they are customers, the base by what it is at t = 0.
void count_cohorts(CustomerBlock& b, const PeriodContext& c) {
  const bool mark = c.newcomers || c.environment->period == 1;
  for (std::int32_t i = 0; i < b.size; ++i) {
    const auto is = static_cast<std::int32_t>((c.params->customer_stages >> b.stage[i]) & 1u);
    const std::ptrdiff_t joined = cohort_of(b, i, c);
    c.cohort_customers[joined * c.cohort_stride] += is;
    if (!mark) continue;
    if (c.cohort_became) c.cohort_became[joined] += is & ~b.customer[i];
    b.customer[i] |= -is;
  }
}

/// Who is in which stage when its money is due.
void stage_money(CustomerBlock& b, const PeriodContext& c, std::int32_t stage_counter) {
  const Params& p = *c.params;
  const std::int32_t n = b.size;
  const std::int32_t* __restrict stages = b.stage;
  double* __restrict gain = b.gain;
  double* __restrict revenue = b.revenue;
  if (gain) count_cohorts(b, c);
  c.scratch->common_stage = -1;
  for (std::int32_t k = 0, left = n; k < p.n_stages && left > 0; ++k) {
    std::int32_t here = 0;
    for (std::int32_t i = 0; i < n; ++i) here += stages[i] == k;
    left -= here;
    if (here == n) c.scratch->common_stage = k;
    const StageParams& stage = p.stages[k];
    const auto in = [=](std::int32_t i) -> std::int32_t { return stages[i] == k; };
    const std::int64_t held = b.weight ? total(n, b.weight, in) : here;
    c.row[stage_counter + k] += held;
    if ((p.customer_stages >> k) & 1u) c.row[count_start] += held;
    if ((p.prospect_stages >> k) & 1u) c.row[count_prospects_start] += held;
    if (!gain || here == 0) continue;
    const double left_over = stage.left, fee = stage.fee;
    for (std::int32_t i = 0; i < n; ++i) gain[i] += stages[i] == k ? left_over : 0.0;
    for (std::int32_t i = 0; i < n; ++i) revenue[i] += stages[i] == k ? fee : 0.0;
  }
}

/// Lanes in a stage of kind customer.
Lanes customers(const CustomerBlock& b, const PeriodContext& c) {
  const Lanes lanes = eligible(b, c.params->customer_stages, c);
  return lanes.mask ? lanes_of(b, lanes.mask, c) : lanes;
}

/// What one customer counts for.
std::int64_t unit_of(const CustomerBlock& b, std::int32_t lane) { return b.weight ? b.weight[lane] : 1; }

constexpr std::int32_t most_values = 64;  // orders of one customer and period that are drawn one by one

/// The value of many orders of one customer at once: lognormal with the mean and variance of their sum
/// (Fenton 1960).
float sum_of_values(const OrderParams& o, std::int32_t n, const CustomerBlock& b, std::int32_t lane,
                    const PeriodContext& c) {
  const auto times = static_cast<double>(n);
  const double variance = static_cast<double>(o.log_sd) * static_cast<double>(o.log_sd);
  const double of_sum = math::log1p(math::expm1(variance) / times);
  const double log_mean = static_cast<double>(o.log_mean) + variance / 2 + math::log(times) - of_sum / 2;
  const Words w = draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.environment->period),
                       purpose(Decision::order_value));
  return exp_lane(
      static_cast<float>(log_mean + __builtin_sqrt(of_sum) * static_cast<double>(normal_lane(w.w0))));
}

void orders(CustomerBlock& b, const PeriodContext& c) {
  const OrderParams& o = c.params->orders;
  if (!o.any) return;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  if (lanes.size == 0) return;
  rates(o.rate, b, lanes, c);
  draw_lanes(b, lanes, c, purpose(Decision::order));
  const std::int32_t m = poisson(lanes.size, s.w0, s);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t at = s.list2[i], lane = lanes.index ? lanes.index[at] : at;
    const std::int32_t n = s.code[at];
    c.row[count_orders] += n * unit_of(b, lane);
    double value = n * o.value;
    if (o.log_sd != 0.0f) {
      value = n > most_values ? sum_of_values(o, n, b, lane, c) : 0;
      for (std::int32_t k = 0; k < n && n <= most_values; ++k) {
        const Words w =
            draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.environment->period),
                 purpose(Decision::order_value, static_cast<std::uint32_t>(k)));
        value += exp_lane(o.log_mean + o.log_sd * normal_lane(w.w0));
      }
      const double scale = c.params->money_scale;
      c.order_money[0] += to_sum(value, scale) * unit_of(b, lane);
      c.order_money[1] += to_sum(value * o.margin, scale) * unit_of(b, lane);
    }
    if (!b.gain) continue;
    b.gain[lane] += value * o.margin;
    b.revenue[lane] += value;
  }
}

/// Words of the decisions that everybody takes once a period, for all lanes.
void draw_monthly(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  std::uint32_t** const words = s.monthly;
  if (c.even.words) {
    const EvenAddress address = even_address(purpose(Decision::monthly));
    const bool refers = c.params->referrals.any && c.advocacy;
    for (std::int32_t k = 0; k < 4; ++k)
      if (k != 2 || refers) even_word(b, {nullptr, b.size, nullptr}, c, address, k, words[k]);
    return;
  }
  fill_words(b.size, b.id_lo, b.id_hi, static_cast<std::uint32_t>(c.environment->period),
             purpose(Decision::monthly), c.key, words[0], words[1], words[2], words[3]);
}

/// Anchoring: how many respond at which satisfaction.
void bin_survey(const SurveyParams& q, const Lanes& lanes, const PeriodContext& c,
                const float* satisfaction) {
  const bool constant = q.response.form == ResponseParams::constant;
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    if (lanes.mask && !lanes.mask[i]) continue;
    const float p = constant ? q.response.value : c.scratch->p[i];
    c.survey_bins[static_cast<std::int32_t>(satisfaction[i] * 100.0f + 0.5f)] +=
        static_cast<std::int32_t>(p * static_cast<float>(probability_unit));
  }
}

void survey(CustomerBlock& b, const PeriodContext& c) {
  const SurveyParams& q = c.params->survey;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  const std::int32_t n = lanes.size;
  decide(q.response, b, lanes, c, words_of(lanes, s.monthly[0], s.w0), s.code);
  const float* __restrict satisfaction = b.satisfaction;
  if (lanes.index) {
    gather(n, lanes.index, b.satisfaction, s.a);
    satisfaction = s.a;
  }
  if (c.survey_bins) bin_survey(q, lanes, c, satisfaction);
  const float bias = q.bias, noise = q.noise;
  std::int32_t* __restrict answer = s.target;
  std::int32_t* __restrict responds = s.code;
  const float* __restrict z = s.d;
  normals(n, words_of(lanes, s.monthly[1], s.w1), s.d);
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i)
    answer[i] = static_cast<std::int32_t>(clamp(satisfaction[i] + bias + noise * z[i], 0.0f, 10.0f) + 0.5f);
  const std::int32_t* weight = weights_of(b, lanes, c);
  std::int64_t surveyed = weight ? total(n, weight, [](std::int32_t) { return 1; }) : n;
  if (lanes.mask) {
    const std::int32_t* __restrict mask = lanes.mask;
    surveyed = total(n, weight, [=](std::int32_t i) { return -mask[i]; });
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i)
      answer[i] = choose(mask[i], answer[i], 7);  // who is not asked counts as passive
  }
  c.row[count_surveyed] += surveyed;
  const auto add = [&](std::int32_t counter, auto&& value) { c.row[counter] += total(n, weight, value); };
  add(count_promoters, [=](std::int32_t i) -> std::int32_t { return answer[i] >= 9; });
  add(count_detractors, [=](std::int32_t i) -> std::int32_t { return answer[i] <= 6; });
  add(count_responses, [=](std::int32_t i) { return -responds[i]; });
  add(count_measured_promoters,
      [=](std::int32_t i) { return -static_cast<std::int32_t>(answer[i] >= 9) & responds[i] & 1; });
  add(count_measured_detractors,
      [=](std::int32_t i) { return -static_cast<std::int32_t>(answer[i] <= 6) & responds[i] & 1; });
  add(sum_scores, [=](std::int32_t i) { return answer[i] & responds[i]; });
  const std::int32_t m = compress(n, responds, s.list2);
  for (std::int32_t k = 0; k < m; ++k) {
    const std::int32_t i = s.list2[k], lane = lanes.index ? lanes.index[i] : i;
    b.surveyed[lane] = 2 + (answer[i] >= 9) - (answer[i] <= 6);  // 1 detractor, 2 passive, 3 promoter
    b.surveyed_at[lane] = c.environment->period;
  }
}

void advocacy(CustomerBlock& b, const PeriodContext& c) {
  const ReferralParams& r = c.params->referrals;
  if (!r.any || !c.advocacy) return;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  if (lanes.size == 0) return;
  rates(r.rate, b, lanes, c);
  const std::int32_t m = poisson(lanes.size, words_of(lanes, s.monthly[2], s.w0), s);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t at = s.list2[i], lane = lanes.index ? lanes.index[at] : at;
    const std::int64_t unit = unit_of(b, lane);
    c.row[count_referrals] += s.code[at] * unit;
    for (std::int32_t k = 0; k < s.code[at]; ++k) {
      const Words w =
          draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.environment->period),
               purpose(Decision::conversion, static_cast<std::uint32_t>(k)));
      if (!below(w.w0, r.conversion)) continue;
      c.row[count_converted] += unit;
      c.sink.birth(c.sink.self, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(k),
                   b.weight ? b.weight[lane] : full_weight);
    }
  }
}

/// Takes out the lanes of an ascending list: holes are filled from the tail. From the end, so that the tail
/// is always of those who stay.
template <class Leave>
void take_out(CustomerBlock& b, const std::int32_t* list, std::int32_t n, Leave&& leave) {
  for (std::int32_t k = n - 1; k >= 0; --k) {
    const std::int32_t i = list[k], last = --b.size;
    leave(i);
    for_each_array(b, [=](auto* array) { array[i] = array[last]; });
    for (std::int32_t t = 0; t < b.n_traits; ++t) {
      float* trait = b.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(b.capacity);
      trait[i] = trait[last];
    }
  }
}

/// Keeps one in 2^halvings customers by lot; the caller counts him for all of them.
void thin(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  draw_lanes(b, {nullptr, b.size, nullptr}, c, purpose(Decision::thinning));
  const std::int32_t shift = 32 - c.halvings;
  for (std::int32_t i = 0; i < b.size; ++i) s.mask[i] = -static_cast<std::int32_t>(s.w0[i] >> shift != 0);
  take_out(b, s.list, compress(b.size, s.mask, s.list), [](std::int32_t) {});
}

void remove_lost(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::int32_t lost = c.params->n_stages, n = b.size;
  const std::int32_t* __restrict stages = b.stage;
  std::int32_t* __restrict leaving = s.mask;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) leaving[i] = -static_cast<std::int32_t>(stages[i] == lost);
  const std::int32_t leavers = compress(n, s.mask, s.list);
  take_out(b, s.list, leavers, [&](std::int32_t i) {
    if (c.sink.left) c.sink.left(c.sink.self, b.value[i], b.tenure[i], b.customer[i]);
  });
}

/// This period's contribution and revenue of each customer: into his value and his cohort.
void settle(CustomerBlock& b, const PeriodContext& c) {
  const std::int32_t n = b.size;
  const double discount = c.environment->discount, scale = c.params->value_scale;
  for (std::int32_t i = 0; i < n; ++i) b.value[i] += b.gain[i] * discount;
  for (std::int32_t i = 0; i < n; ++i) {
    const std::ptrdiff_t at = cohort_of(b, i, c) * c.cohort_stride;
    c.cohort_revenue[at] += to_sum(b.revenue[i], scale);
    c.cohort_contribution[at] += to_sum(b.gain[i], scale);
  }
  for (std::int32_t i = 0; i < n; ++i) b.gain[i] = b.revenue[i] = 0;
}

std::int64_t sum_state(const CustomerBlock& b, const float* __restrict x, const std::int32_t* __restrict in) {
  if (!in) return total_state(b.size, b.weight, [=](std::int32_t i) { return x[i]; });
  return total_state(b.size, b.weight, [=](std::int32_t i) { return choose(in[i], x[i], 0.0f); });
}

/// Periods of tenure; with weights in units of state, because counts are too fine for centuries of days.
std::int64_t sum_of_tenure(const CustomerBlock& b, const std::int32_t* __restrict in) {
  const std::int32_t* __restrict tenures = b.tenure;
  const auto periods = [=](std::int32_t i) -> std::int64_t { return in ? tenures[i] & in[i] : tenures[i]; };
  if (!b.weight) return total(b.size, nullptr, periods);
  constexpr auto unit = static_cast<std::int64_t>(state_unit);
  return total_weighed(b.size, b.weight, [=](std::int32_t i) { return periods(i) * unit; });
}

/// Customers, prospects and lapsed at the end of the period; returns a mask of the customers.
const std::int32_t* count_kinds(const CustomerBlock& b, const PeriodContext& c) {
  std::int32_t* __restrict in = c.scratch->mask;
  const std::int32_t* __restrict stages = b.stage;
  const std::int32_t n = b.size;
  const auto set_of = [&](std::uint32_t kind) {
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) in[i] = -static_cast<std::int32_t>((kind >> stages[i]) & 1u);
    return total(n, b.weight, [=](std::int32_t i) { return -in[i]; });
  };
  const std::int64_t prospects = set_of(c.params->prospect_stages), all = set_of(~0u);
  const std::int64_t customers = set_of(c.params->customer_stages);
  c.row[count_end] += customers;
  c.row[count_prospects] += prospects;
  c.row[count_lapsed] += all - customers - prospects;
  return in;
}

/// Leavers go, the others age; means of the customers' states.
void end_of_period(CustomerBlock& b, const PeriodContext& c) {
  if (b.gain) settle(b, c);
  remove_lost(b, c);
  const std::int32_t n = b.size;
  std::int32_t* __restrict tenures = b.tenure;
  float* __restrict failures = b.failures;
  float* __restrict recovered = b.recovered;
  std::int32_t* __restrict moved = b.moved;
  const float kept = c.params->experience.remembered;
  for (std::int32_t i = 0; i < n; ++i) tenures[i] += 1;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    failures[i] *= kept;
    recovered[i] *= kept;
    moved[i] = 0;
  }
  const std::int32_t* in = c.params->all_customers ? nullptr : count_kinds(b, c);
  if (!in) c.row[count_end] += total(n, b.weight, [](std::int32_t) { return 1; });
  c.row[sum_satisfaction] += sum_state(b, b.satisfaction, in);
  c.row[sum_expectation] += sum_state(b, b.expectation, in);
  c.row[sum_trust] += sum_state(b, b.trust, in);
  c.row[sum_tenure] += sum_of_tenure(b, in);
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

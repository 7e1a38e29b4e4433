// The other phases of a period: joining, impulses, stage money, orders, survey, advocacy, moves and the end of the period.
#pragma once

#include "sim/kernel/phases/common.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

float tabulated(const float* table, float z) {
  const float position = (clamp(z, -trait_range, trait_range) + trait_range) * (trait_intervals / (2 * trait_range));
  std::int32_t k = static_cast<std::int32_t>(position);
  k = k < trait_intervals ? k : trait_intervals - 1;
  const float f = position - static_cast<float>(k);
  return table[k] + f * (table[k + 1] - table[k]);
}

void join(CustomerBlock& b, std::int32_t from, std::int32_t to, const NewcomerParams& who, const Key& key) {
  for (std::int32_t i = from; i < to; ++i) {
    const Words w = draw(key, b.id_lo[i], b.id_hi[i], 0, purpose(Decision::newcomer));
    b.satisfaction[i] = clamp(who.satisfaction + who.satisfaction_sd * normal_lane(w.w0), 0.0f, 10.0f);
    b.expectation[i] = clamp(who.expectation + who.expectation_sd * normal_lane(w.w1), 0.0f, 10.0f);
    b.trust[i] = clamp(who.trust + who.trust_sd * normal_lane(w.w2), 0.0f, 1.0f);
    b.stage[i] = who.stage;
    b.moved[i] = b.failures[i] = b.failures_before[i] = b.surveyed[i] = 0;
    b.failed_at[i] = b.recovered_at[i] = long_ago;
    if (b.gain) b.gain[i] = 0;
    if (b.value) b.value[i] = 0;
  }
  for (std::int32_t t = 0; t < who.n_traits; ++t) {
    float* trait = b.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(b.capacity);
    const std::uint32_t what = purpose(Decision::trait, who.traits[t].draw / 4);
    const std::uint32_t place = who.traits[t].draw % 4;
    const float* table = who.traits[t].table;
    for (std::int32_t i = from; i < to; ++i) {
      const Words w = draw(key, b.id_lo[i], b.id_hi[i], 0, what);
      const std::uint32_t word = place == 0 ? w.w0 : place == 1 ? w.w1 : place == 2 ? w.w2 : w.w3;
      const float z = normal_lane(word);
      trait[i] = table ? tabulated(table, z) : z;
    }
  }
}

void impulses(CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  for (std::int32_t k = 0; k < c.params->n_impulses; ++k) {
    const ImpulseParams& impulse = c.params->impulses[k];
    for (std::int32_t i = 0; i < b.size; ++i) s.mask[i] = -1;
    restrict_to(impulse.who, b, {nullptr, b.size}, c.period, s.mask);
    const float ds = impulse.satisfaction, dx = impulse.expectation, dt = impulse.trust;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < b.size; ++i) {
      b.satisfaction[i] = choose(s.mask[i], clamp(b.satisfaction[i] + ds, 0.0f, 10.0f), b.satisfaction[i]);
      b.expectation[i] = choose(s.mask[i], clamp(b.expectation[i] + dx, 0.0f, 10.0f), b.expectation[i]);
      b.trust[i] = choose(s.mask[i], clamp(b.trust[i] + dt, 0.0f, 1.0f), b.trust[i]);
    }
  }
}

/// Fee and service cost of the stage held now; stage occupancy.
void stage_money(CustomerBlock& b, const PeriodContext& c, std::int32_t stage_counter) {
  const Params& p = *c.params;
  std::int32_t left = b.size;
  c.row[count_start] += b.size;
  for (std::int32_t k = 0; k < p.n_stages && left > 0; ++k) {
    std::int32_t here = 0;
    for (std::int32_t i = 0; i < b.size; ++i) here += b.stage[i] == k;
    left -= here;
    const StageParams& stage = p.stages[k];
    c.row[stage_counter + k] += here;
    c.row[money_fees] += here * stage.fee.fixed;
    c.row[money_fee_margin] += here * stage.fee_margin.fixed;
    c.row[money_service_cost] += here * stage.service_cost.fixed;
    if (b.gain && here > 0) {
      const float gain = stage.fee_margin.value - stage.service_cost.value;
      for (std::int32_t i = 0; i < b.size; ++i) b.gain[i] += b.stage[i] == k ? gain : 0.0f;
    }
  }
}

/// Lanes in a stage of kind customer.
Lanes customers(const CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  eligible(b, c.params->customer_stages, s.mask);
  Lanes lanes{s.list, compress(b.size, s.mask, s.list)};
  if (lanes.size == b.size) lanes.index = nullptr;
  return lanes;
}

/// Rates of these lanes into scratch.p; books the exposure.
void rates(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c) {
  float* __restrict p = c.scratch->p;
  if (r.form == ResponseParams::constant) {
    for (std::int32_t i = 0; i < lanes.size; ++i) p[i] = r.value;
  } else {
    evaluate(r, b, lanes, c, p);
  }
  if (r.at_risk < 0) return;
  c.row[r.at_risk] += lanes.size;
  c.row[r.at_risk + 1] += sum_fixed(lanes.size, p, static_cast<float>(rate_unit));
}

/// Poisson quantile of the upper tail probability v, knowing that it is at least 1.
std::int32_t poisson_above_zero(double lambda, double v) {
  double term = math::exp(-lambda), below = term;
  std::int32_t k = 0;
  do {
    ++k;
    term *= lambda / k;
    below += term;
  } while (v < 1.0 - below && k < 2000);
  return k;
}

/// Number of events of each lane into code, given rates in scratch.p and words in scratch.w0; returns how many lanes have any.
std::int32_t poisson(std::int32_t n, Scratch& s) {
  std::int32_t* __restrict any = s.target;
  const float* __restrict p = s.p;
  const std::uint32_t* __restrict w = s.w0;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) any[i] = -static_cast<std::int32_t>(uniform(w[i]) < 1.0f - exp_lane(-p[i]));
  const std::int32_t m = compress(n, any, s.list2);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t k = s.list2[i];
    s.code[k] = poisson_above_zero(static_cast<double>(p[k]), static_cast<double>(uniform(w[k])));
  }
  return m;
}

void orders(CustomerBlock& b, const PeriodContext& c) {
  const OrderParams& o = c.params->orders;
  if (!o.any) return;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  rates(o.rate, b, lanes, c);
  draw_lanes(b, lanes, c, purpose(Decision::order));
  const std::int32_t m = poisson(lanes.size, s);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t at = s.list2[i], lane = lanes.index ? lanes.index[at] : at;
    const std::int32_t n = s.code[at];
    c.row[count_orders] += n;
    float margin;
    if (o.log_sd == 0.0f) {
      c.row[money_orders] += n * o.value.fixed;
      c.row[money_order_margin] += n * o.margin_value.fixed;
      margin = static_cast<float>(n) * o.margin_value.value;
    } else {
      float total = 0;
      for (std::int32_t k = 0; k < n; ++k) {
        const Words w = draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.period),
                             purpose(Decision::order_value, static_cast<std::uint32_t>(k)));
        total += exp_lane(o.log_mean + o.log_sd * normal_lane(w.w0));
      }
      margin = total * o.margin;
      c.row[money_orders] += static_cast<std::int64_t>(total * c.params->money_scale);
      c.row[money_order_margin] += static_cast<std::int64_t>(margin * c.params->money_scale);
    }
    if (b.gain) b.gain[lane] += margin;
  }
}

void survey(CustomerBlock& b, const PeriodContext& c) {
  const SurveyParams& q = c.params->survey;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  const std::int32_t n = lanes.size;
  for (std::int32_t i = 0; i < b.size; ++i) b.surveyed[i] = 0;
  draw_lanes(b, lanes, c, purpose(Decision::survey));
  decide(q.response, b, lanes, c, s.w0, s.code);
  const float* satisfaction = b.satisfaction;
  if (lanes.index) {
    gather(n, lanes.index, b.satisfaction, s.a);
    satisfaction = s.a;
  }
  if (c.survey_bins) {
    const bool constant = q.response.form == ResponseParams::constant;
    for (std::int32_t i = 0; i < n; ++i) {
      const float p = constant ? q.response.value : s.p[i];
      c.survey_bins[static_cast<std::int32_t>(satisfaction[i] * 100.0f + 0.5f)] +=
          static_cast<std::int32_t>(p * static_cast<float>(probability_unit));
    }
  }
  const float bias = q.bias, noise = q.noise;
  std::int32_t* __restrict answer = s.target;
  const std::uint32_t* __restrict word = s.w1;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i)
    answer[i] = static_cast<std::int32_t>(clamp(satisfaction[i] + bias + noise * normal_lane(word[i]), 0.0f, 10.0f) + 0.5f);
  std::int64_t promoters = 0, detractors = 0, responses = 0, responding_promoters = 0, responding_detractors = 0, scores = 0;
  for (std::int32_t i = 0; i < n; ++i) {
    const std::int32_t up = -static_cast<std::int32_t>(answer[i] >= 9), down = -static_cast<std::int32_t>(answer[i] <= 6);
    const std::int32_t responds = s.code[i];
    promoters -= up;
    detractors -= down;
    responses -= responds;
    responding_promoters -= up & responds;
    responding_detractors -= down & responds;
    scores += answer[i] & responds;
    answer[i] = (2 + (down & -1) + (up & 1)) & responds;  // 1 detractor, 2 passive, 3 promoter
  }
  if (lanes.index)
    scatter(n, lanes.index, answer, b.surveyed);
  else
    for (std::int32_t i = 0; i < n; ++i) b.surveyed[i] = answer[i];
  c.row[count_surveyed] += n;
  c.row[count_promoters] += promoters;
  c.row[count_detractors] += detractors;
  c.row[count_responses] += responses;
  c.row[count_measured_promoters] += responding_promoters;
  c.row[count_measured_detractors] += responding_detractors;
  c.row[sum_scores] += scores;
}

void advocacy(CustomerBlock& b, const PeriodContext& c) {
  const ReferralParams& r = c.params->referrals;
  if (!r.any || !c.advocacy) return;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  rates(r.rate, b, lanes, c);
  draw_lanes(b, lanes, c, purpose(Decision::referral));
  const std::int32_t m = poisson(lanes.size, s);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t at = s.list2[i], lane = lanes.index ? lanes.index[at] : at;
    c.row[count_referrals] += s.code[at];
    for (std::int32_t k = 0; k < s.code[at]; ++k) {
      const Words w = draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.period),
                           purpose(Decision::conversion, static_cast<std::uint32_t>(k)));
      if (!below(w.w0, r.conversion)) continue;
      ++c.row[count_converted];
      c.sink.birth(c.sink.self, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(k));
    }
  }
}

/// Moves of the customers in one stage: churn first, then in file order, one uniform each, given not having moved.
void move_stage(CustomerBlock& b, const StageParams& stage, Lanes lanes, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::uint32_t* words[4] = {s.w0, s.w1, s.w2, s.w3};
  std::int32_t drawn = -1;
  for (std::int32_t k = 0; k < stage.n_moves && lanes.size > 0; ++k) {
    const ResponseParams& r = stage.moves[k];
    if (impossible(r) && r.at_risk < 0) continue;
    if (drawn != k / 4) {
      draw_lanes(b, lanes, c, purpose(Decision::move, static_cast<std::uint32_t>(k) / 4));
      drawn = k / 4;
    }
    decide(r, b, lanes, c, words[k % 4], s.code);
    std::int32_t hits = 0, stay = 0;
    for (std::int32_t i = 0; i < lanes.size; ++i) hits -= s.code[i];
    c.row[stage.counters[k]] += hits;
    if (hits == 0) continue;
    for (std::int32_t i = 0; i < lanes.size; ++i) {
      const std::int32_t lane = lanes.index ? lanes.index[i] : i;
      b.stage[lane] = choose(s.code[i], stage.targets[k], b.stage[lane]);
      s.list2[stay] = lane;
      stay += !s.code[i];
    }
    for (std::int32_t i = 0; i < stay; ++i) s.list[i] = s.list2[i];
    lanes = {s.list, stay};
    drawn = -1;  // the words stand at the old lanes
  }
  if (stage.otherwise < 0) return;
  c.row[stage.otherwise_counter] += lanes.size;
  for (std::int32_t i = 0; i < lanes.size; ++i) b.stage[lanes.index ? lanes.index[i] : i] = stage.otherwise;
}

void moves(CustomerBlock& b, const PeriodContext& c) {
  const Params& p = *c.params;
  Scratch& s = *c.scratch;
  // Who is in which stage is fixed before anybody moves.
  std::int32_t* stage_before = s.walker;
  for (std::int32_t i = 0; i < b.size; ++i) stage_before[i] = b.moved[i] ? -1 : b.stage[i];
  for (std::int32_t k = 0; k < p.n_stages; ++k) {
    const StageParams& stage = p.stages[k];
    if (stage.n_moves == 0 && stage.otherwise < 0) continue;
    for (std::int32_t i = 0; i < b.size; ++i) s.mask[i] = -static_cast<std::int32_t>(stage_before[i] == k);
    Lanes lanes{s.list, compress(b.size, s.mask, s.list)};
    if (lanes.size == 0) continue;
    if (lanes.size == b.size) lanes.index = nullptr;
    move_stage(b, stage, lanes, c);
  }
}

/// Ages the block, books the state means and removes the leavers: holes are filled from the tail.
void end_of_period(CustomerBlock& b, const PeriodContext& c) {
  const std::int32_t lost = c.params->n_stages;
  if (b.gain) {
    const float discount = c.discount;
    for (std::int32_t i = 0; i < b.size; ++i) b.value[i] += b.gain[i] * discount;
    for (std::int32_t i = 0; i < b.size; ++i) {
      const std::int32_t joined = c.newcomers ? c.period - b.tenure[i] : 0;
      ++c.cohort_customers[joined * c.cohort_stride];
      c.cohort_contribution[joined * c.cohort_stride] += static_cast<std::int64_t>(b.gain[i] * c.params->money_scale);
    }
  }
  const std::int32_t before = b.size;
  for (std::int32_t i = 0; i < b.size;) {
    if (b.stage[i] != lost) {
      ++i;
      continue;
    }
    if (c.sink.left) c.sink.left(c.sink.self, b.value[i]);
    const std::int32_t last = --b.size;
    for_each_array(b, [=](auto* array) { array[i] = array[last]; });
    for (std::int32_t t = 0; t < b.n_traits; ++t) {
      float* trait = b.traits + static_cast<std::size_t>(t) * static_cast<std::size_t>(b.capacity);
      trait[i] = trait[last];
    }
  }
  const std::int32_t n = b.size;
  std::int64_t satisfaction = 0, expectation = 0, trust = 0, tenure = 0;
  for (std::int32_t i = 0; i < n; ++i) satisfaction += static_cast<std::int32_t>(b.satisfaction[i] * 65536.0f);
  for (std::int32_t i = 0; i < n; ++i) expectation += static_cast<std::int32_t>(b.expectation[i] * 65536.0f);
  for (std::int32_t i = 0; i < n; ++i) trust += static_cast<std::int32_t>(b.trust[i] * 65536.0f);
  for (std::int32_t i = 0; i < n; ++i) tenure += ++b.tenure[i];
  for (std::int32_t i = 0; i < n; ++i) {
    b.failures_before[i] = b.failures[i];
    b.failures[i] = 0;
    b.moved[i] = 0;
  }
  if (b.gain)
    for (std::int32_t i = 0; i < n; ++i) b.gain[i] = 0;
  c.row[count_lost] += before - n;
  c.row[count_end] += n;
  c.row[sum_satisfaction] += satisfaction;
  c.row[sum_expectation] += expectation;
  c.row[sum_trust] += trust;
  c.row[sum_tenure] += tenure;
}

}  // namespace
}  // namespace goodwill

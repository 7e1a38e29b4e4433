// Moves between stages at the end of a period, churn first; with survival weights
// churn shrinks weights instead.
#pragma once

#include "sim/kernel/shared/kinds.hpp"
#include "sim/kernel/shared/responses.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Puts those hit into stage `to` and takes them out of `here`.
void move_on(CustomerBlock& b, const Lanes& lanes, const std::int32_t* __restrict hit, std::int32_t to,
             std::int32_t* __restrict here) {
  std::int32_t* __restrict stages = b.stage;
  for_each_lane(lanes, [=](std::int32_t i, std::int32_t lane) {
    stages[lane] = choose(hit[i], to, stages[lane]);
    here[lane] &= ~hit[i];
  });
}

/// Churn by weight: nobody is drawn, and everybody's weight shrinks by their probability of leaving. Below
/// the least weight the word of churn decides whether they stay with that weight or leave (Russian roulette),
/// so that means stay right and nobody is carried for nothing. At the least weight this is churn as usual.
void shrink_weights(CustomerBlock& b, std::int32_t from, const StageParams& stage,
                    std::int32_t* __restrict here, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const ResponseParams& r = stage.moves[0];
  const Lanes lanes = lanes_of(b, here, c);
  const std::int32_t n = lanes.size;
  float* __restrict p = s.p;
  if (r.form == ResponseParams::constant) {
    for (std::int32_t i = 0; i < n; ++i) p[i] = r.value;
  } else {
    evaluate(r, b, lanes, c, p);
  }
  book(r, b, lanes, c, p);
  const std::uint32_t* __restrict word = dense(lanes, s.monthly[3], s.w0);
  const std::int32_t* __restrict before = weights_of(b, lanes, c);
  const std::int32_t* __restrict mask = lanes.mask;
  std::int32_t* __restrict after = s.target, * __restrict hit = s.code;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const std::int32_t left = before[i] - share_of(before[i], as_whole<std::int32_t>(p[i]));
    const float risk = static_cast<float>(least_weight - left) * (1.0f / least_weight);
    const std::int32_t leaves = -static_cast<std::int32_t>(uniform(word[i]) <= risk);
    const std::int32_t light = -static_cast<std::int32_t>(left < least_weight);
    const std::int32_t now = choose(light, least_weight & ~leaves, left);
    after[i] = mask ? choose(mask[i], now, before[i]) : now;
    hit[i] = -static_cast<std::int32_t>(after[i] == 0);
  }
  std::int64_t lost = 0;  // the difference of the weights, so that nothing is lost to rounding
  for (std::int32_t i = 0; i < n; ++i) lost += before[i] - after[i];
  c.row[stage.counters[0]] += lost;
  change_kind(from, stage.targets[0], lost, c);
  std::int32_t* __restrict weight = b.weight;
  for_each_lane(lanes, [=](std::int32_t i, std::int32_t lane) { weight[lane] = after[i]; });
  move_on(b, lanes, s.code, stage.targets[0], here);
}

/// Moves the customers in stage `from`: churn first, then the moves in file order, one uniform each, given
/// that they have not moved yet. `here` marks the customers and is narrowed to those who stay.
void move_stage(CustomerBlock& b, std::int32_t from, std::int32_t* __restrict here, const PeriodContext& c) {
  const StageParams& stage = c.params->stages[from];
  Scratch& s = *c.scratch;
  for (std::int32_t k = 0; k < stage.n_moves; ++k) {
    const ResponseParams& r = stage.moves[k];
    if (impossible(r)) continue;
    if (k == 0 && c.survival) {
      shrink_weights(b, from, stage, here, c);
      continue;
    }
    const Lanes lanes = lanes_of(b, here, c);
    if (lanes.size == 0) return;
    const std::uint32_t* words[4] = {s.w0, s.w1, s.w2, s.w3};
    const std::uint32_t* word = words[k % 4];
    if (k == 0)
      word = dense(lanes, s.monthly[3], s.w0);
    else
      draw_lanes(b, lanes, c, purpose(Decision::move, static_cast<std::uint32_t>(k) / 4), 1u << k % 4);
    decide(r, b, lanes, c, word, s.code);
    const std::int32_t* __restrict hit = s.code;
    const std::int64_t hits =
        total(lanes.size, weights_of(b, lanes, c), [=](std::int32_t i) { return -hit[i]; });
    c.row[stage.counters[k]] += hits;
    if (hits == 0) continue;
    change_kind(from, stage.targets[k], hits, c);
    move_on(b, lanes, hit, stage.targets[k], here);
  }
  if (stage.otherwise < 0) return;
  const std::int32_t n = b.size, otherwise = stage.otherwise;
  const std::int64_t others = total(n, b.weight, [=](std::int32_t i) { return -here[i]; });
  c.row[stage.otherwise_counter] += others;
  change_kind(from, otherwise, others, c);
  std::int32_t* __restrict stages = b.stage;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) stages[i] = choose(here[i], otherwise, stages[i]);
}

void moves(CustomerBlock& b, const PeriodContext& c) {
  const Params& p = *c.params;
  Scratch& s = *c.scratch;
  const std::int32_t n = b.size, common = s.common_stage;
  if (common >= 0) {
    std::int32_t* __restrict all = s.walker_at;
    for (std::int32_t i = 0; i < n; ++i) all[i] = -1;
    move_stage(b, common, all, c);
    return;
  }
  // Who is in which stage is fixed before anybody moves.
  std::int32_t* __restrict stage_before = s.walker;
  const std::int32_t* __restrict stages = b.stage;
  const std::int32_t* __restrict moved = b.moved;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) stage_before[i] = choose(moved[i], -1, stages[i]);
  for (std::int32_t k = 0; k < p.n_stages; ++k) {
    const StageParams& stage = p.stages[k];
    if (stage.n_moves == 1 && impossible(stage.moves[0]) && stage.otherwise < 0) continue;
    std::int32_t* __restrict here = s.walker_at;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) here[i] = -static_cast<std::int32_t>(stage_before[i] == k);
    if (count(n, here) > 0) move_stage(b, k, here, c);
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

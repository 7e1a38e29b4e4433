// Journeys: who starts, and the walk over touchpoints, one step at a time; all customers at one touchpoint together.
#pragma once

#include "sim/kernel/phases/common.hpp"

namespace goodwill {
namespace {

constexpr std::int32_t code_ok = 0, code_failed = 1, code_recovered = 2, code_absent = 3;

/// What a touchpoint does to satisfaction, expectation and trust, for n customers held in dense arrays.
void experience(std::int32_t n, const TouchpointParams& t, const ExperienceParams& x, const std::int32_t* __restrict code,
                const std::uint32_t* __restrict word, float* __restrict satisfaction, float* __restrict expectation,
                float* __restrict trust) {
  const float quality = t.quality, sd = t.sd, failed_quality = t.quality_failed, recovered_quality = t.quality_recovered;
  const std::int32_t paradox = t.paradox ? -1 : 0;
  const float step = t.step, adaptation = x.adaptation, contrast = x.contrast, aversion = x.loss_aversion;
  const float forgiveness = x.forgiveness, gain = x.gain, recovered_gain = x.recovered_gain, loss = x.loss;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const float tau = trust[i], expected = expectation[i], s = satisfaction[i];
    const std::int32_t failed = -static_cast<std::int32_t>(code[i] == code_failed);
    const std::int32_t recovered = -static_cast<std::int32_t>(code[i] == code_recovered);
    const std::int32_t there = -static_cast<std::int32_t>(code[i] != code_absent);
    float e = clamp(quality + sd * normal_lane(word[i]), 0.0f, 10.0f);
    const float mended = choose(paradox, recovered_quality, e < recovered_quality ? e : recovered_quality);
    e = choose(recovered, mended, choose(failed, failed_quality, e));
    const float d = e - expected;
    const float hurt = aversion * (1.0f - forgiveness * tau);
    const float weight = choose(-static_cast<std::int32_t>(d < 0.0f), hurt, 1.0f);
    const float felt = clamp(e + contrast * weight * d, 0.0f, 10.0f);
    const float rise = choose(recovered, recovered_gain, gain) * (1.0f - tau);
    satisfaction[i] = choose(there, s + step * (felt - s), s);
    expectation[i] = choose(there, expected + adaptation * d, expected);
    trust[i] = choose(there, tau + choose(failed, -loss * tau, rise), tau);
  }
}

/// Outcome of each lane: absent where the mask is 0.
void outcomes(std::int32_t n, const TouchpointParams& t, const std::int32_t* __restrict mask,
              const std::uint32_t* __restrict w0, const std::uint32_t* __restrict w1, std::int32_t* __restrict code) {
  const Threshold failure = t.failure, recovery = t.recovery;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const std::int32_t failed = below(w0[i], failure);
    const std::int32_t recovered = failed & below(w1[i], recovery);
    const std::int32_t outcome = (failed & code_failed) + (recovered & (code_recovered - code_failed));
    code[i] = choose(mask[i], outcome, code_absent);
  }
}

/// Where a branch leads: the first arrow whose cumulative share the word is below.
void follow(std::int32_t n, const BranchParams& branch, const std::uint32_t* __restrict word,
            std::int32_t* __restrict target) {
  for (std::int32_t i = 0; i < n; ++i) target[i] = go_done;
  for (std::int32_t a = branch.size - 1; a >= 0; --a) {
    const Threshold t = branch.arrows[a].up_to;
    const std::int32_t to = branch.arrows[a].target;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) target[i] = choose(below(word[i], t), to, target[i]);
  }
}

std::int64_t count_code(std::int32_t n, const std::int32_t* __restrict code, std::int32_t wanted) {
  std::int32_t m = 0;
  for (std::int32_t i = 0; i < n; ++i) m += code[i] == wanted;
  return m;
}

/// Marks failures and recoveries of this period in the customers' memory.
void remember(CustomerBlock& b, const Lanes& lanes, std::int32_t period, const std::int32_t* __restrict code) {
  const std::int32_t n = lanes.size;
  if (lanes.index) {
    for (std::int32_t i = 0; i < n; ++i) {
      if (code[i] != code_failed && code[i] != code_recovered) continue;
      const std::int32_t k = lanes.index[i];
      const bool failed = code[i] == code_failed;
      b.failures[k] += failed;
      (failed ? b.failed_at : b.recovered_at)[k] = period;
    }
    return;
  }
  std::int32_t* __restrict failures = b.failures;
  std::int32_t* __restrict failed_at = b.failed_at;
  std::int32_t* __restrict recovered_at = b.recovered_at;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const std::int32_t failed = -static_cast<std::int32_t>(code[i] == code_failed);
    const std::int32_t recovered = -static_cast<std::int32_t>(code[i] == code_recovered);
    failures[i] -= failed;
    failed_at[i] = choose(failed, period, failed_at[i]);
    recovered_at[i] = choose(recovered, period, recovered_at[i]);
  }
}

/// The touchpoint makes good the latest failure.
void close_failures(CustomerBlock& b, const Lanes& lanes, std::int32_t period, const std::int32_t* code) {
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    if (code[i] == code_absent) continue;
    const std::int32_t k = lanes.index ? lanes.index[i] : i;
    if (b.failed_at[k] == period && b.failures[k] > 0) --b.failures[k];
    if (b.failed_at[k] == period - 1 && b.failures_before[k] > 0) --b.failures_before[k];
    b.failed_at[k] = long_ago;
  }
}

/// Failures, recoveries and money of the customers at a touchpoint.
void record(const TouchpointParams& t, CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
            const std::int32_t* __restrict code) {
  const std::int32_t n = lanes.size;
  const std::int64_t failed = count_code(n, code, code_failed), recovered = count_code(n, code, code_recovered);
  const std::int64_t contacts = n - count_code(n, code, code_absent);
  if (t.who.closes) close_failures(b, lanes, c.period, code);
  if (failed + recovered > 0) remember(b, lanes, c.period, code);
  std::int64_t* row = c.row;
  row[t.counter] += contacts;
  row[t.counter + 1] += failed;
  row[t.counter + 2] += recovered;
  row[money_touchpoint_cost] += contacts * t.cost.fixed;
  row[money_recovery_cost] += recovered * t.recovery_cost.fixed;
  row[money_earnings] += contacts * t.earns.fixed;
  row[money_earnings_margin] += contacts * t.earns_margin.fixed;
  for (std::int32_t k = 0; k < t.n_each; ++k) row[t.each[k].investment] += contacts * t.each[k].amount.fixed;
  if (b.gain) {
    const float done = t.earns_margin.value - t.cost.value, mended = done - t.recovery_cost.value;
    for (std::int32_t i = 0; i < n; ++i) {
      const std::int32_t k = lanes.index ? lanes.index[i] : i;
      b.gain[k] += code[i] == code_absent ? 0.0f : code[i] == code_recovered ? mended : done;
    }
  }
}

/// Stage changes that a walk leads to; at most one change of stage a period.
void arrive(CustomerBlock& b, std::int32_t lane, std::int32_t target, std::int32_t n_stages) {
  if (target == go_done || b.moved[lane]) return;
  b.stage[lane] = target == go_lost ? n_stages : go_stage - target;
  b.moved[lane] = -1;
}

/// The customers of `lanes` (where mask is set) at touchpoint t: what happens and, in scratch.target, where they go next.
void visit(const TouchpointParams& t, CustomerBlock& b, const Lanes& lanes, const PeriodContext& c, std::uint32_t index,
           std::int32_t* mask) {
  Scratch& s = *c.scratch;
  const std::int32_t n = lanes.size;
  if (!t.always_happens) {
    draw_lanes(b, lanes, c, purpose(Decision::happens, index));
    const Threshold happens = t.happens;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) mask[i] &= below(s.w0[i], happens);
  }
  restrict_to(t.who, b, lanes, c.period, mask);
  draw_lanes(b, lanes, c, purpose(Decision::touchpoint, index));
  outcomes(n, t, mask, s.w0, s.w1, s.code);
  const ExperienceParams& x = c.params->experience;
  if (lanes.index) {
    gather(n, lanes.index, b.satisfaction, s.a);
    gather(n, lanes.index, b.expectation, s.b);
    gather(n, lanes.index, b.trust, s.c);
    experience(n, t, x, s.code, s.w2, s.a, s.b, s.c);
    scatter(n, lanes.index, s.a, b.satisfaction);
    scatter(n, lanes.index, s.b, b.expectation);
    scatter(n, lanes.index, s.c, b.trust);
  } else {
    experience(n, t, x, s.code, s.w2, b.satisfaction, b.expectation, b.trust);
  }
  record(t, b, lanes, c, s.code);

  follow(n, t.next[0], s.w3, s.target);  // absent leads on as ok
  for (std::int32_t outcome = code_failed; outcome <= code_recovered; ++outcome) {
    if (t.next[outcome].arrows == t.next[0].arrows && t.next[outcome].size == t.next[0].size) continue;
    std::int32_t* __restrict other = s.list2;
    follow(n, t.next[outcome], s.w3, other);
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i)
      s.target[i] = choose(-static_cast<std::int32_t>(s.code[i] == outcome), other[i], s.target[i]);
  }
}

/// Hands the customers on: touchpoints to the walkers of the next step, stages and lost to the block.
std::int32_t hand_on(CustomerBlock& b, const Lanes& lanes, const std::int32_t* present, const PeriodContext& c,
                     std::int32_t walkers) {
  Scratch& s = *c.scratch;
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    if (present && !present[i]) continue;
    const std::int32_t lane = lanes.index ? lanes.index[i] : i;
    const std::int32_t target = s.target[i];
    if (target >= 0) {
      s.next_walker[walkers] = lane;
      s.next_at[walkers++] = target;
    } else {
      arrive(b, lane, target, c.params->n_stages);
    }
  }
  return walkers;
}

bool leads_nowhere(const TouchpointParams& t) {
  return t.next[0].size == 0 && t.next[1].size == 0 && t.next[2].size == 0;
}

bool masked(const PeriodContext& c, std::int32_t walking, std::int32_t size) {
  return c.walk == Walk::masked || (c.walk == Walk::automatic && walking * 5 >= size * 3);
}

/// The first step, when everybody who starts is at the same touchpoint: full width under a mask, or a list.
std::int32_t first_step(const JourneyParams& j, std::int32_t journey, CustomerBlock& b, std::int32_t walking,
                        const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const TouchpointParams& t = j.touchpoints[0];
  const std::uint32_t index = static_cast<std::uint32_t>(journey) << 8;
  Lanes lanes{nullptr, b.size};
  std::int32_t* present = s.walker;  // mask of who walks, kept because visit narrows its own
  if (masked(c, walking, b.size)) {
    for (std::int32_t i = 0; i < b.size; ++i) present[i] = s.mask[i];
    visit(t, b, lanes, c, index, s.mask);
    return leads_nowhere(t) ? 0 : hand_on(b, lanes, present, c, 0);
  }
  lanes = {s.list, compress(b.size, s.mask, s.list)};
  for (std::int32_t i = 0; i < lanes.size; ++i) s.mask[i] = -1;
  visit(t, b, lanes, c, index, s.mask);
  return leads_nowhere(t) ? 0 : hand_on(b, lanes, nullptr, c, 0);
}

/// One step of all walkers, touchpoint by touchpoint.
std::int32_t next_step(const JourneyParams& j, std::uint32_t index, CustomerBlock& b, std::int32_t walkers,
                       const PeriodContext& c) {
  Scratch& s = *c.scratch;
  std::int32_t handed = 0;
  for (std::int32_t k = 0, left = walkers; k < j.size && left > 0; ++k) {
    std::int32_t m = 0;
    for (std::int32_t i = 0; i < walkers; ++i) {
      s.list[m] = s.walker[i];
      m += s.walker_at[i] == k;
    }
    left -= m;
    if (m == 0) continue;
    for (std::int32_t i = 0; i < m; ++i) s.mask[i] = -1;
    const Lanes lanes{s.list, m};
    visit(j.touchpoints[k], b, lanes, c, index, s.mask);
    handed = hand_on(b, lanes, nullptr, c, handed);
  }
  return handed;
}

void swap_walkers(Scratch& s) {
  std::int32_t* t = s.walker;
  s.walker = s.next_walker;
  s.next_walker = t;
  t = s.walker_at;
  s.walker_at = s.next_at;
  s.next_at = t;
}

/// Who chooses among several first touchpoints.
std::int32_t choose_first(const JourneyParams& j, std::int32_t journey, CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const Lanes lanes{s.list, compress(b.size, s.mask, s.list)};
  draw_lanes(b, lanes, c, purpose(Decision::first, static_cast<std::uint32_t>(journey)));
  follow(lanes.size, j.first, s.w0, s.target);
  return hand_on(b, lanes, nullptr, c, 0);
}

/// Who starts journey k: narrows scratch.mask from the eligible. Words of four journeys are drawn at once.
void start(const JourneyParams& j, std::int32_t k, CustomerBlock& b, const PeriodContext& c, std::int32_t& drawn) {
  Scratch& s = *c.scratch;
  const Lanes eligible_lanes{nullptr, b.size, s.mask};
  if (j.starts.form == ResponseParams::constant && j.starts.threshold.always) {
    book(j.starts, eligible_lanes, c, nullptr);
    return;
  }
  if (drawn != k / 4) {
    drawn = k / 4;
    fill_words(b.size, b.id_lo, b.id_hi, static_cast<std::uint32_t>(c.period),
               purpose(Decision::start, static_cast<std::uint32_t>(drawn)), c.key, s.start[0], s.start[1], s.start[2],
               s.start[3]);
  }
  decide(j.starts, b, eligible_lanes, c, s.start[k % 4], s.code);
  std::int32_t* t = s.mask;
  s.mask = s.code;
  s.code = t;
}

void journeys(CustomerBlock& b, const PeriodContext& c) {
  const Params& p = *c.params;
  Scratch& s = *c.scratch;
  std::int32_t drawn = -1;
  for (std::int32_t k = 0; k < p.n_journeys; ++k) {
    const JourneyParams& j = p.journeys[k];
    if (impossible(j.starts)) continue;
    eligible(b, j.stages, s.mask);
    if (count(b.size, s.mask) == 0) continue;
    start(j, k, b, c, drawn);
    const std::int32_t walking = count(b.size, s.mask);
    if (walking == 0) continue;
    c.row[j.counter] += walking;
    const bool one_first = j.first.size == 1 && j.first.arrows[0].up_to.always && j.first.arrows[0].target == 0;
    std::int32_t walkers;
    std::uint32_t step = 0;
    if (one_first) {
      walkers = first_step(j, k, b, walking, c);
      step = 1;
    } else {
      walkers = choose_first(j, k, b, c);
    }
    while (walkers > 0 && step < max_steps) {
      swap_walkers(s);
      walkers = next_step(j, (static_cast<std::uint32_t>(k) << 8) | step, b, walkers, c);
      ++step;
    }
    c.row[j.counter + 1] += walkers;  // walks cut off
  }
}

}  // namespace
}  // namespace goodwill

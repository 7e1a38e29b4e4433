// What happens at a touchpoint, for all customers who are at it, and where it leads them.
#pragma once

#include "sim/kernel/shared/effort.hpp"
#include "sim/kernel/shared/kinds.hpp"
#include "sim/kernel/shared/normals.hpp"
#include "sim/kernel/shared/responses.hpp"
#include "sim/kernel/shared/spend.hpp"
#include "sim/kernel/shared/who.hpp"
#include "sim/kernel/waiting.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

constexpr std::int32_t code_ok = 0, code_failed = 1, code_recovered = 2, code_full = 3, code_absent = 4;

/// How good a touchpoint is, and how good it feels compared with what was expected. Selects stay one level
/// deep, so that each becomes a blend.
struct Encounter {
  float quality, sd, failed_quality, recovered_quality, full_quality, lift, contrast, averse, forgiving;

  /// `team`: that serves it, or null.
  Encounter(const TouchpointParams& t, const ExperienceParams& x, const Crowding* team)
      : quality(team ? t.quality - lost_to(*team, t) : t.quality), sd(t.sd), failed_quality(t.quality_failed),
        recovered_quality(t.quality_recovered), full_quality(t.quality_full),
        lift(t.paradox ? t.quality_recovered : 0.0f), contrast(x.contrast),
        averse(x.contrast * x.loss_aversion), forgiving(-averse * x.forgiveness) {}

  /// Points that a team's strain and the time it lets people wait cost.
  static float lost_to(const Crowding& team, const TouchpointParams& t) {
    return team.strain + static_cast<float>(lost_by_waiting(t.wait + team.wait) - lost_by_waiting(t.wait));
  }

  template <bool limited>
  float delivered(std::int32_t outcome, float z) const {
    float e = clamp(fused(sd, z, quality), 0.0f, 10.0f);
    float mended = e < recovered_quality ? e : recovered_quality;
    mended = mended > lift ? mended : lift;
    e = outcome == code_failed ? failed_quality : e;
    if constexpr (limited) e = outcome == code_full ? full_quality : e;
    return outcome == code_recovered ? mended : e;
  }
  float felt(float e, float d, float trust) const {
    const float hurt = fused(forgiving, trust, averse);
    const float weight = d < 0.0f ? hurt : contrast;
    return clamp(fused(weight, d, e), 0.0f, 10.0f);
  }
};

/// What a touchpoint does to satisfaction, expectation and trust, for n customers held in dense arrays.
/// `everybody`: nobody is absent; `limited`: a team may have no room.
template <bool everybody, bool limited>
void experience(std::int32_t n, const TouchpointParams& t, const ExperienceParams& x, const Encounter& of_all,
                const std::int32_t* __restrict code, const float* __restrict z,
                float* __restrict satisfaction, float* __restrict expectation, float* __restrict trust) {
  const Encounter encounter = of_all;
  const float step = t.step, adaptation = x.adaptation;
  const float gain = x.gain, recovered_gain = x.recovered_gain, kept = 1.0f - x.loss;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const float tau = trust[i], expected = expectation[i], s = satisfaction[i];
    const std::int32_t outcome = code[i];
    const float e = encounter.delivered<limited>(outcome, z[i]), d = e - expected;
    const float felt = encounter.felt(e, d, tau);
    const float rate = outcome == code_recovered ? recovered_gain : gain;
    float trusted = fused(rate, 1.0f - tau, tau);
    trusted = outcome == code_failed ? kept * tau : trusted;
    if constexpr (limited) trusted = outcome == code_full ? kept * tau : trusted;
    const float satisfied = fused(step, felt - s, s), adapted = fused(adaptation, d, expected);
    satisfaction[i] = everybody || outcome != code_absent ? satisfied : s;
    expectation[i] = everybody || outcome != code_absent ? adapted : expected;
    trust[i] = everybody || outcome != code_absent ? trusted : tau;
  }
}

/// Adds up what those who came expected, received and felt; called before the touchpoint changes them.
void observe(const TouchpointParams& t, const Encounter& encounter, std::int32_t n,
             const std::int32_t* weight, const std::int32_t* __restrict code, const float* __restrict z,
             const float* __restrict expectation, const float* __restrict trust, std::int64_t* row) {
  const auto add = [&](std::int32_t at, auto&& value) {
    row[t.experience + at] +=
        total_state(n, weight, [&](std::int32_t i) { return code[i] == code_absent ? 0.0f : value(i); });
  };
  const auto delivered = [&](std::int32_t i) { return encounter.delivered<true>(code[i], z[i]); };
  add(0, [&](std::int32_t i) { return expectation[i]; });
  add(1, delivered);
  add(2,
      [&](std::int32_t i) { return encounter.felt(delivered(i), delivered(i) - expectation[i], trust[i]); });
}

/// Outcome of each lane: absent where the mask is 0 (no mask: everybody is there), full where `full` is set
/// (null: nowhere).
void outcomes(std::int32_t n, const TouchpointParams& t, const std::int32_t* __restrict mask,
              const std::int32_t* __restrict full, const std::uint32_t* __restrict w0,
              const std::uint32_t* __restrict w1, std::int32_t* __restrict code) {
  const Threshold failure = t.failure, recovery = t.recovery;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const std::int32_t failed = below(w0[i], failure);
    const std::int32_t recovered = failed & below(w1[i], recovery);
    code[i] = (failed & code_failed) + (recovered & (code_recovered - code_failed));
  }
  if (full) {
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) code[i] = choose(full[i], code_full, code[i]);
  }
  if (!mask) return;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) code[i] = choose(mask[i], code[i], code_absent);
}

/// Follows a branch: the word takes the first arrow whose cumulative share it is below.
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

/// Adds this period's failures and recoveries to the memory of the few customers who had one, and to what
/// they tell.
void remember(const TouchpointParams& t, CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
              const std::int32_t* __restrict code) {
  const std::int32_t n = lanes.size;
  Scratch& s = *c.scratch;
  const float impression = c.params->experience.impression;
  std::int32_t* __restrict marked = s.target;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i)
    marked[i] =
        -static_cast<std::int32_t>(code[i] >= code_failed) & -static_cast<std::int32_t>(code[i] <= code_full);
  const std::int32_t m = compress(n, s.target, s.list2);
  for (std::int32_t k = 0; k < m; ++k) {
    const std::int32_t i = s.list2[k], lane = lanes.at(i);
    const bool failed = code[i] != code_recovered;
    (failed ? b.failures : b.recovered)[lane] += impression;
    if (failed) b.failed_at[lane] = c.environment->period;
    if (!c.people) continue;
    Said& said = c.people->said[b.person[lane]];
    (failed ? said.bad : said.good) += failed ? t.told_failed : t.told_recovered;
  }
}

/// The touchpoint closes the latest failure, and with it all earlier ones.
void close_failures(CustomerBlock& b, const Lanes& lanes, const std::int32_t* code) {
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    if (code[i] >= code_full) continue;
    const std::int32_t k = lanes.at(i);
    b.failures[k] = 0;
    b.failed_at[k] = long_ago;
  }
}

/// Books contacts, failures, recoveries, effort and their money at a touchpoint. Returns the number of those
/// who leave it in trouble: with a failure not made good, or without having been served.
std::int64_t record(const TouchpointParams& t, CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
                    const std::int32_t* __restrict code, bool everybody, bool limited) {
  const std::int32_t n = lanes.size;
  const std::int32_t* weight = weights_of(b, lanes, c);
  const auto served = [=](std::int32_t i) -> std::int32_t { return code[i] < code_full; };
  const auto was_recovered = [=](std::int32_t i) -> std::int32_t { return code[i] == code_recovered; };
  const std::int64_t contacts = everybody && !weight ? n : total(n, weight, served);
  const std::int64_t failed =
      total(n, weight, [=](std::int32_t i) -> std::int32_t { return code[i] == code_failed; });
  const std::int64_t recovered = total(n, weight, was_recovered);
  if (t.who.closes) close_failures(b, lanes, code);
  const std::int64_t full =
      limited ? total(n, weight, [=](std::int32_t i) -> std::int32_t { return code[i] == code_full; }) : 0;
  if (failed + recovered + full > 0) remember(t, b, lanes, c, code);
  std::int64_t* row = c.row;
  row[t.counter] += contacts;
  row[t.counter + 1] += failed;
  row[t.counter + 2] += recovered;
  if (limited) row[t.full] += full;
  if (t.effort > 0) row[t.journey + walk_efforts] += contacts + full;
  take_effort(t.effort, lanes, c, code, code_absent);
  if (t.spend >= 0) row[t.spend] += total_spend(b, lanes, c, served);
  if (b.gain) {
    const float* const spend = t.spend >= 0 ? c.scratch->spend : nullptr;
    const double done = t.left, mended = done - t.recovery_cost;
    for (std::int32_t i = 0; i < n; ++i) {
      if (code[i] >= code_full) continue;
      const std::int32_t k = lanes.at(i);
      const double times = spend ? static_cast<double>(spend[k]) : 1;
      b.gain[k] += (code[i] == code_recovered ? mended : done) + (times - 1) * t.kept;
      b.revenue[k] += times * t.earns;
    }
  }
  return failed + full;
}

/// Changes the stage where a walk leads to one, at most once a period. The stage already held is no change.
void arrive(CustomerBlock& b, std::int32_t lane, std::int32_t target, const PeriodContext& c) {
  if (target == go_done || b.moved[lane]) return;
  const std::int32_t stage = target == go_lost ? c.params->n_stages : go_stage - target;
  if (stage == b.stage[lane]) return;
  change_kind(b.stage[lane], stage, b.weight ? b.weight[lane] : 1, c);
  b.stage[lane] = stage;
  b.moved[lane] = -1;
  c.scratch->common_stage = -1;
}

bool leads_nowhere(const TouchpointParams& t) {
  return t.next[0].size == 0 && t.next[1].size == 0 && t.next[2].size == 0 && t.next[3].size == 0;
}

/// Tells the log of each contact.
void log_contacts(const TouchpointParams& t, const Encounter& encounter, const Crowding* team,
                  std::uint32_t index, const Lanes& lanes, const PeriodContext& c, const std::int32_t* code,
                  const float* z) {
  const JourneyParams& journey = c.params->journeys[journey_of(index)];
  const double wait = static_cast<double>(t.wait) + (team ? static_cast<double>(team->wait) : 0.0);
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    if (code[i] == code_absent) continue;
    const auto delivered = static_cast<double>(encounter.delivered<true>(code[i], z[i]));
    c.sink.happened(c.sink.self, {Happening::contact, lanes.at(i), index,
                                  static_cast<std::int32_t>(&t - journey.touchpoints), code[i], delivered,
                                  code[i] == code_full ? 0.0 : wait});
  }
}

/// Takes the customers of `lanes` (where mask is set; null: all) through touchpoint t and, unless it leads
/// nowhere, says in scratch.target where they go next. Narrows the mask to those for whom it happens.
void visit(const TouchpointParams& t, CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
           std::uint32_t index, std::int32_t* mask) {
  Scratch& s = *c.scratch;
  const std::int32_t n = lanes.size;
  if (!mask && !(t.always_happens && t.who.any)) {
    mask = s.mask;
    for (std::int32_t i = 0; i < n; ++i) mask[i] = -1;
  }
  if (!t.always_happens) {
    draw_lanes(b, lanes, c, purpose(Decision::happens, index));
    const Threshold happens = t.happens;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) mask[i] &= below(s.w0[i], happens);
  }
  if (mask) restrict_to(t.who, b, lanes, c.environment->period, mask);
  const Crowding* team = t.team >= 0 ? c.environment->teams + t.team : nullptr;
  const bool limited = team && !never(team->full);
  if (limited) {
    draw_lanes(b, lanes, c, purpose(Decision::full, index));
    const Threshold no_room = team->full;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) s.full[i] = below(s.w0[i], no_room);
  }
  const bool ends = leads_nowhere(t);
  constexpr std::uint32_t word_of_next = 1u << 3;
  draw_lanes(b, lanes, c, purpose(Decision::touchpoint, index), ends ? all_words & ~word_of_next : all_words);
  outcomes(n, t, mask, limited ? s.full : nullptr, s.w0, s.w1, s.code);
  const ExperienceParams& x = c.params->experience;
  const Encounter encounter(t, x, team);
  normals(n, s.w2, s.d);
  const auto happen = limited ? (mask ? experience<false, true> : experience<true, true>)
                              : (mask ? experience<false, false> : experience<true, false>);
  float* satisfaction = dense(lanes, b.satisfaction, s.a);
  float* expectation = dense(lanes, b.expectation, s.b);
  float* trust = dense(lanes, b.trust, s.c);
  if (t.experience >= 0)
    observe(t, encounter, n, weights_of(b, lanes, c), s.code, s.d, expectation, trust, c.row);
  happen(n, t, x, encounter, s.code, s.d, satisfaction, expectation, trust);
  put_back(lanes, s.a, b.satisfaction);
  put_back(lanes, s.b, b.expectation);
  put_back(lanes, s.c, b.trust);
  if (c.sink.happened) log_contacts(t, encounter, team, index, lanes, c, s.code, s.d);
  const std::int64_t troubled = record(t, b, lanes, c, s.code, !mask && !limited, limited);
  if (ends) {
    c.row[t.journey + walks_completed] -= troubled;
    return;
  }

  follow(n, t.next[0], s.w3, s.target);  // those absent go on as if ok
  for (std::int32_t outcome = code_failed; outcome <= code_full; ++outcome) {
    if (t.next[outcome].arrows == t.next[0].arrows && t.next[outcome].size == t.next[0].size) continue;
    std::int32_t* __restrict other = s.list2;
    follow(n, t.next[outcome], s.w3, other);
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i)
      s.target[i] = choose(-static_cast<std::int32_t>(s.code[i] == outcome), other[i], s.target[i]);
  }
}

/// Whether a walk that leads to a target outside the journey has not reached its end: it ends in `lost`, or
/// in trouble with nothing that comes after. `code`: the outcome just had.
bool breaks_off(std::int32_t target, std::int32_t code) {
  return target == go_lost || (target == go_done && (code == code_failed || code == code_full));
}

/// Sends the customers on: to a touchpoint as walkers of the next step, to a stage or `lost` in the block.
/// `code`: the outcomes they just had (null: none yet); `completed`: counts the walks that reached their end.
std::int32_t hand_on(CustomerBlock& b, const Lanes& lanes, const std::int32_t* present,
                     const PeriodContext& c, std::int32_t walkers, const std::int32_t* code,
                     std::int64_t& completed) {
  Scratch& s = *c.scratch;
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    if (present && !present[i]) continue;
    const std::int32_t lane = lanes.at(i);
    const std::int32_t target = s.target[i];
    if (target >= 0) {
      s.next_walker[walkers] = lane;
      s.next_at[walkers++] = target;
    } else {
      if (breaks_off(target, code ? code[i] : code_ok)) completed -= unit_of(b, lane);
      arrive(b, lane, target, c);
    }
  }
  return walkers;
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

// Journeys: who starts, and the walk over touchpoints step by step, all customers at one touchpoint together.
#pragma once

#include "sim/kernel/phases/visit.hpp"
#include "sim/kernel/shared/poisson.hpp"
#include "sim/random/binomial.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// The first step, when everybody who starts is at the same touchpoint: full width under a mask, or a list.
std::int32_t first_step(const JourneyParams& j, std::uint32_t index, CustomerBlock& b, const Lanes& started,
                        std::int32_t walking, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const TouchpointParams& t = j.touchpoints[0];
  const std::int32_t n = started.size;
  std::int64_t& completed = c.row[j.counter + walks_completed];
  if (!started.mask) {
    visit(t, b, started, c, index, nullptr);
    return leads_nowhere(t) ? 0 : hand_on(b, started, nullptr, c, 0, s.code, completed);
  }
  if (masked(c, walking, n)) {
    std::int32_t* present = s.walker;  // who walks, kept because visit narrows its own mask
    for (std::int32_t i = 0; i < n; ++i) present[i] = started.mask[i];
    visit(t, b, {nullptr, n, nullptr}, c, index, s.mask);
    return leads_nowhere(t) ? 0 : hand_on(b, started, present, c, 0, s.code, completed);
  }
  const Lanes lanes{s.list, compress(n, started.mask, s.list), nullptr};
  visit(t, b, lanes, c, index, nullptr);
  return leads_nowhere(t) ? 0 : hand_on(b, lanes, nullptr, c, 0, s.code, completed);
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
    const Lanes lanes{s.list, m, nullptr};
    visit(j.touchpoints[k], b, lanes, c, index, nullptr);
    if (!leads_nowhere(j.touchpoints[k]))
      handed = hand_on(b, lanes, nullptr, c, handed, s.code, c.row[j.counter + walks_completed]);
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

/// Leads those who start to one of several first touchpoints.
std::int32_t choose_first(const JourneyParams& j, std::uint32_t index, CustomerBlock& b, const Lanes& started,
                          const PeriodContext& c) {
  Scratch& s = *c.scratch;
  Lanes lanes = started;
  if (started.mask) lanes = {s.list, compress(started.size, started.mask, s.list), nullptr};
  draw_lanes(b, lanes, c, purpose(Decision::first, index));
  follow(lanes.size, j.first, s.w0, s.target);
  return hand_on(b, lanes, nullptr, c, 0, nullptr, c.row[j.counter + walks_completed]);
}

/// Start words of journey k, for all lanes. Words of four journeys are drawn at once.
const std::uint32_t* start_words(std::int32_t k, const CustomerBlock& b, const PeriodContext& c,
                                 std::int32_t& drawn) {
  Scratch& s = *c.scratch;
  if (c.even.words) {
    even_word(b, {nullptr, b.size, nullptr}, c, {0, static_cast<std::uint32_t>(k)}, 0, s.start[k % 4]);
    return s.start[k % 4];
  }
  if (drawn != k / 4) {
    drawn = k / 4;
    fill_words(b.size, b.id_lo, b.id_hi, static_cast<std::uint32_t>(c.environment->period),
               purpose(Decision::start, static_cast<std::uint32_t>(drawn)), c.key, s.start[0], s.start[1],
               s.start[2], s.start[3]);
  }
  return s.start[k % 4];
}

/// Those of the eligible who start journey k: under scratch.mask, unless all do.
Lanes start(const JourneyParams& j, std::int32_t k, CustomerBlock& b, const Lanes& lanes,
            const PeriodContext& c, std::int32_t& drawn) {
  Scratch& s = *c.scratch;
  if (j.starts.form == ResponseParams::constant && j.starts.threshold.always) {
    book(j.starts, b, lanes, c, nullptr);
    return lanes;
  }
  decide(j.starts, b, lanes, c, start_words(k, b, c, drawn), s.code);
  std::int32_t* t = s.mask;
  s.mask = s.code;
  s.code = t;
  return {nullptr, lanes.size, s.mask};
}

/// Notes a walk of those who start, for the journeys that come after.
void note(const JourneyParams& j, const Lanes& started, const PeriodContext& c) {
  if (j.followed < 0) return;
  std::int32_t* __restrict done = c.scratch->done[j.followed];
  const std::int32_t* __restrict mask = started.mask;
  for (std::int32_t i = 0; i < started.size; ++i) done[i] += mask ? -mask[i] : 1;
}

/// One walk of those who start.
void walk_through(const JourneyParams& j, std::int32_t k, std::int32_t walk, CustomerBlock& b,
                  const Lanes& started, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::int32_t walking = started.mask ? count(started.size, started.mask) : started.size;
  if (walking == 0) return;
  note(j, started, c);
  const std::int32_t* __restrict walks = started.mask;
  const std::int64_t all =
      b.weight ? total(started.size, b.weight, [=](std::int32_t i) { return walks ? -walks[i] : 1; })
               : walking;
  c.row[j.counter] += all;
  c.row[j.counter + walks_completed] += all;  // less those that turn out otherwise
  const bool one_first = j.first.size == 1 && j.first.arrows[0].up_to.always && j.first.arrows[0].target == 0;
  std::int32_t walkers;
  std::uint32_t step = 0;
  if (one_first) {
    walkers = first_step(j, address(k, walk), b, started, walking, c);
    step = 1;
  } else {
    walkers = choose_first(j, address(k, walk) >> 6, b, started, c);
  }
  while (walkers > 0 && step < max_steps) {
    swap_walkers(s);
    walkers = next_step(j, address(k, walk, step), b, walkers, c);
    ++step;
  }
  const Lanes cut_off{s.next_walker, walkers, nullptr};
  const std::int64_t under_way = total(walkers, weights_of(b, cut_off, c), [](std::int32_t) { return 1; });
  c.row[j.counter + walks_truncated] += under_way;
  c.row[j.counter + walks_completed] -= under_way;
}

/// The walks that each lane wants, in scratch.walks. Customers with several take one after another, as long
/// as their stage is one of the journey's. Walks above max_walks are counted as truncated.
void walk_all(const JourneyParams& j, std::int32_t k, CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::int32_t n = b.size;
  std::int32_t* __restrict wanted = s.walks;
  std::int32_t most = 0;
  for (std::int32_t i = 0; i < n; ++i) {
    most = most < wanted[i] ? wanted[i] : most;
    if (wanted[i] <= max_walks) continue;
    c.row[j.counter + walks_truncated] += (wanted[i] - max_walks) * unit_of(b, i);
    wanted[i] = most = max_walks;
  }
  for (std::int32_t walk = 0; walk < most; ++walk) {
    const std::int32_t* __restrict stage = b.stage;
    std::int32_t* __restrict mask = s.mask;
    const std::uint32_t stages = j.stages;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i)
      mask[i] = -static_cast<std::int32_t>(wanted[i] > walk) &
                -static_cast<std::int32_t>((stages >> stage[i]) & 1u);
    walk_through(j, k, walk, b, {nullptr, n, s.mask}, c);
  }
}

/// A journey that starts at a rate.
void walk_often(const JourneyParams& j, std::int32_t k, CustomerBlock& b, const Lanes& lanes,
                const PeriodContext& c, std::int32_t& drawn) {
  Scratch& s = *c.scratch;
  rates(j.starts, b, lanes, c);
  std::int32_t* __restrict wanted = s.walks;
  for (std::int32_t i = 0; i < b.size; ++i) wanted[i] = 0;
  const std::int32_t m = poisson(b.size, start_words(k, b, c, drawn), s);
  for (std::int32_t i = 0; i < m; ++i) wanted[s.list2[i]] = s.code[s.list2[i]];
  walk_all(j, k, b, c);
}

/// A journey that comes after others, or after orders: each of their walks, each order, leads to one with the
/// source's probability.
void walk_after(const JourneyParams& j, std::int32_t k, CustomerBlock& b, const PeriodContext& c) {
  Scratch& s = *c.scratch;
  const std::int32_t n = b.size;
  std::int32_t* __restrict wanted = s.walks;
  for (std::int32_t i = 0; i < n; ++i) wanted[i] = 0;
  for (std::int32_t from = 0; from < j.n_sources; from += 4) {
    draw_lanes(b, {nullptr, n, nullptr}, c,
               purpose(Decision::after, address(k, 0, static_cast<std::uint32_t>(from / 4))));
    const std::uint32_t* const words[] = {s.w0, s.w1, s.w2, s.w3};
    for (std::int32_t at = from; at < j.n_sources && at < from + 4; ++at) {
      const SourceParams& source = j.sources[at];
      const std::int32_t* done = s.done[source.followed];
      const std::uint32_t* w = words[at - from];
      for (std::int32_t i = 0; i < n; ++i) {
        if (done[i] == 0 || ((j.stages >> b.stage[i]) & 1u) == 0) continue;
        wanted[i] += source.share.always ? done[i]
                     : done[i] == 1
                         ? -below(w[i], source.share)
                         : binomial(done[i], source.probability, static_cast<double>(uniform(w[i])));
      }
    }
  }
  walk_all(j, k, b, c);
}

/// The journeys whose turn is before or after the orders of the period, in the order of the file.
void journeys(CustomerBlock& b, const PeriodContext& c, bool after_orders) {
  const Params& p = *c.params;
  if (!after_orders) forget_efforts(b, c);
  std::int32_t drawn = -1;
  for (std::int32_t k = 0; k < p.n_journeys; ++k) {
    const JourneyParams& j = p.journeys[k];
    if (j.after_orders != after_orders) continue;
    for (std::int32_t i = 0; j.followed >= 0 && i < b.size; ++i) c.scratch->done[j.followed][i] = 0;
    if (j.n_sources > 0) {
      walk_after(j, k, b, c);
      continue;
    }
    if (impossible(j.starts)) continue;
    const Lanes candidates = eligible(b, j.stages, c);
    if (candidates.size == 0 || (candidates.mask && count(candidates.size, candidates.mask) == 0)) continue;
    if (j.starts.rate)
      walk_often(j, k, b, candidates, c, drawn);
    else
      walk_through(j, k, 0, b, start(j, k, b, candidates, c, drawn), c);
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

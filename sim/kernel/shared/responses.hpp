// Responses: the probability or rate of each customer, the decisions by it, and what
// the ledger keeps of them.
#pragma once

#include "sim/kernel/features.hpp"
#include "sim/kernel/shared/draws.hpp"
#include "sim/kernel/shared/sums.hpp"
#include "sim/ledger/counters.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// out[i] += feature(lane) for these lanes.
template <class Feature>
GOODWILL_INLINE void add_feature(const Lanes& lanes, float* __restrict out, Feature&& feature) {
  for_each_lane(lanes, [=](std::int32_t i, std::int32_t lane) { out[i] += feature(lane); });
}

#define GOODWILL_VALUE(name, place, of, value, text)                                                         \
  GOODWILL_INLINE float value_of_##name(const Heard& heard) { return value; }
GOODWILL_FEATURES_OF_WORLD(GOODWILL_VALUE)
#undef GOODWILL_VALUE

/// Adds the effects of what each has heard for themselves.
void add_heard(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const People& people,
               float* __restrict p) {
  const Heard* __restrict heard = people.heard;
  const std::int32_t* __restrict person = b.person;
#define GOODWILL_ADD(name, place, of, value, text)                                                           \
  if (const float effect = r.name; effect != 0.0f)                                                           \
    add_feature(lanes, p, [=](std::int32_t i) { return effect * value_of_##name(heard[person[i]]); });
  GOODWILL_FEATURES_OF_WORLD(GOODWILL_ADD)
#undef GOODWILL_ADD
}

/// Probabilities (or rates) of a response that is not constant, into p.
void evaluate(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
              float* __restrict p) {
  const std::int32_t n = lanes.size;
  if (r.form == ResponseParams::table) {
    const float* __restrict table = r.by_tenure;
    const std::int32_t last = r.tenures - 1;
    const std::int32_t* __restrict tenure = b.tenure;
    for_each_lane(lanes, [=](std::int32_t i, std::int32_t lane) {
      p[i] = table[tenure[lane] < last ? tenure[lane] : last];
    });
    return;
  }
  const FeatureArrays x(b, *c.params);
#define GOODWILL_EFFECT(name, place, of, value, text) [[maybe_unused]] const float of_##name = r.name;
#define GOODWILL_TERM(name, place, of, value, text) +of_##name*(value)
#define GOODWILL_ADD(name, place, of, value, text)                                                           \
  if (of_##name != 0.0f) add_feature(lanes, p, [=](std::int32_t i) { return of_##name * (value); });
#define GOODWILL_SHARED(name, place, of, value, text) +r.name* value_of_##name(c.heard)
  GOODWILL_FEATURES_OF_CUSTOMER(GOODWILL_EFFECT)
  const float level = c.people ? r.level : r.level + (0.0f GOODWILL_FEATURES_OF_WORLD(GOODWILL_SHARED));
#undef GOODWILL_SHARED
  for_each_lane(lanes, [=](std::int32_t at, std::int32_t i) {
    p[at] = level +
            (GOODWILL_FEATURES(GOODWILL_TERM, GOODWILL_NO_FEATURE, GOODWILL_NO_FEATURE, GOODWILL_NO_FEATURE));
  });
  GOODWILL_FEATURES(GOODWILL_NO_FEATURE, GOODWILL_ADD, GOODWILL_NO_FEATURE, GOODWILL_NO_FEATURE)
#undef GOODWILL_ADD
#undef GOODWILL_TERM
#undef GOODWILL_EFFECT
  if (c.people) add_heard(r, b, lanes, *c.people, p);
  if (r.by_tenure) {
    const float* __restrict levels = r.by_tenure;
    const std::int32_t last = r.tenures - 1;
    const std::int32_t* __restrict tenure = b.tenure;
    add_feature(lanes, p, [=](std::int32_t i) { return levels[tenure[i] < last ? tenure[i] : last]; });
  }
  if (r.trait >= 0) {
    const float* __restrict trait =
        b.traits + static_cast<std::size_t>(r.trait) * static_cast<std::size_t>(b.capacity);
    const float k = r.trait_scale;
    add_feature(lanes, p, [=](std::int32_t i) { return k * trait[i]; });
  }
  if (r.multiplier >= 0) {
    const float* __restrict multiplier =
        b.traits + static_cast<std::size_t>(r.multiplier) * static_cast<std::size_t>(b.capacity);
    add_feature(lanes, p, [=](std::int32_t i) { return multiplier[i]; });
  }
  if (r.rate) {
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) p[i] = clamp(exp_lane(p[i]), 0.0f, most_rate);
  } else {
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) p[i] = 1.0f / (1.0f + exp_lane(-p[i]));
  }
}

/// A probability (std::int32_t) or rate (std::int64_t) in the ledger's unit.
template <class Whole>
GOODWILL_INLINE Whole as_whole(float p) {
  return static_cast<Whole>(p * static_cast<float>(probability_unit) + 0.5f);
}

/// Books exposure and sum of probabilities for customers with weights.
void book_weighed(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
                  const float* __restrict p) {
  const std::int32_t n = lanes.size;
  const std::int32_t* weight = weights_of(b, lanes, c);
  const std::int32_t* __restrict mask = lanes.mask;
  c.row[r.at_risk] += total(n, weight, [=](std::int32_t i) { return mask ? -mask[i] : 1; });
  std::int64_t sum = 0;
  if (r.rate) {
    const auto held = [most = r.most](float x) { return as_whole<std::int64_t>(x < most ? x : most); };
    sum = total_weighed(n, weight, [=, same = r.value](std::int32_t i) {
      return held(p ? p[i] : same) & (mask ? static_cast<std::int64_t>(mask[i]) : -1);
    });
  } else {
    const auto same = as_whole<std::int32_t>(r.value);
    for (std::int32_t i = 0; i < n; ++i)
      sum += share_of(weight[i] & (mask ? mask[i] : -1), p ? as_whole<std::int32_t>(p[i]) : same);
  }
  c.row[r.at_risk + 1] += sum;
}

/// Books exposure and sum of probabilities by bands of tenure, for anchoring: nobody has weights there.
void book_bands(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
                const float* __restrict p) {
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    if (lanes.mask && !lanes.mask[i]) continue;
    const std::int32_t tenure = b.tenure[lanes.at(i)];
    std::int64_t* at = c.row + r.bands_at + 2 * r.bands[tenure < r.n_bands ? tenure : r.n_bands - 1];
    at[0] += 1;
    at[1] += as_whole<std::int64_t>(p[i] < r.most ? p[i] : r.most);
  }
}

/// Books exposure and sum of probabilities (or rates; p is null when all are r.value), as whole numbers.
void book(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
          const float* __restrict p) {
  if (r.at_risk < 0) return;
  if (b.weight) return book_weighed(r, b, lanes, c, p);
  if (r.bands_at >= 0 && p) book_bands(r, b, lanes, c, p);
  const std::int32_t n = lanes.size;
  constexpr float unit = static_cast<float>(probability_unit);
  static_assert(probability_unit == rate_unit);
  const std::int32_t* __restrict mask = lanes.mask;
  const std::int64_t exposed = mask ? count(n, mask) : n;
  std::int64_t sum = 0;
  if (!p) {
    sum = exposed * as_whole<std::int64_t>(r.value < r.most ? r.value : r.most);
  } else if (r.rate) {  // may be above 1: needs 64 bits, and is rare
    const float most = r.most;
    for (std::int32_t i = 0; i < n; ++i)
      sum += static_cast<std::int64_t>((p[i] < most ? p[i] : most) * unit) &
             (mask ? static_cast<std::int64_t>(mask[i]) : -1);
  } else if (mask) {
    for (std::int32_t i = 0; i < n; ++i) sum += static_cast<std::int32_t>(p[i] * unit) & mask[i];
  } else {
    for (std::int32_t i = 0; i < n; ++i) sum += static_cast<std::int32_t>(p[i] * unit);
  }
  c.row[r.at_risk] += exposed;
  c.row[r.at_risk + 1] += sum;
}

/// Decides a probability response for these lanes with these words: hit[i] is all ones
/// or 0. Books the exposure.
void decide(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
            const std::uint32_t* __restrict word, std::int32_t* __restrict hit) {
  const std::int32_t n = lanes.size;
  if (r.form == ResponseParams::constant) {
    const Threshold t = r.threshold;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) hit[i] = below(word[i], t);
    book(r, b, lanes, c, nullptr);
  } else {
    float* __restrict p = c.scratch->p;
    evaluate(r, b, lanes, c, p);
    GOODWILL_LANES
    for (std::int32_t i = 0; i < n; ++i) hit[i] = -static_cast<std::int32_t>(uniform(word[i]) <= p[i]);
    book(r, b, lanes, c, p);
  }
  if (!lanes.mask) return;
  const std::int32_t* __restrict mask = lanes.mask;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) hit[i] &= mask[i];
}

/// True when nobody can be hit, so that the draw can be spared.
GOODWILL_INLINE bool impossible(const ResponseParams& r) {
  return r.form == ResponseParams::constant && r.value == 0.0f;
}

/// Rates of these lanes into scratch.p (0 outside the mask); books the exposure.
void rates(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c) {
  float* __restrict p = c.scratch->p;
  if (r.form == ResponseParams::constant) {
    for (std::int32_t i = 0; i < lanes.size; ++i) p[i] = r.value;
  } else {
    evaluate(r, b, lanes, c, p);
  }
  book(r, b, lanes, c, r.form == ResponseParams::constant ? nullptr : p);
  if (!lanes.mask) return;
  const std::int32_t* __restrict mask = lanes.mask;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < lanes.size; ++i) p[i] = choose(mask[i], p[i], 0.0f);
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

// What the phases share: lanes, draws, thresholds, responses. Included by kernel.cpp only; internal linkage.
#pragma once

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "sim/kernel/phases/draws.hpp"
#include "sim/kernel/phases/normals.hpp"
#include "sim/kernel/phases/tally.hpp"
#include "sim/ledger/counters.hpp"
#include "sim/random/lanes.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// All ones where the word is below the threshold.
GOODWILL_INLINE std::int32_t below(std::uint32_t word, Threshold t) {
  return (static_cast<std::int32_t>(word ^ 0x80000000u) < t.limit ? -1 : 0) | t.always;
}

#ifdef __AVX2__
/// Which of eight lanes are set in a mask of eight bits, in order, one to a byte.
struct LanesOfBits {
  std::uint64_t lanes[256] = {};
  constexpr LanesOfBits() {
    for (std::uint32_t mask = 0; mask < 256; ++mask)
      for (std::uint32_t lane = 8; lane-- > 0;)
        if (mask >> lane & 1) lanes[mask] = lanes[mask] << 8 | lane;
  }
};
constexpr LanesOfBits lanes_of_bits;
#endif

/// The lanes whose mask is set. Without a branch, because the outcome is random; the list needs room for 16
/// more.
std::int32_t compress(std::int32_t n, const std::int32_t* keep, std::int32_t* list) {
  std::int32_t m = 0, i = 0;
#ifdef __AVX512F__
  __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (; i + 16 <= n; i += 16) {
    const __mmask16 set = _mm512_movepi32_mask(_mm512_loadu_si512(keep + i));
    _mm512_storeu_si512(list + m, _mm512_maskz_compress_epi32(set, lane));
    m += __builtin_popcount(set);
    lane = _mm512_add_epi32(lane, _mm512_set1_epi32(16));
  }
#elif defined(__AVX2__)
  for (; i + 8 <= n; i += 8) {
    const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(keep + i));
    const auto set = static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(mask)));
    const __m128i found = _mm_cvtsi64_si128(static_cast<long long>(lanes_of_bits.lanes[set]));
    const __m256i lanes = _mm256_add_epi32(_mm256_cvtepu8_epi32(found), _mm256_set1_epi32(i));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(list + m), lanes);
    m += __builtin_popcount(set);
  }
#endif
  for (; i < n; ++i) {
    list[m] = i;
    m += keep[i] & 1;
  }
  return m;
}

std::int32_t count(std::int32_t n, const std::int32_t* mask) {
  std::int32_t m = 0;
  for (std::int32_t i = 0; i < n; ++i) m -= mask[i];
  return m;
}

/// Lanes of a mask: full width when most are set, otherwise a list.
Lanes lanes_of(const CustomerBlock& b, const std::int32_t* mask, const PeriodContext& c) {
  const std::int32_t set = count(b.size, mask);
  if (set == b.size) return {nullptr, b.size, nullptr};
  const bool wide = c.walk == Walk::masked || (c.walk == Walk::automatic && set * 5 >= b.size * 3);
  if (wide) return {nullptr, b.size, mask};
  return {c.scratch->list, compress(b.size, mask, c.scratch->list), nullptr};
}

/// Words of all lanes for these lanes: themselves, or gathered into `to`.
const std::uint32_t* words_of(const Lanes& lanes, const std::uint32_t* all, std::uint32_t* to) {
  if (!lanes.index) return all;
  gather(lanes.size, lanes.index, all, to);
  return to;
}

/// Weights of these lanes (null: all weigh 1).
const std::int32_t* weights_of(const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c) {
  if (!lanes.index || !b.weight) return b.weight;
  gather(lanes.size, lanes.index, b.weight, c.scratch->weight);
  return c.scratch->weight;
}

/// The customers whose stage is in the set (lost is in no set), as all lanes or under scratch.mask.
Lanes eligible(const CustomerBlock& b, std::uint32_t stages, const PeriodContext& c) {
  const std::int32_t n = b.size, common = c.scratch->common_stage;
  if (common >= 0) return {nullptr, ((stages >> common) & 1u) ? n : 0, nullptr};
  std::int32_t* __restrict mask = c.scratch->mask;
  const std::int32_t* __restrict stage = b.stage;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) mask[i] = -static_cast<std::int32_t>((stages >> stage[i]) & 1u);
  return {nullptr, n, mask};
}

GOODWILL_INLINE bool in_stages(std::uint32_t stages, std::int32_t stage) {
  return (stages & (1u << stage)) != 0;
}

/// Books a change of stage that is one of kind: who becomes a customer, and who no longer is one. `n`
/// customers in the ledger's unit of a count; the number of stages means lost.
void change_kind(std::int32_t from, std::int32_t to, std::int64_t n, const PeriodContext& c) {
  const Params& p = *c.params;
  // Not `was == is`, of which GCC 12 makes a test of `is` alone.
  const bool is = in_stages(p.customer_stages, to);
  if (in_stages(p.customer_stages, from)) {
    if (!is) c.row[count_lost] += n;
  } else if (is) {
    c.row[in_stages(p.prospect_stages, from) ? count_won : count_won_back] += n;
  }
}

/// out[i] += k * f(lane) for these lanes, in a fixed order of features.
template <class F>
GOODWILL_INLINE void add_feature(const Lanes& lanes, float* __restrict out, F&& feature) {
  if (lanes.index) {
    const std::int32_t* __restrict index = lanes.index;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < lanes.size; ++i) out[i] += feature(index[i]);
  } else {
    GOODWILL_LANES
    for (std::int32_t i = 0; i < lanes.size; ++i) out[i] += feature(i);
  }
}

/// Probabilities (or rates) of a response that is not constant, into p.
void evaluate(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
              float* __restrict p) {
  const std::int32_t n = lanes.size;
  if (r.form == ResponseParams::table) {
    const float* __restrict table = r.by_tenure;
    const std::int32_t last = r.tenures - 1;
    for (std::int32_t i = 0; i < n; ++i) {
      const std::int32_t tenure = b.tenure[lanes.index ? lanes.index[i] : i];
      p[i] = table[tenure < last ? tenure : last];
    }
    return;
  }
  {
    const float* __restrict s = b.satisfaction;
    const float* __restrict tau = b.trust;
    const float level = r.level, ks = r.satisfaction, kt = r.trust;
    const auto base = [=](std::int32_t i) { return level + (ks * (s[i] - 7.0f) + kt * (tau[i] - 0.5f)); };
    if (lanes.index) {
      const std::int32_t* __restrict index = lanes.index;
      GOODWILL_LANES
      for (std::int32_t i = 0; i < n; ++i) p[i] = base(index[i]);
    } else {
      GOODWILL_LANES
      for (std::int32_t i = 0; i < n; ++i) p[i] = base(i);
    }
  }
  if (r.tenure != 0.0f) {
    const std::int32_t* __restrict tenure = b.tenure;
    const float* __restrict log_tenure = c.params->log_tenure;
    const std::int32_t last = c.params->n_log_tenure - 1;
    const float k = r.tenure;
    add_feature(lanes, p,
                [=](std::int32_t i) { return k * log_tenure[tenure[i] < last ? tenure[i] : last]; });
  }
  if (r.failures != 0.0f) {
    const float* __restrict failures = b.failures;
    const float k = r.failures;
    add_feature(lanes, p, [=](std::int32_t i) { return k * failures[i]; });
  }
  if (r.recovered != 0.0f) {
    const float* __restrict recovered = b.recovered;
    const float k = r.recovered;
    add_feature(lanes, p, [=](std::int32_t i) { return k * recovered[i]; });
  }
  if (r.extreme != 0.0f) {
    const float* __restrict s = b.satisfaction;
    const float k = r.extreme;
    add_feature(lanes, p, [=](std::int32_t i) { return k * __builtin_fabsf(s[i] - 7.0f); });
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

/// Exposure and sum of probabilities of customers with weights.
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

/// Exposure and sum of probabilities (or rates; p is null when all are r.value), as whole numbers.
void book(const ResponseParams& r, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
          const float* __restrict p) {
  if (r.at_risk < 0) return;
  if (b.weight) return book_weighed(r, b, lanes, c, p);
  const std::int32_t n = lanes.size;
  constexpr float unit = static_cast<float>(probability_unit);
  static_assert(probability_unit == rate_unit);
  const std::int32_t* __restrict mask = lanes.mask;
  const std::int64_t exposed = mask ? count(n, mask) : n;
  std::int64_t sum = 0;
  if (!p) {
    sum = exposed * as_whole<std::int64_t>(r.value < r.most ? r.value : r.most);
  } else if (r.rate) {  // may be above 1: wider, and rare
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

/// The yes or no of a probability response for these lanes with these words: hit[i] all ones or 0. Books the
/// exposure.
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

/// Who passes the test of a touchpoint or an impulse; ANDs into mask (one entry per lane of `lanes`).
void restrict_to(const WhoParams& who, const CustomerBlock& b, const Lanes& lanes, std::int32_t period,
                 std::int32_t* __restrict mask) {
  if (who.any) return;
  const WhoParams w = who;
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    const std::int32_t k = lanes.index ? lanes.index[i] : i;
    const std::int32_t ago = period - b.failed_at[k];
    const bool in =
        ago >= w.failed_from && ago < w.failed_to && b.tenure[k] >= w.tenure_from &&
        b.tenure[k] < w.tenure_to && b.satisfaction[k] >= w.satisfaction_from &&
        b.satisfaction[k] < w.satisfaction_to && ((w.stages >> b.stage[k]) & 1u) &&
        (w.surveyed == 0 || (b.surveyed[k] == w.surveyed && period - b.surveyed_at[k] <= w.within));
    mask[i] &= -static_cast<std::int32_t>(in);
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

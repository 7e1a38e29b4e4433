// The survey: what everybody would answer, and who answers.
#pragma once

#include "sim/kernel/shared/effort.hpp"
#include "sim/kernel/shared/responses.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Anchoring: adds up the probabilities of responding by satisfaction.
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

/// What promoters and detractors tell, asked or not.
void tell(const SurveyParams& q, const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
          const std::int32_t* answer) {
  for (std::int32_t i = 0; i < lanes.size; ++i) {
    Said& said = c.people->said[b.person[lanes.at(i)]];
    if (answer[i] >= 9) said.good += q.told_promoter;
    if (answer[i] <= 6) said.bad += q.told_detractor;
  }
}

void survey(CustomerBlock& b, const PeriodContext& c) {
  const SurveyParams& q = c.params->survey;
  Scratch& s = *c.scratch;
  const Lanes lanes = customers(b, c);
  const std::int32_t n = lanes.size;
  decide(q.response, b, lanes, c, dense(lanes, s.monthly[0], s.w0), s.code);
  const float* __restrict satisfaction = dense(lanes, b.satisfaction, s.a);
  if (c.survey_bins) bin_survey(q, lanes, c, satisfaction);
  const float bias = q.bias, noise = q.noise;
  std::int32_t* __restrict answer = s.target;
  std::int32_t* __restrict responds = s.code;
  const float* __restrict z = s.d;
  normals(n, dense(lanes, s.monthly[1], s.w1), s.d);
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
      answer[i] = choose(mask[i], answer[i], 7);  // those not asked count as passive
  }
  if (c.people) tell(q, b, lanes, c, answer);
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
    const std::int32_t i = s.list2[k], lane = lanes.at(i);
    b.surveyed[lane] = 2 + (answer[i] >= 9) - (answer[i] <= 6);  // 1 detractor, 2 passive, 3 promoter
    b.surveyed_at[lane] = c.environment->period;
    if (c.sink.happened)
      c.sink.happened(c.sink.self, {Happening::answer, lane, 0, 0, 0, static_cast<double>(answer[i])});
  }
  ask_effort(b, lanes, c, responds);
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

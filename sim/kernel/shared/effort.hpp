// The effort that contacts take from customers: remembered for the period, and asked for at its end.
#pragma once

#include "sim/kernel/shared/draws.hpp"
#include "sim/kernel/shared/normals.hpp"
#include "sim/kernel/shared/sums.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Nothing depends on the answers, so anchoring does without them.
bool asks_effort(const PeriodContext& c) { return c.params->survey.effort && !c.even.words; }

void forget_efforts(const CustomerBlock& b, const PeriodContext& c) {
  if (!asks_effort(c)) return;
  float* __restrict effort = c.scratch->effort;
  std::int32_t* __restrict efforts = c.scratch->efforts;
  for (std::int32_t i = 0; i < b.size; ++i) effort[i] = 0, efforts[i] = 0;
}

/// Those who came to a touchpoint remember what it took; `code`: the outcome of each, `absent` for the
/// others.
void take_effort(float points, const Lanes& lanes, const PeriodContext& c, const std::int32_t* code,
                 std::int32_t absent) {
  if (points == 0 || !asks_effort(c)) return;
  float* effort = c.scratch->effort;
  std::int32_t* efforts = c.scratch->efforts;
  for_each_lane(lanes, [=](std::int32_t i, std::int32_t lane) {
    const std::int32_t came = code[i] != absent ? 1 : 0;
    effort[lane] += static_cast<float>(came) * points;
    efforts[lane] += came;
  });
}

/// Those who respond to the survey say what the contacts of this period took on average. Who had none is not
/// asked.
void ask_effort(const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c,
                const std::int32_t* responds) {
  if (!asks_effort(c)) return;
  Scratch& s = *c.scratch;
  const float* effort = s.effort;
  const std::int32_t* efforts = s.efforts;
  std::int32_t* asked = s.target;
  for_each_lane(lanes, [=](std::int32_t i, std::int32_t lane) {
    asked[i] = responds[i] & -static_cast<std::int32_t>(efforts[lane] > 0);
  });
  const std::int32_t m = compress(lanes.size, asked, s.list2);
  if (m == 0) return;
  for (std::int32_t k = 0; k < m; ++k) s.list2[k] = lanes.at(s.list2[k]);
  const Lanes those{s.list2, m, nullptr};
  draw_lanes(b, those, c, purpose(Decision::effort), 1);
  normals(m, s.w0, s.d);
  const float noise = c.params->survey.noise;
  const float* z = s.d;
  for_each_lane(those, [=](std::int32_t i, std::int32_t lane) {
    const float felt = effort[lane] / static_cast<float>(efforts[lane]) + noise * z[i];
    asked[i] = static_cast<std::int32_t>(clamp(felt, 1.0f, 7.0f) + 0.5f);
  });
  const std::int32_t* weight = weights_of(b, those, c);
  c.row[count_effort_answers] += total(m, weight, [](std::int32_t) { return 1; });
  c.row[sum_effort_answers] += total(m, weight, [=](std::int32_t i) { return asked[i]; });
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

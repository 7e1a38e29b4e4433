// How often something happens to a customer in a period, given its rate.
#pragma once

#include "sim/kernel/shared/lanes.hpp"
#include "sim/random/poisson.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

/// Draws events from the rates in scratch.p: lists in list2 the lanes that have any, says in code how many
/// those have, and returns the number of those lanes.
std::int32_t poisson(std::int32_t n, const std::uint32_t* __restrict w, Scratch& s) {
  std::int32_t* __restrict any = s.target;
  const float* __restrict p = s.p;
  GOODWILL_LANES
  for (std::int32_t i = 0; i < n; ++i) {
    const float series =
        p[i] * (1.0f - p[i] * (0.5f - p[i] * 0.16666667f));  // where 1 - exp would lose its digits
    const float some = p[i] < 0.01f ? series : 1.0f - exp_lane(-p[i]);
    any[i] = -static_cast<std::int32_t>(uniform(w[i]) < some);
  }
  const std::int32_t m = compress(n, any, s.list2);
  constexpr std::int32_t lanes = PoissonLadder::lanes;
  const auto many = [=](std::int32_t k) { return p[k] > static_cast<float>(PoissonLadder::highest); };
  for (std::int32_t from = 0; from < m; from += lanes) {
    const std::int32_t here = m - from < lanes ? m - from : lanes;
    const std::int32_t* __restrict list = s.list2 + from;
    PoissonLadder ladder;
    for (std::int32_t i = 0; i < lanes; ++i) {
      const std::int32_t k = list[i < here ? i : 0];
      ladder.lambda[i] = many(k) ? 0.0 : static_cast<double>(p[k]);
      ladder.v[i] = static_cast<double>(uniform(w[k]));
    }
    ladder.climb();
    for (std::int32_t i = 0; i < here; ++i) {
      const std::int32_t k = list[i];
      s.code[k] = many(k) ? poisson_of_many(static_cast<double>(p[k]), ladder.v[i])
                          : static_cast<std::int32_t>(ladder.count[i]);
    }
  }
  return m;
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

// Evenly spread luck, for anchoring.
#pragma once

#include "sim/kernel/shared/lanes.hpp"
#include "sim/random/threefry.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

// In each period the lanes of a block share out the points of a Sobol sequence, in another order for each
// journey. Means over the block then hardly depend on luck: this is Latin hypercube sampling (McKay, Beckman
// and Conover 1979), with points that are also even over all decisions of a journey together.

/// Which words of the Sobol sequence serve a decision. The decisions of a group share one order of the lanes.
struct EvenAddress {
  std::int32_t dimension = -1;  // -1: none, the decision has luck of its own
  std::uint32_t group = 0;
  std::int32_t words = 1;
};

constexpr std::uint32_t no_journey = 1u << 14;  // groups of decisions outside journeys

EvenAddress even_address(std::uint32_t purpose) {
  const auto decision = static_cast<Decision>(purpose >> 24);
  const std::uint32_t index = purpose & 0xffffffu, step = index & 63u, walk = index >> 6 & 15u;
  const auto of_step = static_cast<std::int32_t>(step);
  const bool early = walk == 0 && of_step < even_steps;
  switch (decision) {
  case Decision::first:
    if ((index & 15u) == 0) return {1, index >> 4};
    break;
  case Decision::touchpoint:
    if (early) return {2 + 4 * of_step, index >> 10, 4};
    break;
  case Decision::happens:
    if (early) return {2 + 4 * even_steps + of_step, index >> 10};
    break;
  case Decision::monthly:
    return {0, no_journey, 4};
  case Decision::order:
    return {0, no_journey + 1};
  case Decision::move:
    return {0, no_journey + 2 + index, 4};
  default:
    break;
  }
  return {};
}

/// Finds the place of each lane in a group's order in this period: lane x a + b, modulo the number of lanes.
void find_places(const CustomerBlock& b, const PeriodContext& c, std::uint32_t group) {
  Scratch& s = *c.scratch;
  if (s.place_group == group + 1) return;
  s.place_group = group + 1;
  const auto n = static_cast<std::uint32_t>(b.size);
  const Words w = draw(c.key, b.id_lo[0], b.id_hi[0], static_cast<std::uint32_t>(c.environment->period),
                       purpose(Decision::strata, group * 32));
  const auto common_divisor = [](std::uint32_t x, std::uint32_t y) {
    while (y != 0) {
      const std::uint32_t rest = x % y;
      x = y;
      y = rest;
    }
    return x;
  };
  std::uint32_t step = w.w0 % n, at = w.w1 % n;
  while (common_divisor(n, step) != 1) step = (step + 1) % n;
  // Sixteen lanes at a time, because a lane that waits for the one before it cannot be vectorized.
  constexpr std::uint32_t width = 16;
  const auto stride = static_cast<std::uint32_t>(std::uint64_t{step} * width % n);
  std::uint32_t next[width];
  for (std::uint32_t& place : next) {
    place = at;
    at += step;
    at -= at >= n ? n : 0;
  }
  std::int32_t* __restrict places = s.place;
  for (std::uint32_t from = 0; from < n; from += width)
    for (std::uint32_t j = 0; j < width; ++j) {
      places[from + j] = static_cast<std::int32_t>(next[j]);
      next[j] += stride;
      next[j] -= next[j] >= n ? n : 0;
    }
}

/// Word k of the decision for these lanes.
void even_word(const CustomerBlock& b, const Lanes& lanes, const PeriodContext& c, EvenAddress address,
               std::int32_t k, std::uint32_t* __restrict word) {
  find_places(b, c, address.group);
  const std::int32_t dimension = address.dimension + k;
  const std::uint32_t draw_index = address.group * 32 + 1 + static_cast<std::uint32_t>(dimension);
  const std::uint32_t shift =
      draw(c.key, b.id_lo[0], b.id_hi[0], static_cast<std::uint32_t>(c.environment->period),
           purpose(Decision::strata, draw_index))
          .w0;
  const std::uint32_t* __restrict points =
      c.even.words + static_cast<std::ptrdiff_t>(dimension) * c.even.size;
  const std::int32_t* __restrict place = c.scratch->place;
  for_each_lane(lanes, [=](std::int32_t i, std::int32_t lane) { word[i] = points[place[lane]] ^ shift; });
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

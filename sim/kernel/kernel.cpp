// The kernel: what happens to a block of customers in one period. Compiled once per instruction set, each
// time in a namespace named after it, so that a profile tells them apart.
#ifndef GOODWILL_ISA
#define GOODWILL_ISA x86_64
#endif

#include "sim/kernel/kernel.hpp"

#include "sim/kernel/phases/advocacy.hpp"
#include "sim/kernel/phases/end_of_period.hpp"
#include "sim/kernel/phases/impulses.hpp"
#include "sim/kernel/phases/join.hpp"
#include "sim/kernel/phases/journeys.hpp"
#include "sim/kernel/phases/monthly.hpp"
#include "sim/kernel/phases/moves.hpp"
#include "sim/kernel/phases/multipliers.hpp"
#include "sim/kernel/phases/orders.hpp"
#include "sim/kernel/phases/stage_money.hpp"
#include "sim/kernel/phases/survey.hpp"
#include "sim/kernel/phases/thin.hpp"

#define GOODWILL_JOIN_(a, b) a##b
#define GOODWILL_JOIN(a, b) GOODWILL_JOIN_(a, b)
#define GOODWILL_TEXT_(a) #a
#define GOODWILL_TEXT(a) GOODWILL_TEXT_(a)

namespace goodwill::GOODWILL_ISA {
namespace {

void period(CustomerBlock& b, const PeriodContext& c) {
  if (b.size == 0) return;
  c.scratch->place_group = 0;  // what stands there is of another block or period
  if (c.halvings > 0) thin(b, c);
  impulses(b, c);
  multipliers(b, c);
  stage_money(b, c, fixed_counters);
  journeys(b, c, false);
  orders(b, c);
  journeys(b, c, true);  // those that come after orders
  monthly(b, c);
  survey(b, c);
  advocacy(b, c);
  moves(b, c);
  end_of_period(b, c);
}

void functions(std::int32_t n, const float* __restrict x, const std::uint32_t* __restrict word,
               float* __restrict exp, float* __restrict normal) {
  for (std::int32_t i = 0; i < n; ++i) exp[i] = exp_lane(x[i]);
  normals(n, word, normal);
}

}  // namespace

constexpr Kernel compiled = {GOODWILL_TEXT(GOODWILL_ISA), join, period, fill_words, functions};

}  // namespace goodwill::GOODWILL_ISA

namespace goodwill {

extern const Kernel GOODWILL_JOIN(kernel_, GOODWILL_ISA);
const Kernel GOODWILL_JOIN(kernel_, GOODWILL_ISA) = GOODWILL_ISA::compiled;

}  // namespace goodwill

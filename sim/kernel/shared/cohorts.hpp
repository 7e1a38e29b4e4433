// Which cohort a customer belongs to.
#pragma once

#include "sim/kernel/kernel.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

std::ptrdiff_t cohort_of(const CustomerBlock& b, std::int32_t lane, const PeriodContext& c) {
  return c.newcomers ? c.environment->period - b.tenure[lane] : 0;
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

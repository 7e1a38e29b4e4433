// Orders and their values.
#pragma once

#include "sim/kernel/shared/normals.hpp"
#include "sim/kernel/shared/poisson.hpp"
#include "sim/kernel/shared/responses.hpp"
#include "sim/kernel/shared/spend.hpp"
#include "sim/ledger/sums.hpp"

namespace goodwill::GOODWILL_ISA {
namespace {

constexpr std::int32_t most_values = 64;  // most orders of a customer and period that are drawn one by one

/// The value of many orders of one customer at once: lognormal with the mean and variance of their sum
/// (Fenton 1960).
float sum_of_values(const OrderParams& o, std::int32_t n, const CustomerBlock& b, std::int32_t lane,
                    const PeriodContext& c) {
  const auto times = static_cast<double>(n);
  const double variance = static_cast<double>(o.log_sd) * static_cast<double>(o.log_sd);
  const double of_sum = math::log1p(math::expm1(variance) / times);
  const double log_mean = static_cast<double>(o.log_mean) + variance / 2 + math::log(times) - of_sum / 2;
  const Words w = draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.environment->period),
                       purpose(Decision::order_value));
  return exp_lane(
      static_cast<float>(log_mean + __builtin_sqrt(of_sum) * static_cast<double>(normal_lane(w.w0))));
}

void orders(CustomerBlock& b, const PeriodContext& c) {
  const OrderParams& o = c.params->orders;
  if (!o.any) return;
  Scratch& s = *c.scratch;
  std::int32_t* const done = o.followed >= 0 ? s.done[o.followed] : nullptr;
  for (std::int32_t i = 0; done && i < b.size; ++i) done[i] = 0;
  const Lanes lanes = customers(b, c);
  if (lanes.size == 0) return;
  rates(o.rate, b, lanes, c);
  draw_lanes(b, lanes, c, purpose(Decision::order));
  const std::int32_t m = poisson(lanes.size, s.w0, s);
  for (std::int32_t i = 0; i < m; ++i) {
    const std::int32_t at = s.list2[i], lane = lanes.at(at);
    const std::int32_t n = s.code[at];
    c.row[count_orders] += n * unit_of(b, lane);
    if (done) done[lane] = n;
    const auto log = [&](std::int32_t k, double worth) {
      if (c.sink.happened)
        c.sink.happened(c.sink.self, {Happening::order, lane, static_cast<std::uint32_t>(k), 0, 0, worth});
    };
    const double times = c.params->spend >= 0 ? static_cast<double>(s.spend[lane]) : 1;
    double value = n * o.value;
    if (o.log_sd != 0.0f) {
      value = n > most_values ? sum_of_values(o, n, b, lane, c) : 0;
      for (std::int32_t k = 0; k < n && n <= most_values; ++k) {
        const Words w =
            draw(c.key, b.id_lo[lane], b.id_hi[lane], static_cast<std::uint32_t>(c.environment->period),
                 purpose(Decision::order_value, static_cast<std::uint32_t>(k)));
        const float of_one = exp_lane(o.log_mean + o.log_sd * normal_lane(w.w0));
        value += of_one;
        log(k, times * static_cast<double>(of_one));
      }
    }
    value *= times;
    if (!o.priced) {
      const double scale = c.params->money_scale;
      c.order_money[0] += to_sum(value, scale) * unit_of(b, lane);
      c.order_money[1] += to_sum(value * o.margin, scale) * unit_of(b, lane);
    }
    if (c.sink.happened && (o.log_sd == 0.0f || n > most_values))
      for (std::int32_t k = 0; k < n; ++k) log(k, value / n);
    if (!b.gain) continue;
    b.gain[lane] += value * o.margin;
    b.revenue[lane] += value;
  }
}

}  // namespace
}  // namespace goodwill::GOODWILL_ISA

#include "sim/world/customer_log.hpp"

#include "sim/random/math64.hpp"

namespace goodwill {

bool CustomerLog::keeps(CustomerId id, int segment) const {
  const double kept = share[static_cast<std::size_t>(segment)];
  if (kept >= 1) return true;
  // Any fixed key does: it only decides who is looked at.
  const Words w = draw_for(make_key(0, 0, Domain::simulation), id, 0, purpose(Decision::logged));
  return uniform_of(w) < kept;
}

void CustomerLog::note(const CustomerBlock& b, int period, int segment, Origin origin, const Params& params) {
  for (std::int32_t i = 0; i < b.size; ++i) {
    const CustomerId id = id_of(b, i);
    if (!keeps(id, segment)) continue;
    const std::ptrdiff_t trait = static_cast<std::ptrdiff_t>(params.spend) * b.capacity + i;
    const double times = params.spend >= 0 ? math::exp(static_cast<double>(b.traits[trait])) : 1;
    present.push_back({id, period, segment, b.stage[i], b.tenure[i], origin,
                       times * params.stages[b.stage[i]].fee, b.satisfaction[i], b.expectation[i],
                       b.trust[i]});
  }
}

}  // namespace goodwill

// How customers of the base stand to the firm at the start: promoters, passives or detractors.
#include <algorithm>

#include "sim/random/lanes.hpp"
#include "sim/random/math64.hpp"
#include "sim/world/population.hpp"

namespace goodwill {
namespace {

/// By what they would answer now, asked or not.
Root standing_of(const CustomerBlock& b, std::int32_t lane, const Params& p, const Key& key) {
  if ((p.customer_stages >> b.stage[lane] & 1u) == 0) return Root::other;
  const Words w = draw_for(key, id_of(b, lane), 0, purpose(Decision::standing));
  const auto z = static_cast<float>(math::normal_quantile(static_cast<double>(uniform(w.w0))));
  const float score = std::clamp(b.satisfaction[lane] + p.survey.bias + p.survey.noise * z, 0.0f, 10.0f);
  const auto answer = static_cast<int>(score + 0.5f);
  return answer >= 9 ? Root::promoter : answer <= 6 ? Root::detractor : Root::passive;
}

std::int64_t in_units(float x) { return static_cast<std::int64_t>(static_cast<double>(x) * state_unit); }

}  // namespace

void Population::take_stock(CustomerBlock& b, const std::vector<std::int32_t>& kept, int replication,
                            int segment) {
  const Params& p = plan.segments[static_cast<std::size_t>(segment)].baseline->params();
  const Key key = setup.key(replication);
  std::vector<StandingSum> sums(standings);
  for (const std::int32_t i : kept) {
    const Root root = standing_of(b, i, p, key);
    b.descent[i] = descent(segment, root);
    if (static_cast<std::int32_t>(root) < standings) {
      StandingSum& sum = sums[static_cast<std::size_t>(root)];
      ++sum.customers;
      sum.state[0] += in_units(b.satisfaction[i]);
      sum.state[1] += in_units(b.expectation[i]);
      sum.state[2] += in_units(b.trust[i]);
    }
    if (!options.making || root != options.making->from) continue;
    const Making::State& as = options.making->states[static_cast<std::size_t>(segment)];
    b.satisfaction[i] = as.satisfaction;
    b.expectation[i] = as.expectation;
    b.trust[i] = as.trust;
  }
  results.count_standing(segment, sums);
}

}  // namespace goodwill

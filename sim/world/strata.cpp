#include "sim/world/strata.hpp"

#include <algorithm>

#include <boost/random/sobol.hpp>

#include "sim/plan/compile.hpp"
#include "sim/random/decision.hpp"
#include "sim/random/math64.hpp"
#include "sim/random/threefry.hpp"

namespace goodwill {

Strata::Strata(std::int64_t customers, int traits, std::uint64_t seed)
    : customers_(customers), dimensions_(first_trait + traits) {
  boost::random::sobol_engine<std::uint32_t, 32> sobol(static_cast<std::size_t>(dimensions_));
  const Key key = make_key(seed, 0, Domain::anchoring);
  std::vector<std::uint32_t> shift;
  for (int d = 0; d < dimensions_; ++d)
    shift.push_back(draw(key, static_cast<std::uint32_t>(d), 0, 0, purpose(Decision::strata)).w0);
  for (std::int64_t i = 0; i < customers_; ++i)
    for (int d = 0; d < dimensions_; ++d) {
      const std::uint32_t word = sobol() ^ shift[static_cast<std::size_t>(d)];
      const double u = (static_cast<double>(word) + 0.5) / 4294967296.0;
      if (d < satisfaction)
        uniforms_.push_back(u);
      else
        scores_.push_back(static_cast<float>(math::normal_quantile(u)));
    }
  boost::random::sobol_engine<std::uint32_t, 32> luck(even_dimensions);
  words_.resize(static_cast<std::size_t>(even_dimensions * words_per_dimension_));
  for (std::int32_t i = 0; i < words_per_dimension_; ++i)
    for (std::int32_t d = 0; d < even_dimensions; ++d)
      words_[static_cast<std::size_t>(d * words_per_dimension_ + i)] = luck();
}

double Strata::uniform(std::int64_t customer, Dimension dimension) const {
  return uniforms_[static_cast<std::size_t>(customer * satisfaction + dimension)];
}

float Strata::score(std::int64_t customer, int dimension) const {
  return scores_[static_cast<std::size_t>(customer * (dimensions_ - satisfaction) + dimension -
                                          satisfaction)];
}

void Strata::spread(CustomerBlock& b, std::int32_t lane, const NewcomerParams& who,
                    std::int64_t customer) const {
  const auto state = [&](Dimension dimension, float mean, float sd, float high) {
    return std::clamp(mean + sd * score(customer, dimension), 0.0f, high);
  };
  b.satisfaction[lane] = state(satisfaction, who.satisfaction, who.satisfaction_sd, 10);
  b.expectation[lane] = state(expectation, who.expectation, who.expectation_sd, 10);
  b.trust[lane] = state(trust, who.trust, who.trust_sd, 1);
  for (int t = 0; t < who.n_traits; ++t)
    b.traits[t * b.capacity + lane] =
        static_cast<float>(trait_value(who.traits[t], static_cast<double>(score(customer, first_trait + t))));
}

}  // namespace goodwill

// The tables that turn a normal score into a gamma multiplier or a beta level, against Boost.Math's
// quantiles.
#include <cmath>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <gtest/gtest.h>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

std::vector<Trait> traits_of(const std::string& churn, const std::string& orders) {
  const Model model = read_model_text("segments: {all: {count: 1}}\nstages: {customer: {churn: " + churn +
                                          "}}\norders: " + orders + "\n",
                                      "m.yaml");
  const auto models = make_segment_models(model, unanchored(model), ChangeSet(model));
  return make_traits(models[0], frail_responses(model, models));
}

/// The kernel's reading of a table.
double looked_up(const std::vector<float>& table, double z) {
  const double at = (z + trait_range) * trait_intervals / (2 * trait_range);
  const int k = std::min(static_cast<int>(at), trait_intervals - 1);
  const auto i = static_cast<std::size_t>(k);
  return table[i] + (at - k) * (table[i + 1] - table[i]);
}

/// Worst error of exp(y) or expit(y), relative to the quantile (or to its distance from 1), between two
/// scores.
template <class Exact>
double worst_error(const std::vector<float>& table, double from, double to, Exact&& exact) {
  double worst = 0;
  for (double z = from; z <= to; z += 0.0173)
    worst = std::max(worst, std::abs(looked_up(table, z) - exact(z)));
  return worst;
}

TEST(Traits, GammaMultipliers) {
  const boost::math::normal normal;
  for (const double shape : {0.3, 0.8, 1.0, 2.5, 20.0, 400.0}) {
    const auto traits =
        traits_of("2 %", "{rate: 1, value: 1, spread: {gamma: " + std::to_string(shape) + "}}");
    ASSERT_EQ(traits.size(), 1u);
    EXPECT_TRUE(traits[0].multiplier);
    ASSERT_EQ(traits[0].table.size(), static_cast<std::size_t>(trait_intervals + 1));
    const boost::math::gamma_distribution<> gamma(shape, 1 / shape);
    const auto exact = [&](double z) {
      return z < 0 ? std::log(quantile(gamma, cdf(normal, z)))
                   : std::log(quantile(complement(gamma, cdf(complement(normal, z)))));
    };
    // Logarithms: an error of 1e-3 is 0.1 % of the rate. Interpolation is coarsest where the quantile is
    // steep.
    EXPECT_LT(worst_error(traits[0].table, -4, 4, exact), 1e-4) << shape;
    EXPECT_LT(worst_error(traits[0].table, -5.4, 5.4, exact), 1e-3) << shape;
    double mean = 0, total = 0;  // which is 1
    for (double z = -6.4; z < 6.4; z += 1e-3) {
      mean += std::exp(looked_up(traits[0].table, z)) * pdf(normal, z);
      total += pdf(normal, z);
    }
    EXPECT_NEAR(mean / total, 1, 1e-4) << shape;
  }
}

TEST(Traits, BetaLevels) {
  const boost::math::normal normal;
  const double pairs[][2] = {{0.7041, 1.1820}, {1, 1}, {1.2, 40}, {30, 2}, {0.2, 0.3}, {500, 20'000}};
  for (const auto& [a, b] : pairs) {
    const auto traits =
        traits_of("{beta: [" + std::to_string(a) + ", " + std::to_string(b) + "]}", "{rate: 0, value: 1}");
    ASSERT_EQ(traits.size(), 1u);
    EXPECT_FALSE(traits[0].multiplier);
    const boost::math::beta_distribution<> beta(a, b), mirror(b, a);
    const auto exact = [&](double z) {  // the logit, from whichever side is accurate
      const double p =
          z < 0 ? quantile(beta, cdf(normal, z)) : quantile(complement(beta, cdf(complement(normal, z))));
      const double q =
          z < 0 ? quantile(complement(mirror, cdf(normal, z))) : quantile(mirror, cdf(complement(normal, z)));
      return std::log(p) - std::log(q);
    };
    EXPECT_LT(worst_error(traits[0].table, -4, 4, exact), 2e-4) << a << ", " << b;
    EXPECT_LT(worst_error(traits[0].table, -5.4, 5.4, exact), 2e-3) << a << ", " << b;
  }
}

TEST(Traits, TablesRise) {
  for (const auto& trait : {traits_of("{beta: [0.7, 1.2]}", "{rate: 0, value: 1}")[0],
                            traits_of("2 %", "{rate: 1, value: 1, spread: {gamma: 0.3}}")[0]})
    for (std::size_t k = 1; k < trait.table.size(); ++k) EXPECT_GE(trait.table[k], trait.table[k - 1]) << k;
}

TEST(Traits, OneOfEachResponse) {
  const auto traits =
      traits_of("{base: 2 %, frailty: 0.5}", "{rate: {base: 1, frailty: 0.3}, value: 1, spread: {gamma: 2}}");
  ASSERT_EQ(traits.size(), 3u);  // the churn's frailty; of orders the frailty and the multiplier
  EXPECT_TRUE(traits[0].table.empty());
  EXPECT_EQ(traits[0].draw, 0u);
  EXPECT_EQ(traits[1].response, 1);
  EXPECT_EQ(traits[1].draw, 2u);
  EXPECT_EQ(traits[2].draw, 3u);
  EXPECT_TRUE(traits_of("2 %", "{rate: 1, value: 1}").empty());
}

}  // namespace

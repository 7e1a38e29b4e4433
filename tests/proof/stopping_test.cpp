// Coverage of the interval at which a sequential study stops, against that of a study of fixed size.
#include "scenarios/stopping.hpp"

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

struct Coverage {
  double sequential = 0, fixed = 0;
};

/// Nominal 95 %. The fixed size is the mean size at which the sequential studies stopped.
template <class Unit>
Coverage coverage(Unit&& unit, double mean, double half_width, int studies) {
  constexpr int cap = 100'000;
  const auto covers = [&](const Interval& i) { return i.low <= mean && mean <= i.high ? 1 : 0; };
  double covered = 0, covered_fixed = 0, units = 0;
  for (int study = 0; study < studies; ++study) {
    Units x(1);
    std::vector<Look> looks;
    while (!verdict(looks, cap)) {
      const auto n = static_cast<std::size_t>(next_look(looks, cap));
      while (x[0].size() < n) x[0].push_back(unit());
      looks.push_back(look(x, {.half_width = half_width}, 0.95));
    }
    EXPECT_EQ(verdict(looks, cap), Status::reached);
    covered += covers(looks.back().interval);
    units += looks.back().units;
  }
  const auto size = static_cast<std::size_t>(std::lround(units / studies));
  for (int study = 0; study < studies; ++study) {
    std::vector<double> x(size);
    for (double& value : x) value = unit();
    covered_fixed += covers(mean_interval(x, 0.95));
  }
  return {covered / studies, covered_fixed / studies};
}

/// Two points below at most. The difference of two shares of n studies near 94 % has a standard error of
/// sqrt(2 * 0.94 * 0.06 / n): 0.0017 with 40,000 studies, 0.0053 with 4,000. Four of them are allowed (a
/// false alarm of 3e-5); a rule that lost 5 points would be found with a probability of 0.95 in the short
/// run.
class StoppingProof : public testing::Test {
protected:
  const int studies = full() ? 40'000 : 4'000;
  const double allowed = 0.02 + 4 * std::sqrt(2 * 0.94 * 0.06 / studies);
  boost::random::mt19937_64 engine{11};
  boost::random::normal_distribution<double> normal;
};

TEST_F(StoppingProof, NormalUnits) {
  for (const double half_width : {0.4, 0.3, 0.15}) {
    const Coverage c = coverage([&] { return normal(engine); }, 0, half_width, studies);
    EXPECT_GE(c.sequential, c.fixed - allowed) << half_width << ": " << c.sequential << " and " << c.fixed;
    EXPECT_GE(c.sequential, 0.93);
  }
}

TEST_F(StoppingProof, SkewedUnits) {
  // Lognormal, sigma 0.5: skewness 1.75, more than batches of customers have.
  for (const double half_width : {0.2, 0.15, 0.1}) {
    const Coverage c =
        coverage([&] { return std::exp(0.5 * normal(engine)); }, std::exp(0.125), half_width, studies);
    EXPECT_GE(c.sequential, c.fixed - allowed) << half_width << ": " << c.sequential << " and " << c.fixed;
  }
}

}  // namespace

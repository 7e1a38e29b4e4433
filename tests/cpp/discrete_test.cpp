// Drawing with the table against inversion by search.
#include "sim/plan/discrete.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace {

using namespace goodwill;

TEST(Discrete, DrawsWhatTheSearchFinds) {
  std::vector<double> geometric;
  for (int k = 0; k < 300; ++k) geometric.push_back(1 - std::pow(0.97, k + 1));
  geometric.push_back(1);
  for (const std::vector<double>& cdf :
       {std::vector<double>{1}, {0, 0, 0, 1}, {0.25, 0.5, 0.5, 1}, geometric}) {
    const Discrete values(cdf);
    EXPECT_EQ(values.largest(), static_cast<int>(cdf.size()) - 1);
    const auto check = [&](double u) {
      EXPECT_EQ(values.at(u), std::upper_bound(cdf.begin(), cdf.end() - 1, u) - cdf.begin()) << u;
    };
    for (int k = 0; k < 10'000; ++k) check((k + 0.5) / 10'000);
    for (const double u : cdf)
      for (const double near : {u, std::nextafter(u, 0), std::nextafter(u, 1)}) check(near);
    for (std::size_t k = 0; k <= cdf.size(); ++k) {
      const double step = static_cast<double>(k) / static_cast<double>(cdf.size());
      for (const double near : {step, std::nextafter(step, 0), std::nextafter(step, 1)}) check(near);
    }
  }
}

}  // namespace

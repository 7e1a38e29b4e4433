#include "scenarios/designs.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include <boost/random/sobol.hpp>

#include "sim/model/problem.hpp"
#include "sim/random/threefry.hpp"

namespace goodwill {
namespace {

std::size_t at(int k) { return static_cast<std::size_t>(k); }

double between(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

}  // namespace

std::vector<double> sobol_points(std::uint64_t seed, int dimensions, int n) {
  using Sobol = boost::random::sobol_engine<std::uint32_t, 32>;
  constexpr int most = boost::random::default_sobol_table::max_dimension;
  if (dimensions > most)
    throw ModelError("the design has " + std::to_string(dimensions) + " dimensions; Sobol numbers have " +
                     std::to_string(most) + " at most");
  std::vector<double> points;
  if (dimensions == 0 || n == 0) return points;
  const Key key = make_key(seed, 0, Domain::designs);
  Sobol sequence(at(dimensions));
  for (int k = 0; k < n; ++k)
    for (int j = 0; j < dimensions; ++j) {
      // The engine starts at point 1, but the points are only spread evenly together with point 0.
      const std::uint32_t digits = k == 0 ? 0 : sequence();
      const auto id = static_cast<std::uint32_t>(j);
      points.push_back(between(digits ^ draw(key, id, 0, 0, purpose(Decision::shift)).w0));
    }
  return points;
}

std::vector<double> latin_hypercube(std::uint64_t seed, int dimensions, int n) {
  const Key key = make_key(seed, 0, Domain::designs);
  std::vector<double> points(at(n) * at(dimensions));
  for (int j = 0; j < dimensions; ++j) {
    std::vector<Words> luck;
    for (int k = 0; k < n; ++k)
      luck.push_back(draw(key, static_cast<std::uint32_t>(k), 0, static_cast<std::uint32_t>(j),
                          purpose(Decision::permutation)));
    std::vector<int> order(at(n));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return luck[at(a)].w0 < luck[at(b)].w0; });
    for (int k = 0; k < n; ++k)
      points[at(order[at(k)]) * at(dimensions) + at(j)] =
          (k + between(luck[at(order[at(k)])].w1)) / static_cast<double>(n);
  }
  return points;
}

}  // namespace goodwill

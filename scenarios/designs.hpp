// Points spread evenly over a unit cube: designs of sweeps.
#pragma once

#include <cstdint>
#include <vector>

namespace goodwill {

/// The first n points of a Sobol sequence with a random digital shift (L'Ecuyer and Lemieux 2002):
/// n x dimensions, each number strictly between 0 and 1. More points extend fewer. Throws ModelError: more
/// dimensions than Sobol numbers have.
std::vector<double> sobol_points(std::uint64_t seed, int dimensions, int n);

/// A Latin hypercube (McKay, Beckman and Conover 1979): n x dimensions; in each dimension every n-th part of
/// the range has one point, at a random place within it.
std::vector<double> latin_hypercube(std::uint64_t seed, int dimensions, int n);

}  // namespace goodwill

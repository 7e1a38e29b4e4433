#include "scenarios/designs.hpp"
#include "python/bindings/arrays.hpp"

namespace goodwill {

void register_designs(py::module_& m) {
  m.def(
      "sobol_points",
      [](std::uint64_t seed, int dimensions, int n) {
        return array(sobol_points(seed, dimensions, n), {n, dimensions});
      },
      py::arg("seed"), py::arg("dimensions"), py::arg("n"));
  m.def(
      "latin_hypercube",
      [](std::uint64_t seed, int dimensions, int n) {
        return array(latin_hypercube(seed, dimensions, n), {n, dimensions});
      },
      py::arg("seed"), py::arg("dimensions"), py::arg("n"));
}

}  // namespace goodwill

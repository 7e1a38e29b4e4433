#include <pybind11/eigen.h>

#include "python/bindings/module.hpp"
#include "scenarios/assumptions.hpp"
#include "scenarios/information.hpp"

namespace goodwill {

void register_uncertainty(py::module_& m) {
  m.def(
      "assumption_uses", [](const Model& model) { return uses(model); }, py::arg("model"));
  m.def(
      "assumptions_that_are_shares", [](const Model& model) { return are_shares(model); }, py::arg("model"));
  m.def(
      "assumption_quantile",
      [](const Model& model, int assumption, double p) { return quantile(model, assumption, p); },
      py::arg("model"), py::arg("assumption"), py::arg("p"));
  m.def(
      "at_values",
      [](const Model& model, const std::vector<double>& values) { return at_values(model, values); },
      py::arg("model"), py::arg("values"));
  m.def(
      "draw_assumptions",
      [](const Model& model, std::uint64_t seed, int first, int n) {
        return draw_assumptions(model, seed, first, n);
      },
      py::arg("model"), py::arg("seed"), py::arg("first"), py::arg("n"));

  m.def(
      "variances",
      [](const Units& units) {
        const Variances v = variances(units);
        return py::make_tuple(v.parameter, v.simulation);
      },
      py::arg("units"));
  m.def("corrected", &corrected, py::arg("units"));
  m.def(
      "probability_within",
      [](const Units& units, double low, double high, double level) {
        const Interval p = probability_within(units, low, high, level);
        return py::make_tuple(p.mean, p.low, p.high);
      },
      py::arg("units"), py::arg("low"), py::arg("high"), py::arg("level"));
  m.def("varies", &varies, py::arg("units"));
  m.def(
      "held", [](const Model& model) { return held(model); }, py::arg("model"));
  m.def(
      "is_uncertain",
      [](const Model& model, const std::string& scenario) { return is_uncertain(model, scenario); },
      py::arg("model"), py::arg("scenario"));

  py::class_<Influence>(m, "Influence")
      .def_readonly("evppi", &Influence::evppi)
      .def_readonly("standard_error", &Influence::standard_error)
      .def_readonly("null", &Influence::null)
      .def_readonly("share", &Influence::share)
      .def_readonly("share_null", &Influence::share_null);
  py::class_<Information>(m, "Information")
      .def(py::init<const DrawnValues&, Eigen::MatrixXd>(), py::arg("values"), py::arg("assumptions"))
      .def_property_readonly("evpi", &Information::evpi)
      .def("of", &Information::of, py::arg("group"));
}

}  // namespace goodwill

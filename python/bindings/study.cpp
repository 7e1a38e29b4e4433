#include "python/bindings/simulation.hpp"
#include "scenarios/compare.hpp"
#include "sim/kernel/dispatch.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

struct PyComparison {
  py::list rows;
  Simulation simulation;
};

py::dict row(const Comparison& c) {
  py::dict d;
  d["scenario"] = c.scenario;
  d["against"] = c.against;
  const auto interval = [&](const char* name, const Interval& i) {
    d[name] = i.mean;
    d[py::str(std::string(name) + "_low")] = i.low;
    d[py::str(std::string(name) + "_high")] = i.high;
  };
  interval("npv", c.npv);
  interval("contribution", c.contribution);
  interval("cost", c.cost);
  interval("roi", {c.roi.value, c.roi.low, c.roi.high});
  d["roi_bounded"] = c.roi.bounded;
  d["correlation"] = c.correlation;
  d["p_positive"] = c.p_positive;
  d["p_zero"] = c.p_zero;
  d["p_negative"] = c.p_negative;
  d["replications"] = c.replications;
  return d;
}

}  // namespace

void register_study(py::module_& m) {
  py::class_<PyComparison>(m, "Comparison")
      .def_readonly("rows", &PyComparison::rows)
      .def_readonly("simulation", &PyComparison::simulation);

  m.def(
      "compare",
      [](const Model& model, const Anchoring& anchoring, const std::vector<std::string>& scenarios,
         std::int64_t seed, int replications, int threads, double level, const py::object& progress) {
        SimulationOptions options = make_options(model, seed, 0, replications, threads, false);
        if (!(level > 0 && level < 1)) throw ModelError("level lies between 0 and 1, for example 0.95");
        Study study;
        run_with_progress(options, progress, [&](const SimulationOptions& o) {
          study = compare(model, anchoring.anchors, scenarios, o, level);
        });
        PyComparison c;
        for (const Comparison& one : study.comparisons) c.rows.append(row(one));
        c.simulation.plan = study.plan;
        c.simulation.result = std::move(study.simulation);
        c.simulation.replications = replications;
        c.simulation.threads = threads > 0 ? threads : all_cores();
        c.simulation.instruction_set = kernel().name;
        return c;
      },
      py::arg("model"), py::arg("anchoring"), py::arg("scenarios"), py::kw_only(), py::arg("seed") = 0,
      py::arg("replications") = 30, py::arg("threads") = 0, py::arg("level") = 0.95,
      py::arg("progress") = py::none());
}

}  // namespace goodwill

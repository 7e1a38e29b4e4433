#include "scenarios/points.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/simulation.hpp"
#include "scenarios/designs.hpp"
#include "sim/file/assign.hpp"

namespace goodwill {
namespace {

using Assigned = std::vector<std::pair<std::string, py::object>>;
using Assumed = std::vector<std::pair<std::string, double>>;
using Asked = std::tuple<Assigned, Assumed, std::vector<Terms>, bool>;

Point point_of(const Asked& asked) {
  Point point;
  std::vector<std::pair<std::string, Node>> values;
  for (const auto& [path, value] : std::get<0>(asked)) values.emplace_back(path, to_node(value));
  point.change = [values](const Model& model) { return values.empty() ? model : assign(model, values); };
  point.assumed = std::get<1>(asked);
  point.terms = std::get<2>(asked);
  point.of_investments = std::get<3>(asked);
  return point;
}

}  // namespace

void register_points(py::module_& m) {
  m.def(
      "answer_points",
      [](const Model& model, const Anchoring& anchoring, const std::vector<std::string>& scenarios,
         const std::vector<Asked>& asked, const Terms& terms, const py::kwargs& how) {
        StudyOptions options;
        std::int64_t seed = 0, first_replication = 0;
        int threads = 0;
        bool run_off = false;
        py::object progress = py::none();
        Options o(how);
        o.take("seed", seed);
        o.take("first_replication", first_replication);
        o.take("replications", options.replications);
        o.take("threads", threads);
        o.take("survival_weights", options.survival_weights);
        o.take("run_off", run_off);
        o.take("progress", progress);
        o.end();
        options.simulation = make_options(model, seed, first_replication, 1, threads, false);
        if (!run_off) options.run_off = 0;
        options.terms = terms;
        std::vector<Point> points;
        for (const auto& one : asked) points.push_back(point_of(one));
        std::vector<PointAnswer> found;
        run_with_progress(options.simulation, progress, [&](const SimulationOptions&) {
          found = answers(model, anchoring.anchors, scenarios, points, options);
        });
        py::list results;
        for (std::size_t k = 0; k < found.size(); ++k) {
          if (!found[k].error.empty()) {
            results.append(found[k].error);
            continue;
          }
          const auto judged = py::ssize_t(points[k].terms.size()), worlds = py::ssize_t(scenarios.size());
          results.append(array(found[k].numbers, {judged, worlds, options.replications, measures}));
        }
        return results;
      },
      py::arg("model"), py::arg("anchoring"), py::arg("scenarios"), py::arg("points"), py::arg("terms"),
      "For each point (values to assign, values of assumptions, terms, Point::of_investments) an array of "
      "terms x scenarios x replications x measures, or why there is none. Options by name: seed, "
      "first_replication, replications, threads, survival_weights, run_off and progress.");
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
  py::list names;
  for (const char* name : measure_names) names.append(name);
  m.attr("measures") = names;
}

}  // namespace goodwill

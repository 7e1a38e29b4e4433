#include "python/bindings/arrays.hpp"
#include "python/bindings/simulation.hpp"
#include "scenarios/shards.hpp"
#include "sim/file/assign.hpp"

namespace goodwill {
namespace {

using Assigned = std::vector<std::pair<std::string, py::object>>;
using Assumed = std::vector<std::pair<std::string, double>>;
using Sums = py::array_t<std::int64_t, py::array::c_style>;
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

/// Everything that points of a sweep have in common, from the arguments of a call.
struct Asking {
  const Model& model;
  const Anchoring& anchoring;
  const std::vector<std::string>& scenarios;
  StudyOptions options;
  py::object progress = py::none();
  std::vector<Point> points;

  Asking(const Model& of_model, const Anchoring& of_anchoring, const std::vector<std::string>& of_scenarios,
         const std::vector<Asked>& asked, const Terms& terms, const py::kwargs& how)
      : model(of_model), anchoring(of_anchoring), scenarios(of_scenarios) {
    std::int64_t seed = 0, first_replication = 0;
    int threads = 0;
    bool run_off = false;
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
    for (const auto& one : asked) points.push_back(point_of(one));
  }

  /// Calls `find()` with progress and Ctrl-C.
  template <class Find>
  auto found(Find&& find) {
    std::optional<decltype(find())> result;
    run_with_progress(options.simulation, progress,
                      [&](const SimulationOptions&) { result.emplace(find()); });
    return std::move(*result);
  }

  py::list arrays(const std::vector<PointAnswer>& answers) const {
    py::list results;
    for (std::size_t k = 0; k < answers.size(); ++k) {
      if (!answers[k].error.empty()) {
        results.append(answers[k].error);
        continue;
      }
      const auto judged = py::ssize_t(points[k].terms.size()), worlds = py::ssize_t(scenarios.size());
      results.append(array(answers[k].numbers, {judged, worlds, options.replications, measures}));
    }
    return results;
  }
};

py::list answer_points(const Model& model, const Anchoring& anchoring,
                       const std::vector<std::string>& scenarios, const std::vector<Asked>& points,
                       const Terms& terms, const py::kwargs& how) {
  Asking a(model, anchoring, scenarios, points, terms, how);
  return a.arrays(a.found([&] { return answers(model, anchoring.anchors, scenarios, a.points, a.options); }));
}

py::object answer_shard(const Model& model, const Anchoring& anchoring,
                        const std::vector<std::string>& scenarios, const std::vector<Asked>& points,
                        const Terms& terms, int shard, int shards, const py::kwargs& how) {
  Asking a(model, anchoring, scenarios, points, terms, how);
  const ShardAnswer answer = a.found([&] {
    return answer_of_shard(model, anchoring.anchors, scenarios, a.points, a.options, shard, shards);
  });
  if (!answer.error.empty()) return py::str(answer.error);
  return array(answer.sums);
}

py::list answer_shards(const Model& model, const Anchoring& anchoring,
                       const std::vector<std::string>& scenarios, const std::vector<Asked>& points,
                       const Terms& terms, const std::vector<Sums>& sums, const py::kwargs& how) {
  Asking a(model, anchoring, scenarios, points, terms, how);
  a.options.replications = 1;
  std::vector<std::vector<std::int64_t>> shards;
  for (const Sums& of_shard : sums) shards.emplace_back(of_shard.data(), of_shard.data() + of_shard.size());
  return a.arrays(a.found(
      [&] { return answers_of_shards(model, anchoring.anchors, scenarios, a.points, a.options, shards); }));
}

}  // namespace

void register_points(py::module_& m) {
  m.def("answer_points", &answer_points, py::arg("model"), py::arg("anchoring"), py::arg("scenarios"),
        py::arg("points"), py::arg("terms"),
        "For each point (values to assign, values of assumptions, terms, Point::of_investments) an array of "
        "terms x scenarios x replications x measures, or why there is none. Options by name: seed, "
        "first_replication, replications, threads, survival_weights, run_off and progress.");
  m.def("answer_shard", &answer_shard, py::arg("model"), py::arg("anchoring"), py::arg("scenarios"),
        py::arg("points"), py::arg("terms"), py::arg("shard"), py::arg("shards"),
        "What shard number `shard`, from 0, of one replication of these points leaves behind, as whole "
        "numbers; or why there is nothing. Options as in `answer_points`.");
  m.def("answer_shards", &answer_shards, py::arg("model"), py::arg("anchoring"), py::arg("scenarios"),
        py::arg("points"), py::arg("terms"), py::arg("sums"),
        "What `answer_points` returns for one replication, from what all its shards left behind.");
  m.attr("points_together") = points_together;
  py::list names;
  for (const char* name : measure_names) names.append(name);
  m.attr("measures") = names;
}

}  // namespace goodwill

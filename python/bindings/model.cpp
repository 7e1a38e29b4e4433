#include "python/bindings/module.hpp"
#include "sim/change/change.hpp"
#include "sim/change/path.hpp"
#include "sim/file/assign.hpp"
#include "sim/file/edges.hpp"
#include "sim/file/read.hpp"
#include "sim/file/write.hpp"
#include "sim/model/scalar.hpp"
#include "sim/model/words.hpp"
#include "sim/plan/coupling.hpp"

namespace goodwill {
namespace {

template <class T>
py::dict as_dict(const Named<T>& named) {
  py::dict d;
  for (const auto& [name, item] : named) d[py::str(name)] = item;
  return d;
}

}  // namespace

void register_model(py::module_& m) {
  m.def(
      "served_by",
      [](const Model& model, const std::string& team) {
        std::vector<std::string> found;
        for (const auto& [name, journey] : inherited(model).journeys)
          for (const auto& [place, t] : journey.touchpoints)
            if (t.team == team) found.push_back(name + "." + place);
        return found;
      },
      py::arg("model"), py::arg("team"), "Paths of the touchpoints that a team serves.");

  py::class_<Model, std::shared_ptr<Model>>(m, "Model")
      .def_static(
          "read",
          [](const std::string& path, bool trust) {
            return interruptible([&](Cancel cancel) {
              return read_model(path, trust ? Trust::all : Trust::ordinary, cancel);
            });
          },
          py::arg("path"), py::arg("trust") = false)
      .def_static(
          "from_text",
          [](const std::string& text, const std::string& name, const std::string& folder) {
            return interruptible(
                [&](Cancel cancel) { return read_model_text(text, name, folder, Trust::ordinary, cancel); });
          },
          py::arg("text"), py::arg("name"), py::arg("folder") = "")
      .def_static(
          "from_parts",
          [](const std::string& text, const std::map<std::string, std::string>& lists,
             const std::string& name) {
            return interruptible([&](Cancel cancel) { return read_model_parts(text, lists, name, cancel); });
          },
          py::arg("text"), py::arg("lists"), py::arg("name"))
      .def_static(
          "from_tree",
          [](const py::object& tree, const std::string& name) {
            const Node node = to_node(tree);
            return interruptible([&](Cancel cancel) { return read_model_node(node, name, cancel); });
          },
          py::arg("tree"), py::arg("name"))
      .def(
          "get", [](const Model& model, const std::string& path) { return from_node(get(model, path)); },
          py::arg("path"))
      .def(
          "assign",
          [](const Model& model, const py::dict& values) {
            std::vector<std::pair<std::string, Node>> nodes;
            for (auto& [path, value] : to_node(values).members)
              nodes.emplace_back(std::move(path.text), std::move(value));
            return interruptible([&](Cancel cancel) { return assign(model, nodes, cancel); });
          },
          py::arg("values"))
      .def(
          "duration",
          [](const Model& model, const std::string& parameter, const std::string& text) {
            const Scalar found = parse_scalar(text, Unit::duration, model.period);
            if (!found.ok) throw ModelError(parameter + ": " + found.problem);
            return found.value;
          },
          py::arg("parameter"), py::arg("text"))
      .def("paths", [](const Model& model) { return paths(model); })
      .def(
          "resolve", [](const Model& model, const std::string& path) { return resolve(model, path); },
          py::arg("path"))
      .def("to_yaml", [](const Model& model) { return write_model(model); })
      .def("parts",
           [](const Model& model) {
             return std::pair(write_model(model, Write::by_reference), edge_files(model));
           })
      .def_property_readonly("hash", [](const Model& model) { return model_hash(model); })
      .def_readonly("name", &Model::name)
      .def_readonly("about", &Model::about)
      .def_readonly("currency", &Model::currency)
      .def_property_readonly("period", [](const Model& model) { return word(model.period); })
      .def_property_readonly("horizon", [](const Model& model) { return static_cast<int>(model.horizon); })
      .def_property_readonly("periods_per_year", &Model::periods_per_year)
      .def_property_readonly("discount", [](const Model& model) { return model.finance.discount.value; })
      .def_property_readonly("timing", [](const Model& model) { return word(model.finance.timing); })
      .def_property_readonly("segments", [](const Model& model) { return model.segments.names(); })
      .def_property_readonly("stages", [](const Model& model) { return model.stages.names(); })
      .def_property_readonly("journeys", [](const Model& model) { return model.journeys.names(); })
      .def_property_readonly("assumptions", [](const Model& model) { return model.assumptions.names(); })
      .def_property_readonly("investments", [](const Model& model) { return model.investments.names(); })
      .def_property_readonly("teams", [](const Model& model) { return model.teams.names(); })
      .def_property_readonly("coupled_by", [](const Model& model) { return coupled_by(model); })
      .def_property_readonly("agents_are_people", &agents_are_people)
      .def_property_readonly("lists_edges", &lists_edges)
      .def(
          "coupled_in",
          [](const Model& model, const std::vector<std::string>& scenarios) {
            return coupled_by(model, scenarios);
          },
          py::arg("scenarios"), "The same in these scenarios, in which there may be triggers, too.")
      .def_property_readonly("events", [](const Model& model) { return model.events.names(); })
      .def_property_readonly("circumstances",
                             [](const Model& model) {
                               std::vector<std::string> names;
                               for (const auto& [name, event] : model.events)
                                 if (event.is_circumstance()) names.push_back(name);
                               return names;
                             })
      .def_property_readonly("scenarios", [](const Model& model) { return as_dict(model.scenarios); })
      .def_property_readonly("compare", [](const Model& model) { return as_dict(model.compare); });
}

}  // namespace goodwill

// Table of contents of the extension module. One register_* per file.
#include "python/bindings/module.hpp"

#include "sim/file/schema.hpp"
#include "sim/kernel/dispatch.hpp"
#include "sim/model/model.hpp"

PYBIND11_MODULE(_core, m) {
  using namespace goodwill;
  m.doc() = "The simulator's core.";
  register_errors(m);
  register_tree(m);
  register_model(m);
  register_simulation(m);
  register_simulated(m);
  register_finance(m);
  register_queues(m);
  register_network(m);
  register_uncertainty(m);
  register_study(m);
  register_customers(m);
  register_points(m);
  register_designs(m);
  register_expect(m);
  m.attr("version") = GOODWILL_VERSION;
  py::list counters;
  for (const CounterInfo& info : counter_info)
    counters.append(py::make_tuple(info.name, info.role_name, info.text));
  m.attr("counters") = counters;
  py::list effects;
  for_each_effect(Effects{},
                  [&](const char* name, const Number&, FeaturePlace, FeatureOf) { effects.append(name); });
  m.attr("effects") = effects;
  m.def("instruction_set", [] { return std::string(kernel().name); });
  m.def("instruction_sets", [] {
    std::vector<std::string> names;
    for (const Kernel* k : available_kernels()) names.emplace_back(k->name);
    return names;
  });
  m.def("json_schema", &json_schema);
  m.def("reference_markdown", &reference_markdown);
}

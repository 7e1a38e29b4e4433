#include "python/bindings/module.hpp"
#include "sim/plan/erlang.hpp"

namespace goodwill {
namespace {

py::tuple as_tuple(const Queue& q) {
  return py::make_tuple(q.unserved, q.waits, q.wait, q.wait_served, q.occupancy);
}

}  // namespace

void register_queues(py::module_& m) {
  m.def(
      "erlang_a",
      [](double load, double agents, double handling, double patience, const std::vector<double>& profile) {
        return as_tuple(over_the_day(load, profile,
                                     [&](double now) { return erlang_a(now, agents, handling, patience); }));
      },
      py::arg("load"), py::arg("agents"), py::arg("handling"), py::arg("patience"), py::arg("profile"));
  m.def(
      "erlang_c",
      [](double load, double agents, double handling, const std::vector<double>& profile) {
        return as_tuple(
            over_the_day(load, profile, [&](double now) { return erlang_c(now, agents, handling); }));
      },
      py::arg("load"), py::arg("agents"), py::arg("handling"), py::arg("profile"));
}

}  // namespace goodwill

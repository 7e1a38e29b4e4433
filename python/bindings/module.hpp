#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <atomic>
#include <functional>
#include <optional>

#include "sim/file/document.hpp"

namespace goodwill {

namespace py = pybind11;

void register_errors(py::module_& m);
void register_tree(py::module_& m);
void register_model(py::module_& m);
void register_simulation(py::module_& m);
void register_simulated(py::module_& m);
void register_finance(py::module_& m);
void register_queues(py::module_& m);
void register_network(py::module_& m);
void register_uncertainty(py::module_& m);
void register_study(py::module_& m);
void register_customers(py::module_& m);
void register_points(py::module_& m);
void register_designs(py::module_& m);
void register_expect(py::module_& m);

/// Turns a Python value into the document of a model file. Throws ModelError for a value that such a file
/// cannot hold.
Node to_node(const py::handle& value);
py::object from_node(const Node& node);

/// Runs `body` on a thread of its own with the GIL released, while this one watches for Ctrl-C (sets
/// `cancel`, waits, raises KeyboardInterrupt) and reports `progress()` about ten times a second.
void run_interruptible(const std::function<void()>& body, std::atomic<bool>& cancel,
                       const std::function<void()>& progress);
/// Runs `body(cancel)` like that and returns its result.
template <class Body>
auto interruptible(Body&& body) {
  std::optional<decltype(body(Cancel{}))> result;
  std::atomic<bool> cancel{false};
  run_interruptible([&] { result.emplace(body(&cancel)); }, cancel, nullptr);
  return std::move(*result);
}

}  // namespace goodwill

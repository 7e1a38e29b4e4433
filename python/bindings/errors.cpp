#include <new>
#include <stdexcept>
#include <system_error>

#include "python/bindings/module.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

void register_errors(py::module_& m) {
  py::class_<Problem>(m, "Problem", "One thing that is wrong with a model, and where.")
      .def(py::init<std::string, int, int, std::string, std::string>(), py::arg("file"), py::arg("line"),
           py::arg("column"), py::arg("path"), py::arg("text"))
      .def_readonly("file", &Problem::file)
      .def_readonly("line", &Problem::line)
      .def_readonly("column", &Problem::column)
      .def_readonly("path", &Problem::path)
      .def_readonly("text", &Problem::text)
      .def("__str__", &Problem::str)
      .def("__repr__", [](const Problem& p) { return "<Problem " + p.str() + ">"; });

  static py::exception<ModelError> model_error(m, "ModelError", PyExc_ValueError);
  model_error.attr("__doc__") =
      "A model that cannot be read or run; `problems` lists everything that is wrong.";
  model_error.attr("problems") = py::list();
  py::register_exception_translator([](std::exception_ptr p) {
    try {
      if (p) std::rethrow_exception(p);
    } catch (const ModelError& e) {
      py::object error = py::reinterpret_borrow<py::object>(model_error)(e.what());
      error.attr("problems") = py::cast(e.problems());
      PyErr_SetObject(model_error.ptr(), error.ptr());
    }
  });
  py::register_exception_translator([](std::exception_ptr p) {
    try {
      if (p) std::rethrow_exception(p);
    } catch (const std::bad_alloc&) {
      PyErr_SetString(PyExc_MemoryError, "there is not enough memory for this question");
    } catch (const std::length_error&) {
      PyErr_SetString(PyExc_MemoryError, "there is not enough memory for this question");
    } catch (const std::system_error& e) {
      py::object error = py::reinterpret_borrow<py::object>(PyExc_OSError)(
          e.code().value(), "the system refuses another thread (" + e.code().message() + ")");
      PyErr_SetObject(PyExc_OSError, error.ptr());
    }
  });
}

}  // namespace goodwill

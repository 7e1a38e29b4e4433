// Python values and documents.
#include "python/bindings/module.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {
namespace {

Node convert(const py::handle& value, int depth) {
  if (depth > 64) throw ModelError("a model given as a dict is nested deeper than 64 levels");
  Node node;
  if (value.is_none()) return node;
  if (py::isinstance<py::bool_>(value)) return Node::scalar(value.cast<bool>() ? "true" : "false");
  if (py::isinstance<py::str>(value)) return Node::scalar(value.cast<std::string>());
  if (py::isinstance<py::dict>(value)) {
    node.kind = Node::Kind::mapping;
    for (const auto& [key, item] : py::reinterpret_borrow<py::dict>(value))
      node.members.emplace_back(Node::scalar(py::str(key).cast<std::string>()), convert(item, depth + 1));
    return node;
  }
  if (py::isinstance<py::list>(value) || py::isinstance<py::tuple>(value)) {
    node.kind = Node::Kind::sequence;
    for (const auto& item : value) node.items.push_back(convert(item, depth + 1));
    return node;
  }
  if (PyNumber_Check(value.ptr())) {  // repr of a float reads back as the same number; so do NumPy's scalars
    const auto plain = [](PyObject* made) {
      if (!made) throw py::error_already_set();
      return py::reinterpret_steal<py::object>(made);
    };
    const py::object number =
        PyIndex_Check(value.ptr())
            ? plain(PyNumber_Index(value.ptr()))
            : plain(PyFloat_FromDouble(py::float_(py::reinterpret_borrow<py::object>(value))));
    return Node::scalar(py::repr(number).cast<std::string>());
  }
  throw ModelError("a model is made of dicts, lists, texts and numbers; found " +
                   py::repr(py::type::of(value)).cast<std::string>());
}

}  // namespace

Node to_node(const py::handle& value) { return convert(value, 0); }

py::object from_node(const Node& node) {
  switch (node.kind) {
  case Node::Kind::null:
    return py::none();
  case Node::Kind::sequence: {
    py::list items;
    for (const auto& item : node.items) items.append(from_node(item));
    return items;
  }
  case Node::Kind::mapping: {
    py::dict members;
    for (const auto& [key, item] : node.members) members[py::str(key.text)] = from_node(item);
    return members;
  }
  case Node::Kind::scalar:
    break;
  }
  if (!node.quoted) {
    try {
      return py::float_(py::str(node.text));
    } catch (const py::error_already_set&) {  // a text
    }
  }
  return py::str(node.text);
}

}  // namespace goodwill

// Python values and documents.
#include <algorithm>

#include "python/bindings/module.hpp"
#include "sim/file/edges.hpp"
#include "sim/model/problem.hpp"
#include "sim/network/network.hpp"

namespace goodwill {
namespace {

[[noreturn]] void no_place(const py::handle& value) {
  throw ModelError("a model is made of dicts, lists, texts and numbers; found " +
                   py::repr(py::type::of(value)).cast<std::string>());
}

/// The text as UTF-8. Throws ModelError for a text that has none: it holds half of a surrogate pair.
std::string text_of(const py::handle& value) {
  Py_ssize_t size = 0;
  if (const char* found = PyUnicode_AsUTF8AndSize(value.ptr(), &size))
    return {found, static_cast<std::size_t>(size)};
  PyErr_Clear();
  throw ModelError("a text of the model holds what is no character of UTF-8");
}

/// The number (also a NumPy scalar) as a text that reads back as the same number.
std::string number_of(const py::handle& value) {
  PyObject* const made =
      PyIndex_Check(value.ptr()) ? PyNumber_Index(value.ptr()) : PyNumber_Float(value.ptr());
  PyObject* const text = made ? PyObject_Repr(made) : nullptr;
  Py_XDECREF(made);
  if (text) return py::reinterpret_steal<py::str>(text).cast<std::string>();
  const bool digits = made != nullptr;
  PyErr_Clear();
  if (digits) throw ModelError("a whole number of the model has more than 4,300 digits");
  no_place(value);
}

std::string key_of(const py::handle& key) {
  if (py::isinstance<py::str>(key)) return text_of(key);
  if (py::isinstance<py::bool_>(key) || !PyNumber_Check(key.ptr())) no_place(key);
  return number_of(key);  // tables by tenure or by time have numbers as keys
}

/// The lines of a network, as a model holds them.
Node edges_of(const Network& network) {
  std::vector<Tie> ties;
  for (std::uint32_t one = 0; one < network.people(); ++one)
    for (std::uint64_t edge = network.offsets[one]; edge < network.offsets[one + 1]; ++edge)
      if (const std::uint32_t other = network.targets[edge]; network.directed || one < other)
        ties.push_back({one, other, 0, network.weights.empty() ? 1 : network.weights[edge]});
  return Node::scalar(edge_lines(ties));
}

/// A network knows whether it is directed, and says so beside the `edges` that it is, or at the end of a
/// path.
void add_direction(Node& mapping, const std::string& key, const Network& network) {
  constexpr std::string_view edges = "edges";
  if (!key.ends_with(edges)) return;
  const std::string beside = key.substr(0, key.size() - edges.size()) + "directed";
  const Node directed = Node::scalar(network.directed ? "true" : "false");
  const auto given =
      std::ranges::find_if(mapping.members, [&](const auto& m) { return m.first.text == beside; });
  if (given == mapping.members.end())
    mapping.members.emplace_back(Node::scalar(beside), directed);
  else if (given->second.text != directed.text)
    throw ModelError(beside + " is " + given->second.text + ", and the network " +
                     (network.directed ? "is directed" : "has no direction") + "; leave it out");
}

Node convert(const py::handle& value, int depth) {
  if (depth > 64) throw ModelError("a model given as a dict is nested deeper than 64 levels");
  Node node;
  if (value.is_none()) return node;
  if (py::isinstance<py::bool_>(value)) return Node::scalar(value.cast<bool>() ? "true" : "false");
  if (py::isinstance<py::str>(value)) return Node::scalar(text_of(value));
  if (py::isinstance<py::dict>(value)) {
    node.kind = Node::Kind::mapping;
    const auto dict = py::reinterpret_borrow<py::dict>(value);
    for (const auto& [key, item] : dict)
      node.members.emplace_back(Node::scalar(key_of(key)), convert(item, depth + 1));
    for (const auto& [key, item] : dict)
      if (py::isinstance<Network>(item)) add_direction(node, key_of(key), item.cast<const Network&>());
    return node;
  }
  if (py::isinstance<py::list>(value) || py::isinstance<py::tuple>(value)) {
    node.kind = Node::Kind::sequence;
    for (const auto& item : value) node.items.push_back(convert(item, depth + 1));
    return node;
  }
  if (py::isinstance<Network>(value)) return edges_of(value.cast<const Network&>());
  if (PyNumber_Check(value.ptr())) return Node::scalar(number_of(value));
  no_place(value);
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

void register_tree(py::module_& m) {
  py::class_<Node>(m, "Node", "A part of a file, and where it stands.")
      .def_property_readonly("line", [](const Node& n) { return n.mark.line; })
      .def_property_readonly("column", [](const Node& n) { return n.mark.column; })
      .def_property_readonly("value", &from_node)
      .def_property_readonly("is_mapping", [](const Node& n) { return n.kind == Node::Kind::mapping; })
      .def_property_readonly("is_list", [](const Node& n) { return n.kind == Node::Kind::sequence; })
      .def_readonly("items", &Node::items)
      .def_property_readonly("members", [](const Node& n) {
        std::vector<std::pair<Node, Node>> members;
        for (const Member& member : n.members) members.emplace_back(member.first, member.second);
        return members;
      });
  m.def(
      "document",
      [](const std::string& text, const std::string& name) {
        std::vector<Problem> problems;
        Node node = parse_document(text, 0, name, problems);
        if (!problems.empty()) throw ModelError(std::move(problems));
        return node;
      },
      py::arg("text"), py::arg("name"), "The tree of a YAML file. Raises ModelError.");
  m.def(
      "refuse", [](std::vector<Problem> problems) { throw ModelError(std::move(problems)); },
      py::arg("problems"), "Raises ModelError.");
}

}  // namespace goodwill

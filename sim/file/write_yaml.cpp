// YAML text of a document: blocks outside, short things on one line.
#include <algorithm>
#include <cstdio>

#include "sim/file/write.hpp"

namespace goodwill {

namespace {

void quoted(std::string& out, const std::string& s) {
  out += '"';
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += hex;
    } else {
      out += c;
    }
  }
  out += '"';
}

void flow(std::string& out, const Node& node) {
  if (node.kind == Node::Kind::scalar) {
    if (node.quoted)
      quoted(out, node.text);
    else
      out += node.text;
  } else if (node.kind == Node::Kind::sequence) {
    out += '[';
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (i) out += ", ";
      flow(out, node.items[i]);
    }
    out += ']';
  } else if (node.kind == Node::Kind::mapping) {
    out += '{';
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      if (i) out += ", ";
      flow(out, node.members[i].first);
      out += ": ";
      flow(out, node.members[i].second);
    }
    out += '}';
  }
}

bool small(const Node& node) {
  if (node.kind != Node::Kind::mapping) return true;
  if (node.members.empty()) return true;
  return node.members.size() <= 8 && std::all_of(node.members.begin(), node.members.end(), [](const auto& m) {
           return m.second.kind != Node::Kind::mapping || m.second.members.size() <= 1;
         });
}

void blocks(std::string& out, const Node& node, std::size_t indent) {
  for (const auto& [key, value] : node.members) {
    out.append(indent, ' ');
    flow(out, key);
    out += ':';
    std::string one_line;
    flow(one_line, value);
    if (value.kind != Node::Kind::mapping || (indent > 0 && small(value) && one_line.size() < 90) ||
        value.members.empty()) {
      out += " " + one_line + "\n";
    } else {
      out += '\n';
      blocks(out, value, indent + 2);
    }
  }
}

}  // namespace

std::string write_yaml(const Node& node) {
  std::string out;
  if (node.kind == Node::Kind::mapping)
    blocks(out, node, 0);
  else
    flow(out, node);
  return out;
}

}  // namespace goodwill

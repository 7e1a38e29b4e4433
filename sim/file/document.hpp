// A document: YAML (or a Python dict) as a tree of texts with positions. Scalars stay text; scalar.hpp reads
// them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/file/text.hpp"
#include "sim/model/cancel.hpp"
#include "sim/model/model.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

struct Member;

struct Node {
  enum class Kind { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  Mark mark{};
  bool quoted = false;          ///< a quoted scalar is text, never a number
  std::string text;             ///< scalar
  std::vector<Node> items;      ///< sequence
  std::vector<Member> members;  ///< mapping, in order

  const Node* find(std::string_view key) const;
  static Node scalar(std::string text);
  static Node of(Kind kind);  ///< an empty one
};

/// Not a std::pair, which needs Node to be complete before it is.
struct Member {
  Node first, second;  ///< the key (a scalar, with its mark) and the value

  Member(Node key, Node value) : first(std::move(key)), second(std::move(value)) {}
};

/// Parses YAML text. Limits (size, depth, alias expansion), bytes that are not UTF-8, duplicate keys and
/// syntax errors are problems, never a crash. A problem that ends the reading (syntax, limits, not text)
/// leaves a result of kind null, so that nothing unread is reported as missing. After other problems
/// (duplicate or unusable keys, tags) the rest of the document is returned. An alias has the position where
/// it is used, its contents the one where they were written. `file` is the index for marks, `name` the name
/// shown in problems.
Node parse_document(std::string_view text, int file, const std::string& name, std::vector<Problem>& problems,
                    Cancel cancel = nullptr);

/// Reads a whole file (at most `most` bytes) or adds a problem saying why it cannot be read.
std::string read_file(const std::string& path, std::vector<Problem>& problems, std::size_t most = kMaxBytes);

}  // namespace goodwill

// From the nodes of a document to typed values, by walking the field descriptions. Every mistake becomes a
// problem.
#pragma once

#include <functional>
#include <string_view>
#include <unordered_map>

#include "sim/file/document.hpp"
#include "sim/model/accept.hpp"
#include "sim/model/findings.hpp"

namespace goodwill {

/// The text of a list of edges that a model names, and the number of its file; -1: it is none.
struct EdgeText {
  std::string text;
  int file = -1;
};

class Reader {
public:
  Reader(Findings& found, Period period) : found_(found), period_(period) {}

  /// Where lists of edges come from that are named only; it says itself why there is none.
  using EdgeSource = std::function<std::optional<EdgeText>(const Node& name, const std::string& path)>;
  void edges_from(EdgeSource source) { edge_source_ = std::move(source); }

  /// `$name` takes its best value from here: a document's `assumptions:` or those of a model already read.
  void assumptions_from(const Node* document);
  void assumptions_from(const Named<Assumption>& known) { assumptions_ = &known; }

  void object(void* at, const Block& block, const Node& node, const std::string& path);
  void slot(const Field& field, const Slot& slot, const Node& node, const std::string& path);
  bool number(Number& out, const Node& node, const Accept& accept, const std::string& path);
  void text(std::string& out, const Node& node, const std::string& path, bool several_lines = false);
  void response(Response& out, const Node& node, const Accept& accept, const std::string& path);
  void branch(Branch& out, const Node& node, const std::string& path);
  /// Whether a response that may be a probability or a rate is a rate, written without %;
  /// empty: its levels do not say.
  std::optional<bool> is_rate(const Node& node, const std::string& path);
  /// Reads `assumptions:` in the units that their uses ask for; call it after everything that uses them.
  void assumptions(Named<Assumption>& out, const Node& node);

  bool is_name(const Node& key, const std::string& path);

  void problem(const Mark& mark, const std::string& path, std::string text) {
    found_.problem(mark, path, std::move(text));
  }

private:
  void brief(const Short& out, const Field& field, const Node& node, const std::string& path);
  void next(Next& out, const Node& node, const std::string& path);
  void edges(OwnEdges& out, const Node& node, const std::string& path);
  void range(std::optional<Range>& out, const Field& field, const Node& node, const std::string& path);
  void table(Response& out, const Node& node, const Accept& accept, const std::string& path);
  void changes(std::vector<Change>& out, const Node& node, const std::string& path);
  void assumption(Assumption& out, const Node& node, const std::string& name);
  void distribution(Assumption& out, const Node& node, Assumption::Distribution kind,
                    const std::string& path);
  bool expect(Node::Kind kind, const Node& node, const std::string& path, std::string_view what);
  /// The first value written in an assumption, to see how it is written; null: there is none.
  const Node* assumed(const std::string& name) const;
  std::string not_whole(const std::string& text, double periods, const Accept& accept) const;
  std::string with_percent(const std::string& text, const Accept& accept) const;
  double best_of(const std::string& name, const Accept& accept, const Node& use, const std::string& path);

  Findings& found_;
  Period period_;
  EdgeSource edge_source_;
  std::unordered_map<std::string_view, const Node*> assumption_nodes_;
  const Named<Assumption>* assumptions_ = nullptr;
  std::unordered_map<std::string, Accept> uses_;  ///< the first use of each assumption
};

/// Reads the values of all changes in the units of the paths they change, and marks the events as events.
void finish_changes(Model& model, Reader& reader);

}  // namespace goodwill

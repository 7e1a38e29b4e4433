// From the nodes of a document to typed values, by walking the field descriptions. Every mistake becomes a
// problem.
#pragma once

#include <map>
#include <string_view>
#include <unordered_map>

#include "sim/model/document.hpp"
#include "sim/model/fields.hpp"

namespace goodwill {

/// What a number must be, when it is not exactly what its field says.
struct Accept {
  Unit unit;
  double low, high;
  bool whole = false;
};

class Reader {
public:
  Reader(const std::vector<std::string>& files, Period period, std::vector<Problem>& problems,
         Cancel cancel = nullptr)
      : files_(files), period_(period), problems_(problems), cancel_(cancel) {}

  /// `$name` takes its best value from here: a document's `assumptions:` or those of a model already read.
  void assumptions_from(const Node* document);
  void assumptions_from(const Named<Assumption>& known) { assumptions_ = &known; }

  void object(void* at, const Block& block, const Node& node, const std::string& path);
  void slot(const Field& field, const Slot& slot, const Node& node, const std::string& path);
  bool number(Number& out, const Node& node, const Accept& accept, const std::string& path);
  void text(std::string& out, const Node& node, const std::string& path, bool several_lines = false);
  void response(Response& out, const Node& node, const Accept& accept, const std::string& path);
  void branch(Branch& out, const Node& node, const std::string& path);
  /// Whether the level of a response that may be either is written as a rate, without %; nothing: it does not
  /// say.
  std::optional<bool> is_rate(const Node& node, const std::string& path);
  /// Reads `assumptions:` in the units their uses ask for; call it last.
  void assumptions(Named<Assumption>& out, const Node& node);

  void problem(const Mark& mark, const std::string& path, std::string text);
  bool is_name(const Node& key, const std::string& path);
  std::size_t problems() const { return problems_.size(); }
  void go_on() const { check_cancelled(cancel_); }  ///< throws when the reading is cancelled
  /// Where a text or an item of a list stands (`scenarios.all.coaching`); `otherwise` when it was not read
  /// here.
  Mark mark_of(const std::string& path, const Mark& otherwise = {}) const {
    const auto it = marks_.find(path);
    return it == marks_.end() ? otherwise : it->second;
  }

private:
  void next(Next& out, const Node& node, const std::string& path);
  void range(std::optional<Range>& out, const Field& field, const Node& node, const std::string& path);
  void table(Response& out, const Node& node, const Accept& accept, const std::string& path);
  void changes(std::vector<Change>& out, const Node& node, const std::string& path);
  void assumption(Assumption& out, const Node& node, const std::string& name);
  void distribution(Assumption& out, const Node& node, const Node& key, const std::string& path);
  bool expect(Node::Kind kind, const Node& node, const std::string& path, std::string_view what);
  /// The first value written of an assumption; null: none here.
  const Node* assumed(const std::string& name) const;
  std::string not_whole(const std::string& text, double periods, const Accept& accept) const;
  std::string with_percent(const std::string& text, const Accept& accept) const;
  double best_of(const std::string& name, const Accept& accept, const Node& use, const std::string& path);

  const std::vector<std::string>& files_;
  Period period_;
  std::vector<Problem>& problems_;
  Cancel cancel_;
  std::unordered_map<std::string_view, const Node*> assumption_nodes_;
  const Named<Assumption>* assumptions_ = nullptr;
  std::unordered_map<std::string, Accept> uses_;  ///< of assumptions, the first of each
  std::map<std::string, Mark> marks_;
};

/// What the level of a response must be: of a field that takes a probability or a rate, according to which it
/// is.
Accept accept_of(const Response& response, const Field& field);
/// What a field accepts at its full path: the bounds of a goal are in the unit of its indicator.
Accept accepted_at(const Field& field, std::string_view path);
/// A problem where `mark` says, if it says anything.
Problem problem_at(const std::vector<std::string>& files, const Mark& mark, const std::string& path,
                   std::string text);
/// `'falure' is not a field of a touchpoint; did you mean 'failure'? Allowed: ...`.
std::string unknown_name(const std::string& what, const std::string& found,
                         const std::vector<std::string>& allowed);
/// The path of a member, in its short form: words such as `touchpoints` drop out.
std::string join_path(const std::string& path, std::string_view member);
/// The words that drop out of a path: segments, stages, channels, journeys, touchpoints, teams.
bool is_structural(std::string_view word);
/// `0.2 to 1`, `at least 0`: what a number must be.
std::string bounds_text(const Accept& accept);
/// A value as a message shows it: `12.5 %` where the field is a fraction.
std::string value_text(double value, const Accept& accept);
/// `12.5 %`, short enough for a message.
std::string percent(double fraction);
bool within(double value, const Accept& accept);
/// The value of an assumption where it is used: the nearest whole period (at least 1) where periods are
/// counted.
double used_at(double value, const Accept& accept);

}  // namespace goodwill

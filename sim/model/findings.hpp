// What is found wrong with one model, and where its texts stand.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sim/model/cancel.hpp"
#include "sim/model/model.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

/// A problem at `mark`, if that is known.
Problem problem_at(const std::vector<std::string>& files, const Mark& mark, const std::string& path,
                   std::string text);

/// The list to which reader and checks add what they find.
class Findings {
public:
  /// Both lists must outlive this.
  Findings(const std::vector<std::string>& files, std::vector<Problem>& problems, Cancel cancel = nullptr)
      : files_(files), problems_(problems), cancel_(cancel) {}

  void problem(const Mark& mark, const std::string& path, std::string text);
  /// In a line of own edges.
  void problem(const OwnEdges& list, std::uint32_t line, const std::string& path, std::string text);
  std::size_t problems() const { return problems_.size(); }
  /// Whether something is wrong with a block or its parts: what follows from it needs no message of its own.
  bool any_in(const std::string& path) const {
    return std::ranges::any_of(problems_, [&](const Problem& p) { return p.path.starts_with(path); });
  }
  const std::vector<std::string>& files() const { return files_; }
  void go_on() const { check_cancelled(cancel_); }  ///< throws when the work is cancelled

  /// Notes where a text or an item of a list (`scenarios.all.coaching`) stands.
  void place(const std::string& path, const Mark& mark) { marks_[path] = mark; }
  /// Where it stands; `otherwise` when it was not read here.
  Mark mark_of(const std::string& path, const Mark& otherwise = {}) const {
    const auto it = marks_.find(path);
    return it == marks_.end() ? otherwise : it->second;
  }

private:
  const std::vector<std::string>& files_;
  std::vector<Problem>& problems_;
  Cancel cancel_;
  std::map<std::string, Mark> marks_;
};

}  // namespace goodwill

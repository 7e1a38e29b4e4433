// Everything that is wrong with a model, at once: where, what was found, what is allowed, the nearest valid
// name.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace goodwill {

struct Problem {
  std::string file;  ///< empty: not from a file
  int line = 0, column = 0;
  std::string path;  ///< `support.call.failure`; may be empty
  std::string text;
  /// `file:line:column: path: text`, leaving out what is not known.
  std::string str() const;
};

class ModelError : public std::runtime_error {
public:
  explicit ModelError(std::vector<Problem> problems);
  explicit ModelError(const std::string& text) : ModelError(std::vector<Problem>{{"", 0, 0, "", text}}) {}
  const std::vector<Problem>& problems() const { return problems_; }

private:
  std::vector<Problem> problems_;
};

/// What was found, for a message: in quotes, cut when long, control characters escaped.
std::string in_quotes(std::string_view text);
/// Characters that a terminal obeys instead of showing them (controls, directions of writing), as `\x1b`.
std::string escaped(std::string_view text);
/// The first of them, `U+001B`; empty if there is none. Line feeds and tabs count only when `one_line`.
std::string control_in(std::string_view text, bool one_line);

/// The valid name nearest to `found` (edit distance, case ignored), or empty when none is near.
std::string nearest(std::string_view found, const std::vector<std::string>& names);
/// The parts with `between` between them: `a, b, c`.
std::string joined(const std::vector<std::string>& parts, std::string_view between);
/// `'falure' is not a field of a touchpoint; did you mean 'failure'? Allowed: ...`.
std::string unknown_name(const std::string& what, const std::string& found,
                         const std::vector<std::string>& allowed);

}  // namespace goodwill

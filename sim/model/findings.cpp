#include "sim/model/findings.hpp"

namespace goodwill {

Problem problem_at(const std::vector<std::string>& files, const Mark& mark, const std::string& path,
                   std::string text) {
  const bool known = mark.line > 0 && mark.file >= 0 && static_cast<std::size_t>(mark.file) < files.size();
  if (!known) return {"", 0, 0, path, std::move(text)};
  return {files[static_cast<std::size_t>(mark.file)], mark.line, mark.column, path, std::move(text)};
}

void Findings::problem(const Mark& mark, const std::string& path, std::string text) {
  constexpr std::size_t most = 200;  // nobody mends more at once, and a hostile file has a million
  problems_.push_back(problem_at(files_, mark, path, std::move(text)));
  if (problems_.size() < most) return;
  problems_.push_back(
      {files_.empty() ? "" : files_.front(), 0, 0, "", "too many problems; the rest was not read"});
  throw ModelError(std::move(problems_));
}

void Findings::problem(const OwnEdges& list, std::uint32_t line, const std::string& path, std::string text) {
  if (list.file >= 0) return problem({list.file, static_cast<int>(line), 0}, path, std::move(text));
  problem(list.mark, path, "line " + std::to_string(line) + " of the list: " + text);
}

}  // namespace goodwill

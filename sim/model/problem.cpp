#include "sim/model/problem.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace goodwill {
namespace {

/// A message nobody scrolls through helps nobody; problems() has them all.
constexpr std::size_t kShown = 50;

std::string join(const std::vector<Problem>& problems) {
  std::string out;
  for (std::size_t i = 0; i < problems.size() && i < kShown; ++i) {
    if (i) out += '\n';
    out += problems[i].str();
  }
  if (problems.size() > kShown) out += "\n... and " + std::to_string(problems.size() - kShown) + " more";
  return out;
}

/// Makes case and the kind of separator alike: they make no difference between names that may be meant.
std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return out;
}

/// Edit distance in which exchanging two neighbouring letters counts as one edit (optimal string alignment).
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string Problem::str() const {
  std::string out = file;
  if (line > 0) {
    if (out.empty())
      out = "line ";
    else
      out += ':';
    out += std::to_string(line);
    if (column > 0) out += ':' + std::to_string(column);
  }
  for (const std::string& part : {path, text}) {
    if (part.empty()) continue;
    if (!out.empty()) out += ": ";
    out += part;
  }
  return out;
}

namespace {

/// The code point at the start of a text, and its bytes; a stray byte stands for itself.
std::pair<unsigned, std::size_t> code_point(std::string_view text) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
  const unsigned first = byte(0);
  const std::size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  unsigned code = n == 1 ? first : first & (0x7Fu >> n);
  for (std::size_t k = 1; k < n; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return {first, 1};
    code = code << 6 | (byte(k) & 0x3F);
  }
  return {code, n};
}

/// Whether a terminal obeys a character instead of showing it: the two sets of controls, separators of lines,
/// and marks that turn the direction of writing.
bool obeyed(unsigned code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

Problem shown(Problem p) {
  constexpr std::size_t longest = 200;  // a path is made of names, and a name may be anything in a wrong file
  if (p.path.size() > longest) {
    std::size_t end = longest;
    while (end > 0 && (p.path[end] & 0xC0) == 0x80) --end;
    p.path = p.path.substr(0, end) + "...";
  }
  for (std::string* part : {&p.file, &p.path, &p.text}) *part = escaped(*part);
  return p;
}

std::vector<Problem> shown(std::vector<Problem> problems) {
  for (Problem& p : problems) p = shown(std::move(p));
  return problems;
}

}  // namespace

ModelError::ModelError(std::vector<Problem> problems)
    : std::runtime_error(join(shown(problems))), problems_(shown(std::move(problems))) {}

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [code, n] = code_point(text);
    if (obeyed(code)) {
      char hex[12];
      std::snprintf(hex, sizeof hex, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
      out += code == '\n' ? "\\n" : code == '\t' ? "\\t" : hex;
    } else {
      out += text.substr(0, n);
    }
    text.remove_prefix(n);
  }
  return out;
}

std::string control_in(std::string_view text, bool one_line) {
  while (!text.empty()) {
    const auto [code, n] = code_point(text);
    if (obeyed(code) && (one_line || (code != '\n' && code != '\t'))) {
      char name[12];
      std::snprintf(name, sizeof name, "U+%04X", code);
      return name;
    }
    text.remove_prefix(n);
  }
  return {};
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string out = "'";
  std::size_t end = std::min(text.size(), longest);
  while (end < text.size() && end > 0 && (text[end] & 0xC0) == 0x80)
    --end;  // not in the middle of a character
  out += escaped(text.substr(0, end));
  return out + (end < text.size() ? "...'" : "'");
}

std::string nearest(std::string_view found, const std::vector<std::string>& names) {
  constexpr std::size_t longest = 64, most = 2000;  // both lists may come from a hostile file
  if (found.empty() || found.size() > longest) return {};
  const std::string wanted = folded(found);
  std::size_t best = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  const std::string* name = nullptr;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    const std::size_t n = names[i].size(), m = wanted.size();
    if (n == 0 || (n > m ? n - m : m - n) >= best) continue;
    const std::size_t d = distance(wanted, folded(names[i]));
    // One edit turns any single letter into any other: that is no likeness.
    if (d < best && d < std::max(n, m)) best = d, name = &names[i];
  }
  return name ? *name : std::string();
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts) out += (&part == parts.data() ? "" : std::string(between)) + part;
  return out;
}

std::string unknown_name(const std::string& what, const std::string& found,
                         const std::vector<std::string>& allowed) {
  std::string out = in_quotes(found) + " is not " + what;
  const std::string near = nearest(found, allowed);
  if (!near.empty()) out += "; did you mean '" + near + "'?";
  if (allowed.empty() || allowed.size() > 40) return out;
  out += near.empty() ? "; allowed: " : " Allowed: ";
  return out + joined(allowed, ", ");
}

}  // namespace goodwill

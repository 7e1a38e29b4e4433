#include "sim/file/edges.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "sim/file/write.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

namespace {

constexpr std::int64_t kMostPeople = 0x7fffffff;

/// Takes the text up to a separator away.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

/// Without the spaces around it, and the quotes that some programs put around texts.
std::string_view trimmed(std::string_view text) {
  const auto strip = [&](const char* signs) {
    const std::size_t first = std::min(text.find_first_not_of(signs), text.size());
    text = text.substr(first, text.find_last_not_of(signs) + 1 - first);
  };
  strip(" \t\r");
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

/// For a message; a file may hold any bytes.
std::string shown(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c < ' ' || c > '~') c = '?';
  return out;
}

class Parser {
public:
  Parser(std::string_view text, const std::function<void(std::uint32_t, std::string)>& report)
      : rest_(text), report_(report) {}

  std::vector<Tie> ties() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    while (!rest_.empty() && (rest_.back() == '\n' || rest_.back() == '\r')) rest_.remove_suffix(1);
    if (!heading(take(rest_, '\n'))) return {};
    while (!rest_.empty()) {
      ++line_;
      row(take(rest_, '\n'));
    }
    return in_order();
  }

private:
  void problem(std::string text) { report_(line_, std::move(text)); }

  bool heading(std::string_view rest) {
    static const std::vector<std::string> known{"from", "to", "weight"}, wanted{"from", "to"};
    std::vector<std::string> found;
    do {
      found.push_back(shown(trimmed(take(rest, ','))));
    } while (!rest.empty());
    const auto count = [&](const std::string& name) { return std::ranges::count(found, name); };
    // A file of something else may be anybody's, so nothing is said of its contents.
    if (std::ranges::none_of(known, count)) {
      problem("this is no list of edges, whose first line is from,to");
      return false;
    }
    bool sound = true;
    const auto wrong = [&](std::string text) {
      problem(std::move(text));
      sound = false;
    };
    for (const std::string& name : found)
      if (name == "weight")
        wrong("customers do not use weights of edges; leave the column out, or put close friends in a layer "
              "with a higher weight");
      else if (std::ranges::find(wanted, name) == wanted.end())
        wrong(unknown_name("a column of edges", name, wanted));
    for (const std::string& name : wanted)
      if (count(name) != 1)
        wrong("the column '" + name + "' " + (count(name) == 0 ? "is missing" : "comes twice") +
              "; the columns are from and to");
    from_first_ = !found.empty() && found[0] == "from";
    return sound;
  }

  void row(const std::string_view line) {
    std::string_view rest = line;
    const std::string_view first = take(rest, ','), second = take(rest, ',');
    if (trimmed(second).empty() || !trimmed(rest).empty())
      return problem(in_quotes(shown(trimmed(line))) + " is no edge; expected the numbers of two people");
    const auto a = person(first, from_first_ ? "from" : "to"),
               b = person(second, from_first_ ? "to" : "from");
    if (!a || !b) return;
    if (a == b) return problem("the edge leads from " + std::to_string(*a) + " to themselves");
    ties_.push_back({std::min(*a, *b), std::max(*a, *b), line_});
  }

  std::optional<std::uint32_t> person(std::string_view text, const std::string& column) {
    text = trimmed(text);
    std::int64_t number = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && number >= 0 &&
        number < kMostPeople)
      return static_cast<std::uint32_t>(number);
    problem("'" + column + "' is " + in_quotes(shown(text)) +
            "; it must be a whole number, which person it is, counted from 0");
    return {};
  }

  /// Leaves out what comes again.
  std::vector<Tie> in_order() {
    std::ranges::sort(ties_, {}, [](const Tie& t) { return std::tuple(t.one, t.other, t.line); });
    std::vector<std::pair<std::uint32_t, std::uint32_t>> again;  // lines: the later one first
    std::vector<Tie> once;
    once.reserve(ties_.size());
    for (const Tie& tie : ties_)
      if (!once.empty() && tie == once.back())
        again.emplace_back(tie.line, once.back().line);
      else
        once.push_back(tie);
    std::ranges::sort(again);
    for (const auto& [line, before] : again) {
      line_ = line;
      problem("this edge comes a second time, after line " + std::to_string(before) +
              "; each is given once, from either end");
    }
    return once;
  }

  std::string_view rest_;
  const std::function<void(std::uint32_t, std::string)>& report_;
  std::uint32_t line_ = 1;
  bool from_first_ = true;
  std::vector<Tie> ties_;
};

}  // namespace

std::vector<Tie> parse_edges(std::string_view text,
                             const std::function<void(std::uint32_t, std::string)>& report) {
  return Parser(text, report).ties();
}

std::string edge_lines(const std::vector<Tie>& ties) {
  std::string out = "from,to\n";
  for (const Tie& t : ties) out += std::to_string(t.one) + "," + std::to_string(t.other) + "\n";
  return out;
}

std::string name_of(const OwnEdges& edges) { return digest(edge_lines(*edges.ties)) + ".csv"; }

std::map<std::string, std::string> edge_files(const Model& model) {
  std::map<std::string, std::string> files;
  const auto add = [&](const Circle& circle) {
    if (circle.edges.given()) files.emplace(name_of(circle.edges), edge_lines(*circle.edges.ties));
  };
  const auto add_all = [&](const std::optional<SocialNetwork>& network) {
    if (!network) return;
    add(network->all);
    for (const auto& [name, layer] : network->layers) add(layer);
  };
  if (model.word_of_mouth) add_all(model.word_of_mouth->network);
  if (model.market) add_all(model.market->network);
  return files;
}

}  // namespace goodwill

#include "sim/file/edges.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

#include "sim/file/write.hpp"
#include "sim/model/people.hpp"
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
  Parser(std::string_view text, const LineReport& report) : rest_(text), report_(report) {}

  std::vector<Tie> ties() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    while (!rest_.empty() && (rest_.back() == '\n' || rest_.back() == '\r')) rest_.remove_suffix(1);
    if (!heading(take(rest_, '\n'))) return {};
    while (!rest_.empty()) {
      ++line_;
      row(take(rest_, '\n'));
    }
    return std::move(ties_);
  }

private:
  void problem(std::string text) { report_(line_, std::move(text)); }

  bool heading(std::string_view rest) {
    static const std::vector<std::string> known{"from", "to", "weight"};
    do {
      columns_.push_back(shown(trimmed(take(rest, ','))));
    } while (!rest.empty());
    const auto count = [&](const std::string& name) { return std::ranges::count(columns_, name); };
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
    for (const std::string& name : columns_)
      if (std::ranges::find(known, name) == known.end())
        wrong(unknown_name("a column of edges", name, known));
    for (const std::string& name : known)
      if (count(name) > 1 || (count(name) == 0 && name != "weight"))
        wrong("the column '" + name + "' " + (count(name) == 0 ? "is missing" : "comes twice") +
              "; the columns are from, to, and weight if any");
    return sound;
  }

  void row(const std::string_view line) {
    std::string_view rest = line;
    std::optional<std::uint32_t> from, to;
    std::optional<float> weight = 1.0f;
    std::size_t given = 0;
    while (given < columns_.size() && !rest.empty()) {
      take(rest, ',');
      ++given;
    }
    if (given < columns_.size() || !trimmed(rest).empty())
      return problem(
          in_quotes(shown(trimmed(line))) + " is no edge; expected " +
          (columns_.size() > 2 ? "the numbers of two people and a weight" : "the numbers of two people"));
    rest = line;
    for (const std::string& column : columns_) {
      const std::string_view text = trimmed(take(rest, ','));
      if (column == "weight")
        weight = weight_of(text);
      else
        (column == "from" ? from : to) = person(text, column);
    }
    if (!from || !to || !weight) return;
    if (from == to) return problem("the edge leads from " + std::to_string(*from) + " to themselves");
    ties_.push_back({*from, *to, line_, *weight});
  }

  std::optional<float> weight_of(std::string_view text) {
    float weight = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && weight > 0 &&
        std::isfinite(weight))
      return weight;
    problem("'weight' is " + in_quotes(shown(text)) + "; it must be a number above 0");
    return {};
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

  std::string_view rest_;
  const LineReport& report_;
  std::uint32_t line_ = 1;
  std::vector<std::string> columns_;
  std::vector<Tie> ties_;
};

/// Calls visit(list, path) for the lists of a model; `model` may be const.
template <class AnyModel, class Visit>
void for_each_list(AnyModel& model, const Visit& visit) {
  const auto all = [&](auto& block, const std::string& name) {
    if (!block || !block->network) return;
    const std::string path = name + ".network";
    if (block->network->all.edges.given()) visit(block->network->all.edges, path + ".edges");
    for (auto& [layer, circle] : block->network->layers)
      if (circle.edges.given()) visit(circle.edges, path + ".layers." + layer + ".edges");
  };
  all(model.word_of_mouth, "word_of_mouth");
  all(model.market, "market");
}

std::string text_of(float weight) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, weight).ptr};
}

}  // namespace

std::vector<Tie> parse_edges(std::string_view text, const LineReport& report) {
  return Parser(text, report).ties();
}

std::vector<Tie> ordered(std::vector<Tie> ties, bool directed, const LineReport& report) {
  for (Tie& t : ties)
    if (!directed && t.one > t.other) std::swap(t.one, t.other);
  if (!are_weighted(ties))
    for (Tie& t : ties) t.weight = 1;
  std::ranges::sort(ties, {}, [](const Tie& t) { return std::tuple(t.one, t.other, t.line); });
  std::vector<std::pair<std::uint32_t, std::uint32_t>> again;  // lines: the later one first
  std::vector<Tie> once;
  once.reserve(ties.size());
  for (const Tie& tie : ties)
    if (!once.empty() && tie.one == once.back().one && tie.other == once.back().other)
      again.emplace_back(tie.line, once.back().line);
    else
      once.push_back(tie);
  std::ranges::sort(again);
  for (const auto& [line, before] : again)
    report(line, "this edge comes a second time, after line " + std::to_string(before) +
                     (directed ? "; each is given once" : "; each is given once, from either end"));
  return once;
}

void with_few_problems(Findings& found, const OwnEdges& list, const std::string& path,
                       const std::function<void(const LineReport&)>& body) {
  constexpr int most = 10;
  int problems = 0;
  body([&](std::uint32_t line, std::string text) {
    if (++problems <= most) found.problem(list, line, path, std::move(text));
  });
  if (problems > most)
    found.problem(list.mark, path, std::to_string(problems - most) + " more lines of the list are wrong");
}

void finish_edges(Model& model, Findings& found) {
  for_each_list(model, [&](OwnEdges& list, const std::string& path) {
    if (list.ordered && *list.ordered != list.directed)
      found.problem(list.mark, path, "which way edges lead is read with them; give `edges` and `directed`");
    if (list.ordered) return;
    with_few_problems(found, list, path, [&](const LineReport& report) {
      list.ties = std::make_shared<const std::vector<Tie>>(ordered(*list.ties, list.directed, report));
    });
    list.ordered = list.directed;
  });
}

std::string edge_lines(const std::vector<Tie>& ties) {
  const bool weighted = are_weighted(ties);
  std::string out = weighted ? "from,to,weight\n" : "from,to\n";
  for (const Tie& t : ties) {
    out += std::to_string(t.one) + "," + std::to_string(t.other);
    if (weighted) out += "," + text_of(t.weight);
    out += "\n";
  }
  return out;
}

std::string name_of(const OwnEdges& edges) { return digest(edge_lines(*edges.ties)) + ".csv"; }

std::map<std::string, std::string> edge_files(const Model& model) {
  std::map<std::string, std::string> files;
  for_each_list(model, [&](const OwnEdges& list, const std::string&) {
    files.emplace(name_of(list), edge_lines(*list.ties));
  });
  return files;
}

}  // namespace goodwill

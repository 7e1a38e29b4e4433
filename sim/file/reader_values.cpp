// Numbers, responses, branches, ranges and changes.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "sim/file/edges.hpp"
#include "sim/file/reader.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

/// How far a duration with a unit may be from whole periods, as a share of itself: a month is 30.4 days, half
/// a year 26.07 weeks.
constexpr double kWhole = 0.02;

}  // namespace

/// What to write instead of a duration that is no whole number of periods.
std::string Reader::not_whole(const std::string& text, double periods, const Accept& accept) const {
  const auto count = [&](double n) {
    return format_scalar(n, Unit::duration) + " " + std::string(word(period_)) + (n == 1 ? "" : "s");
  };
  char size[32];
  std::snprintf(size, sizeof size, "%.3g", periods);
  const std::string own = text.find_first_of("dwmy") == std::string::npos  // of a unit of time
                              ? ""
                              : " is " + std::string(size) + " " + std::string(word(period_)) + "s and";
  const double below = std::floor(periods), above = std::ceil(periods);
  const bool two = below >= accept.low && below > 0;
  return in_quotes(text) + own + " is no whole number of periods; the nearest " +
         (two ? "are " + count(below) + " and " : "is ") + count(above);
}

/// What `2` may mean where at most 100 % is accepted.
std::string Reader::with_percent(const std::string& text, const Accept& accept) const {
  if (accept.high != 1 || accept.unit == Unit::plain || text.find('%') != std::string::npos) return {};
  const std::size_t end = std::min(text.find_first_not_of("+0123456789_."), text.size());
  const std::string meant =
      text.substr(0, end) + " %" + (end == text.size() || text[end] == ' ' ? "" : " ") + text.substr(end);
  const Scalar read = parse_scalar(meant, accept.unit, period_);
  return read.ok && within(read.value, accept) ? "; did you mean " + meant + "?" : "";
}

bool Reader::number(Number& out, const Node& node, const Accept& accept, const std::string& path) {
  out.given = true;
  out.mark = node.mark;
  out.assumption.clear();
  const std::string wanted = "expected " + std::string(describe(accept.unit));
  if (node.kind != Node::Kind::scalar) {
    problem(node.mark, path,
            wanted + ", found " + (node.kind == Node::Kind::null ? "nothing" : "a list or mapping"));
    return false;
  }
  if (node.quoted) {
    const bool number = parse_scalar(node.text, accept.unit, period_).ok;
    problem(node.mark, path,
            wanted + ", found the quoted text " + in_quotes(node.text) +
                (number ? "; leave the quotes out" : ""));
    return false;
  }
  if (node.text.size() > 1 && node.text[0] == '$') {
    if (std::isdigit(static_cast<unsigned char>(node.text[1]))) {
      problem(node.mark, path,
              "found " + in_quotes(node.text) + ": a number has no currency sign ('$name' is an assumption)");
      return false;
    }
    out.assumption = node.text.substr(1);
    out.value = used_at(best_of(out.assumption, accept, node, path), accept);
    return true;
  }
  Scalar read = parse_scalar(node.text, accept.unit, period_);
  if (!read.ok) {
    problem(node.mark, path, read.problem);
    return false;
  }
  if (accept.whole && read.value >= 0) {
    const double nearest = std::round(read.value);
    const bool unit =
        std::any_of(node.text.begin(), node.text.end(), [](unsigned char c) { return std::isalpha(c); });
    if (std::abs(read.value - nearest) > (unit ? kWhole * read.value : 0)) {
      problem(node.mark, path, not_whole(node.text, read.value, accept));
      return false;
    }
    read.value = nearest;
  }
  if (!within(read.value, accept)) {
    problem(node.mark, path,
            in_quotes(node.text) + " is out of bounds; accepted: " + bounds_text(accept) +
                with_percent(node.text, accept));
    return false;
  }
  out.value = read.value;
  return true;
}

std::optional<bool> Reader::is_rate(const Node& node, const std::string& path) {
  std::vector<const Node*> levels;
  if (node.kind == Node::Kind::scalar) levels.push_back(&node);
  for (const auto& [key, value] : node.members)
    if (const auto form = named<Response::Form>(key.text); form == Response::Form::table)
      for (const auto& [from, level] : value.members) levels.push_back(&level);
    else if (form ? *form != Response::Form::beta : std::isdigit(static_cast<unsigned char>(key.text[0])))
      levels.push_back(&value);
  int rates = 0, probabilities = 0;
  for (const Node* level : levels) {
    if (level->text.starts_with("$")) level = assumed(level->text.substr(1));
    if (!level) continue;
    const bool zero = level->text.find_first_of("123456789") == std::string::npos;
    if (!zero) ++(level->text.find('%') != std::string::npos ? probabilities : rates);
  }
  if (rates > 0 && probabilities > 0)
    problem(node.mark, path,
            "some of these levels are probabilities, with %, and some are rates, without; they are one or "
            "the other");
  if (rates + probabilities == 0) return {};
  return rates > 0;
}

void Reader::response(Response& out, const Node& node, const Accept& accept, const std::string& path) {
  const bool rate = out.rate;
  out = Response(0.0, rate);
  out.mark = node.mark;
  if (node.kind == Node::Kind::scalar && node.text == "otherwise") {
    out.otherwise = true;
    return;
  }
  if (node.kind != Node::Kind::mapping) return void(number(out.level, node, accept, path));
  if (!node.members.empty() && std::isdigit(static_cast<unsigned char>(node.members[0].first.text[0])))
    return table(out, node, accept, path);

  const Block& block = block_of<Response>();
  const Node* level = nullptr;
  int forms = 0;
  std::vector<std::string> allowed = word_list<Response::Form>();
  for (const std::string& name : block.names()) allowed.push_back(name);
  for (const auto& [key, value] : node.members) {
    if (const Field* field = block.find(key.text))
      slot(*field, field->at(&out), value, path + "." + key.text);
    else if (const auto form = named<Response::Form>(key.text))
      out.form = *form, level = &value, ++forms;
    else
      problem(key.mark, path + "." + key.text, unknown_name("a field of a response", key.text, allowed));
  }
  if (forms != 1) {
    out.form = Response::Form::level;
    problem(node.mark, path,
            "a response has exactly one of 'average' (what is observed), 'base' (the level at reference "
            "features), 'by_tenure: {0 months: .., 12 months: ..}' and 'beta: [a, b]'");
    return;
  }
  const std::string where = path + "." + std::string(word(out.form));
  if (out.form == Response::Form::table) {
    if (level->kind != Node::Kind::mapping || level->members.empty()) {
      out.form = Response::Form::level;
      return problem(level->mark, where, "expected a table by tenure {0 months: .., 12 months: ..}");
    }
    return table(out, *level, accept, where);
  }
  if (out.form != Response::Form::beta) {
    const std::size_t before = found_.problems();
    number(out.level, *level, accept, where);
    const double v = out.level.value;
    if (out.form == Response::Form::average && found_.problems() == before && (v <= 0 || (!rate && v >= 1)))
      problem(level->mark, where,
              in_quotes(level->text) + " cannot be reproduced on the " + (rate ? "log" : "log-odds") +
                  " scale; for a constant write the number alone");
    return;
  }
  if (rate) problem(level->mark, path, "'beta' is for probabilities; this is a rate");
  if (out.frailty.given)
    problem(out.frailty.mark, path + ".frailty",
            "'beta' draws the probability itself and leaves nothing to frailty; effects can stand beside it");
  if (level->kind != Node::Kind::sequence || level->items.size() != 2)
    return problem(level->mark, path, "expected beta: [a, b]");
  for (int i : {0, 1}) number(i ? out.beta : out.alpha, level->items[i], {Unit::plain, 1e-6, 1e9}, where);
}

void Reader::table(Response& out, const Node& node, const Accept& accept, const std::string& path) {
  out.form = Response::Form::table;
  for (const auto& [key, value] : node.members) {
    auto& [from, level] = out.table.emplace_back();
    const bool read = number(from, key, {Unit::duration, 0, 1e6, true}, path);
    number(level, value, accept, path);
    const std::size_t n = out.table.size();
    if (!read) continue;
    if (n == 1 && from.value != 0)
      problem(key.mark, path, "a table by tenure starts at 0, found '" + key.text + "'");
    if (n > 1 && from.value <= out.table[n - 2].first.value)
      problem(key.mark, path, "tenures of a table increase; '" + key.text + "' does not");
  }
}

void Reader::branch(Branch& out, const Node& node, const std::string& path) {
  out = Branch{};
  out.mark = node.mark;
  if (node.kind == Node::Kind::scalar) {
    Arrow& arrow = out.arrows.emplace_back();
    arrow.target = node.text;
    arrow.share = 1.0;
    arrow.share.given = true;
    arrow.share.mark = arrow.mark = node.mark;
    return;
  }
  if (!expect(Node::Kind::mapping, node, path, "a name or a branch {a: 30 %, b: otherwise}")) return;
  int otherwise = 0;
  for (const auto& [key, value] : node.members) {
    Arrow& arrow = out.arrows.emplace_back();
    arrow.target = key.text;
    arrow.mark = key.mark;
    arrow.otherwise = value.kind == Node::Kind::scalar && value.text == "otherwise";
    otherwise += arrow.otherwise;
    if (!arrow.otherwise) number(arrow.share, value, {Unit::probability, 0, 1}, path + "." + key.text);
  }
  if (otherwise > 1) problem(node.mark, path, "only one target of a branch can be 'otherwise'");
}

void Reader::next(Next& out, const Node& node, const std::string& path) {
  out = Next{};
  out.mark = node.mark;
  const Block& outcomes = block_of<Next>();
  int by_outcome = 0;
  for (const auto& [key, value] : node.members) by_outcome += outcomes.find(key.text) != nullptr;
  if (by_outcome == 0) return branch(out.plain.emplace(), node, path);
  for (const auto& [key, value] : node.members) {
    if (const Field* field = outcomes.find(key.text))
      slot(*field, field->at(&out), value, path + "." + key.text);
    else
      problem(key.mark, path,
              unknown_name("an outcome (targets and outcomes cannot be mixed)", key.text, outcomes.names()));
  }
}

void Reader::range(std::optional<Range>& out, const Field& field, const Node& node, const std::string& path) {
  const Accept accept{field.unit, field.low, field.high, field.whole};
  Range& r = out.emplace();
  bool read = true;
  if (node.kind == Node::Kind::mapping && !node.members.empty()) {
    for (const auto& [key, value] : node.members) {
      if (key.text == "above")
        read &= number(r.from.emplace(), value, accept, path + ".above");
      else if (key.text == "below")
        read &= number(r.to.emplace(), value, accept, path + ".below");
      else
        problem(key.mark, path, unknown_name("a field of a range", key.text, {"above", "below"}));
    }
  } else {
    const std::size_t to = node.kind == Node::Kind::scalar ? node.text.find(" to ") : std::string::npos;
    if (to == std::string::npos)
      return problem(node.mark, path, "expected a range: `12 to 24 months`, {below: 5} or {above: 5}");
    Node low = node, high = node;
    low.text = node.text.substr(0, to);
    high.text = node.text.substr(to + 4);
    const std::size_t unit = high.text.find_last_of("0123456789._");
    if (std::none_of(low.text.begin(), low.text.end(), [](unsigned char c) { return std::isalpha(c); }) &&
        unit != std::string::npos)
      low.text += high.text.substr(unit + 1);  // `12 to 24 months`: the unit serves both
    read = number(r.from.emplace(), low, accept, path);
    read &= number(r.to.emplace(), high, accept, path);
  }
  if (!read) out.reset();  // an end is missing: there is nothing to compare
}

void Reader::edges(OwnEdges& out, const Node& node, const std::string& path) {
  out.ties = std::make_shared<const std::vector<Tie>>();
  out.ordered.reset();
  if (!expect(Node::Kind::scalar, node, path, "the name of a CSV file of edges, or its lines")) return;
  out.mark = node.mark;
  EdgeText list{node.text};
  if (node.text.find('\n') == std::string::npos) {
    std::optional<EdgeText> named;
    if (edge_source_)
      named = edge_source_(node, path);
    else
      problem(node.mark, path,
              in_quotes(node.text) + " would be a file, which only a model file can name; give "
                                     "gw.Network.from_edges(..) or the lines themselves");
    list = named.value_or(EdgeText{"from,to"});
  }
  out.file = list.file;
  with_few_problems(found_, out, path, [&](const LineReport& report) {
    out.ties = std::make_shared<const std::vector<Tie>>(parse_edges(list.text, report));
  });
}

void Reader::changes(std::vector<Change>& out, const Node& node, const std::string& path) {
  out.clear();
  if (!expect(Node::Kind::mapping, node, path,
              "a mapping {path: {" + joined(word_list<Change::Op>(), " | ") + ": value}}"))
    return;
  for (const auto& [key, value] : node.members) {
    const std::string where = path + "." + key.text;
    if (value.kind != Node::Kind::mapping || value.members.size() != 1) {
      problem(value.mark, where, "expected one of " + joined(word_list<Change::Op>("{", ": ..}"), ", "));
      continue;
    }
    const auto& [op, operand] = value.members[0];
    const auto kind = named<Change::Op>(op.text);
    if (!kind) {
      problem(op.mark, where, unknown_name("a kind of change", op.text, word_list<Change::Op>()));
      continue;
    }
    if (operand.kind != Node::Kind::scalar || operand.quoted) {
      problem(operand.mark, where,
              "expected a number, found " + std::string(operand.quoted ? "a quoted text" : "no number"));
      continue;
    }
    Change& change = out.emplace_back();
    change.path = key.text;
    change.op = *kind;
    change.written = operand.text;
    change.value.mark = operand.mark;
    change.mark = key.mark;
  }
}

}  // namespace goodwill

// The walk over the descriptions: objects and what a field may hold. Numbers and responses are in
// reader_values.cpp.
#include "sim/file/reader.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "sim/change/path.hpp"
#include "sim/file/text.hpp"

namespace goodwill {

namespace {

/// The first character of a text that looks like a space and is none.
std::string_view blank_in(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(1))
    if (const std::string_view name = looks_like_space(text); !name.empty()) return name;
  return {};
}

std::string article(std::string_view noun) {
  const bool vowel = std::string_view("aeiou").find(noun.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + std::string(noun);
}

std::string found(const Node& node) {
  switch (node.kind) {
  case Node::Kind::null:
    return "nothing";
  case Node::Kind::scalar:
    return in_quotes(node.text);
  case Node::Kind::sequence:
    return "a list";
  case Node::Kind::mapping:
    return "a mapping";
  }
  return {};
}

}  // namespace

bool Reader::expect(Node::Kind kind, const Node& node, const std::string& path, std::string_view what) {
  if (node.kind == kind) return true;
  problem(node.mark, path, "expected " + std::string(what) + ", found " + found(node));
  return false;
}

bool Reader::is_name(const Node& key, const std::string& path) {
  const std::string& name = key.text;
  const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c >= 0x80; };
  static const std::set<std::string_view> reserved{"lost", "done", "otherwise"};
  std::string wrong;
  if (const std::string control = control_in(name, true); !control.empty())
    wrong = "a name holds no control character; found " + control;
  else if (const std::string_view blank = blank_in(name); !blank.empty())
    wrong = "a name holds no space; found " + std::string(blank);
  else if (name.empty() || !std::all_of(name.begin(), name.end(), allowed) ||
           std::isdigit(static_cast<unsigned char>(name[0])) || name[0] == '-')
    wrong = "a name is made of letters, digits, _ and -, and starts with a letter";
  else if (reserved.contains(name) || block_of<Next>().find(name) || is_structural(name))
    wrong = "this word has a meaning of its own; choose another name";
  if (wrong.empty()) return true;
  problem(key.mark, path, in_quotes(name) + ": " + wrong);
  return false;
}

void Reader::object(void* at, const Block& block, const Node& node, const std::string& path) {
  if (!expect(Node::Kind::mapping, node, path, "a mapping with the fields of " + article(block.name))) return;
  block.place(at, node.mark);
  found_.go_on();
  for (const auto& [key, value] : node.members) {
    if (const Field* field = block.find(key.text))
      slot(*field, field->at(at), value, join_path(path, key.text));
    else
      problem(key.mark, join_path(path, key.text),
              unknown_name("a field of " + article(block.name), key.text, block.names()));
  }
}

void Reader::text(std::string& out, const Node& node, const std::string& path, bool several_lines) {
  if (!expect(Node::Kind::scalar, node, path, "a text")) return;
  if (const std::string control = control_in(node.text, !several_lines); !control.empty())
    return problem(node.mark, path,
                   "a text" + std::string(several_lines ? "" : " on one line") +
                       " holds no control character; found " + control + " in " + in_quotes(node.text));
  out = node.text;
  found_.place(path, node.mark);
}

void Reader::slot(const Field& f, const Slot& slot, const Node& node, const std::string& path) {
  const Accept accept = accepted_at(f, path);
  const auto names = [&](Names& out, const Node& list, const std::string& where) {
    out.clear();
    if (list.kind == Node::Kind::scalar) {
      text(out.emplace_back(), list, where);
    } else if (expect(Node::Kind::sequence, list, where, "a name or a list of names")) {
      for (const Node& item : list.items) {
        text(out.emplace_back(), item, where);
        found_.place(where + "." + item.text, item.mark);
      }
    }
  };
  const auto members = [&](std::string_view what, auto&& read) {
    if (!expect(Node::Kind::mapping, node, path, what)) return;
    for (const auto& [key, value] : node.members) read(key, value);
  };
  std::visit(Overloaded{
                 [&](Number* x) { number(*x, node, accept, path); },
                 [&](std::optional<Number>* x) { number(x->emplace(), node, accept, path); },
                 [&](std::string* x) { text(*x, node, path, f.lines); },
                 [&](OwnEdges* x) { edges(*x, node, path); },
                 [&](bool* x) {
                   found_.place(path, node.mark);
                   if (node.kind == Node::Kind::scalar && (node.text == "true" || node.text == "false"))
                     *x = node.text == "true";
                   else
                     problem(node.mark, path, "expected true or false, found " + found(node));
                 },
                 [&](const Choice& x) {
                   if (!expect(Node::Kind::scalar, node, path, "a word")) return;
                   const auto it = std::find(x.names.begin(), x.names.end(), node.text);
                   if (it == x.names.end())
                     problem(node.mark, path,
                             unknown_name("a " + std::string(f.name), node.text,
                                          std::vector<std::string>(x.names.begin(), x.names.end())));
                   else
                     x.set(x.at, static_cast<int>(it - x.names.begin()));
                 },
                 [&](Names* x) { names(*x, node, path); },
                 [&](Response* x) {
                   if (f.or_rate) x->rate = is_rate(node, path).value_or(x->rate);
                   response(*x, node, accept_of(*x, f), path);
                 },
                 [&](Branch* x) { branch(*x, node, path); },
                 [&](std::optional<Branch>* x) { branch(x->emplace(), node, path); },
                 [&](Next* x) { next(*x, node, path); },
                 [&](std::optional<Range>* x) { range(*x, f, node, path); },
                 [&](Named<Response>* x) {
                   x->items.clear();
                   members("a mapping {stage: response}", [&](const Node& key, const Node& value) {
                     response(x->items.emplace_back(key.text, Response{}).second, value, accept,
                              join_path(path, key.text));
                   });
                 },
                 [&](Named<Number>* x) {
                   x->items.clear();
                   members("a mapping {name: number}", [&](const Node& key, const Node& value) {
                     number(x->items.emplace_back(key.text, Number{}).second, value, accept,
                            join_path(path, key.text));
                   });
                 },
                 [&](Matrix* x) {
                   x->items.clear();
                   members("a mapping {name: {name: number}}", [&](const Node& row, const Node& values) {
                     const std::string where = join_path(path, row.text);
                     if (!expect(Node::Kind::mapping, values, where, "a mapping {name: number}")) return;
                     Named<Number>& numbers = x->at(row.text);
                     found_.place(where, row.mark);
                     for (const auto& [key, value] : values.members)
                       number(numbers.items.emplace_back(key.text, Number{}).second, value, accept,
                              join_path(where, key.text));
                   });
                 },
                 [&](std::vector<Change>* x) { changes(*x, node, path); },
                 [&](Each* x) {
                   x->clear();
                   members("a mapping {touchpoint: money}", [&](const Node& key, const Node& value) {
                     number(x->emplace_back(key.text, Number{}).second, value, accept,
                            join_path(path, key.text));
                     x->back().second.mark = key.mark;
                   });
                 },
                 [&](Named<std::string>* x) {
                   members("a mapping {name: name}", [&](const Node& key, const Node& value) {
                     text(x->at(key.text), value, join_path(path, key.text));
                   });
                 },
                 [&](Named<Names>* x) {
                   members("a mapping {name: [names]}", [&](const Node& key, const Node& value) {
                     if (is_name(key, path)) names(x->at(key.text), value, join_path(path, key.text));
                   });
                 },
                 [&](const Short& x) { brief(x, f, node, path); },
                 [&](const Object& x) { object(x.at, *x.block, node, path); },
                 [&](const Optional& x) {
                   if (node.kind == Node::Kind::scalar && !x.block->absent.empty()) {
                     const std::string word(x.block->absent);
                     if (node.text == word) return x.reset(x.at);
                     return problem(node.mark, path,
                                    "expected '" + word + "' or a mapping with the fields of " +
                                        article(x.block->name) + " (" + joined(x.block->names(), ", ") +
                                        "), found " + found(node));
                   }
                   object(x.get(x.at) ? x.get(x.at) : x.emplace(x.at), *x.block, node, path);
                 },
                 [&](const Collection& x) {
                   if (!expect(Node::Kind::mapping, node, path, "a mapping of " + std::string(f.name)))
                     return;
                   std::unordered_map<std::string, std::size_t> there;
                   for (std::size_t i = 0; i < x.size(x.at); ++i) there.emplace(x.name(x.at, i), i);
                   for (const auto& [key, value] : node.members) {
                     if (!is_name(key, join_path(path, key.text))) continue;
                     const auto known = there.find(key.text);
                     void* item = known == there.end() ? x.add(x.at, key.text) : x.item(x.at, known->second);
                     object(item, *x.block, value, join_path(path, key.text));
                     x.block->place(item, key.mark);
                   }
                 },
             },
             slot);
}

void Reader::brief(const Short& x, const Field& f, const Node& node, const std::string& path) {
  const Form& form = *x.form;
  const bool mapping = node.kind == Node::Kind::mapping, scalar = node.kind == Node::Kind::scalar;
  const bool word = scalar && !form.word.empty() && node.text == form.word;
  if (form.in_full) *form.in_full(x.at) = mapping || word;
  Named<Number>* const named_numbers = by_name(x);
  if (named_numbers) named_numbers->items.clear();
  if (word) return std::get<std::optional<Number>*>(number_of(x))->reset();
  if (form.brief && (scalar || !form.block || (form.in_full && !mapping)))
    return slot(f, number_of(x), node, path);
  const auto is_part = [&](const Field& part) { return node.find(part.name) != nullptr; };
  if (form.block->fields.size() == 1 && !named_numbers) {
    if (!mapping || node.members.size() != 1 || !is_part(form.block->fields.front()))
      return problem(node.mark, path,
                     "expected " + std::string(form.accepted) + (form.brief ? "" : ", found " + found(node)));
  } else if (!expect(Node::Kind::mapping, node, path, form.accepted)) {
    return;
  }
  if (named_numbers) return slot(f, named_numbers, node, path);
  for (const auto& [key, value] : node.members) {
    if (const Field* part = form.block->find(key.text))
      slot(part_of(f, *part), part->at(x.at), value, form.path_of(*part, path));
    else
      problem(key.mark, path,
              unknown_name("a field of " + std::string(form.called), key.text, form.block->names()));
  }
}

}  // namespace goodwill

#include "sim/file/write.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>

#include "sim/file/edges.hpp"
#include "sim/model/accept.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

bool says_all(Write what) { return what == Write::all || what == Write::identity; }

Node mapping() { return Node::of(Node::Kind::mapping); }
Node sequence() { return Node::of(Node::Kind::sequence); }

bool plain_text(const std::string& s) {
  static const char* const words[] = {"null", "Null", "NULL", "~"};
  for (const char* w : words)
    if (s == w) return false;
  const auto safe = [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '.' || c == '$' || c >= 0x80;
  };
  if (s.empty() || !safe(static_cast<unsigned char>(s.front())) || s.back() == ' ') return false;
  return std::all_of(s.begin(), s.end(), [&](unsigned char c) {
    return safe(c) || c == ' ' || c == '-' || c == '/' || c == '%';
  });
}

void put(Node& map, std::string_view key, Node value) {
  if (value.kind == Node::Kind::null) return;
  Node name = Node::scalar(std::string(key));
  name.quoted = !plain_text(name.text);
  map.members.emplace_back(std::move(name), std::move(value));
}

Node text(const std::string& s) {
  if (s.empty()) return {};
  Node node = Node::scalar(s);
  node.quoted = !plain_text(s);
  return node;
}

Node list(const std::vector<std::string>& names) {
  Node node = sequence();
  for (const std::string& n : names) node.items.push_back(text(n));
  return node;
}

/// A mapping from name to item; null if there are none.
template <class List, class F>
Node named(const List& items, F&& node_of) {
  Node node = mapping();
  for (const auto& [name, item] : items) put(node, name, node_of(item));
  return items.empty() ? Node{} : node;
}

Node branch(const Branch& b) {
  const bool plain = b.arrows.size() == 1 && !b.arrows[0].otherwise && b.arrows[0].share.value == 1;
  if (plain && b.arrows[0].share.assumption.empty()) return text(b.arrows[0].target);
  Node node = mapping();
  for (const Arrow& a : b.arrows)
    put(node, a.target, a.otherwise ? Node::scalar("otherwise") : to_node(a.share, Unit::probability));
  return node;
}

Node object(const void* at, const Block& block, Write what) {
  const bool inherits =
      &block == &block_of<Touchpoint>() && !static_cast<const Touchpoint*>(at)->channel.empty();
  Node node = mapping();
  for (const Field& f : block.fields) {
    const Slot slot = f.at(at);
    Node value = to_node(f, slot, what);
    const auto* const* number = std::get_if<Number*>(&slot);
    const auto* brief = std::get_if<Short>(&slot);
    const bool either = brief && brief->form->either();
    const bool said = (number && (*number)->given) ||
                      (either && (is_in_full(*brief) || std::get<Number*>(number_of(*brief))->given));
    // `{}` also says something: `recovered: {}` ends the journey, where nothing at all would be as `ok`.
    const Node unsaid = to_node(f, f.at(block.defaults), what);
    const bool differs = value.kind != unsaid.kind || write_yaml(value) != write_yaml(unsaid);
    if (inherits && (number || either) ? said : said || differs || says_all(what))
      put(node, f.name, std::move(value));
  }
  return node;
}

/// Nothing depends on the customer's state, nor differs between customers.
bool is_bare(const Response& r) {
  bool bare = !r.frailty.given;
  for_each_effect(r.effects,
                  [&](const char*, const Number& effect, FeaturePlace, FeatureOf) { bare &= !effect.given; });
  return bare;
}

Node response(const Response& r, Unit unit, Write what) {
  if (r.otherwise) return Node::scalar("otherwise");
  Node node = mapping();
  switch (r.form) {
  case Response::Form::level:
    if (is_bare(r)) return to_node(r.level, unit);
    put(node, word(Response::Form::base), to_node(r.level, unit));  // an effect was assigned to it
    break;
  case Response::Form::table: {
    Node table = mapping();
    for (const auto& [from, level] : r.table)
      put(table, format_scalar(from, Unit::duration), to_node(level, unit));
    if (is_bare(r)) return table;
    put(node, word(r.form), std::move(table));
    break;
  }
  case Response::Form::beta: {
    Node ab = sequence();
    ab.items = {to_node(r.alpha, Unit::plain), to_node(r.beta, Unit::plain)};
    put(node, word(r.form), std::move(ab));
    if (is_bare(r)) return node;
    break;
  }
  case Response::Form::average:
  case Response::Form::base:
    put(node, word(r.form), to_node(r.level, unit));
  }
  for (auto& [key, value] : object(&r, block_of<Response>(), Write::given).members)
    if (!says_all(what) || value.text != "0") node.members.emplace_back(key, value);
  return node;
}

Node changes(const std::vector<Change>& list_of_changes) {
  Node node = mapping();
  for (const Change& c : list_of_changes) {
    Node change = mapping();
    put(change, word(c.op), to_node(c.value, Unit::plain));
    put(node, c.path, std::move(change));
  }
  return node;
}

Node brief(const Short& x, const Field& f) {
  const Form& form = *x.form;
  if (!is_in_full(x)) return to_node(f, number_of(x));
  if (!form.block) return Node::scalar(std::string(form.word));
  if (Named<Number>* names = by_name(x)) return to_node(f, names);
  if (!form.brief && *std::get<Number*>(number_of(x)) == 0) return {};  // nothing to say
  Node node = mapping();
  for (const Field& part : form.block->fields) {
    const Slot slot = part.at(x.at);
    const auto* const* number = std::get_if<Number*>(&slot);
    if (number && !(*number)->given && **number == 0) continue;  // not said, and nothing
    put(node, part.name, to_node(part_of(f, part), slot));
  }
  return node;
}

Node assumption(const Assumption& a, Write what) {
  Node node = object(&a, block_of<Assumption>(), what);
  if (!a.distribution) return node;
  std::erase_if(node.members, [](const auto& m) { return m.first.text == "best"; });
  Node parameters = sequence();
  for (const Number& p : a.parameters) parameters.items.push_back(to_node(p, Unit::plain));
  put(node, word(*a.distribution), std::move(parameters));
  return node;
}

}  // namespace

Node to_node(const Number& number, Unit unit) {
  return Node::scalar(number.assumption.empty() ? format_scalar(number.value, unit)
                                                : "$" + number.assumption);
}

Node to_node(const Field& f, const Slot& slot, Write what) {
  const auto number = [&](const Number& n) { return to_node(n, f.unit); };
  return std::visit(Overloaded{
                        [&](const Number* x) { return number(*x); },
                        [&](const std::optional<Number>* x) { return *x ? number(**x) : Node{}; },
                        [&](const std::string* x) { return text(*x); },
                        [&](const OwnEdges* x) {
                          if (!x->given()) return Node{};
                          const bool named = what == Write::by_reference || what == Write::identity;
                          return text(named ? name_of(*x) : edge_lines(*x->ties));
                        },
                        [&](const bool* x) { return Node::scalar(*x ? "true" : "false"); },
                        [&](const Choice& x) {
                          return Node::scalar(std::string(x.names[static_cast<std::size_t>(x.get(x.at))]));
                        },
                        [&](const Names* x) { return x->empty() ? Node{} : list(*x); },
                        [&](const Response* x) { return response(*x, accept_of(*x, f).unit, what); },
                        [&](const Branch* x) { return branch(*x); },
                        [&](const std::optional<Branch>* x) { return *x ? branch(**x) : Node{}; },
                        [&](const Next* x) {
                          if (x->plain) return branch(*x->plain);
                          Node node = object(x, block_of<Next>(), what);
                          return node.members.empty() ? Node{} : node;
                        },
                        [&](const std::optional<Range>* x) {
                          if (!*x) return Node{};
                          Node node = mapping();
                          if ((*x)->from) put(node, "above", number(*(*x)->from));
                          if ((*x)->to) put(node, "below", number(*(*x)->to));
                          return node;
                        },
                        [&](const Named<Response>* x) {
                          return named(*x, [&](const Response& r) { return response(r, f.unit, what); });
                        },
                        [&](const Named<Number>* x) { return named(*x, number); },
                        [&](const Matrix* x) {
                          return named(*x, [&](const Named<Number>& row) { return named(row, number); });
                        },
                        [&](const std::vector<Change>* x) { return x->empty() ? Node{} : changes(*x); },
                        [&](const Each* x) { return named(*x, number); },
                        [&](const Named<std::string>* x) { return named(*x, text); },
                        [&](const Named<Names>* x) { return named(*x, list); },
                        [&](const Short& x) { return brief(x, f); },
                        [&](const Object& x) {
                          Node node = object(x.at, *x.block, what);
                          return node.members.empty() ? Node{} : node;
                        },
                        [&](const Optional& x) {
                          const void* at = x.get(x.at);
                          return at ? object(at, *x.block, what) : Node{};
                        },
                        [&](const Collection& x) {
                          if (x.size(x.at) == 0) return Node{};
                          Node node = mapping();
                          for (std::size_t i = 0; i < x.size(x.at); ++i) {
                            const void* at = x.item(x.at, i);
                            const bool uncertain = x.block == &block_of<Assumption>();
                            put(node, x.name(x.at, i),
                                uncertain ? assumption(*static_cast<const Assumption*>(at), what)
                                          : object(at, *x.block, what));
                          }
                          return node;
                        },
                    },
                    slot);
}

namespace {

Node* inside(Node* node, std::string_view key) { return node ? const_cast<Node*>(node->find(key)) : nullptr; }

void with_percent(Node& number) {
  double value = 0;
  const std::string& text = number.text;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (number.kind == Node::Kind::scalar && read.ec == std::errc()) number.text = format_percent(value);
}

/// Writes with % the levels that may be rates and are probabilities, because without it they would be rates;
/// likewise the assumptions in them.
void say_probabilities(Node& document, const Model& model) {
  for (const auto& [name, journey] : model.journeys) {
    Node* starts = inside(inside(inside(&document, "journeys"), name), "starts");
    if (!starts || journey.starts.rate) continue;
    std::vector<Node*> levels{starts, inside(starts, "average"), inside(starts, "base")};
    for (auto& [key, value] : starts->members)
      if (std::isdigit(static_cast<unsigned char>(key.text[0]))) levels.push_back(&value);
    for (Node* level : levels) {
      if (!level || level->kind != Node::Kind::scalar) continue;
      if (!level->text.starts_with("$")) {
        with_percent(*level);
        continue;
      }
      Node* assumption = inside(inside(&document, "assumptions"), level->text.substr(1));
      for (const char* part : {"low", "best", "high"})
        if (Node* number = inside(assumption, part)) with_percent(*number);
      for (const auto distribution : {Assumption::Distribution::normal, Assumption::Distribution::uniform})
        if (Node* numbers = inside(assumption, word(distribution)))
          for (Node& number : numbers->items) with_percent(number);
    }
  }
}

}  // namespace

std::string write_model(const Model& model, Write what) {
  Node node = object(&model, block_of<Model>(), what);
  say_probabilities(node, model);
  // A firm that says `survey: {}` asks its customers; one that says nothing does not.
  std::erase_if(node.members, [&](const auto& m) { return m.first.text == "survey" && !model.survey_given; });
  if (model.survey_given && !node.find("survey")) put(node, "survey", mapping());
  return "goodwill: 1\n" + write_yaml(node);
}

std::string digest(std::string_view text) {
  // FNV-1a, and beside it a hash with a rotation and another multiplier, so that the two halves differ.
  std::uint64_t a = 0xcbf29ce484222325ULL, b = 0x6c62272e07bb0142ULL;
  for (const char sign : text) {
    const auto c = static_cast<unsigned char>(sign);
    a = (a ^ c) * 0x100000001b3ULL;
    b = (((b << 5) | (b >> 59)) ^ c) * 0x9e3779b97f4a7c15ULL;
  }
  char hex[33];
  std::snprintf(hex, sizeof hex, "%016llx%016llx", static_cast<unsigned long long>(a),
                static_cast<unsigned long long>(b));
  return hex;
}

std::string model_hash(const Model& model) { return digest(write_model(model, Write::identity)); }

}  // namespace goodwill

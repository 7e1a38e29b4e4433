// Assumptions: uncertain numbers, read in the units their uses ask for.
#include <algorithm>
#include <cmath>

#include "sim/file/reader.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

using Distribution = Assumption::Distribution;

void Reader::assumptions_from(const Node* document) {
  assumption_nodes_.clear();
  for (const auto& [key, value] : document->members) assumption_nodes_.emplace(key.text, &value);
}

double Reader::best_of(const std::string& name, const Accept& accept, const Node& use,
                       const std::string& path) {
  uses_.try_emplace(name, accept);
  if (assumptions_) {
    if (const Assumption* a = assumptions_->find(name)) return a->best ? a->best->value : 0;
  } else if (const auto node = assumption_nodes_.find(name); node != assumption_nodes_.end()) {
    Assumption a;  // problems of the definition are reported where it stands
    std::vector<Problem> told;
    Findings unsaid(found_.files(), told);
    Reader quiet(unsaid, period_);
    quiet.uses_.try_emplace(name, accept);
    quiet.assumption(a, *node->second, name);
    return a.best ? a.best->value : 0;
  }
  std::vector<std::string> names = assumptions_ ? assumptions_->names() : std::vector<std::string>();
  for (const auto& [known, node] : assumption_nodes_) names.emplace_back(known);
  std::sort(names.begin(), names.end());  // the order of a hash table means nothing
  problem(use.mark, path, unknown_name("an assumption", name, names));
  return 0;
}

const Node* Reader::assumed(const std::string& name) const {
  const auto known = assumption_nodes_.find(name);
  const Node* const node = known == assumption_nodes_.end() ? nullptr : known->second;
  if (!node || node->kind != Node::Kind::mapping) return nullptr;
  if (const Node* best = node->find("best")) return best;
  for (const Distribution d : {Distribution::normal, Distribution::uniform})
    if (const Node* values = node->find(word(d)); values && !values->items.empty()) return &values->items[0];
  return nullptr;
}

void Reader::assumptions(Named<Assumption>& out, const Node& node) {
  if (!expect(Node::Kind::mapping, node, "assumptions", "a mapping of assumptions")) return;
  for (const auto& [key, value] : node.members) {
    if (!is_name(key, "assumptions")) continue;
    Assumption* known = out.find(key.text);
    assumption(known ? *known : out.items.emplace_back(key.text, Assumption{}).second, value, key.text);
  }
}

void Reader::assumption(Assumption& out, const Node& node, const std::string& name) {
  const std::string path = "assumptions." + name;
  if (!expect(Node::Kind::mapping, node, path, "a mapping {low, best, high, source}")) return;
  out.mark = node.mark;
  Accept accept{Unit::plain, -HUGE_VAL, HUGE_VAL};
  if (const auto first = uses_.find(name); first != uses_.end()) {
    accept = first->second;
  } else if (const Node* any = node.find("best")) {  // not used: any unit that fits
    for (Unit u : {Unit::plain, Unit::share, Unit::probability_per_period, Unit::rate_per_period,
                   Unit::duration, Unit::minutes, Unit::points})
      if (parse_scalar(any->text, u, period_).ok) {
        accept.unit = u;
        break;
      }
  }
  const Block& block = block_of<Assumption>();
  std::vector<std::string> allowed = block.names();
  for (const std::string& d : word_list<Distribution>()) allowed.push_back(d);
  for (const auto& [key, value] : node.members) {
    const Field* field = block.find(key.text);
    const bool quantile = key.text == "low" || key.text == "best" || key.text == "high";
    if (quantile)
      number(std::get<std::optional<Number>*>(field->at(&out))->emplace(), value, accept,
             path + "." + key.text);
    else if (field)
      slot(*field, field->at(&out), value, path + "." + key.text);
    else if (const auto d = named<Distribution>(key.text))
      distribution(out, value, *d, path);
    else
      problem(key.mark, path, unknown_name("a field of an assumption", key.text, allowed));
  }
  const bool any = node.find("low") || node.find("best") || node.find("high");
  const bool quantiles = out.low && out.best && out.high;
  if (out.distribution ? any : !quantiles)
    problem(node.mark, path,
            "an assumption has low, best and high, or one of " + joined(word_list<Distribution>(), ", "));
}

void Reader::distribution(Assumption& out, const Node& node, Distribution kind, const std::string& path) {
  Accept accept{Unit::plain, -HUGE_VAL, HUGE_VAL};
  const auto use = uses_.find(path.substr(std::string_view("assumptions.").size()));
  if (use != uses_.end() && kind != Distribution::beta) accept.unit = use->second.unit;
  const std::string name(word(kind));
  constexpr const char* parameters[] = {": [mean, sd]", ": [a, b]", ": [low, high]"};
  if (node.kind != Node::Kind::sequence || node.items.size() != 2)
    return problem(node.mark, path, "expected " + name + parameters[static_cast<int>(kind)]);
  out.distribution = kind;
  out.parameters.assign(2, Number{});
  for (std::size_t i = 0; i < 2; ++i) number(out.parameters[i], node.items[i], accept, path + "." + name);
  const double a = out.parameters[0], b = out.parameters[1];
  switch (kind) {
  case Distribution::normal:
    if (b <= 0) problem(node.mark, path, "the standard deviation must be above 0");
    out.best = Number(a);
    break;
  case Distribution::beta:
    if (a <= 0 || b <= 0) problem(node.mark, path, "both parameters of beta must be above 0");
    out.best = Number(a / (a + b));
    break;
  case Distribution::uniform:
    if (a >= b) problem(node.mark, path, "low must be below high");
    out.best = Number((a + b) / 2);
  }
}

}  // namespace goodwill

#include "sim/file/assign.hpp"

#include <algorithm>
#include <set>

#include "sim/change/change.hpp"
#include "sim/change/numbers.hpp"
#include "sim/check/check.hpp"
#include "sim/file/edges.hpp"
#include "sim/file/reader.hpp"
#include "sim/file/write.hpp"

namespace goodwill {

namespace {

Node node_at(const Model& model, const Place& place) {
  const Slot slot = place.address.in(model);
  if (place.kind == Place::Kind::average) return to_node(std::get<Response*>(slot)->level, place.accept.unit);
  if (place.kind == Place::Kind::number || place.kind == Place::Kind::share)
    if (const auto* const* number = std::get_if<Number*>(&slot)) return to_node(**number, place.accept.unit);
  Node node = to_node(*place.field, slot);
  if (node.kind == Node::Kind::null && std::holds_alternative<std::string*>(slot)) return Node::scalar("");
  return node;
}

/// Forgets what was solved, because the model describes another baseline; numbers that use an assumption
/// return to its best value.
void forget_solutions(Model& model) {
  const PathIndex index(model);
  for (const Place& place : index.places()) {
    const Slot slot = place.address.in(model);
    if (auto* const* r = std::get_if<Response*>(&slot)) {
      (*r)->solved = std::numeric_limits<double>::quiet_NaN();
      (*r)->solved_bands.clear();
    }
  }
  for_each_number(model, [&](const NumberPlace& place) {
    const Assumption* a = model.assumptions.find(place.number.assumption);
    if (a && a->best) place.number.value = used_at(*a->best, place.accept);
  });
  model.survey.solved_bias = 0;
}

/// One share of a branch was `before` and has been assigned. The others, the implicit `done` included, share
/// what is left in proportion, as when an investment changes a share. `fixed`: the arrows that this
/// assignment has given already.
void share_rest(Branch& branch, std::size_t arrow, double before, std::set<const Arrow*>& fixed,
                Reader& reader, const Node& value, const std::string& path) {
  branch.arrows[arrow].otherwise = false;
  fixed.insert(&branch.arrows[arrow]);
  double given = 0, given_others = 0;
  for (std::size_t k = 0; k < branch.arrows.size(); ++k) {
    if (!fixed.contains(&branch.arrows[k])) continue;
    given += branch.arrows[k].share;
    if (k != arrow) given_others += branch.arrows[k].share;
  }
  if (given > 1 + 1e-9)
    return reader.problem(value.mark, path,
                          "the branch would add up to " + percent(given) + "; at most 100 %");
  const double pool = 1 - given_others - before;
  for (Arrow& a : branch.arrows)
    if (!fixed.contains(&a) && !a.otherwise && pool > 0) a.share.value *= std::max(0.0, 1 - given) / pool;
}

void assign_at(Model& model, const Place& place, const Node& value, const std::string& path, Reader& reader,
               std::set<const Arrow*>& fixed) {
  const Slot slot = place.address.in(model);
  auto* const* r = std::get_if<Response*>(&slot);
  const bool has_level = place.kind == Place::Kind::response && (*r)->form != Response::Form::table;
  if (r && (place.kind == Place::Kind::average ||
            (has_level && value.kind == Node::Kind::scalar && value.text != "otherwise"))) {
    Response changed = **r;
    if (place.field->or_rate) changed.rate = reader.is_rate(value, path).value_or(changed.rate);
    reader.number(changed.level, value, accept_of(changed, *place.field), path);
    const double v = changed.level;
    if (changed.form == Response::Form::average && (v <= 0 || (!changed.rate && v >= 1)))
      reader.problem(
          value.mark, path,
          "an observed average lies strictly inside its bounds; give a mapping to replace the response");
    **r = changed;
    return;
  }
  if (Change* change = change_at(model, place.address)) {  // finish_changes() reads it
    if (value.kind == Node::Kind::scalar)
      change->written = value.text;
    else
      reader.number(change->value, value, place.accept, path);
    change->value.mark = value.mark;
    return;
  }
  if (auto* const* n = std::get_if<Number*>(&slot)) {
    const std::string& word = place.words.back();
    const bool otherwise =
        place.kind == Place::Kind::share && value.kind == Node::Kind::scalar && value.text == "otherwise";
    if (otherwise)
      return reader.problem(value.mark, path, "give the whole branch to make '" + word + "' otherwise");
    const double before = **n;
    reader.number(**n, value, place.accept, path);
    if (place.kind == Place::Kind::share) {
      Address branch = place.address;
      const auto arrow = static_cast<std::size_t>(branch.steps.back().item);
      branch.steps.back().item = -1;
      const Slot holder = branch.in(model);
      if (auto* const* next = std::get_if<Next*>(&holder))
        share_rest(*(*next)->plain, arrow, before, fixed, reader, value, path);
      if (auto* const* b = std::get_if<std::optional<Branch>*>(&holder))
        share_rest(***b, arrow, before, fixed, reader, value, path);
    }
    return;
  }
  if (place.words[0] == "assumptions" && std::holds_alternative<Collection>(slot))
    return reader.assumptions(model.assumptions, value);
  if (const auto* object = std::get_if<Object>(&slot))
    return reader.object(object->at, *object->block, value, path);
  reader.slot(*place.field, slot, value, path);
}

/// Assigns a name that does not exist yet: `investments.coaching` is assigned as `{coaching: ..}` to
/// `investments`.
bool assign_new(Model& model, const PathIndex& index, const std::string& path, const Node& value,
                Reader& reader, std::set<const Arrow*>& fixed) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return false;
  const std::string parent = path.substr(0, dot);
  const auto found = index.find(parent, PathIndex::Purpose::read);
  if (!found.problem.empty() || found.places.size() != 1) return false;
  const Place& place = *found.places[0];
  const Slot slot = place.address.in(model);
  if (!std::holds_alternative<Collection>(slot) && !std::holds_alternative<Named<Names>*>(slot) &&
      !std::holds_alternative<Named<std::string>*>(slot))
    return false;
  Node wrapped = Node::of(Node::Kind::mapping);
  wrapped.mark = value.mark;
  wrapped.members.emplace_back(Node::scalar(path.substr(dot + 1)), value);
  assign_at(model, place, wrapped, parent, reader, fixed);
  return true;
}

}  // namespace

Node get(const Model& model, const std::string& path) {
  const Model effective = inherited(model);
  const PathIndex index(effective);
  const auto found = index.find(path, PathIndex::Purpose::read);
  if (!found.problem.empty()) throw ModelError({Problem{"", 0, 0, "", found.problem}});
  if (found.places.size() == 1) return node_at(effective, *found.places[0]);
  Node by_segment = Node::of(Node::Kind::mapping);
  for (const Place* place : found.places)
    by_segment.members.emplace_back(Node::scalar(place->words[1]), node_at(effective, *place));
  return by_segment;
}

std::string get_text(const Model& model, const std::string& path) {
  const Node node = get(model, path);
  return node.kind == Node::Kind::scalar ? node.text : write_yaml(node);
}

Model assign(const Model& model, const std::vector<std::pair<std::string, Node>>& values, Cancel cancel) {
  Model copy = model;
  std::vector<Problem> problems;
  Findings found(model.files, problems, cancel);
  Reader reader(found, model.period);
  reader.assumptions_from(copy.assumptions);
  std::set<const Arrow*> fixed;  // shares given in this assignment
  for (const auto& [path, value] : values) {
    const PathIndex index(copy);  // an earlier assignment may have added names
    const auto named = index.find(path, PathIndex::Purpose::read);
    if (named.problem.empty() && named.places[0]->words[0] == "period") {
      reader.problem(value.mark, path,
                     "the period cannot be assigned: all numbers are converted to it; change the file");
    } else if (!named.problem.empty()) {
      if (!assign_new(copy, index, path, value, reader, fixed))
        reader.problem(value.mark, path, named.problem);
    } else {
      for (const Place* place : named.places) assign_at(copy, *place, value, path, reader, fixed);
    }
    if (path == "survey" || path.starts_with("survey.")) copy.survey_given = true;
  }
  forget_solutions(copy);
  finish_changes(copy, reader);
  finish_edges(copy, found);
  check(copy, found);
  if (!problems.empty()) throw ModelError(std::move(problems));
  return copy;
}

}  // namespace goodwill

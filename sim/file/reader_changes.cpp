// Changes: where they lead, whether the operation suits the number there, and their values.
#include <set>

#include "sim/change/change.hpp"
#include "sim/file/reader.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

struct ChangedBy {
  std::string path;
  std::string segment;  ///< empty: an investment or event
};

/// Why this change is forbidden; empty: it is not.
std::string forbidden(const Change& change, const Place& place, const ChangedBy& by, bool bare) {
  if (place.kind == Place::Kind::other && place.changed != Changed::never)
    return "'" + place.full() + "' is not a number; a change names one";
  if (place.changed == Changed::never)
    return "'" + place.full() +
           "' cannot be changed by segments, investments or events; it belongs to the definition";
  if (place.changed == Changed::by_segments && by.segment.empty())
    return place.kind == Place::Kind::average ? "an observed average is changed by segments only; change '" +
                                                    change.path.substr(0, change.path.rfind('.')) + "'"
                                              : "'" + place.full() + "' is changed by segments only";
  if (place.changed == Changed::by_interventions && !by.segment.empty())
    return "'" + place.full() + "' belongs to the whole firm; it is changed by investments and events only";
  if (!by.segment.empty() && !bare && place.words[0] == "segments" && place.words[1] != by.segment)
    return "this belongs to the segment '" + place.words[1] + "'";
  if (change.op == Change::Op::odds && !takes_odds(place.accept))
    return "'odds' is for probabilities; use times or add";
  return {};
}

void read_changes(std::vector<Change>& changes, const ChangedBy& by, const PathIndex& index, Reader& reader) {
  std::set<const Place*> seen;
  for (Change& change : changes) {
    const std::string where = by.path + "." + change.path;
    const auto found = index.find(change.path, PathIndex::Purpose::change,
                                  [&](const Place& p) { return forbidden(change, p, by, false).empty(); });
    if (!found.problem.empty()) {
      reader.problem(change.mark, where, found.problem);
      continue;
    }
    const Place& place = *found.places[0];
    if (const std::string why = forbidden(change, place, by, found.places.size() > 1); !why.empty()) {
      reader.problem(change.mark, where, why);
      continue;
    }
    if (!seen.insert(&place).second)
      reader.problem(change.mark, where, "'" + place.full() + "' is changed twice here");
    Node operand = Node::scalar(change.written);
    operand.mark = change.value.mark;
    // `-1 % / year` converts like `1 % / year`
    const bool less = change.op == Change::Op::add && operand.text.starts_with('-');
    if (less) operand.text.erase(0, 1);
    reader.number(change.value, operand, operand_of(change.op, place),
                  where + "." + std::string(word(change.op)));
    if (less) change.value.value = -change.value.value;
  }
}

}  // namespace

void finish_changes(Model& model, Reader& reader) {
  for (auto& [name, event] : model.events) event.event = true;
  const Model effective = inherited(model);
  const PathIndex index(effective);
  for (auto& [name, s] : model.segments) read_changes(s.changes, {name + ".changes", name}, index, reader);
  for (auto& [name, i] : model.investments)
    read_changes(i.changes, {"investments." + name + ".changes", ""}, index, reader);
  for (auto& [name, e] : model.events)
    read_changes(e.changes, {"events." + name + ".changes", ""}, index, reader);
}

}  // namespace goodwill

// Paths of a model. One file because finding places, looking them up and naming them share one rule: which
// words of a path may drop out.
#include "sim/change/path.hpp"

#include <algorithm>
#include <cmath>

#include "sim/change/change.hpp"
#include "sim/model/words.hpp"

namespace goodwill {

namespace {

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> words(1);
  for (char c : path)
    if (c == '.')
      words.emplace_back();
    else
      words.back() += c;
  return words;
}

/// Whether word `i` may be left out: the name of a collection on the way, but not the list `stages` of a
/// journey.
bool drops(const std::vector<std::string>& words, std::size_t i) {
  return i + 1 < words.size() && is_structural(words[i]) && (i == 0 || words[i] == "touchpoints");
}

std::string join(const std::vector<std::string>& words, bool all) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (all || !drops(words, i)) out += (out.empty() ? "" : ".") + words[i];
  return out;
}

/// Whether `given` means `full`, perhaps without some of its structural words.
bool matches(const std::vector<std::string>& full, const std::vector<std::string>& given) {
  std::size_t g = 0;
  for (std::size_t i = 0; i < full.size(); ++i) {
    if (g < given.size() && full[i] == given[g])
      ++g;
    else if (!drops(full, i))
      return false;
  }
  return g == given.size();
}

void* object_of(const Slot& slot) {
  if (const auto* object = std::get_if<Object>(&slot)) return object->at;
  if (const auto* optional = std::get_if<Optional>(&slot)) return optional->get(optional->at);
  if (const auto* response = std::get_if<Response*>(&slot)) return *response;
  if (const auto* brief = std::get_if<Short>(&slot)) return brief->at;
  if (const auto* next = std::get_if<Next*>(&slot)) return *next;
  return nullptr;
}

Slot item_of(const Slot& slot, int item) {
  const auto i = static_cast<std::size_t>(item);
  if (const auto* c = std::get_if<Collection>(&slot)) return Object{c->item(c->at, i), c->block};
  if (const auto* moves = std::get_if<Named<Response>*>(&slot)) return &(*moves)->items[i].second;
  if (const auto* brief = std::get_if<Short>(&slot)) return &by_name(*brief)->items[i].second;
  if (const auto* numbers = std::get_if<Named<Number>*>(&slot)) return &(*numbers)->items[i].second;
  if (const auto* each = std::get_if<Each*>(&slot)) return &(**each)[i].second;
  if (const auto* changes = std::get_if<std::vector<Change>*>(&slot)) return &(**changes)[i].value;
  Branch* branch = nullptr;
  if (const auto* next = std::get_if<Next*>(&slot)) branch = &*(*next)->plain;
  if (const auto* first = std::get_if<std::optional<Branch>*>(&slot)) branch = &***first;
  return branch ? Slot(&branch->arrows[i].share) : slot;
}

/// Collects the places of a model by following its descriptions.
struct PlaceFinder {
  std::vector<Place>& out;
  std::vector<std::string> words{};
  Address address{};
  Changed changed = Changed::by_anybody;

  Place& add(Place::Kind kind, const Field& field, const Accept& accept) {
    Place& p = out.emplace_back();
    p.words = words;
    p.address = address;
    p.kind = kind;
    p.field = &field;
    p.accept = accept;
    p.changed = changed;
    return p;
  }

  template <class F>
  void inside(const std::string& word, const Field* field, int item, F&& visit) {
    words.push_back(word);
    if (field) address.steps.push_back({field, item});
    visit();
    if (field) address.steps.pop_back();
    words.pop_back();
  }

  /// Visits one item of the field at the end of the address; its name may be a path itself.
  template <class F>
  void item(const std::string& name, std::size_t i, F&& visit) {
    const std::size_t last = address.steps.size() - 1, before = words.size();
    for (std::string& word : split(name)) words.push_back(std::move(word));
    address.steps[last].item = static_cast<int>(i);
    visit();
    address.steps[last].item = -1;
    words.resize(before);
  }

  void object(void* at, const Block& block) {
    const bool follows = &block == &block_of<Journey>() && !static_cast<Journey*>(at)->after.empty();
    for (const Field& field : block.fields) {
      if (follows && field.name == "starts") continue;  // it comes after others instead
      const Changed before = changed;
      if (field.changed > changed) changed = field.changed;
      inside(std::string(field.name), &field, -1, [&] { this->field(field, field.at(at)); });
      changed = before;
    }
  }

  void number(const std::string& word, const Field& field, const Accept& accept,
              Changed who = Changed::by_anybody) {
    const Changed before = changed;
    if (who > changed) changed = who;
    inside(word, &field, -1, [&] { add(Place::Kind::number, field, accept); });
    changed = before;
  }

  void response(const Response& r, const Field& field, const Accept& accept) {
    const bool level = r.form != Response::Form::beta && !r.otherwise;
    Place& place = add(level ? Place::Kind::response : Place::Kind::other, field, accept);
    if (!level) place.changed = Changed::never;
    if (r.form == Response::Form::average) {
      words.emplace_back("average");
      Place& average = add(Place::Kind::average, field, accept);
      average.changed = std::max(average.changed, Changed::by_segments);
      words.pop_back();
    }
    if (r.otherwise) return;
    for (const Field& effect : block_of<Response>().fields)
      if (r.form != Response::Form::beta || effect.name != "frailty")  // the law says how customers differ
        number(std::string(effect.name), effect, {effect.unit, effect.low, effect.high});
  }

  void branch(const Branch& branch, const Field& field) {
    for (std::size_t i = 0; i < branch.arrows.size(); ++i)
      item(branch.arrows[i].target, i, [&] { add(Place::Kind::share, field, {Unit::probability, 0, 1}); });
  }

  void parts(const Short& x, const Field& f, const Accept& accept) {
    const Named<Number>* names = by_name(x);
    for (std::size_t i = 0; names && i < names->size(); ++i)
      item(names->items[i].first, i, [&] { add(Place::Kind::number, f, accept); });
    if (!has_parts(x)) return;
    for (const Field& part : x.form->block->fields) number(std::string(part.name), part, accept);
  }

  /// What they accept is known once all places are.
  void operands(const std::vector<Change>& changes, const Field& f) {
    for (std::size_t i = 0; i < changes.size(); ++i)
      item(changes[i].path + "." + std::string(word(changes[i].op)), i, [&] {
        Place& place = add(Place::Kind::number, f, {Unit::plain, -HUGE_VAL, HUGE_VAL});
        place.changed = Changed::never;
      });
  }

  void field(const Field& f, const Slot& slot) {
    const Accept accept = accepted_at(f, words[0] == "goals" ? join(words, true) : "");
    if (const auto* r = std::get_if<Response*>(&slot)) return response(**r, f, accept_of(**r, f));
    const bool plain = std::holds_alternative<Number*>(slot) ||
                       std::holds_alternative<std::optional<Number>*>(slot) ||
                       std::holds_alternative<Short>(slot);
    add(plain ? Place::Kind::number : Place::Kind::other, f, accept);
    if (const auto* brief = std::get_if<Short>(&slot)) {
      parts(*brief, f, accept);
    } else if (const auto* moves = std::get_if<Named<Response>*>(&slot)) {
      for (std::size_t i = 0; i < (*moves)->size(); ++i) {
        const Response& move = (*moves)->items[i].second;
        item((*moves)->items[i].first, i, [&] { response(move, f, accept); });
      }
    } else if (const auto* numbers = std::get_if<Named<Number>*>(&slot)) {
      for (std::size_t i = 0; i < (*numbers)->size(); ++i)
        item((*numbers)->items[i].first, i, [&] { add(Place::Kind::number, f, accept); });
    } else if (const auto* each = std::get_if<Each*>(&slot)) {
      for (std::size_t i = 0; i < (*each)->size(); ++i)
        item((**each)[i].first, i, [&] { add(Place::Kind::number, f, accept); });
    } else if (const auto* changes = std::get_if<std::vector<Change>*>(&slot)) {
      operands(**changes, f);
    } else if (const auto* first = std::get_if<std::optional<Branch>*>(&slot)) {
      if (**first) branch(***first, f);
    } else if (const auto* next = std::get_if<Next*>(&slot)) {
      if ((*next)->plain) branch(*(*next)->plain, f);
      object(*next, block_of<Next>());
    } else if (const auto* c = std::get_if<Collection>(&slot)) {
      for (std::size_t i = 0; i < c->size(c->at); ++i)
        item(c->name(c->at, i), i, [&] {
          add(Place::Kind::other, f, accept);
          object(c->item(c->at, i), *c->block);
        });
    } else if (void* at = object_of(slot)) {
      if (std::holds_alternative<Object>(slot)) object(at, *std::get<Object>(slot).block);
      if (std::holds_alternative<Optional>(slot)) object(at, *std::get<Optional>(slot).block);
    }
  }
};

/// Blocks with names of their own: only full paths lead there, and of changes only those of what an event
/// does by itself.
bool separate(const std::string& word) {
  return word == "investments" || word == "events" || word == "assumptions" || word == "scenarios" ||
         word == "compare" || word == "goals";
}

/// How likely an event is, and what it does to the state of customers.
bool is_of_event(const Place& p) {
  if (p.words[0] != "events" || p.kind != Place::Kind::number) return false;
  return (p.words.size() == 3 && p.words[2] == "chance") || (p.words.size() == 4 && p.words[2] == "impulse");
}

}  // namespace

Slot Address::in(Model& model) const {
  Slot slot = Object{&model, &block_of<Model>()};
  for (const Step& step : steps) {
    slot = step.field->at(object_of(slot));
    if (step.item >= 0) slot = item_of(slot, step.item);
  }
  return slot;
}

Change* change_at(Model& model, const Address& address) {
  if (address.steps.empty() || address.steps.back().item < 0) return nullptr;
  Address list = address;
  list.steps.back().item = -1;
  const Slot slot = list.in(model);
  auto* const* changes = std::get_if<std::vector<Change>*>(&slot);
  return changes ? &(**changes)[static_cast<std::size_t>(address.steps.back().item)] : nullptr;
}

std::string Place::full() const { return join(words, true); }
std::string Place::brief() const { return join(words, false); }

PathIndex::PathIndex(const Model& model) {
  PlaceFinder walk{places_};
  walk.object(const_cast<Model*>(&model), block_of<Model>());
  for (Place& p : places_)
    if (separate(p.words[0])) p.changed = is_of_event(p) ? Changed::by_interventions : Changed::never;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const std::vector<std::string>& words = places_[i].words;
    by_brief_[join(words, false)].push_back(i);
    if (words[0] == "segments" && words.size() > 2)
      of_segments_[join({words.begin() + 2, words.end()}, true)].push_back(i);
  }
  segment_fields_ = block_of<Segment>().names();
  for (Place& p : places_)
    if (const Change* change = change_at(const_cast<Model&>(model), p.address))
      p.accept = operand_of(*change, *this);
}

PathIndex::Found PathIndex::find(const std::string& path, Purpose purpose,
                                 const std::function<bool(const Place&)>& offered) const {
  const auto usable = [&](const Place& p) {
    return purpose == Purpose::read || (p.kind != Place::Kind::other && p.changed != Changed::never);
  };
  const std::vector<std::string> given = split(path);
  Found found;
  static const std::vector<std::size_t> none;
  const auto same = by_brief_.find(join(given, false));
  for (const std::size_t i : same == by_brief_.end() ? none : same->second) {
    const Place& p = places_[i];
    if (!matches(p.words, given)) continue;
    if (p.words.size() == given.size()) {  // a full path is never ambiguous
      found.places = {&p};
      break;
    }
    found.places.push_back(&p);
  }
  if (found.places.empty())
    if (const auto event = by_brief_.find("events." + path); event != by_brief_.end())
      if (const Place& p = places_[event->second.front()]; p.changed != Changed::never) found.places = {&p};
  if (found.places.size() > 1) {  // what cannot be meant does not count
    std::vector<const Place*> meant;
    for (const Place* p : found.places)
      if (usable(*p)) meant.push_back(p);
    if (!meant.empty()) found.places = meant;
  }
  if (found.places.size() > 1) {
    found.problem = in_quotes(path) + " can mean several things; write one of:";
    for (const Place* p : found.places) found.problem += " " + p->full();
    found.places.clear();
    return found;
  }
  const bool bare =
      std::find(segment_fields_.begin(), segment_fields_.end(), given[0]) != segment_fields_.end();
  if (const auto all = of_segments_.find(path); found.places.empty() && bare && all != of_segments_.end())
    for (const std::size_t i : all->second) found.places.push_back(&places_[i]);
  if (found.places.empty())
    found.problem = unknown(path, [&](const Place& p) { return usable(p) && (!offered || offered(p)); });
  return found;
}

/// Says that there is no such path, and which ones are near.
std::string PathIndex::unknown(const std::string& path,
                               const std::function<bool(const Place&)>& offered) const {
  const std::vector<std::string> given = split(path);
  std::vector<std::string> names, meant;
  for (const Place& p : places_) {
    if (!offered(p)) continue;
    const std::string brief = p.brief();
    const auto same = by_brief_.find(brief);
    names.push_back(same != by_brief_.end() && same->second.size() == 1 ? brief : p.full());
    if (p.words.size() > given.size() && std::equal(given.rbegin(), given.rend(), p.words.rbegin()))
      meant.push_back(names.back());
  }
  constexpr std::size_t shown = 3;
  if (meant.empty()) meant.push_back(nearest(path, names));
  std::string problem = in_quotes(path) + " is not a path of this model";
  for (std::size_t k = 0; k < meant.size() && k < shown && !meant[k].empty(); ++k)
    problem += (k == 0 ? "; did you mean '" : " or '") + meant[k] + "'";
  return problem + (meant[0].empty() ? "" : "?");
}

bool is_structural(std::string_view word) {
  return word == "segments" || word == "stages" || word == "channels" || word == "journeys" ||
         word == "touchpoints" || word == "teams";
}

std::string join_path(const std::string& path, std::string_view member) {
  if (member == "touchpoints" || (path.empty() && is_structural(member))) return path;
  return path.empty() ? std::string(member) : path + "." + std::string(member);
}

std::vector<std::string> resolve(const Model& model, const std::string& path) {
  const PathIndex index(model);
  const auto found = index.find(path, PathIndex::Purpose::read);
  if (!found.problem.empty()) throw ModelError({Problem{"", 0, 0, path, found.problem}});
  std::vector<std::string> out;
  for (const Place* p : found.places) out.push_back(p->full());
  return out;
}

std::vector<std::string> paths(const Model& model) {
  const PathIndex index(model);
  std::vector<std::string> out;
  for (const Place& p : index.places()) {
    const bool of_intervention = p.words[0] == "investments" || p.words[0] == "events";
    if (p.kind != Place::Kind::other && (p.changed != Changed::never || of_intervention))
      out.push_back(p.brief());
  }
  return out;
}

}  // namespace goodwill

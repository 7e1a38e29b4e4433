// Tries every investment alone on every segment, fully ramped: what comes out must be a valid model. Segments
// and investments can be hundreds, so each investment is tried only where a segment may make a difference.
#include <algorithm>
#include <map>
#include <set>

#include "sim/change/change.hpp"
#include "sim/change/price.hpp"
#include "sim/check/check.hpp"
#include "sim/model/responses.hpp"

namespace goodwill {

namespace {

using Changes = std::vector<const Change*>;

/// The field that an address leads to within its segment, stage, channel or touchpoint: changes of different
/// fields do not affect each other. A channel's field counts as that of its touchpoints, and churn counts as
/// a move, because they are one row.
const Field* field_of(const Address& address) {
  for (const Address::Step& step : address.steps) {
    if (is_structural(step.field->name)) continue;
    return step.field->name == "churn" ? block_of<Stage>().find("moves") : step.field;
  }
  return address.steps.back().field;
}

/// The number that a change of this place starts from; null where it is more than one.
const Number* number_at(const Model& model, const Place& place) {
  Slot slot = place.address.in(model);
  if (const auto* brief = std::get_if<Short>(&slot)) {
    if (brief->form->either() && is_in_full(*brief)) return nullptr;
    slot = number_of(*brief);
  }
  if (auto* const* n = std::get_if<Number*>(&slot)) return *n;
  if (auto* const* o = std::get_if<std::optional<Number>*>(&slot)) return **o ? &***o : nullptr;
  if (auto* const* r = std::get_if<Response*>(&slot))
    return (*r)->form == Response::Form::table ? nullptr : &(*r)->level;
  return nullptr;
}

class Trials {
public:
  Trials(const Model& model, Findings& found) : model_(model), found_(found), changes_(model), work_(model) {}

  void run() {
    for (std::size_t s = 0; s < model_.segments.size(); ++s) {
      const auto& [name, segment] = model_.segments.items[s];
      segments_.emplace_back();
      for (const Change& c : segment.changes)
        for (const ChangeSet::Target& t : changes_.targets(c)) {
          add(segments_.back()[field_of(t.branch)], &c);
          if (t.place->words[0] == "channels") by_channel_.insert(field_of(t.branch));
        }
      for (const auto& [field, list] : segments_.back()) touching_[field].push_back(s);
      Changes all;
      for (const Change& c : segment.changes) all.push_back(&c);
      attempt(all, {}, name + ".changes");
    }
    if (model_.segments.empty()) return;
    find_extremes();
    for (const auto& [name, i] : model_.investments) investment(i, "investments." + name + ".changes");
    for (const auto& [name, e] : model_.events) investment(e, "events." + name + ".changes");
  }

private:
  /// Segments whose value of a place is the least and the greatest.
  struct Extremes {
    double low = 0, high = 0;
    std::size_t least = 0, most = 0;
  };

  static void add(Changes& list, const Change* change) {
    if (list.empty() || list.back() != change) list.push_back(change);
  }

  /// Finds the extremes of the places that investments change and that hold one number: the result of a
  /// change rises with the number before, so the segments at both ends speak for all.
  void find_extremes() {
    Model effective = inherited(model_);
    std::map<const Field*, std::set<const Place*>> places;
    for (const auto* interventions : {&model_.investments, &model_.events})
      for (const auto& [name, intervention] : *interventions)
        for (const Change& c : intervention.changes)
          for (const ChangeSet::Target& t : changes_.targets(c))
            if (touching_.contains(field_of(t.branch))) places[field_of(t.branch)].insert(t.place);
    for (std::size_t s = 0; s < segments_.size(); ++s)
      for (const auto& [field, list] : segments_[s]) {
        const auto wanted = places.find(field);
        if (wanted == places.end()) continue;
        found_.go_on();
        std::vector<Problem> told_already;
        apply(effective, list, {}, told_already);
        for (const Place* place : wanted->second)
          if (const Number* n = number_at(effective, *place)) {
            const auto [it, fresh] = extremes_.try_emplace(place, Extremes{*n, *n, s, s});
            if (*n < it->second.low) it->second.low = *n, it->second.least = s;
            if (*n > it->second.high) it->second.high = *n, it->second.most = s;
          }
        journal_.restore();
      }
  }

  void investment(const Investment& i, const std::string& path) {
    Changes own;
    std::set<const Field*> fields;
    bool simple = true;  // one number each, and none that others inherit
    for (const Change& c : i.changes) {
      own.push_back(&c);
      for (const ChangeSet::Target& t : changes_.targets(c)) {
        fields.insert(field_of(t.branch));
        simple = simple && is_simple(*t.place);
      }
    }
    std::set<std::size_t> those;
    if (const std::size_t any = indifferent(fields); any < segments_.size()) those.insert(any);
    if (simple) {
      for (const Change* c : own)
        for (const ChangeSet::Target& t : changes_.targets(*c))
          if (const auto it = extremes_.find(t.place); it != extremes_.end())
            those.insert({it->second.least, it->second.most});
    } else {
      for (const Field* field : fields)
        if (const auto it = touching_.find(field); it != touching_.end())
          those.insert(it->second.begin(), it->second.end());
    }
    for (const std::size_t s : those) {
      Changes before;
      for (const Field* field : fields)
        if (const auto it = segments_[s].find(field); it != segments_[s].end())
          before.insert(before.end(), it->second.begin(), it->second.end());
      attempt(before, own, path);
    }
  }

  /// The first segment that changes none of these fields; it speaks for all others that change none.
  std::size_t indifferent(const std::set<const Field*>& fields) {
    const auto entry = indifferent_.try_emplace(fields, 0);
    std::size_t& first = entry.first->second;
    const auto changes = [&](const Field* field) { return segments_[first].contains(field); };
    while (entry.second && first < segments_.size() && std::any_of(fields.begin(), fields.end(), changes))
      ++first;
    return first;
  }

  bool is_simple(const Place& place) const {
    const std::string& block = place.words[0];
    if (place.kind == Place::Kind::share || block == "channels" || !number_at(model_, place)) return false;
    const bool row = field_of(place.address) == block_of<Stage>().find("moves");
    if (block == "stages") return !(row && model_.stages.find(place.words[1])->shares);
    return block != "journeys" || !by_channel_.contains(field_of(place.address));
  }

  void apply(Model& work, const Changes& of_segment, const Changes& own, std::vector<Problem>& problems) {
    std::vector<TimedChange> timed;
    for (const Change* c : of_segment) timed.push_back({c, 1, -1});
    for (const Change* c : own) timed.push_back({c, 1, 0});
    changes_.apply(work, timed, problems, &journal_);
  }

  void attempt(const Changes& of_segment, const Changes& own, const std::string& path) {
    found_.go_on();
    std::vector<Problem> problems;
    apply(work_, of_segment, own, problems);
    const std::vector<std::string> free = depends_on_price(work_) ? given_away() : std::vector<std::string>();
    journal_.restore();
    for (const std::string& price : free) no_price(price, own, path);
    for (const Problem& p : problems)
      for (const auto* list : {&of_segment, &own})
        for (const Change* c : *list)
          if (c->path == p.path && c->mark.line == p.line && c->mark.column == p.column &&
              told_.insert({c, p.text}).second)
            found_.problem(c->mark, path + "." + c->path, p.text);
  }

  /// The prices that responses depend on and that are 0 now, but not in the definition.
  std::vector<std::string> given_away() const {
    std::vector<std::string> free;
    const std::vector<Paid> paid = prices(work_, model_);
    std::size_t k = 0;
    for_each_response(work_, [&](const std::string&, const Response& r) {
      const Paid& price = paid[k++];
      if (r.effects.price != 0 && price.amount <= 0) free.push_back(price.path);
    });
    return free;
  }

  void no_price(const std::string& price, const Changes& own, const std::string& path) {
    for (const Change* c : own)
      for (const ChangeSet::Target& t : changes_.targets(*c))
        if (t.place->brief() == price && told_.insert({c, price}).second)
          found_.problem(
              c->mark, path + "." + c->path,
              "the change leads to 0, and effects of the price need its logarithm; leave a price above 0");
  }

  const Model& model_;
  Findings& found_;
  const ChangeSet changes_;
  Model work_;  ///< changed and put back
  Journal journal_;
  std::vector<std::map<const Field*, Changes>> segments_;  ///< their changes, by field
  std::map<const Field*, std::vector<std::size_t>> touching_;
  std::set<const Field*> by_channel_;  ///< fields of touchpoints that segments change through a channel
  std::map<std::set<const Field*>, std::size_t> indifferent_;
  std::map<const Place*, Extremes> extremes_;
  std::set<std::pair<const Change*, std::string>> told_;
};

}  // namespace

void try_changes(const Model& model, Findings& found) { Trials(model, found).run(); }

}  // namespace goodwill

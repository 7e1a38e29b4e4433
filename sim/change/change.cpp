// How changes act on a model. One file because a change is applied in one go: numbers, branches and the
// inheritance from channels, in an order that only ChangeSet::apply() knows, with the same bounds, problems
// and journal.
#include "sim/change/change.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <unordered_map>

#include "sim/model/findings.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {

namespace {

double moved(double old, const Change& change, double f) {
  const double k = change.value;
  double target = k;
  switch (change.op) {
  case Change::Op::set:
    break;
  case Change::Op::add:
    target = old + k;
    break;
  case Change::Op::times:
    target = old * k;
    break;
  case Change::Op::odds: {
    const double by = f == 1 ? k : math::pow(k, f);
    return by == 1 ? old : old * by / (1 - old + old * by);
  }
  }
  return f == 1 ? target : old + f * (target - old);
}

/// One application of changes: the model, and the problems found.
struct Act {
  Model& model;
  std::vector<Problem>& problems;

  void problem(const Change& change, std::string text) const {
    problems.push_back(problem_at(model.files, change.mark, change.path, std::move(text)));
  }

  double checked(double value, const Accept& accept, const Change& change) const {
    const double slack = 1e-12;  // rounding of sums and products, not a repair
    if (value < accept.low && value > accept.low - slack) return accept.low;
    if (value > accept.high && value < accept.high + slack) return accept.high;
    if (!within(value, accept))
      problem(change,
              "the change leads to " + value_text(value, accept) + "; accepted: " + bounds_text(accept));
    return value;
  }

  void number(Number& n, const TimedChange& c, const Accept& accept) const {
    n.value = checked(moved(n.value, *c.change, c.ramp), accept, *c.change);
    n.given = true;
  }

  void response(Response& r, const TimedChange& c, const Place& place) const {
    if (r.form == Response::Form::table) {
      for (std::size_t k = 0; k < r.table.size(); ++k) {
        const double before = r.table[k].second;
        number(r.table[k].second, c, place.accept);
        if (c.intervention >= 0 && !r.solved_bands.empty())
          carry(r.solved_bands[k], before, r.table[k].second, r.rate, *c.change);
      }
      return;
    }
    if (r.form == Response::Form::beta || r.otherwise)
      return problem(*c.change, "this response has no level to change");
    const double before = r.level;
    number(r.level, c, place.accept);
    if (r.form != Response::Form::average || c.intervention < 0 || place.kind == Place::Kind::average) return;
    carry(r.solved, before, r.level, r.rate, *c.change);
  }

  /// Carries a change of what is asked over to the level that was solved for it.
  void carry(double& solved, double before, double after, bool rate, const Change& change) const {
    if (std::isnan(solved) || after == before) return;
    solved += on_link_scale(after, rate) - on_link_scale(before, rate);
    if (std::isnan(solved))
      problem(change, "a level that another change has set to 0 % or 100 % cannot be changed");
  }

  void at(const Slot& slot, const TimedChange& c, const Place& place) const {
    if (auto* const* n = std::get_if<Number*>(&slot)) return number(**n, c, place.accept);
    if (auto* const* r = std::get_if<Response*>(&slot)) return response(**r, c, place);
    if (const auto* brief = std::get_if<Short>(&slot)) {
      if (!brief->form->either() || !is_in_full(*brief)) return at(number_of(*brief), c, place);
      for (const Field& part : brief->form->block->fields)
        at(part.at(brief->at), c, place);  // and so their mean
      return;
    }
    if (auto* const* o = std::get_if<std::optional<Number>*>(&slot)) {
      if (!**o && c.change->op != Change::Op::set)
        return problem(*c.change, "there is no value to change; give one in the model or use 'set'");
      if (!**o) **o = c.change->value;
      return number(***o, c, place.accept);
    }
    problem(*c.change, "this cannot be changed");
  }
};

struct ShareChange {
  const TimedChange* change;
  std::size_t arrow;
};

/// Applies all changes of one intervention to one branch together; the other targets, `done` included, share
/// what is left in proportion.
void change_branch(const Act& act, Branch& branch, const std::vector<ShareChange>& changes) {
  double given = 0;
  for (const Arrow& a : branch.arrows) given += a.otherwise ? 0 : a.share.value;
  std::vector<bool> touched(branch.arrows.size());
  double before = 0, after = 0;
  for (const auto& [timed, arrow] : changes) touched[arrow] = true;
  for (std::size_t i = 0; i < branch.arrows.size(); ++i) {
    Arrow& a = branch.arrows[i];
    if (!touched[i]) continue;
    if (a.otherwise) a.share.value = 1 - given;
    a.otherwise = false;
    before += a.share.value;
    for (const auto& [timed, arrow] : changes)
      if (arrow == i) act.number(a.share, *timed, {Unit::probability, 0, 1});
    after += a.share.value;
  }
  if (after > 1 + 1e-9)
    return act.problem(*changes[0].change->change,
                       "with this change the branch adds up to " + percent(after) + "; at most 100 %");
  const double left = 1 - before;
  const double factor = left > 0 ? (1 - after) / left : 1;  // nothing was left: the others are 0
  if (factor == 1) return;
  for (std::size_t i = 0; i < branch.arrows.size(); ++i)
    if (!touched[i] && !branch.arrows[i].otherwise) branch.arrows[i].share.value *= std::max(0.0, factor);
}

Branch* branch_of(const Slot& slot) {
  if (auto* const* next = std::get_if<Next*>(&slot)) return (*next)->plain ? &*(*next)->plain : nullptr;
  if (auto* const* first = std::get_if<std::optional<Branch>*>(&slot)) return **first ? &***first : nullptr;
  return nullptr;
}

void inherit(Touchpoint& point, const Touchpoint& channel) {
  for (const Field& f : block_of<Touchpoint>().fields) {
    const Slot own = f.at(&point), theirs = f.at(static_cast<const void*>(&channel));
    if (auto* const* n = std::get_if<Number*>(&own)) {
      const Number& from = *std::get<Number*>(theirs);
      if ((*n)->given || !from.given) continue;
      **n = from;
      (*n)->given = false;
    } else if (auto* const* o = std::get_if<std::optional<Number>*>(&own)) {
      if (!**o) **o = *std::get<std::optional<Number>*>(theirs);
    }
  }
  if (!point.quality.given() && channel.quality.given()) {
    point.quality = channel.quality;
    for (Number Quality::*const part :
         {&Quality::mean, &Quality::ease, &Quality::empathy, &Quality::competence})
      (point.quality.*part).given = false;
  }
  if (point.team.empty()) point.team = channel.team;
  if (!point.who) point.who = channel.who;
  const Next& n = point.next;
  if (!n.plain && !n.ok && !n.failed && !n.recovered && !n.full) point.next = channel.next;
}

/// The touchpoint an address leads into, or null.
Touchpoint* touchpoint_of(Model& model, const Address& address) {
  if (address.steps.size() < 3 || address.steps[0].field->name != "journeys") return nullptr;
  const auto item = [&](std::size_t step) { return static_cast<std::size_t>(address.steps[step].item); };
  if (address.steps[1].field->name != "touchpoints") return nullptr;
  return &model.journeys.items[item(0)].second.touchpoints.items[item(1)].second;
}

/// Keeps the value of a slot before a change writes to it.
void keep(Journal& journal, const Slot& slot) {
  std::visit(Overloaded{
                 [&](const Short& x) {
                   keep(journal, number_of(x));
                   if (!x.form->either()) return;
                   for (const Field& part : x.form->block->fields) keep(journal, part.at(x.at));
                 },
                 [&](Number* x) { journal.keep(*x); }, [&](Response* x) { journal.keep(*x); },
                 [&](std::optional<Number>* x) { journal.keep(*x); }, [&](Next* x) { journal.keep(*x); },
                 [&](std::optional<Branch>* x) { journal.keep(*x); },
                 [](const auto&) {},  // cannot be changed
             },
             slot);
}

}  // namespace

double sum_of_shares(const Stage& stage) {
  double sum = stage.churn.level;
  for (const auto& [target, move] : stage.moves)
    if (!move.otherwise) sum += move.level;
  return sum;
}

double on_link_scale(double level, bool rate) { return rate ? math::log(level) : math::logit(level); }
double from_link_scale(double x, bool rate) { return rate ? math::exp(x) : math::expit(x); }

bool takes_odds(const Accept& a) {
  return a.unit == Unit::probability || a.unit == Unit::probability_per_period;
}

Accept operand_of(Change::Op op, const Place& place) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  switch (op) {
  case Change::Op::set:
    return place.accept;
  case Change::Op::add:
    return {place.accept.unit, -inf, inf};
  case Change::Op::times:
    return {Unit::share, 0, inf};
  case Change::Op::odds:
    return {Unit::plain, std::numeric_limits<double>::min(), inf};
  }
  return place.accept;
}

Accept operand_of(const Change& change, const PathIndex& index) {
  const auto found = index.find(change.path, PathIndex::Purpose::change);
  return found.places.empty() ? Accept{Unit::plain, -HUGE_VAL, HUGE_VAL}
                              : operand_of(change.op, *found.places[0]);
}

void inherit_channels(Model& model) {
  std::unordered_map<std::string_view, const Touchpoint*> channels;
  for (const auto& [name, channel] : model.channels) channels.emplace(name, &channel);
  for (auto& [name, journey] : model.journeys)
    for (auto& [point_name, point] : journey.touchpoints)
      if (const auto channel = channels.find(point.channel); channel != channels.end())
        inherit(point, *channel->second);
}

Model inherited(Model model) {
  inherit_channels(model);
  return model;
}

ChangeSet::ChangeSet(const Model& model) : index_(inherited(model)) {
  std::vector<Problem> ignored;  // reported when the change is applied
  const auto know = [&](const std::vector<Change>& changes) {
    for (const Change& c : changes) known_[&c] = targets_of(c, ignored, model);
  };
  for (const auto& [name, s] : model.segments) know(s.changes);
  for (const auto& [name, i] : model.investments) know(i.changes);
  for (const auto& [name, e] : model.events) know(e.changes);
}

std::vector<ChangeSet::Target> ChangeSet::targets_of(const Change& change, std::vector<Problem>& problems,
                                                     const Model& model) const {
  const auto found = index_.find(change.path, PathIndex::Purpose::change);
  std::vector<Problem> told;
  Model& unused = const_cast<Model&>(model);
  if (!found.problem.empty()) Act{unused, problems}.problem(change, found.problem);
  std::vector<Target> out;
  for (const Place* place : found.places) {
    if (place->kind == Place::Kind::other || place->changed == Changed::never) {
      Act{unused, problems}.problem(change, "'" + place->full() + "' cannot be changed");
      continue;
    }
    Target& target = out.emplace_back(Target{place, place->address});
    if (place->kind == Place::Kind::share) target.branch.steps.back().item = -1;
  }
  return out;
}

void ChangeSet::apply(Model& copy, std::span<const TimedChange> changes, std::vector<Problem>& problems,
                      Journal* journal) const {
  const Act act{copy, problems};
  struct Step {
    const TimedChange* change;
    const Target& target;
  };
  std::vector<Step> channels, others;
  std::deque<std::vector<Target>> strangers;  // targets of changes that the model does not hold
  for (const TimedChange& c : changes) {
    const auto it = known_.find(c.change);
    const bool known = it != known_.end() && !it->second.empty();
    const std::vector<Target>& found =
        known ? it->second : strangers.emplace_back(targets_of(*c.change, problems, copy));
    for (const Target& t : found) (t.place->words[0] == "channels" ? channels : others).push_back({&c, t});
  }
  const auto all = [&](const std::vector<Step>& steps) {
    std::vector<bool> done(steps.size());
    std::unordered_map<const Place*, int> set_by;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto& [change, target] = steps[i];
      if (change->intervention >= 0 && change->change->op == Change::Op::set)
        if (set_by.try_emplace(target.place, change->intervention).first->second != change->intervention)
          act.problem(*change->change, "two active investments set this; only one can");
      if (journal) keep(*journal, target.branch.in(copy));
      if (target.place->kind != Place::Kind::share) {
        act.at(target.place->address.in(copy), *change, *target.place);
        continue;
      }
      if (done[i]) continue;
      std::vector<ShareChange> together;
      for (std::size_t j = i; j < steps.size(); ++j)
        if (steps[j].change->intervention == change->intervention &&
            steps[j].target.branch == target.branch) {
          together.push_back(
              {steps[j].change, static_cast<std::size_t>(steps[j].target.place->address.steps.back().item)});
          done[j] = true;
        }
      if (Branch* branch = branch_of(target.branch.in(copy))) change_branch(act, *branch, together);
    }
  };
  all(channels);
  if (journal)
    for (const Step& step : others) {
      Touchpoint* point = touchpoint_of(copy, step.target.branch);
      const Touchpoint* channel = point ? copy.channels.find(point->channel) : nullptr;
      if (!channel) continue;
      journal->keep(*point);
      inherit(*point, *channel);
    }
  else
    inherit_channels(copy);
  all(others);
  for (auto step = others.rbegin(); step != others.rend(); ++step) {  // the last change of a row is to blame
    const Address::Step& top = step->target.place->address.steps.front();
    if (top.field->name != "stages" || top.item < 0) continue;
    const std::string_view field = step->target.place->address.steps[1].field->name;
    if (field != "churn" && field != "moves") continue;
    const Stage& stage = copy.stages.items[static_cast<std::size_t>(top.item)].second;
    const double sum = stage.shares ? sum_of_shares(stage) : 0;
    if (sum > 1 + 1e-9)
      return act.problem(*step->change->change,
                         "with this change churn and moves add up to " + percent(sum) + "; at most 100 %");
  }
}

void apply_changes(Model& model, std::span<const TimedChange> changes, std::vector<Problem>& problems) {
  ChangeSet(model).apply(model, changes, problems);
}

}  // namespace goodwill

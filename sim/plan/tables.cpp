#include "sim/plan/tables.hpp"

#include <algorithm>
#include <cmath>

#include "sim/model/problem.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {

std::int32_t settled_age(const Investment& intervention) {
  const double ramp = std::ceil(std::max(1.0, intervention.ramp.value));
  return static_cast<std::int32_t>(std::max(ramp, intervention.impulse ? 2.0 : 1.0));
}

double strength(const Investment& intervention, const Acting& acting) {
  const double reached = std::min(1.0, acting.age / std::max(1.0, intervention.ramp.value));
  return acting.faded == 0 ? reached : reached * math::pow(0.5, acting.faded / intervention.fades->value);
}

Tables::Tables(const Model& model, const Layout& layout, const Anchors& anchors)
    : layout_(layout), changes_(model), lived_(without_what_if(model)), events_(model.events),
      anchors_(anchors), models_(make_segment_models(model, anchors, changes_)),
      log_tenure_(log_of_tenure(model.periods_per_year())) {
  const std::vector<bool> frail = frail_responses(model, models_);
  for (const Model& own : models_) {
    traits_.push_back(make_traits(own, frail));
    shelves_.push_back(std::make_unique<Shelf>());
    for_each_response(own, [&](const std::string&, const Response& r) {
      for_each_effect(r.effects, [&](const char*, const Number& effect, FeaturePlace, FeatureOf of) {
        referred_matters_ = referred_matters_ || (of == FeatureOf::origin && effect != 0);
      });
    });
  }
  for (const auto* interventions : {&model.investments, &model.events})
    for (const auto& [name, intervention] : *interventions) {
      definitions_.push_back(&intervention);
      for (const Change& change : intervention.changes) {
        referred_matters_ = referred_matters_ || change.path.ends_with(".referred");
        const auto& targets = changes_.targets(change);
        if (!targets.empty() && targets.front().place->words.front() == "events") of_events_.insert(&change);
      }
    }
}

std::vector<TimedChange> Tables::changes_of(const Activity& activity, bool of_events) const {
  std::vector<TimedChange> changes;
  for (const Acting& acting : activity) {
    const Investment& intervention = definition(acting.intervention);
    for (const Change& change : intervention.changes)
      if (of_events_.contains(&change) == of_events)
        changes.push_back({&change, strength(intervention, acting), acting.intervention});
  }
  return changes;
}

Named<Investment> Tables::events(const Activity& activity) const {
  const std::vector<TimedChange> changes = changes_of(activity, true);
  if (changes.empty()) return events_;
  Model model;
  model.events = events_;
  std::vector<Problem> problems;
  changes_.apply(model, changes, problems);
  if (!problems.empty()) throw ModelError(problems);
  return std::move(model.events);
}

Model Tables::changed(std::size_t segment, const std::vector<TimedChange>& changes) const {
  return segment_model(lived_, anchors_, changes_, segment, changes);
}

const Compiled& Tables::of(std::size_t segment, bool referred, const Activity& activity) const {
  Shelf& shelf = *shelves_[segment];
  const std::pair key(referred && referred_matters_, activity);
  Place* place = nullptr;
  {
    const std::shared_lock lock(shelf.mutex);
    if (const auto found = shelf.places.find(key); found != shelf.places.end()) place = &found->second;
  }
  if (place == nullptr) {
    const std::unique_lock lock(shelf.mutex);
    place = &shelf.places[key];
  }
  std::call_once(place->once, [&] { place->compiled = compile(segment, key.first, activity); });
  return *place->compiled;
}

std::unique_ptr<Compiled> Tables::compile(std::size_t segment, bool referred,
                                          const Activity& activity) const {
  const std::vector<TimedChange> changes = changes_of(activity, false);
  const Named<Investment> changed_events = of_events_.empty() ? Named<Investment>{} : events(activity);
  const Named<Investment>& events = of_events_.empty() ? events_ : changed_events;
  std::vector<DueImpulse> impulses;
  std::vector<DueCost> costs;
  for (const Acting& acting : activity) {
    const Investment& intervention = definition(acting.intervention);
    if (acting.faded > 0) continue;
    if (!intervention.cost.each.empty()) costs.push_back({acting.intervention, &intervention.cost});
    const std::size_t of_investments = definitions_.size() - events.size();
    const auto index = static_cast<std::size_t>(acting.intervention);
    const auto& impulse =
        index < of_investments ? intervention.impulse : events.items[index - of_investments].second.impulse;
    // An impulse without `who` acts once, in the first period; with it, on whoever matches while it lasts.
    if (impulse && (acting.age == 1 || impulse->who)) impulses.push_back({&*impulse});
  }
  const auto with = [&](const Model& own) {
    return std::make_unique<Compiled>(own, layout_, traits_[segment], log_tenure_, referred, impulses, costs);
  };
  auto compiled = activity.empty() ? with(models_[segment]) : with(changed(segment, changes));
  if (scaled_) compiled->scale(layout_);
  return compiled;
}

void Tables::scale() {
  for_each([&](Compiled& compiled) { compiled.scale(layout_); });
  scaled_ = true;
}

}  // namespace goodwill

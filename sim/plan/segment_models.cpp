#include "sim/plan/segment_models.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/change/price.hpp"
#include "sim/model/problem.hpp"
#include "sim/plan/compile.hpp"

namespace goodwill {
namespace {

/// Refuses sizes for which customer ids, bit sets and addresses of random numbers have no room.
void check_size(const Model& m) {
  const auto check = [](std::size_t found, std::size_t most, const std::string& what) {
    if (found > most)
      throw ModelError(what + ": at most " + std::to_string(most) + " can be simulated, found " +
                       std::to_string(found));
  };
  check(m.segments.size(), 1000, "segments");
  check(m.stages.size(), max_stages, "stages");
  check(m.journeys.size(), 10'000, "journeys");
  for (const auto& [name, journey] : m.journeys)
    check(journey.touchpoints.size(), max_touchpoints, "touchpoints of journey '" + name + "'");
  for (const auto& [name, stage] : m.stages) check(stage.moves.size(), 255, "moves of stage '" + name + "'");
  std::set<std::string> followed;
  for (const auto& [name, journey] : m.journeys)
    for (const auto& [source, share] : journey.after) followed.insert(source);
  check(followed.size(), max_followed, "journeys that others come after, orders included");
}

std::vector<TimedChange> segment_changes(const Segment& segment) {
  std::vector<TimedChange> changes;
  for (const auto& change : segment.changes) changes.push_back({&change, 1.0, -1});
  return changes;
}

}  // namespace

Model without_what_if(const Model& model) {
  Model copy = model;
  for (auto* interventions : {&copy.investments, &copy.events}) interventions->items.clear();
  copy.assumptions.items.clear();
  copy.scenarios.items.clear();
  copy.compare.items.clear();
  copy.goals.items.clear();
  return copy;
}

Model segment_model(const Model& model, const Anchors& anchors, const ChangeSet& changes, std::size_t segment,
                    const std::vector<TimedChange>& interventions) {
  Model copy = model;
  copy.own_segment = static_cast<int>(segment);
  if (segment < anchors.segments.size()) {
    const std::vector<double>& solved = anchors.segments[segment].solved;
    std::size_t k = 0;
    for_each_response(copy, [&](const std::string&, Response& r) { r.solved = solved[k++]; });
    for_each_response(copy, [&](const std::string&, Response& r) {
      r.solved_bands.clear();
      if (r.form != Response::Form::table || k == solved.size()) return;
      const auto rows = solved.begin() + static_cast<std::ptrdiff_t>(k), end = rows + std::ssize(r.table);
      if (!std::all_of(rows, end, [](double x) { return std::isnan(x); })) r.solved_bands.assign(rows, end);
      k += r.table.size();
    });
  }
  copy.survey.solved_bias = anchors.survey_bias;
  std::vector<TimedChange> all = segment_changes(model.segments.items[segment].second);
  all.insert(all.end(), interventions.begin(), interventions.end());
  std::vector<Problem> problems;
  changes.apply(copy, all, problems);
  if (problems.empty() && !interventions.empty() && depends_on_price(copy))
    set_prices(copy, segment_model(model, anchors, changes, segment, {}), problems);
  if (!problems.empty()) throw ModelError(problems);
  return copy;
}

std::vector<Model> make_segment_models(const Model& model, const Anchors& anchors, const ChangeSet& changes) {
  check_size(model);
  const Model lived = without_what_if(model);
  std::vector<Model> models;
  for (std::size_t s = 0; s < model.segments.size(); ++s)
    models.push_back(segment_model(lived, anchors, changes, s, {}));
  return models;
}

int lived_past(const Model& own, const Model& model) {
  double longest = 2 * own.periods_per_year();
  const auto see = [&](const std::optional<Who>& who) {
    if (!who) return;
    if (who->within) longest = std::max(longest, who->within->value);
    if (!who->failed_ago) return;
    for (const auto& edge : {who->failed_ago->from, who->failed_ago->to})
      if (edge) longest = std::max(longest, edge->value);
  };
  for (const auto& [name, journey] : own.journeys)
    for (const auto& [place, t] : journey.touchpoints) see(t.who);
  for (const auto* interventions : {&model.investments, &model.events})
    for (const auto& [name, intervention] : *interventions)
      if (intervention.impulse) see(intervention.impulse->who);
  for_each_response(own, [&](const std::string&, const Response& r) {
    for_each_effect(r.effects, [&](const char*, const Number& effect, FeaturePlace, FeatureOf of) {
      if (of == FeatureOf::memory && effect != 0) longest = std::max(longest, own.memory());
    });
  });
  return static_cast<int>(std::lround(std::min(longest, 10 * model.periods_per_year())));
}

}  // namespace goodwill

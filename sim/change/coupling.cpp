#include "sim/change/coupling.hpp"

#include <algorithm>

#include "sim/change/change.hpp"
#include "sim/model/responses.hpp"

namespace goodwill {
namespace {

bool names_words(const std::vector<Change>& changes) {
  return std::any_of(changes.begin(), changes.end(), [](const Change& change) {
    return change.path.ends_with("good_word") || change.path.ends_with("bad_word");
  });
}

/// Whether messages make a difference to somebody: an effect of words heard, or a mean of who joins that they
/// move; now, for a segment, or by an intervention.
bool words_matter(const Model& model) {
  bool found = false;
  const auto see = [&](const Number& n) { found = found || n != 0; };
  for (const auto& [name, segment] : model.segments) {
    for (const Spread* spread : {&segment.expects, &segment.satisfaction, &segment.trust})
      see(spread->good_word);
    found = found || names_words(segment.changes);
  }
  for (const auto* interventions : {&model.investments, &model.events})
    for (const auto& [name, intervention] : *interventions)
      found = found || names_words(intervention.changes);
  for_each_response(model, [&](const std::string&, const Response& r) {
    for_each_effect(r.effects, [&](const char*, const Number& effect, FeaturePlace place, FeatureOf) {
      if (place == FeaturePlace::world) see(effect);
    });
  });
  return found;
}

}  // namespace

std::vector<std::string> coupled_by(const Model& model) {
  const Model own = inherited(model);
  const auto serves = [](const auto& named) { return !named.second.team.empty(); };
  std::vector<std::string> found;
  if (std::any_of(own.journeys.begin(), own.journeys.end(), [&](const auto& journey) {
        const auto& points = journey.second.touchpoints;
        return std::any_of(points.begin(), points.end(), serves);
      }))
    found.emplace_back("teams");
  if (model.word_of_mouth && words_matter(own)) found.emplace_back("word of mouth");
  if (model.market && model.market->is_finite()) found.emplace_back("market");
  return found;
}

bool is_networked(const Model& model) {
  const bool of_market = model.market && model.market->is_finite() && model.market->network;
  return of_market || (model.word_of_mouth && model.word_of_mouth->network && !coupled_by(model).empty());
}

bool agents_are_people(const Model& model) {
  return (model.market && model.market->is_finite()) || is_networked(model);
}

bool lists_edges(const Model& model) {
  const auto lists = [](const std::optional<SocialNetwork>& network) {
    return network && (network->all.edges.given() ||
                       std::ranges::any_of(network->layers,
                                           [](const auto& layer) { return layer.second.edges.given(); }));
  };
  return (model.market && lists(model.market->network)) ||
         (model.word_of_mouth && lists(model.word_of_mouth->network));
}

}  // namespace goodwill

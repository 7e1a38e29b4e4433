#include "sim/plan/coupling.hpp"

#include <algorithm>

#include "sim/change/change.hpp"
#include "sim/plan/talk.hpp"
#include "sim/plan/trigger.hpp"

namespace goodwill {

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

std::vector<std::string> coupled_by(const Model& model, const std::vector<std::string>& scenarios,
                                    bool circumstances) {
  std::vector<std::string> found = coupled_by(model);
  if (std::ranges::any_of(scenarios,
                          [&](const auto& name) { return has_triggers(model, name, circumstances); }))
    found.emplace_back("triggers");
  return found;
}

}  // namespace goodwill

// Goals: about known indicators, within the horizon, and not at odds with themselves.
#include <algorithm>

#include "sim/change/change.hpp"
#include "sim/check/check.hpp"
#include "sim/model/accept.hpp"

namespace goodwill {

namespace {

void check_goal(const Goal& goal, const Indicator& indicator, const std::string& path, Findings& found) {
  if (!goal.at_least && !goal.at_most) found.problem(goal.mark, path, "a goal has 'at_least' or 'at_most'");
  const auto shown = [&](const Number& n) { return value_text(n, {indicator.unit, 0, 0}); };
  if (goal.at_least && goal.at_most && goal.at_least->value > goal.at_most->value)
    found.problem(goal.mark, path,
                  "nothing is at least " + shown(*goal.at_least) + " and at most " + shown(*goal.at_most));
}

bool any_effort(const Model& model) {
  const Model own = inherited(model);
  return std::any_of(own.journeys.begin(), own.journeys.end(), [](const auto& journey) {
    const auto& points = journey.second.touchpoints;
    return std::any_of(points.begin(), points.end(),
                       [](const auto& point) { return point.second.effort.has_value(); });
  });
}

}  // namespace

void check_goals(const Model& model, Findings& found) {
  std::vector<std::string> names;
  for (const Indicator& indicator : indicators()) names.emplace_back(indicator.name);
  const bool any_prospects = std::any_of(model.stages.begin(), model.stages.end(), [](const auto& stage) {
    return stage.second.kind == Stage::Kind::prospect;
  });
  for (const auto& [name, goal] : model.goals) {
    const std::string path = "goals." + name;
    if (const Indicator* known = indicator(name))
      check_goal(goal, *known, path, found);
    else
      found.problem(goal.mark, path, unknown_name("an indicator", name, names));
    if (name == "conversion" && !any_prospects)
      found.problem(goal.mark, path, "conversion needs a stage of kind prospect");
    if (name == "completion" && model.journeys.empty())
      found.problem(goal.mark, path, "completion needs a journey");
    if (name == "ces" && !any_effort(model))
      found.problem(goal.mark, path, "ces needs a touchpoint, or a channel of one, with an 'effort'");
    if (goal.by.value > model.horizon.value)
      found.problem(goal.by.mark, path + ".by", "this is after the horizon");
  }
}

}  // namespace goodwill

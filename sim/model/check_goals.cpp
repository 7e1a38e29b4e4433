// Goals: indicators, and figures that they can have.
#include <algorithm>
#include <cmath>

#include "sim/model/check.hpp"

namespace goodwill {

namespace {

struct Indicator {
  std::string name;
  double low, high;  // of what it can be
};

const Indicator indicators[] = {
    {"nps", -100, 100},   {"measured_nps", -100, 100},
    {"csat", 0, 1},       {"satisfaction", 0, 10},
    {"trust", 0, 1},      {"churn", 0, 1},
    {"conversion", 0, 1}, {"customers", 0, INFINITY},
};

std::string plain(double x) { return format_scalar(x, Unit::plain); }

void check_goal(const Goal& goal, const Indicator& indicator, const std::string& path, Reader& reader) {
  if (!goal.at_least && !goal.at_most) reader.problem(goal.mark, path, "a goal has 'at_least' or 'at_most'");
  const auto within = [&](const std::optional<Number>& bound, const std::string& name) {
    if (!bound || (bound->value >= indicator.low && bound->value <= indicator.high)) return;
    const std::string range = std::isinf(indicator.high)
                                  ? "is " + plain(indicator.low) + " or more"
                                  : "lies between " + plain(indicator.low) + " and " + plain(indicator.high);
    reader.problem(bound->mark, path + "." + name,
                   plain(bound->value) + " is out of reach; " + indicator.name + " " + range);
  };
  within(goal.at_least, "at_least");
  within(goal.at_most, "at_most");
  if (goal.at_least && goal.at_most && goal.at_least->value > goal.at_most->value)
    reader.problem(goal.mark, path,
                   "nothing is at least " + plain(goal.at_least->value) + " and at most " +
                       plain(goal.at_most->value));
}

}  // namespace

void check_goals(const Model& model, Reader& reader) {
  std::vector<std::string> names;
  for (const Indicator& indicator : indicators) names.push_back(indicator.name);
  const bool any_prospects = std::any_of(model.stages.begin(), model.stages.end(), [](const auto& stage) {
    return stage.second.kind == Stage::Kind::prospect;
  });
  for (const auto& [name, goal] : model.goals) {
    const std::string path = "goals." + name;
    const auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end())
      reader.problem(goal.mark, path, unknown_name("an indicator", name, names));
    else
      check_goal(goal, indicators[known - names.begin()], path, reader);
    if (name == "conversion" && !any_prospects)
      reader.problem(goal.mark, path, "conversion needs a stage of kind prospect");
    if (goal.by.value > model.horizon.value)
      reader.problem(goal.by.mark, path + ".by", "this is after the horizon");
  }
}

}  // namespace goodwill

// What customers spend: whether something depends on it where all spend alike.
#include <algorithm>

#include "sim/check/check.hpp"
#include "sim/model/responses.hpp"

namespace goodwill {

void check_spend(const Model& model, Findings& found) {
  const auto differs = [](const auto& segment) { return segment.second.spend > 0; };
  if (std::any_of(model.segments.begin(), model.segments.end(), differs)) return;
  const auto alike = [&](const Number& effect, const std::string& path) {
    if (effect != 0)
      found.problem(effect.mark, path, "all customers spend alike: give a segment spend: {cv: 0.5}");
  };
  for_each_response(model, [&](const std::string& path, const Response& r) {
    for_each_effect(r.effects, [&](const char* name, const Number& effect, FeaturePlace, FeatureOf of) {
      if (of == FeatureOf::trait) alike(effect, path + "." + name);
    });
  });
  const auto changed = [&](const std::vector<Change>& changes, const std::string& path) {
    for (const Change& change : changes)
      if (change.path.ends_with(".spend")) alike(change.value, path + ".changes." + change.path);
  };
  for (const auto& [name, s] : model.segments) changed(s.changes, name);
  for (const auto& [name, i] : model.investments) changed(i.changes, "investments." + name);
  for (const auto& [name, e] : model.events) changed(e.changes, "events." + name);
}

}  // namespace goodwill

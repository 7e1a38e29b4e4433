#include "sim/plan/coupling.hpp"

#include <algorithm>

#include "sim/plan/trigger.hpp"

namespace goodwill {

std::vector<std::string> coupled_by(const Model& model, const std::vector<std::string>& scenarios,
                                    bool circumstances) {
  std::vector<std::string> found = coupled_by(model);
  if (std::ranges::any_of(scenarios,
                          [&](const auto& name) { return has_triggers(model, name, circumstances); }))
    found.emplace_back("triggers");
  return found;
}

}  // namespace goodwill

// Whether customers influence one another in some scenarios.
#pragma once

#include <string>
#include <vector>

#include "sim/change/coupling.hpp"

namespace goodwill {

/// Through what they do, and there may be `triggers`, too. `circumstances`: with the events that happen in
/// every scenario.
std::vector<std::string> coupled_by(const Model& model, const std::vector<std::string>& scenarios,
                                    bool circumstances = true);

}  // namespace goodwill

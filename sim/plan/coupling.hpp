// Whether customers influence one another.
#pragma once

#include <string>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// Through what they do: `teams`, `word of mouth`, `market`. Empty: each lives alone, whatever the others do.
std::vector<std::string> coupled_by(const Model& model);
/// The same in some scenarios, in which there may be `triggers`, too. `circumstances`: with the events that
/// happen in every scenario.
std::vector<std::string> coupled_by(const Model& model, const std::vector<std::string>& scenarios,
                                    bool circumstances = true);

}  // namespace goodwill

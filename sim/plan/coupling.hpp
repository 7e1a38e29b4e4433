// Whether customers influence one another.
#pragma once

#include <string>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// Through what they do: `teams`. Empty: each lives alone, whatever the others do.
std::vector<std::string> coupled_by(const Model& model);

}  // namespace goodwill

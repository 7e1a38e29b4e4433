// What this version reads and checks but cannot run yet. Refused by name, never ignored.
#pragma once

#include <vector>

#include "sim/model/model.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

/// One problem per use, where it stands: `teams are not supported yet`. Empty: the model can be run.
std::vector<Problem> unsupported(const Model& model);

}  // namespace goodwill

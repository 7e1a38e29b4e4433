// Reading a model: a file, a text or a mapping from Python. A wrong model never comes back; all its mistakes
// do.
#pragma once

#include <string>

#include "sim/model/document.hpp"
#include "sim/model/model.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

/// Each throws ModelError with every problem found. `model: other.yaml` is read first, relative to the file
/// that says it; what stands beside it adds to it and overrides it, key by key.
Model read_model(const std::string& path);
/// `name` is shown in problems; if it is a path, includes are relative to it.
Model read_model_text(const std::string& text, const std::string& name);
Model read_model_node(const Node& node, const std::string& name);

}  // namespace goodwill

// Reading and changing single values by path, in the grammar of a model file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/file/document.hpp"

namespace goodwill {

/// The value at a path, as it would be written: a number per period, a mapping, a list.
Node get(const Model& model, const std::string& path);
std::string get_text(const Model& model, const std::string& path);
/// A changed copy, checked as a whole; values in the grammar of a model file. Throws ModelError with all
/// problems.
Model assign(const Model& model, const std::vector<std::pair<std::string, Node>>& values,
             Cancel cancel = nullptr);

}  // namespace goodwill

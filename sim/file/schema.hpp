// What editors and people are told about the grammar, from the field descriptions.
#pragma once

#include <string>

namespace goodwill {

/// JSON Schema 2020-12 of a model file, for completion and hints in editors.
std::string json_schema();
/// A table per block: name, unit, bounds, default, text, source.
std::string reference_markdown();

}  // namespace goodwill

// Back from typed values to text: YAML that reads as the same model, single values, and a content hash.
#pragma once

#include <string>
#include <string_view>

#include "sim/file/document.hpp"
#include "sim/model/fields.hpp"
#include "sim/model/model.hpp"

namespace goodwill {

enum class Write {
  given,         ///< what the model itself says, or what differs from the defaults
  all,           ///< every field that has a value (a touchpoint with a channel: what it says itself)
  by_reference,  ///< as `given`, but own edges by the names of edge_files()
  identity,      ///< as `all`, but own edges by these names
};

/// YAML that reads back to the same model; numbers in the model's own period.
std::string write_model(const Model& model, Write what = Write::given);
/// YAML of any document.
std::string write_yaml(const Node& node);
/// What a field holds, as it would be written.
Node to_node(const Field& field, const Slot& slot, Write what = Write::all);
Node to_node(const Number& number, Unit unit);
/// 32 hex digits that differ for texts that differ.
std::string digest(std::string_view text);
/// The same 32 hex digits for models that mean the same, whatever their layout, files and comments.
std::string model_hash(const Model& model);

}  // namespace goodwill

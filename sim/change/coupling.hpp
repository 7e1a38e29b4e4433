// Whether customers influence one another.
#pragma once

#include <string>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// Through what they do: `teams`, `word of mouth`, `market`. Empty: each lives alone, whatever the others do.
std::vector<std::string> coupled_by(const Model& model);

/// Whether who knows whom makes a difference, so that each simulated customer is one person.
bool is_networked(const Model& model);

/// Whether `agents` are people, most of whom may be no customers yet: on a network or in a market.
bool agents_are_people(const Model& model);

/// Whether the model lists who knows whom, which the samples of anchoring cannot keep.
bool lists_edges(const Model& model);

}  // namespace goodwill

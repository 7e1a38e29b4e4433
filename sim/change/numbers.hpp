// Every number that a model file can say, wherever it stands: the places into which
// assumptions put their values.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/change/path.hpp"

namespace goodwill {

struct NumberPlace {
  std::string path;  ///< full: `investments.coaching.changes.phone.quality.add`
  Number& number;
  Accept accept;
  bool fixed = false;                  ///< belongs to the definition: what is simulated and what is observed
  std::optional<Change::Op> change{};  ///< an operand of a change
};

/// Visits all numbers in the order of the descriptions, except those of the assumptions
/// themselves and the tenures of a table. `model` keeps its layout. An operand has bounds only
/// where the path of its change is known.
void for_each_number(Model& model, const std::function<void(const NumberPlace&)>& visit);

}  // namespace goodwill

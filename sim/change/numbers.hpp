// Every number that a model's file can say, wherever it stands: what assumptions put their values into.
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

/// Visits them in the order of the descriptions. Left out are the assumptions themselves and the tenures of a
/// table. `model` keeps its layout. The bounds of an operand need the path of its change to be known.
void for_each_number(Model& model, const std::function<void(const NumberPlace&)>& visit);

}  // namespace goodwill

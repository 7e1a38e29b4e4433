// The people of a model by number, where each customer is simulated.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// People of a segment have consecutive numbers: its customers, then those who may become some.
struct Numbered {
  std::int64_t first, customers, prospects;
  std::int64_t end() const { return first + customers + prospects; }
};

/// By segment, in the order of the model.
std::vector<Numbered> numbered_people(const Model& model);
inline std::int64_t all_people(const Model& model) {
  return model.segments.size() == 0 ? 0 : numbered_people(model).back().end();
}

/// Whether edges of a list differ in their weights.
bool are_weighted(const std::vector<Tie>& ties);

}  // namespace goodwill

#include "sim/model/people.hpp"

#include <algorithm>
#include <cmath>

namespace goodwill {

std::vector<Numbered> numbered_people(const Model& model) {
  std::vector<Numbered> people;
  std::int64_t first = 0;
  for (const auto& [name, segment] : model.segments) {
    const std::int64_t customers = std::llround(segment.count);
    const Number* const size = model.market ? model.market->size_of(name, model.segments.size()) : nullptr;
    const double others = size ? std::max(0.0, *size - segment.count) : 0;
    people.push_back({first, customers, std::llround(others)});
    first = people.back().end();
  }
  return people;
}

bool are_weighted(const std::vector<Tie>& ties) {
  return std::ranges::any_of(ties, [&](const Tie& t) { return t.weight != ties.front().weight; });
}

}  // namespace goodwill

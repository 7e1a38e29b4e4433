// Networks that the user brings.
#pragma once

#include <span>
#include <string>

#include "sim/network/network.hpp"

namespace goodwill {

/// How messages name the edges of a list: "line 5" is edge 3 of a file with a heading.
struct RowNames {
  std::string word = "row";
  std::int64_t first = 0;
};

struct EdgeList {
  std::span<const std::int64_t> from, to;
  std::span<const double> weights{};  ///< empty: none
};

/// People are numbered from 0. The order of the list does not matter, nor, without direction, which end comes
/// first. Throws std::invalid_argument, and names the first row at fault, for an end that is nobody, an edge
/// from somebody to themselves, an edge that comes twice, and a weight that is not above 0 and finite.
Network from_edges(std::uint32_t people, const EdgeList& list, bool directed, const RowNames& names = {});

}  // namespace goodwill

// Who knows whom: a graph of people in compressed rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace goodwill {

struct Edge {
  std::uint32_t from, to;
};

/// The row of a person holds the people whom they know, in ascending order, nobody twice and not themselves.
/// An undirected edge stands in the rows of both its ends, a directed one in the row of the person whom it
/// leaves.
struct Network {
  std::vector<std::uint64_t> offsets{0};  ///< row i goes from offsets[i] to offsets[i + 1]
  std::vector<std::uint32_t> targets;
  std::vector<float> weights;  ///< of the targets; empty where the edges have none
  bool directed = false;

  std::uint32_t people() const { return static_cast<std::uint32_t>(offsets.size() - 1); }
  std::uint64_t edges() const { return directed ? targets.size() : targets.size() / 2; }
  std::uint32_t degree(std::uint32_t person) const {
    return static_cast<std::uint32_t>(offsets[person + 1] - offsets[person]);
  }
  std::span<const std::uint32_t> neighbours(std::uint32_t person) const {
    return {targets.data() + offsets[person], degree(person)};
  }
  /// Where an edge of the network stands among the targets.
  std::size_t place(std::uint32_t from, std::uint32_t to) const {
    const auto row = neighbours(from);
    return offsets[from] +
           static_cast<std::size_t>(std::lower_bound(row.begin(), row.end(), to) - row.begin());
  }
  bool operator==(const Network&) const = default;
};

}  // namespace goodwill

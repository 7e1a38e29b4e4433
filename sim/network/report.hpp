// What a network is like.
#pragma once

#include <array>

#include "sim/network/network.hpp"

namespace goodwill {

/// Degrees of a directed network are those of the edges that leave. Its components and isolated people are
/// those of the network without direction.
struct NetworkReport {
  static constexpr std::array<double, 6> quantiles{0.1, 0.25, 0.5, 0.75, 0.9, 0.99};

  double mean_degree = 0;
  std::uint32_t min_degree = 0, max_degree = 0;
  std::array<std::uint32_t, 6> degree_quantiles{};  ///< the least degree that this share has, or fewer
  double isolated = 0;                              ///< share of people without an edge
  std::uint32_t components = 0;                     ///< those who know each other through others
  double largest = 0;                               ///< share of people in the largest component
  /// Share of the pairs of neighbours of one person who know each other (global clustering, Newman 2003); NaN
  /// for a directed network, or where nobody has two neighbours. Up to ten million pairs are all counted; of
  /// more a million are drawn, always the same, for a standard error of at most 0.0005.
  double clustering = 0;
  std::uint64_t pairs_drawn = 0;  ///< 0: all were counted
};

NetworkReport report(const Network& network);

}  // namespace goodwill

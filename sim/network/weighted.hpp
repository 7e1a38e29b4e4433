// What the weights of edges mean: whom people tell, and whom they look at. Integers, so that neither the
// order in which edges are added up nor the platform can matter.
#pragma once

#include "sim/network/network.hpp"

namespace goodwill {

/// Multiplies the weights so that their mean is 1; none becomes 0.
void set_mean_weight_to_one(Network& network);

/// Draws neighbours in proportion to the weights of the edges that lead to them.
class Chances {
public:
  Chances() = default;
  /// `network` must have weights.
  explicit Chances(const Network& network);
  bool given() const { return !all_.empty(); }
  /// The weights of all edges that leave somebody.
  double all(std::uint32_t person) const { return all_[person]; }
  /// The number of one of the neighbours, of whom there must be some; `u` is uniform on [0, 1].
  std::uint32_t pick(const Network& network, std::uint32_t person, double u) const {
    const auto first = until_.begin() + static_cast<std::ptrdiff_t>(network.offsets[person]);
    const auto last = first + network.degree(person) - 1;
    return static_cast<std::uint32_t>(std::upper_bound(first, last, static_cast<std::uint64_t>(u * 0x1p32)) -
                                      first);
  }

private:
  std::vector<std::uint32_t> until_;  // by edge: that of its row and those before it, of 2^32 in all
  std::vector<double> all_;           // by person
};

/// How much of what a person sees each edge that leads to them is, in parts; without weights each is one.
class Attention {
public:
  Attention() = default;
  explicit Attention(const Network& network);
  bool given() const { return !whole_.empty(); }
  std::int32_t part(std::uint64_t edge) const { return parts_.empty() ? 1 : parts_[edge]; }
  /// All parts of a person.
  std::uint32_t whole(std::uint32_t person) const { return whole_[person]; }
  /// The weight of a part.
  double weight(std::uint32_t person) const { return weights_.empty() ? 1 : weights_[person]; }

private:
  std::vector<std::int32_t> parts_;   // by edge
  std::vector<std::uint32_t> whole_;  // by person
  std::vector<double> weights_;       // by person
};

}  // namespace goodwill

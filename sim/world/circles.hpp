// Who knows whom in the base of a replication: the same in every scenario.
#pragma once

#include <vector>

#include "sim/network/luck.hpp"
#include "sim/network/network.hpp"
#include "sim/plan/plan.hpp"
#include "sim/world/joiner.hpp"

namespace goodwill {

/// How many people somebody knows in a circle, on average; by blocks: those of the segment who know most.
double mean_degree(const Circle& kind);
/// Bytes that a person takes in the networks of a world, besides the arrays of a block.
double person_bytes(const SocialNetwork& network);

/// The people of the base in the order of their segments and ids, and the circles in which they know one
/// another.
class Circles {
public:
  /// `ids`, by segment, in ascending order. Throws ModelError where a network of this kind cannot be made of
  /// so many people.
  Circles(const Plan& plan, std::uint64_t seed, std::uint32_t replication,
          std::vector<std::vector<CustomerId>> ids);

  std::uint32_t people() const { return first_.back(); }
  std::uint32_t first_of(std::size_t segment) const { return first_[segment]; }
  const std::vector<std::vector<CustomerId>>& ids() const { return ids_; }
  std::uint32_t person(std::size_t segment, CustomerId id) const;

  std::size_t layers() const { return layers_.size(); }
  double weight(std::size_t layer) const { return layers_[layer].weight; }
  std::uint32_t degree(std::size_t layer, std::uint32_t person) const {
    const Layer& l = layers_[layer];
    return l.network.degree(l.place.empty() ? person : l.place[person]);
  }
  /// Calls visit(person) for those whom a person knows.
  template <class Visit>
  void for_each_known(std::size_t layer, std::uint32_t person, Visit&& visit) const {
    const Layer& l = layers_[layer];
    const std::uint32_t* const at = l.at.empty() ? nullptr : l.at.data();
    for (const std::uint32_t place : l.network.neighbours(at ? l.place[person] : person))
      visit(at ? at[place] : place);
  }

  /// How many people newcomers want to know, and among whom.
  struct Wish {
    NetworkLuck luck;
    double degree;
    int segment;  ///< -1: among everybody
  };
  /// Those of a newcomer of this segment.
  const std::vector<Wish>& wishes(std::size_t layer, int segment) const {
    return layers_[layer].wishes[static_cast<std::size_t>(segment)];
  }
  /// How much each hears, compared with people of their segment on average, if all say the same.
  const std::vector<float>& exposure() const { return exposure_; }

private:
  struct Layer {
    NetworkLuck luck;
    double weight;
    Network network;
    std::vector<std::uint32_t> place{}, at{};  ///< of each person, and who is at a place; empty: the same
    std::vector<std::vector<Wish>> wishes{};   ///< by segment
  };
  void add(const Circle& kind, const std::string& path, const Named<Segment>& segments,
           const NetworkLuck& luck);
  void mix(Layer& layer) const;
  std::vector<Wish> wishes_of(const Circle& kind, const NetworkLuck& luck, const Named<Segment>& segments,
                              std::size_t here) const;
  void expose();

  std::vector<std::vector<CustomerId>> ids_;
  std::vector<std::uint32_t> first_;  // of each segment, and the number of all
  std::vector<Layer> layers_;
  std::vector<float> exposure_;
};

}  // namespace goodwill

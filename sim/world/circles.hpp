// Who knows whom among the people of a replication, the base and who may come out of the market: the same in
// every scenario.
#pragma once

#include <vector>

#include "sim/network/luck.hpp"
#include "sim/network/network.hpp"
#include "sim/plan/plan.hpp"
#include "sim/world/joiner.hpp"

namespace goodwill {

/// How many people somebody knows in a circle, on average; by blocks: those of the segment who know most.
double mean_degree(const Circle& kind, const Model& model);
/// Bytes that a person takes in the networks of a world, besides the arrays of a block.
double person_bytes(const SocialNetwork& network, const Model& model);

/// People in the order of their segments, the base in the order of its ids before the prospects, and the
/// circles in which they know one another: in some they tell each other, in some prospects look at others.
class Circles {
public:
  /// `ids` of the base, by segment, in ascending order. Throws ModelError where a network of this kind cannot
  /// be made of so many people.
  Circles(const Plan& plan, std::uint64_t seed, std::uint32_t replication,
          std::vector<std::vector<CustomerId>> ids);

  std::uint32_t people() const { return first_.back(); }
  std::uint32_t first_of(std::size_t segment) const { return first_[segment]; }
  const std::vector<std::vector<CustomerId>>& ids() const { return ids_; }
  bool any_prospects() const;
  /// Of the base.
  std::uint32_t person(std::size_t segment, CustomerId id) const;
  std::uint32_t people_of(std::size_t segment) const { return first_[segment + 1] - first_[segment]; }
  std::uint32_t first_prospect(std::size_t segment) const {
    return first_[segment] + static_cast<std::uint32_t>(ids_[segment].size());
  }

  /// The layers in which people tell each other are the first ones.
  std::size_t layers() const { return told_; }
  /// Those in which prospects look at others.
  const std::vector<std::size_t>& market() const { return market_; }
  std::size_t all_layers() const { return layers_.size(); }
  double weight(std::size_t layer) const { return layers_[layer].weight; }
  std::uint32_t degree(std::size_t layer, std::uint32_t person) const {
    const Layer& l = layers_[layer];
    return l.network.degree(l.place.empty() ? person : l.place[person]);
  }
  /// Number k of those whom a person knows.
  std::uint32_t known(std::size_t layer, std::uint32_t person, std::uint32_t k) const {
    const Layer& l = layers_[layer];
    return l.at.empty() ? *address(layer, person, k) : l.at[*address(layer, person, k)];
  }
  /// Where that one stands, to ask for it ahead.
  const std::uint32_t* address(std::size_t layer, std::uint32_t person, std::uint32_t k) const {
    const Layer& l = layers_[layer];
    return &l.network.neighbours(l.place.empty() ? person : l.place[person])[k];
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
  void add(const Circle& kind, const std::string& path, const Plan& plan, const NetworkLuck& luck);
  Network drawn(const Circle& kind, const NetworkLuck& luck, const Plan& plan) const;
  std::vector<std::uint32_t> sampled_degrees(const OwnEdges& edges, const Model& model) const;
  void mix(Layer& layer) const;
  std::vector<Wish> wishes_of(const Circle& kind, const NetworkLuck& luck, const Model& model,
                              std::size_t here) const;
  void expose();

  std::vector<std::vector<CustomerId>> ids_;
  std::vector<std::uint32_t> first_;  // of each segment, and the number of all
  std::vector<Layer> layers_;
  std::size_t told_ = 0;
  std::vector<std::size_t> market_;
  std::vector<float> exposure_;
};

}  // namespace goodwill

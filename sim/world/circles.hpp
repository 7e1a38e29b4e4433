// Who knows whom among the people of a replication, the base and who may come out of the market: the same in
// every scenario.
#pragma once

#include <vector>

#include "sim/network/luck.hpp"
#include "sim/network/weighted.hpp"
#include "sim/plan/plan.hpp"
#include "sim/world/joiner.hpp"

namespace goodwill {

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
  /// How many somebody tells.
  std::uint32_t degree(std::size_t layer, std::uint32_t person) const {
    return layers_[layer].network.degree(place_of(layer, person));
  }
  /// Number k of those whom a person tells.
  std::uint32_t known(std::size_t layer, std::uint32_t person, std::uint32_t k) const {
    const Layer& l = layers_[layer];
    return l.at.empty() ? *address(layer, person, k) : l.at[*address(layer, person, k)];
  }
  /// Where that one stands, to ask for it ahead.
  const std::uint32_t* address(std::size_t layer, std::uint32_t person, std::uint32_t k) const {
    return &layers_[layer].network.neighbours(place_of(layer, person))[k];
  }
  /// Calls visit(person, edge) for those whom a person tells.
  template <class Visit>
  void for_each_edge(std::size_t layer, std::uint32_t person, const Visit& visit) const {
    const Layer& l = layers_[layer];
    const std::uint32_t* const at = l.at.empty() ? nullptr : l.at.data();
    const std::uint32_t place = at ? l.place[person] : person;
    std::uint64_t edge = l.network.offsets[place];
    for (const std::uint32_t there : l.network.neighbours(place)) visit(at ? at[there] : there, edge++);
  }
  /// Calls visit(person) for the same.
  template <class Visit>
  void for_each_known(std::size_t layer, std::uint32_t person, Visit&& visit) const {
    for_each_edge(layer, person, [&](std::uint32_t other, std::uint64_t) { visit(other); });
  }

  /// Whether people of a layer tell some more readily than others.
  bool is_weighted(std::size_t layer) const { return layers_[layer].chances.given(); }
  /// Compared with the edges of the layer on average.
  double edge_weight(std::size_t layer, std::uint64_t edge) const {
    return is_weighted(layer) ? layers_[layer].network.weights[edge] : 1;
  }
  double edge_weight(std::size_t layer, std::uint32_t person, std::uint32_t k) const {
    return is_weighted(layer)
               ? layers_[layer].network.weights[layers_[layer].network.offsets[place_of(layer, person)] + k]
               : 1;
  }
  /// The weights of all edges on which a person tells.
  double told(std::size_t layer, std::uint32_t person) const {
    return is_weighted(layer) ? layers_[layer].chances.all(place_of(layer, person)) : degree(layer, person);
  }
  /// The number of one of those whom a person tells, by weight.
  std::uint32_t pick(std::size_t layer, std::uint32_t person, double u) const {
    return layers_[layer].chances.pick(layers_[layer].network, place_of(layer, person), u);
  }

  /// What an edge counts for the person to whom it leads, in parts.
  std::int32_t part(std::size_t layer, std::uint64_t edge) const {
    return layers_[layer].attention.part(edge);
  }
  /// All parts of a person: what those edges count that lead to them.
  std::uint32_t parts(std::size_t layer, std::uint32_t person) const {
    const Layer& l = layers_[layer];
    return l.attention.given() ? l.attention.whole(place_of(layer, person)) : degree(layer, person);
  }
  /// How much a part weighs.
  double part_weight(std::size_t layer, std::uint32_t person) const {
    return layers_[layer].weight * layers_[layer].attention.weight(place_of(layer, person));
  }

  /// Who tells the other: a newcomer and somebody whom they get to know.
  enum class Way { both, hears, tells };
  /// How many people newcomers want to know, and among whom.
  struct Wish {
    NetworkLuck luck;
    double degree;
    int segment;  ///< -1: among everybody
    Way way = Way::both;
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
    Chances chances{};                         ///< of a network with weights
    Attention attention{};                     ///< of one with weights or a direction
  };
  std::uint32_t place_of(std::size_t layer, std::uint32_t person) const {
    return layers_[layer].place.empty() ? person : layers_[layer].place[person];
  }
  void add(const Circle& kind, const std::string& path, const Plan& plan, const NetworkLuck& luck);
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

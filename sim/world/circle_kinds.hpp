// The network of one circle: of a kind that the model names, or that of its own list.
#pragma once

#include <vector>

#include "sim/network/luck.hpp"
#include "sim/network/network.hpp"
#include "sim/plan/plan.hpp"

namespace goodwill {

/// How many people somebody tells in a circle, on average; by blocks: those of the segment who know most.
double mean_degree(const Circle& kind, const Model& model);
/// People of each block, a segment, whom somebody of a segment knows; NaN where it follows from others.
std::vector<std::vector<double>> known_by_block(const Circle& kind, const Named<Segment>& segments);
/// Described alike, so that the same people know one another.
bool same(const SocialNetwork& a, const SocialNetwork& b);

/// How many people there are of each segment: the base, then who may come out of the market.
struct Seats {
  std::vector<std::uint32_t> base, prospects{};
  std::uint32_t all() const;
};
/// Who knows whom. People who are a sample get to know as many others as those of a list, by chance; the
/// weights of a list have the mean 1. Throws std::invalid_argument where a network of this kind cannot be
/// made of so many people.
Network draw_circle(const Circle& kind, const NetworkLuck& luck, const Plan& plan, const Seats& seats);

}  // namespace goodwill

// How somebody who joins later enters a network.
#pragma once

#include <span>
#include <vector>

#include "sim/network/luck.hpp"
#include "sim/state/presence.hpp"

namespace goodwill {

/// Whom newcomers can meet: people with consecutive numbers, and those who joined since; who is absent is met
/// by nobody.
struct Crowd {
  std::uint32_t first, size;
  std::span<const std::uint32_t> joined{};
  std::span<const Presence> presence{};  ///< by number
  std::int32_t period = 0;

  bool holds(std::uint32_t person) const { return presence[person].here == period; }
};

/// Neighbours of a newcomer: first those of `known`, who count, then others of the crowd, all with the same
/// probability, nobody twice, until they have `degree`, which is rounded up with the probability of its
/// fraction. `id` is the newcomer's own, by which their luck is drawn. Gives up after 10,000 draws, if next
/// to nobody is left.
std::vector<std::uint32_t> attach(const NetworkLuck& luck, std::uint64_t id, double degree,
                                  const Crowd& crowd, std::vector<std::uint32_t> known = {});

}  // namespace goodwill

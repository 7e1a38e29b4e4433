// How somebody who joins later enters a network.
#pragma once

#include <optional>

#include "sim/network/luck.hpp"
#include "sim/network/network.hpp"

namespace goodwill {

/// Neighbours of a newcomer among the `here` people whose numbers are 0 to here - 1: first the one who
/// referred them, then others, all with the same probability, nobody twice, until they have `degree` or know
/// everybody. A `degree` with a fraction is rounded up with that probability. `id` is the newcomer's own, by
/// which their luck is drawn; that of the people before them does not matter. Throws std::invalid_argument
/// for a degree that is negative or above 4,096, or a referrer who is not here.
std::vector<std::uint32_t> attach(const NetworkLuck& luck, std::uint64_t id, double degree,
                                  std::uint32_t here, std::optional<std::uint32_t> referrer = std::nullopt);

}  // namespace goodwill

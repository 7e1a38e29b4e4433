#include "sim/network/attach.hpp"

#include <algorithm>

#include "sim/network/check.hpp"
#include "sim/network/choice.hpp"

namespace goodwill {

std::vector<std::uint32_t> attach(const NetworkLuck& luck, std::uint64_t id, double degree,
                                  std::uint32_t here, std::optional<std::uint32_t> referrer) {
  constexpr std::uint32_t most = 4'096;
  if (!(degree >= 0 && degree <= most)) refuse("degree", shown(degree), "from 0 to " + std::to_string(most));
  if (referrer && *referrer >= here)
    refuse("the referrer", std::to_string(*referrer),
           "one of the " + std::to_string(here) + " people here, counted from 0");
  const auto words = [&](std::uint32_t index) {
    return draw(luck, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32),
                purpose(Decision::attach, index));
  };
  const auto wanted = std::min(here, static_cast<std::uint32_t>(degree + (words(0).w0 + 0.5) * 0x1p-32));

  std::vector<std::uint32_t> found, known;  // as they come; in ascending order
  const auto meet = [&](std::uint32_t person) {
    const auto place = std::lower_bound(known.begin(), known.end(), person);
    if (place != known.end() && *place == person) return;
    known.insert(place, person);
    found.push_back(person);
  };
  if (referrer && wanted > 0) meet(*referrer);
  if (wanted == here)
    for (std::uint32_t person = 0; person < here; ++person) meet(person);
  for (std::uint32_t draw_number = 1; found.size() < wanted; ++draw_number)
    meet(choose(here, [&](std::uint32_t index) { return words(draw_number << 6 | index); }));
  return found;
}

}  // namespace goodwill

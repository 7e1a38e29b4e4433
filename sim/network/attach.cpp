#include "sim/network/attach.hpp"

#include <algorithm>

#include "sim/network/choice.hpp"

namespace goodwill {

std::vector<std::uint32_t> attach(const NetworkLuck& luck, std::uint64_t id, double degree,
                                  const Crowd& crowd, std::vector<std::uint32_t> known) {
  constexpr std::uint32_t most_draws = 10'000;
  const auto words = [&](std::uint32_t draw_number, std::uint32_t index) {
    return draw(luck, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32),
                purpose(Decision::attach, draw_number << 6 | index));
  };
  const auto share = [](std::uint32_t word) { return (word + 0.5) * 0x1p-32; };
  const auto joined = static_cast<std::uint32_t>(crowd.joined.size());
  const double all = static_cast<double>(crowd.size) + joined;
  const auto wanted = static_cast<std::size_t>(std::min(all, degree + share(words(0, 0).w0)));
  if (known.size() > wanted) known.resize(wanted);
  for (std::uint32_t n = 1; known.size() < wanted && n <= most_draws; ++n) {
    // Of the base or not: apart, so that one more of them changes next to nothing.
    const auto of = [&](std::uint32_t people) {
      return choose(people, [&](std::uint32_t index) { return words(n, index); });
    };
    const bool base = share(words(n, 63).w3) * all < crowd.size;
    const std::uint32_t person = base ? crowd.first + of(crowd.size) : crowd.joined[of(joined)];
    if (crowd.holds(person) && std::find(known.begin(), known.end(), person) == known.end())
      known.push_back(person);
  }
  return known;
}

}  // namespace goodwill

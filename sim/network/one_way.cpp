// The configuration model for directed edges.
#include <algorithm>

#include "sim/network/check.hpp"
#include "sim/network/compress.hpp"
#include "sim/network/generate.hpp"

namespace goodwill {
namespace {

/// Everybody as often as they wish, in the order of the hashes of the wishes.
std::vector<std::uint32_t> in_turn(const NetworkLuck& luck, std::span<const std::uint32_t> degrees) {
  std::vector<std::uint64_t> wishes;  // hash, then person, who decides between equal hashes
  for (std::uint32_t person = 0; person < degrees.size(); ++person)
    for (std::uint32_t k = 0; k < degrees[person]; ++k)
      wishes.push_back(std::uint64_t{draw(luck, person, k, purpose(Decision::edge)).w0} << 32 | person);
  std::ranges::sort(wishes);
  std::vector<std::uint32_t> people;
  for (const std::uint64_t wish : wishes) people.push_back(static_cast<std::uint32_t>(wish));
  return people;
}

}  // namespace

Network one_way_degrees(const NetworkLuck& luck, std::span<const std::uint32_t> give,
                        std::span<const std::uint32_t> take) {
  check_people(static_cast<std::uint32_t>(give.size()));
  NetworkLuck other = luck;
  other.network |= 1u << 16;  // the two ends of an edge are drawn apart
  const std::vector<std::uint32_t> from = in_turn(luck, give), to = in_turn(other, take);
  const std::size_t edges = std::min(from.size(), to.size());
  return compress(static_cast<std::uint32_t>(give.size()), true, {1, [&](std::int64_t, EdgeSink& sink) {
                                                                    for (std::size_t k = 0; k < edges; ++k)
                                                                      sink.add(from[k], to[k]);
                                                                  }});
}

}  // namespace goodwill

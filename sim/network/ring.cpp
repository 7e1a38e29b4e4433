#include <cmath>

#include "sim/network/check.hpp"
#include "sim/network/choice.hpp"
#include "sim/network/compress.hpp"
#include "sim/network/generate.hpp"

namespace goodwill {
namespace {

void check_ring(std::uint32_t people, std::uint32_t neighbours) {
  check_people(people);
  if (neighbours % 2 != 0 || neighbours >= people)
    refuse("neighbours", std::to_string(neighbours),
           "even, half of them on each side, and below the number of people (" + std::to_string(people) +
               ")");
  check_edges(people * (neighbours / 2.0));
}

std::uint32_t beside(std::uint32_t people, std::uint32_t person, std::uint32_t distance) {
  const std::uint32_t to_the_end = people - person;
  return distance < to_the_end ? person + distance : distance - to_the_end;
}

}  // namespace

Network ring(std::uint32_t people, std::uint32_t neighbours) {
  check_ring(people, neighbours);
  const std::int64_t count = parts(people);
  return compress(people, false, {count, [=](std::int64_t chunk, EdgeSink& sink) {
                                    const std::uint64_t last = cut(people, chunk + 1, count);
                                    for (auto i = static_cast<std::uint32_t>(cut(people, chunk, count));
                                         i < last; ++i)
                                      for (std::uint32_t d = 1; d <= neighbours / 2; ++d)
                                        sink.add(i, beside(people, i, d));
                                  }});
}

Network small_world(const NetworkLuck& luck, std::uint32_t people, std::uint32_t neighbours, double rewired) {
  check_ring(people, neighbours);
  if (!(rewired >= 0 && rewired <= 1)) refuse("rewired", shown(rewired), "a probability");
  const auto threshold = static_cast<std::uint64_t>(std::ldexp(rewired, 32));
  const std::uint32_t half = neighbours / 2;
  const std::uint64_t edges = std::uint64_t{people} * half;
  const std::int64_t count = parts(edges);
  return compress(
      people, false,
      {count, [=](std::int64_t chunk, EdgeSink& sink) {
         Wave wave;
         const std::uint64_t last = cut(edges, chunk + 1, count);
         for (std::uint64_t e = cut(edges, chunk, count); e < last;
              e += static_cast<std::uint64_t>(wave.size)) {
           wave.size = static_cast<std::int32_t>(std::min<std::uint64_t>(Wave::most, last - e));
           auto person = static_cast<std::uint32_t>(e / half),
                distance = static_cast<std::uint32_t>(e % half);
           for (std::int32_t i = 0; i < wave.size; ++i) {
             wave.lo[i] = person;
             wave.hi[i] = ++distance;
             wave.purpose[i] = purpose(Decision::edge);
             if (distance == half) ++person, distance = 0;
           }
           wave.draw(luck);
           for (std::int32_t i = 0; i < wave.size; ++i) {
             const std::uint32_t from = wave.lo[i], d = wave.hi[i];
             const bool elsewhere = wave.w0[i] < threshold;
             sink.add(from, !elsewhere ? beside(people, from, d) : choose(people, [&](std::uint32_t index) {
                        return draw(luck, from, d, purpose(Decision::end, index));
                      }));
           }
         }
       }});
}

}  // namespace goodwill

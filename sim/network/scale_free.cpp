// The edges stand in a row of places, 2 for each: place 2e is who brings edge e, place 2e + 1 whom it leads
// to. Choosing by degree is choosing one of the places before, so place P copies place hash(P) mod P; if that
// is odd, what it holds is found in the same way (Sanders and Schulz 2016).
#include <algorithm>

#include "sim/network/check.hpp"
#include "sim/network/compress.hpp"
#include "sim/network/generate.hpp"

namespace goodwill {

Network scale_free(const NetworkLuck& luck, std::uint32_t people, std::uint32_t edges) {
  check_people(people);
  if (edges < 1) refuse("edges", std::to_string(edges), "1 or more: how many each person brings");
  const std::uint64_t all = std::uint64_t{people} * edges;
  check_edges(static_cast<double>(all));
  const std::int64_t count = parts(all);
  return compress(people, false, {count, [=](std::int64_t chunk, EdgeSink& sink) {
                                    Wave wave;  // lo is the place whose content is sought
                                    std::fill(std::begin(wave.purpose), std::end(wave.purpose),
                                              purpose(Decision::edge));
                                    std::uint32_t who[Wave::most];
                                    auto next = static_cast<std::uint32_t>(cut(all, chunk, count));
                                    const auto last = static_cast<std::uint32_t>(cut(all, chunk + 1, count));
                                    std::fill(std::begin(wave.hi), std::end(wave.hi), 0u);
                                    while (next < last || wave.size > 0) {
                                      for (; next < last && wave.size < Wave::most; ++next, ++wave.size) {
                                        wave.lo[wave.size] = 2 * next + 1;
                                        who[wave.size] = next / edges;
                                      }
                                      wave.draw(luck);
                                      std::int32_t seeking = 0;
                                      for (std::int32_t i = 0; i < wave.size; ++i) {
                                        const std::uint64_t below = wave.lo[i];
                                        const auto place = static_cast<std::uint32_t>(
                                            (wave.w0[i] * below + (wave.w1[i] * below >> 32)) >> 32);
                                        if (place % 2 == 0) {
                                          sink.add(who[i], place / 2 / edges);
                                        } else {
                                          wave.lo[seeking] = place;
                                          who[seeking++] = who[i];
                                        }
                                      }
                                      wave.size = seeking;
                                    }
                                  }});
}

}  // namespace goodwill

// Choosing one of many so that one more changes next to nothing. Internal linkage (see threefry.hpp).
#pragma once

#include <bit>

#include "sim/network/luck.hpp"

namespace goodwill {
namespace {

/// Somebody among this many people, all with the same probability. One more person takes over a choice with
/// the probability that anybody has, and all other choices stay (a consistent hash).
///
/// The people 2^(k-1) to 2^k - 1 are octave k, which has a word of its own. From the highest octave down, the
/// word says whether the choice lies in its octave, and where; only the highest can miss, and draws again.
/// `block(index)` holds four words: index 0 to 7 those of the octaves, from 8 on what is drawn again; below
/// 64 in all but one of 2^200 cases.
template <class Block>
std::uint32_t choose(std::uint32_t people, const Block& block) {
  const auto highest = static_cast<std::uint32_t>(std::bit_width(people - 1));
  for (std::uint32_t octave = highest; octave > 0; --octave) {
    const std::uint32_t half = 1u << (octave - 1), mask = 2 * half - 1;
    const auto word_of = [](const Words& w, std::uint32_t k) {
      return k == 0 ? w.w0 : k == 1 ? w.w1 : k == 2 ? w.w2 : w.w3;
    };
    std::uint32_t found = word_of(block((octave - 1) / 4), (octave - 1) % 4) & mask;
    for (std::uint32_t again = 0; found >= people; ++again)
      found = word_of(block(8 + again / 4), again % 4) & mask;
    if (found >= half) return found;
  }
  return 0;
}

}  // namespace
}  // namespace goodwill

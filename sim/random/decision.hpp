// Every random number has a named purpose. It is a pure function of
// (seed, replication, domain; customer, period, decision, index): key and counter of one Threefry block of
// four words.
#pragma once

#include <cstdint>

namespace goodwill {

/// Who asks: separate worlds that must never share luck.
enum class Domain : std::uint32_t {
  simulation = 1,
  anchoring = 2,
  identity = 3,
  assumptions = 4,
  resampling = 5,
  network = 6,
  designs = 7
};

/// What for. The comments say the index within a decision and the word within the block.
enum class Decision : std::uint32_t {
  arrivals = 1,      // customer: the segment; words 0 and 1 round the number of arrivals
  tenure = 2,        // words age of an initial candidate; cell of the traits, acceptance, stage: still here?
  newcomer = 3,      // words satisfaction, expectation, trust of those who join
  trait = 4,         // index k / 4, word k % 4; k = 2 response (+ 1: order multiplier)
  spend = 35,        // word 0: what a customer spends, for life
  reach = 5,         // index 0; the period field holds the hash of the audience's name
  start = 6,         // index journey / 4, word journey % 4
  first = 7,         // index (journey, walk); word 0 chooses the first touchpoint
  after = 30,        // index (journey, source / 4), word source % 4: how many walks follow from that source
  touchpoint = 8,    // index (journey, walk, step); words failure, recovery, quality, next
  happens = 9,       // index (journey, walk, step); word 0
  full = 19,         // likewise: whether the team has room
  order = 10,        // word 0: number of orders
  order_value = 11,  // index: which order; word 0
  standing = 34,     // word 0: noise of what somebody of the base would have answered at the start
  effort = 31,       // word 0: noise of the answer about effort
  monthly = 12,      // once a period: words survey response, survey noise, number of referrals, churn
  conversion = 14,   // index: which referral; word 0 decides, word 1 rounds the number who join
  move = 15,         // index move / 4, word move % 4; churn, move 0, has its word in `monthly`
  thinning = 13,     // of a run-off: word 0 decides who is kept to stand for the others
  child = 16,        // identity of a referred customer; index: which referral
  shift = 17,        // assumption in the id: word 0, XORed to its quasi-random numbers
  strata = 20,       // shifts and orders of anchoring's quasi-random numbers, see strata.cpp and even.hpp
  chance = 25,       // customer: the hash of an intervention's name; words 0 and 1: whether it begins
  sample = 28,       // customer: which answer of those that the firm looks at; words 0 and 1 choose it
  adopt = 33,        // words 0 and 1: the hazard after which a prospect comes
  place = 32,        // of who joins otherwise; index: which try; words 0 and 1 choose a prospect
  permutation = 18,  // of draws: customer: the place, period: which permutation; word 0
  edge = 21,         // of networks, whose number is in the period field, as below; the address is the kind's
  end = 22,          // the new end of a rewired edge: customer: its place; index as in choice.hpp
  attach = 23,       // index 0: word 0 rounds how many; then 64 for each try, see choice.hpp
  name = 26,         // of a person in keys of two; word 0
  tell = 27,         // customer: name of the sender and which message, 0: words how many good and bad ones;
                     // index 64 for each try, see choice.hpp; 63: word 3 chooses the layer
  wedge = 24,        // customer: which draw; words 0 and 1 choose a person, 2 and 3 two neighbours
  logged = 36,       // words 0 and 1: whether a log of customers keeps somebody
};

/// One field of the counter: decision in the upper bits, index below.
constexpr std::uint32_t purpose(Decision decision, std::uint32_t index = 0) {
  return (static_cast<std::uint32_t>(decision) << 24) | index;
}

/// Key of all draws of one replication of one world.
struct Key {
  std::uint32_t word[4];
};
constexpr Key make_key(std::uint64_t seed, std::uint32_t replication, Domain domain) {
  return {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), replication,
           static_cast<std::uint32_t>(domain)}};
}

}  // namespace goodwill

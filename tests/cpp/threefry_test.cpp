// The generator against the authors' library, and the addressing of its draws.
#include "sim/random/threefry.hpp"

#include <set>
#include <vector>

#include <Random123/threefry.h>
#include <gtest/gtest.h>

#include "sim/kernel/dispatch.hpp"
#include "sim/world/joiner.hpp"

namespace {

using namespace goodwill;

std::vector<std::uint32_t> ours(const std::vector<std::uint32_t>& c, const std::vector<std::uint32_t>& k) {
  const Words w = threefry({c[0], c[1], c[2], c[3]}, Key{{k[0], k[1], k[2], k[3]}});
  return {w.w0, w.w1, w.w2, w.w3};
}

std::vector<std::uint32_t> theirs(const std::vector<std::uint32_t>& c, const std::vector<std::uint32_t>& k) {
  const threefry4x32_ctr_t counter = {{c[0], c[1], c[2], c[3]}};
  const threefry4x32_key_t key = {{k[0], k[1], k[2], k[3]}};
  const threefry4x32_ctr_t w = threefry4x32_R(12, counter, key);
  return {w.v[0], w.v[1], w.v[2], w.v[3]};
}

TEST(Threefry, TheirsHasItsKnownAnswer) {  // of 20 rounds, from the file of known answers of Random123
  const threefry4x32_ctr_t w = threefry4x32_R(20, threefry4x32_ctr_t{}, threefry4x32_key_t{});
  EXPECT_EQ((std::vector<std::uint32_t>{w.v[0], w.v[1], w.v[2], w.v[3]}),
            (std::vector<std::uint32_t>{0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8}));
}

TEST(Threefry, AgreesAtTheEnds) {
  const std::uint32_t all = 0xffffffff;
  EXPECT_EQ(ours({0, 0, 0, 0}, {0, 0, 0, 0}), theirs({0, 0, 0, 0}, {0, 0, 0, 0}));
  EXPECT_EQ(ours({all, all, all, all}, {all, all, all, all}),
            theirs({all, all, all, all}, {all, all, all, all}));
}

TEST(Threefry, AgreesWithRandom123) {
  // Counters and keys: the words before, so that every bit takes both values.
  std::vector<std::uint32_t> counter{1, 2, 3, 4}, key{5, 6, 7, 8};
  for (int i = 0; i < 20'000; ++i) {
    const auto w = ours(counter, key);
    ASSERT_EQ(w, theirs(counter, key)) << i;
    (i % 2 == 0 ? key : counter) = w;
  }
  for (int bit = 0; bit < 128; ++bit) {
    std::vector<std::uint32_t> one(4, 0), none(4, 0);
    one[static_cast<std::size_t>(bit / 32)] = 1u << (bit % 32);
    EXPECT_EQ(ours(one, none), theirs(one, none));
    EXPECT_EQ(ours(none, one), theirs(none, one));
  }
}

TEST(Threefry, EveryKernelDrawsTheseBits) {
  const int n = 1003;  // no multiple of a vector
  const Key key = make_key(0x123456789abcdef0u, 7, Domain::simulation);
  std::vector<std::uint32_t> lo, hi, w[4];
  for (auto& words : w) words.resize(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    lo.push_back(i * 2654435761u);
    hi.push_back(i % 5);
  }
  for (const Kernel* kernel : available_kernels()) {
    kernel->words(n, lo.data(), hi.data(), 17, purpose(Decision::touchpoint, 0x1234), key, w[0].data(),
                  w[1].data(), w[2].data(), w[3].data());
    for (std::size_t i = 0; i < n; ++i)
      ASSERT_EQ((std::vector<std::uint32_t>{w[0][i], w[1][i], w[2][i], w[3][i]}),
                theirs({lo[i], hi[i], 17, purpose(Decision::touchpoint, 0x1234)},
                       {key.word[0], key.word[1], key.word[2], key.word[3]}))
          << kernel->name << ", lane " << i;
  }
}

TEST(Threefry, KeysSeparateWorlds) {
  std::set<std::vector<std::uint32_t>> seen;
  for (const std::uint64_t seed : {0ull, 1ull, 1ull << 32, ~0ull})
    for (const std::uint32_t replication : {0u, 1u, 4'000'000'000u})
      for (const Domain domain :
           {Domain::simulation, Domain::anchoring, Domain::identity, Domain::resampling, Domain::designs}) {
        const Key k = make_key(seed, replication, domain);
        seen.insert({k.word[0], k.word[1], k.word[2], k.word[3]});
      }
  EXPECT_EQ(seen.size(), 4u * 3u * 5u);
}

TEST(Threefry, PurposesDoNotMeet) {
  const Decision decisions[] = {
      Decision::arrivals,    Decision::tenure,  Decision::newcomer,   Decision::trait,   Decision::reach,
      Decision::start,       Decision::first,   Decision::touchpoint, Decision::happens, Decision::order,
      Decision::order_value, Decision::monthly, Decision::conversion, Decision::move,    Decision::child,
      Decision::permutation, Decision::effort,  Decision::adopt,      Decision::place,   Decision::standing,
      Decision::spend};
  std::set<std::uint32_t> seen;
  for (const Decision d : decisions) {
    for (const std::uint32_t index : {0u, 1u, 63u, 0xffffu, 0xffffffu}) seen.insert(purpose(d, index));
  }
  EXPECT_EQ(seen.size(), std::size(decisions) * 5);
}

TEST(Threefry, IdentitiesDoNotMeet) {
  std::set<CustomerId> seen;
  std::size_t made = 0;
  for (const int segment : {0, 1, 200})
    for (const std::int64_t ordinal : {0, 1, 4095, 1'000'000'000}) {
      seen.insert(initial_id(segment, ordinal));
      ++made;
      for (const int period : {1, 2, 1200}) {
        seen.insert(acquired_id(segment, period, ordinal));
        ++made;
        for (const std::uint32_t child : {0u, 1u, 4096u}) {
          seen.insert(referred_id(initial_id(segment, ordinal), period, child));
          seen.insert(referred_id(acquired_id(segment, 3, ordinal), period, child));
          made += 2;
        }
      }
    }
  EXPECT_EQ(seen.size(), made);
}

}  // namespace

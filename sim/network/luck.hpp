// What a network is drawn from. Every edge is a function of this and of its own address, so that a network is
// the same in every scenario and on any number of threads. Internal linkage of what draws (see threefry.hpp).
#pragma once

#include "sim/random/lanes.hpp"
#include "sim/random/threefry.hpp"

namespace goodwill {

struct NetworkLuck {
  Key key;
  std::uint32_t network;  ///< each network of a world has a number
};
constexpr NetworkLuck network_luck(std::uint64_t seed, std::uint32_t replication, std::uint32_t network) {
  return {make_key(seed, replication, Domain::network), network};
}

namespace {

inline Words draw(const NetworkLuck& luck, std::uint32_t id_lo, std::uint32_t id_hi, std::uint32_t purpose) {
  return draw(luck.key, id_lo, id_hi, luck.network, purpose);
}

/// Addresses whose words are drawn at once, by vector instructions.
struct Wave {
  static constexpr std::int32_t most = 512;
  std::int32_t size = 0;
  std::uint32_t lo[most], hi[most], purpose[most];
  std::uint32_t w0[most], w1[most], w2[most], w3[most];

  void draw(const NetworkLuck& luck) {
    const Key key = luck.key;
    const std::uint32_t network = luck.network;
    GOODWILL_LANES
    for (std::int32_t i = 0; i < size; ++i) {
      const Words w = goodwill::draw(key, lo[i], hi[i], network, purpose[i]);
      w0[i] = w.w0;
      w1[i] = w.w1;
      w2[i] = w.w2;
      w3[i] = w.w3;
    }
  }
};

}  // namespace
}  // namespace goodwill

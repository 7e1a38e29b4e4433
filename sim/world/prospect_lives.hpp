// What became of each person of a market in one world, so that worlds can be compared person by person.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/block.hpp"

namespace goodwill {

/// How somebody comes out of a market.
enum class Way : std::int32_t { adopted, arrived, referred };

struct ProspectLife {
  std::int32_t joined = 0,  ///< the period in which they come, perhaps to look on first; 0: never
      since = 0;            ///< the first period as a customer; 0: never
  Way way = Way::adopted;
  /// What they contribute, as a present value at t = 0: within the periods asked for, and in their whole
  /// life.
  double within = 0, whole = 0;
};

/// By person. Any thread may book the lives of its own blocks: nobody lives in two of them.
class ProspectLives {
public:
  ProspectLives(std::size_t people, int within) : within_(within), lives_(people) {}

  void join(std::int32_t person, int period, Way way) {
    ProspectLife& life = lives_[static_cast<std::size_t>(person)];
    life.joined = period;
    life.way = way;
  }
  /// Those who are here at the end of a period.
  void stay(const CustomerBlock& b, int period) {
    for (std::int32_t i = 0; i < b.size; ++i) {
      if (!holds(b.person[i])) continue;
      ProspectLife& life = seen(b.person[i], b.customer[i] != 0, period);
      if (period == within_) life.within = b.value[i];
    }
  }
  /// Somebody who leaves in a period, or is still here after the last one.
  void leave(const CustomerBlock& b, std::int32_t lane, bool customer, int period) {
    if (!holds(b.person[lane])) return;
    ProspectLife& life = seen(b.person[lane], customer, period);
    life.whole = b.value[lane];
    if (period <= within_) life.within = life.whole;
  }
  const ProspectLife& of(std::uint32_t person) const { return lives_[person]; }

private:
  /// Whoever joins a segment that the market does not name is not among its people.
  bool holds(std::int32_t person) const {
    return person >= 0 && static_cast<std::size_t>(person) < lives_.size();
  }
  ProspectLife& seen(std::int32_t person, bool customer, int period) {
    ProspectLife& life = lives_[static_cast<std::size_t>(person)];
    if (life.since == 0 && customer) life.since = period;
    return life;
  }
  int within_;
  std::vector<ProspectLife> lives_;
};

}  // namespace goodwill

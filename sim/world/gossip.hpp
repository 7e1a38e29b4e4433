// What people who know one another tell each other, in one world.
#pragma once

#include <memory>

#include "sim/world/circles.hpp"

namespace goodwill {

/// Whose base people know one another, and by what luck; without circles nobody does.
struct Acquainted {
  std::shared_ptr<const Circles> circles;
  Key key;
  const Kernel& kernel;
};

class Gossip {
public:
  /// `mean` is what people of each segment remember on average.
  Gossip(const Plan& plan, const Acquainted& acquainted, const std::vector<Heard>& mean);

  /// Gives those who join in a period their numbers and whom they know: in the order of their ids, among
  /// those who were here at the end of the period before. Each has heard the mean of their segment.
  void welcome(int period, std::vector<Newcomer> all, const std::vector<Heard>& mean);
  /// For the period that begins now.
  const People* people();
  /// All have lived the period: those who are still here hear what those whom they know have said. Returns
  /// the messages heard by all people of each segment.
  std::vector<Spoken> spread(int period);

private:
  struct Link {
    std::uint32_t to;
    std::int32_t next;  ///< of the same person; -1: the last
    std::uint32_t layer;
  };
  struct Received {
    std::int64_t good = 0, bad = 0;
  };
  void add(CustomerId id, int segment, const Heard& heard, int here);
  void link(std::uint32_t from, std::uint32_t to, std::uint32_t layer);
  struct Acquaintance {
    std::uint32_t person, layer;
    Circles::Way way;  ///< of the newcomer
  };
  std::vector<Acquaintance> acquaintances(const Newcomer& newcomer, int period) const;
  class Teller;
  /// What people of a range have said reaches those whom they know.
  void tell(int period, std::uint32_t from, std::uint32_t to);

  const Plan& plan_;
  std::shared_ptr<const Circles> circles_;
  Key key_;
  const Kernel& kernel_;
  // Of each person.
  std::vector<Heard> heard_;
  std::vector<Said> said_;
  std::vector<Received> received_;
  std::vector<Presence> presence_;
  std::vector<std::int32_t> first_link_;
  std::vector<std::uint16_t> segment_;
  std::vector<Link> links_;                                 // of newcomers, by who tells
  std::vector<std::uint32_t> joined_;                       // since the start
  std::vector<std::vector<std::uint32_t>> joined_segment_;  // by segment
  People people_;
};

}  // namespace goodwill

// Who comes out of the market, by themselves or after others.
#pragma once

#include <memory>
#include <optional>

#include "sim/world/circles.hpp"
#include "sim/world/prospect_lives.hpp"

namespace goodwill {

/// Those who may come in a replication: the same in every scenario. Each has a hazard after which they come,
/// drawn once (exponential), so that whoever comes earlier in one scenario is one of those who come later in
/// another.
class Prospects {
public:
  Prospects(const Plan& plan, const Key& key);
  std::size_t size(std::size_t segment) const { return patience_[segment].size(); }
  /// The hazard after which a prospect comes.
  double patience(std::size_t segment, std::uint32_t prospect) const { return patience_[segment][prospect]; }
  /// All of them, the least patient first; only where nobody looks at those whom they know.
  const std::vector<std::uint32_t>& in_turn(std::size_t segment) const { return in_turn_[segment]; }

private:
  std::vector<std::vector<double>> patience_;
  std::vector<std::vector<std::uint32_t>> in_turn_;
};

/// The market of one world: prospects adopt with probability 1 - exp(-(p + q share)) in a period, where the
/// share is that of customers at the end of the period before (Bass 1969; on networks Fibich and Gibori
/// 2010).
class Adoption {
public:
  /// `circles`: null, if nobody knows anybody. `within`: see SimulationOptions::prospect_lives.
  Adoption(const Plan& plan, const Key& key, std::shared_ptr<const Prospects> prospects,
           std::shared_ptr<const Circles> circles, std::optional<int> within = {});

  /// Customers of the base, before the first period.
  void begin(int segment, const CustomerBlock& base, const Params& params);
  /// Whoever joins otherwise takes the place of a prospect: of somebody whom their referrer knows, if one of
  /// those is left, or else of anybody. Nobody left: they are turned away.
  void place(int segment, Joiner& joiner, Way way);
  /// Those of a segment who adopt in a period.
  std::vector<Joiner> adopting(int segment, int period, const Joining& now);
  /// What a segment did in the period; `row` holds the ledger's counters, to which those of the market are
  /// added.
  void count(int segment, std::int64_t* row);
  /// Adds customers of a segment at the end of the period.
  void add(int segment, std::int64_t customers);
  void end_period(int period);
  /// For the kernel; null: nobody looks at anybody.
  const Seen* seen() const { return circles_ && plan_.market_network() ? &seen_ : nullptr; }
  /// Where lives are booked; null: they are not kept.
  ProspectLives* lives() { return lives_ ? &*lives_ : nullptr; }
  /// Of all prospects, segment by segment; empty: they are not kept.
  std::vector<ProspectLife> kept_lives() const;

private:
  struct Segment {
    std::vector<std::uint8_t> gone{};  ///< by prospect
    std::int64_t left = 0, turned_away = 0, customers = 0;
    double hazard = 0;           ///< felt by everybody so far
    std::size_t next = 0;        ///< in turn
    std::vector<double> felt{};  ///< by prospect, where they look at those whom they know
  };
  std::optional<std::uint32_t> choose(int segment, const Joiner& joiner) const;
  std::vector<std::uint32_t> impatient(int segment, const Joining& now);
  std::vector<std::uint32_t> impatient_among_known(int segment, const Joining& now);
  double share_known(std::uint32_t person) const;
  Joiner take(int segment, std::uint32_t prospect, int period, Way way);
  std::uint32_t person_of(int segment, std::uint32_t prospect) const {
    return first_[static_cast<std::size_t>(segment)] + prospect;
  }
  void look(std::uint32_t from, std::uint32_t to, int period);

  const Plan& plan_;
  Key key_;
  std::shared_ptr<const Prospects> prospects_;
  std::shared_ptr<const Circles> circles_;
  std::vector<Segment> segments_;
  std::vector<std::uint32_t> first_;  // person, of the prospects of each segment
  std::optional<ProspectLives> lives_;
  double share_ = 0;  // of customers in the whole market
  Seen seen_;
  // On a network, of each person: the latest period as a customer; whether those who know them count them.
  std::vector<std::int32_t> customer_;
  std::vector<std::uint8_t> counted_;
  std::vector<std::int32_t> known_;  // parts of their edges that are with customers, layer by layer
};

}  // namespace goodwill

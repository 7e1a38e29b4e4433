// How a scenario runs in one world: what acts in each period, and what follows from it for the firm and for
// groups of customers. It is made period by period, because a beginning need not be known before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/model/cancel.hpp"
#include "sim/plan/firm.hpp"
#include "sim/plan/trigger.hpp"

namespace goodwill {

/// A timed set of changes with a cost: what the simulator knows of an investment or event.
struct Intervention {
  const Investment* definition = nullptr;
  std::string name;
  int index = 0;                   ///< in Layout::investment_names
  double lasts = 1;                ///< periods
  std::vector<double> reach;       ///< by segment
  std::int32_t bit = -1;           ///< of a treatment group's mask; -1: reaches everybody
  std::vector<double> chance;      ///< by period, that it begins if it is not at work; empty: not by chance
  std::optional<Trigger> trigger;  ///< it begins after what the firm has seen, if it is not at work

  bool by_chance() const { return !chance.empty(); }
  /// It begins at its `start`, in every world.
  bool is_known() const { return !by_chance() && !trigger; }
  /// Whether it is known to begin in a period.
  bool begins(int period) const;
  /// What it does at an age of 1, 2, ... periods; nothing: it is over.
  std::optional<Acting> acting(int age) const;
  bool reaches(std::size_t segment, std::uint32_t mask) const {
    return reach[segment] > 0 && (bit < 0 || (mask >> bit & 1u) != 0);
  }
};

/// How often something happens within the horizon that begins by chance; exact. Nothing is known before of
/// what begins by what is seen (NaN).
struct Odds {
  double at_least_one = 0, expected = 0;
};
Odds odds_of(const Intervention& intervention);

/// Cost per treated customer, due in one period.
struct TreatmentCost {
  int investment = 0;
  std::int32_t bit = -1;  ///< of the treatment group's mask; -1: everybody
  std::int32_t segment = 0;
  double amount = 0;
  bool begins = false;  ///< from everybody who is here; otherwise from who joins
  bool reaches(int of_segment, std::uint32_t mask) const {
    return segment == of_segment && (bit < 0 || (mask >> bit & 1u) != 0);
  }
};

/// What the firm pays as a whole in one period, for an intervention or a team.
struct FirmPayment {
  int counter = 0;  ///< Layout::cost() or Layout::team_cost()
  int period = 1;
  double amount = 0;
};

/// An intervention that acts in a period.
struct Act {
  std::size_t which = 0;  ///< in the order of the scenario
  Acting acting;
  int began = 1;  ///< period
};

class Course {
public:
  /// Before the first period. The plan and the interventions must outlive this.
  Course(const Plan& plan, const std::vector<Intervention>& interventions);
  /// Goes on to the next period, in which those of `begin` (by intervention) begin.
  void next(const std::vector<bool>& begin);
  /// Goes on to the next period, in which exactly these act.
  void next(std::vector<Act> acts);
  /// Whether an intervention that has begun before is still at work in the next period; what fades is not.
  bool is_at_work(std::size_t which) const;
  /// The period in which it last began; 0: it has not.
  int began(std::size_t which) const { return began_[which]; }
  /// How many periods are known.
  int periods() const { return static_cast<int>(periods_.size()); }

  /// Which interventions act on the treatment group of a segment in a period of the horizon.
  Activity activity(std::size_t segment, std::uint32_t mask, int period) const;
  const Joining& joining(std::size_t segment, int period) const { return *at(period).joining[segment]; }
  const std::vector<TreatmentCost>& treatments(int period) const { return at(period).treatments; }
  const Teams& teams(int period) const { return *at(period).teams; }
  const std::vector<Act>& acts(int period) const { return at(period).acts; }
  /// Those of them that act on a treatment group of a segment.
  std::vector<Act> acts(std::size_t segment, std::uint32_t mask, int period) const;
  const std::vector<FirmPayment>& payments() const { return payments_; }
  /// Simulated customers of a segment who arrive over the horizon, on average.
  double arrivals(std::size_t segment) const;

private:
  struct Period {
    std::vector<Act> acts;
    std::vector<const Joining*> joining;  // by segment
    std::vector<TreatmentCost> treatments;
    const Teams* teams = nullptr;
  };
  const Period& at(int period) const { return periods_[static_cast<std::size_t>(period - 1)]; }
  void pay(const Act& act);

  const Plan& plan_;
  const Intervention* interventions_;
  std::vector<int> began_;  // by intervention; 0: it has not
  std::vector<Period> periods_;
  std::vector<FirmPayment> payments_;
};

/// The course in which only that begins whose `start` is known.
Course known_course(const Plan& plan, const std::vector<Intervention>& interventions, Cancel cancel);
/// Courses between which all others lie: `known`, and those in which some of what is not known acts all the
/// time, as much as it ever does.
std::vector<Course> extreme_courses(const Plan& plan, const std::vector<Intervention>& interventions,
                                    const Course& known, Cancel cancel);

}  // namespace goodwill

// How changes act on a model: what an investment, an event or a segment does to its numbers.
#pragma once

#include <span>
#include <unordered_map>

#include "sim/model/path.hpp"

namespace goodwill {

struct TimedChange {
  const Change* change;
  double ramp;     ///< f in (0, 1]: set, add and times move from the old value by f, odds multiply by k^f
  int owner = -1;  ///< index of the investment or event; -1: the segment itself
};

/// Touchpoints take what they do not give themselves from their channel. `given` stays as it was.
void inherit_channels(Model& model);

/// The changes of one model, their paths resolved once; applied to copies of it in microseconds.
class ChangeSet {
public:
  /// Knows the changes of `model`'s segments, investments and events by their address: `model` must outlive
  /// this.
  explicit ChangeSet(const Model& model);

  /// Applies to a copy of the model, in this order: channel fields, inheritance, the rest as listed; `copy`
  /// keeps its layout. Carries changes of an anchored level to `solved`, except those of the segment, which
  /// stand before anchoring.
  void apply(Model& copy, std::span<const TimedChange> changes, std::vector<Problem>& problems) const;

private:
  struct Target {
    const Place* place;
    Address branch;  ///< of a share: where its branch lives
  };
  std::vector<Target> targets_of(const Change& change, std::vector<Problem>& problems,
                                 const Model& model) const;

  PathIndex index_;
  std::unordered_map<const Change*, std::vector<Target>> known_;
};

void apply_changes(Model& model, std::span<const TimedChange> changes, std::vector<Problem>& problems);

/// Churn and moves of a stage with `shares: true`.
double sum_of_shares(const Stage& stage);
/// A level on the scale of its response: log of a rate, log-odds of a probability.
double on_link_scale(double level, bool rate);
/// Whether `odds` makes sense: the number is a probability.
bool takes_odds(const Accept& accept);
/// What the value of such a change must be.
Accept operand_of(Change::Op op, const Place& place);

}  // namespace goodwill

// How changes act on a model: what an investment, an event or a segment does to its numbers.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>

#include "sim/change/path.hpp"

namespace goodwill {

struct TimedChange {
  const Change* change;
  double ramp;  ///< f in (0, 1]: set, add and times move from the old value by f, odds multiply by k^f
  int intervention = -1;  ///< index of the investment or event; -1: the segment itself
};

/// Touchpoints take from their channel what they do not give themselves. `given` stays as it was.
void inherit_channels(Model& model);
Model inherited(Model model);

/// What was overwritten, so that it can be put back: a trial costs what it touches, not a copy of the model.
class Journal {
public:
  template <class T>
  void keep(T& object) {
    undo_.push_back([&object, old = object] { object = old; });
  }
  void restore() {
    for (; !undo_.empty(); undo_.pop_back()) undo_.back()();
  }

private:
  std::vector<std::function<void()>> undo_;
};

/// The changes of one model, their paths resolved once; applied to copies of it in microseconds.
class ChangeSet {
public:
  /// Knows the changes of `model`'s segments, investments and events by their address: `model` must outlive
  /// this.
  explicit ChangeSet(const Model& model);

  /// Applies changes to a copy of the model, in this order: channel fields, inheritance, the rest as listed;
  /// `copy` keeps its layout. Changes of an anchored level are carried to `solved`, except those of the
  /// segment, which come before anchoring. With a journal only the touchpoints that are changed inherit.
  void apply(Model& copy, std::span<const TimedChange> changes, std::vector<Problem>& problems,
             Journal* journal = nullptr) const;

  struct Target {
    const Place* place;
    Address branch;  ///< of a share: where its branch lives
  };
  /// The targets of a change that the model holds.
  const std::vector<Target>& targets(const Change& change) const { return known_.at(&change); }

private:
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
double from_link_scale(double x, bool rate);
/// Whether `odds` makes sense: the number is a probability.
bool takes_odds(const Accept& accept);
/// What the value of such a change must be.
Accept operand_of(Change::Op op, const Place& place);
/// The same, with the place looked up; anything where the path of the change is not known.
Accept operand_of(const Change& change, const PathIndex& index);

}  // namespace goodwill

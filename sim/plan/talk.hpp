// Word of mouth: who hears whom, and how long what was heard stays.
#pragma once

#include <vector>

#include "sim/kernel/params.hpp"
#include "sim/model/model.hpp"

namespace goodwill {

/// Messages of each kind that one person hears in a period.
struct Spoken {
  double good = 0, bad = 0;
};

class TalkPlan {
public:
  TalkPlan() = default;
  /// `own` are the models of the segments; `spoken` are the good and bad messages that one person heard
  /// in each period before the first, by segment; empty: none.
  TalkPlan(const Model& model, const std::vector<Model>& own, const std::vector<double>& spoken);
  bool any() const { return !weights_.empty(); }
  /// What one person of each segment hears, of people who talk: their number and their messages by segment.
  /// Each message reaches one person on average.
  std::vector<Spoken> reach(const std::vector<double>& people, const std::vector<Spoken>& said) const;
  /// What people of a segment remember in the next period.
  Heard remember(std::size_t segment, const Heard& before, const Spoken& spoken) const {
    const auto& [left, impression] = fading_[segment];
    return {static_cast<float>(left * static_cast<double>(before.good) + impression * spoken.good),
            static_cast<float>(left * static_cast<double>(before.bad) + impression * spoken.bad)};
  }
  /// Of everybody's past, by segment.
  const std::vector<Heard>& past() const { return past_; }

private:
  std::vector<double> weights_;  // hearer x speaker
  struct Fading {
    double left, impression;  // what is left of a word a period later, what of a new one
  };
  std::vector<Fading> fading_;  // by segment
  std::vector<Heard> past_;
};

}  // namespace goodwill

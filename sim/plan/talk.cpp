#include "sim/plan/talk.hpp"

#include <algorithm>

#include "sim/plan/compile.hpp"

namespace goodwill {

TalkPlan::TalkPlan(const Model& model, const std::vector<Model>& own, const std::vector<double>& spoken) {
  if (!model.word_of_mouth) return;
  for (const auto& [hearer, segment] : model.segments) {
    const Named<Number>* const row = model.word_of_mouth->mixing.find(hearer);
    for (const auto& [speaker, other] : model.segments) {
      const Number* const weight = row ? row->find(speaker) : nullptr;
      weights_.push_back(!row ? 1 : weight ? weight->value : 0);
    }
  }
  for (std::size_t s = 0; s < own.size(); ++s) {
    const double memory = own[s].memory();
    fading_.push_back({std::max(0.0, 1 - 1 / memory), std::min(1.0, memory)});
    // As it is at rest: what fades in a period is what is heard anew.
    const auto heard = [&](MessageKind kind) {
      return spoken.empty() ? 0.0 : spoken[s * message_kinds + static_cast<std::size_t>(kind)];
    };
    past_.push_back({single(heard(good_words) * memory), single(heard(bad_words) * memory)});
  }
}

std::vector<Spoken> TalkPlan::reach(const std::vector<double>& people,
                                    const std::vector<Spoken>& said) const {
  const std::size_t n = people.size();
  std::vector<Spoken> heard(n);
  for (std::size_t speaker = 0; speaker < n; ++speaker) {
    double listeners = 0;
    for (std::size_t h = 0; h < n; ++h) listeners += weights_[h * n + speaker] * people[h];
    if (listeners <= 0) continue;
    for (std::size_t h = 0; h < n; ++h) {
      const double share = weights_[h * n + speaker] / listeners;
      heard[h].good += share * said[speaker].good;
      heard[h].bad += share * said[speaker].bad;
    }
  }
  return heard;
}

}  // namespace goodwill

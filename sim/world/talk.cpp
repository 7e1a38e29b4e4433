#include "sim/world/talk.hpp"

#include <algorithm>
#include <numeric>

#include "sim/model/problem.hpp"

namespace goodwill {

Talk::Talk(const Plan& plan, const Acquainted& acquainted)
    : plan_(plan), people_(plan.segments.size()), said_(plan.segments.size() * message_kinds),
      heard_(plan.talk.past()) {
  if (plan.network()) gossip_.emplace(plan, acquainted, heard_);
}

void Talk::welcome(int period, std::vector<Newcomer> newcomers) {
  if (gossip_) gossip_->welcome(period, std::move(newcomers), heard_);
}

void Talk::add(int segment, const std::int64_t* row) {
  if (!plan_.talk.any()) return;
  const auto s = static_cast<std::size_t>(segment);
  const std::int64_t* const stages = row + plan_.layout.stages_at;
  people_[s] += std::accumulate(stages, stages + plan_.layout.stages, std::int64_t{0});
  for (std::size_t kind = 0; kind < message_kinds; ++kind)
    said_[s * message_kinds + kind] += row[plan_.layout.words_at + static_cast<int>(kind)];
}

/// Counts of simulated customers become people and messages of the real firm.
void Talk::end_period(int period) {
  constexpr float endless = 10'000;  // messages remembered by everybody
  if (!plan_.talk.any()) return;
  std::vector<double> people;
  std::vector<Spoken> said;
  for (std::size_t s = 0; s < people_.size(); ++s) {
    const double weight = plan_.segments[s].weight;
    const auto number = [&](MessageKind kind) {
      return weight * static_cast<double>(said_[s * message_kinds + kind]) / message_unit;
    };
    people.push_back(weight * static_cast<double>(people_[s]));
    said.push_back({number(good_words), number(bad_words)});
  }
  std::vector<Spoken> heard;
  if (gossip_) {
    heard = gossip_->spread(period);
    for (std::size_t s = 0; s < heard.size(); ++s) {
      const double all = std::max(1.0, static_cast<double>(people_[s]));
      heard[s] = {heard[s].good / all, heard[s].bad / all};
    }
  } else {
    heard = plan_.talk.reach(people, said);
  }
  std::fill(people_.begin(), people_.end(), 0);
  std::fill(said_.begin(), said_.end(), 0);
  for (std::size_t s = 0; s < heard.size(); ++s) {
    record_.insert(record_.end(), {heard[s].good, heard[s].bad});
    heard_[s] = plan_.talk.remember(s, heard_[s], heard[s]);
    if (std::max(heard_[s].good, heard_[s].bad) > endless)
      throw ModelError(
          "word_of_mouth: messages feed on themselves; people of segment '" +
          plan_.model().segments.items[s].first +
          "' remember more than 10,000 (lower positive, negative or a visibility, or the effects "
          "of good_word and bad_word)");
  }
}

}  // namespace goodwill

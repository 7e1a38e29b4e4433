#include "sim/world/gossip.hpp"

#include <algorithm>
#include <mutex>

#include "sim/network/attach.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr std::uint32_t together = 4'096;  // people of one task
constexpr int absent = -1;                 // in period 0: they may come out of the market

}  // namespace

Gossip::Gossip(const Plan& plan, const Acquainted& acquainted, const std::vector<Heard>& mean)
    : plan_(plan), circles_(acquainted.circles), key_(acquainted.key), kernel_(acquainted.kernel),
      joined_segment_(plan.segments.size()) {
  for (std::size_t s = 0; s < plan.segments.size(); ++s) {
    const int segment = static_cast<int>(s);
    for (const CustomerId id : circles_->ids()[s]) {
      const float much = circles_->exposure()[heard_.size()];
      add(id, segment, {mean[s].good * much, mean[s].bad * much}, 0);
    }
    for (std::int64_t k = 0; k < plan.segments[s].prospects.value_or(0); ++k)
      add(prospect_id(segment, k), segment, {}, absent);
  }
}

void Gossip::add(CustomerId id, int segment, const Heard& heard, int here) {
  heard_.push_back(heard);
  said_.emplace_back();
  received_.emplace_back();
  presence_.push_back({here, draw_for(make_key(0, 0, Domain::identity), id, 0, purpose(Decision::name)).w0});
  first_link_.push_back(-1);
  segment_.push_back(static_cast<std::uint16_t>(segment));
}

void Gossip::link(std::uint32_t from, std::uint32_t to, std::uint32_t layer) {
  links_.push_back({to, first_link_[from], layer});
  first_link_[from] = static_cast<std::int32_t>(links_.size()) - 1;
}

/// Whom a newcomer gets to know. Their referrer has told them, and so is the first of whom they hear.
std::vector<Gossip::Acquaintance> Gossip::acquaintances(const Newcomer& newcomer, int period) const {
  std::vector<Acquaintance> found;
  const std::int32_t referrer = newcomer.joiner->referrer;
  for (std::uint32_t layer = 0; layer < circles_->layers(); ++layer)
    for (const Circles::Wish& wish : circles_->wishes(layer, newcomer.segment)) {
      const auto s = static_cast<std::size_t>(wish.segment);
      const bool all = wish.segment < 0;
      const Crowd crowd{all ? 0 : circles_->first_of(s), all ? circles_->people() : circles_->people_of(s),
                        all ? joined_ : joined_segment_[s], presence_, period - 1};
      std::vector<std::uint32_t> known;
      if (const auto of = static_cast<std::uint32_t>(referrer);
          referrer != nobody && wish.way != Circles::Way::tells && crowd.holds(of) &&
          (all || segment_[of] == wish.segment))
        known.push_back(of);
      for (const std::uint32_t person :
           attach(wish.luck, newcomer.joiner->id, wish.degree, crowd, std::move(known)))
        found.push_back({person, layer, wish.way});
    }
  return found;
}

void Gossip::welcome(int period, std::vector<Newcomer> all, const std::vector<Heard>& mean) {
  std::sort(all.begin(), all.end(),
            [](const Newcomer& a, const Newcomer& b) { return a.joiner->id < b.joiner->id; });
  std::vector<std::vector<Acquaintance>> known(all.size());
  for_each_range(all.size(), together, [&](std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t k = from; k < to; ++k)
      if (all[k].joiner->person == nobody) known[k] = acquaintances(all[k], period);
  });
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto s = static_cast<std::size_t>(all[k].segment);
    if (all[k].joiner->person != nobody) {
      const auto prospect = static_cast<std::size_t>(all[k].joiner->person);
      heard_[prospect] = mean[s];
      presence_[prospect].here = period - 1;
      continue;
    }
    const auto person = static_cast<std::uint32_t>(heard_.size());
    all[k].joiner->person = static_cast<std::int32_t>(person);
    add(all[k].joiner->id, all[k].segment, mean[s], period - 1);
    joined_.push_back(person);
    joined_segment_[s].push_back(person);
    for (const Acquaintance& other : known[k]) {
      if (other.way != Circles::Way::hears) link(person, other.person, other.layer);
      if (other.way != Circles::Way::tells) link(other.person, person, other.layer);
    }
  }
}

const People* Gossip::people() {
  people_ = {heard_.data(), said_.data(), presence_.data()};
  return &people_;
}

std::vector<Spoken> Gossip::spread(int period) {
  for_each_range(heard_.size(), together,
                 [&](std::uint32_t from, std::uint32_t to) { tell(period, from, to); });
  std::vector<std::int64_t> good(plan_.segments.size()), bad(good);
  std::mutex mutex;
  for_each_range(heard_.size(), together, [&](std::uint32_t from, std::uint32_t to) {
    std::vector<std::int64_t> own_good(good.size()), own_bad(good.size());
    for (std::uint32_t person = from; person < to; ++person) {
      const Received received = std::exchange(received_[person], {});
      said_[person] = {};
      const std::size_t s = segment_[person];
      if (presence_[person].here != period) continue;
      own_good[s] += received.good;
      own_bad[s] += received.bad;
      heard_[person] = plan_.talk.remember(
          s, heard_[person], {static_cast<double>(received.good), static_cast<double>(received.bad)});
    }
    const std::lock_guard lock(mutex);
    for (std::size_t s = 0; s < good.size(); ++s) good[s] += own_good[s], bad[s] += own_bad[s];
  });
  std::vector<Spoken> heard;
  for (std::size_t s = 0; s < good.size(); ++s)
    heard.push_back({static_cast<double>(good[s]), static_cast<double>(bad[s])});
  return heard;
}

}  // namespace goodwill

// Customers of a world in which all live period by period together: blocks that grow and shrink, and the
// blocks of those whom they refer.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <vector>

#include "sim/world/population.hpp"

namespace goodwill {

/// A block that lives in the memory it needs: it grows with those who join, and shrinks with those who leave.
class Member {
public:
  Member(const Setup& setup, const Group& group, std::unique_ptr<BlockMemory> memory,
         std::vector<Joiner> joiners, Lived& lived)
      : group_(group), memory_(std::move(memory)), joiners_(joiners.size()), life_(setup) {
    life_.begin(group, memory_->block, std::move(joiners), lived);
  }
  const Group& group() const { return group_; }
  Life& life() { return life_; }
  std::size_t joiners() const { return joiners_; }
  void expect(const Joiner& joiner) {
    life_.expect(joiner);
    ++joiners_;
  }
  void step(const Environment& now, const Population& all, Scratch& scratch) {
    if (life_.over()) return;
    const std::int32_t most = life_.most_in(now.period), room = memory_->block.capacity;
    if (most > room)
      move(std::min(std::max(most, 2 * room), all.options.block), all);
    else if (most < room / 4 * 3 && room > smallest)
      move(std::max(most, smallest), all);
    if (most == 0) return;
    life_.step(now, scratch);
  }
  static constexpr std::int32_t smallest = 64;

private:
  void move(std::int32_t capacity, const Population& all) {
    auto other = all.memory(capacity);
    std::vector<std::int32_t> lanes(static_cast<std::size_t>(memory_->block.size));
    std::iota(lanes.begin(), lanes.end(), 0);
    append_lanes(memory_->block, lanes, other->block);
    memory_ = std::move(other);
    life_.move_to(memory_->block);
  }

  Group group_;
  std::unique_ptr<BlockMemory> memory_;
  std::size_t joiners_;
  Life life_;
};

/// What is booked by those who are stepped by one task.
class Crowd {
public:
  /// `prospects`: null, if their lives are not kept.
  Crowd(const Setup& setup, ProspectLives* prospects) : setup_(setup), prospects_(prospects) {}
  Lived& lived(int segment, Origin origin) {
    auto& place = lived_[{segment, origin}];
    if (!place) {
      place = std::make_unique<Lived>(setup_, origin);
      place->prospects = prospects_;
    }
    return *place;
  }
  template <class Visit>
  void for_each(Visit&& visit) {
    for (auto& [key, lived] : lived_) visit(key.first, key.second, *lived);
  }

private:
  const Setup& setup_;
  ProspectLives* prospects_;
  std::map<std::pair<int, Origin>, std::unique_ptr<Lived>> lived_;
};

/// Blocks of common descent: whom a block refers live in blocks of their own.
class Family {
public:
  Family(Population& all, Crowd& crowd, int replication, int scenario)
      : all_(all), crowd_(crowd), replication_(replication), scenario_(scenario) {}

  void add(int segment, std::uint32_t mask, Origin origin, std::unique_ptr<BlockMemory> memory,
           std::vector<Joiner> joiners) {
    members_.push_back(
        {std::make_unique<Member>(all_.setup, Group{replication_, segment, scenario_, mask, origin},
                                  std::move(memory), std::move(joiners), crowd_.lived(segment, origin)),
         {}});
  }

  /// Somebody who is acquired.
  void admit(int segment, std::uint32_t mask, const Joiner& joiner) {
    enter(acquired_, segment, mask, Origin::acquired, joiner);
  }

  void step(const Environment& now, Scratch& scratch) {
    for (Branch& branch : members_) branch.member->step(now, all_, scratch);
    for (std::size_t k = 0; k < members_.size(); ++k)
      for (const Joiner& joiner : members_[k].member->life().take_referred()) welcome(k, joiner);
  }
  /// Those who will join in a period.
  void find_newcomers(int period, std::vector<Newcomer>& found) {
    for (Branch& branch : members_)
      for (Joiner& joiner : branch.member->life().joining(period))
        if (!joiner.turned_away)
          found.push_back({&joiner, branch.member->group().segment, branch.member->group().origin});
  }
  bool over() const {
    return std::all_of(members_.begin(), members_.end(),
                       [](const Branch& branch) { return branch.member->life().over(); });
  }
  void finish() {
    for (Branch& branch : members_) branch.member->life().finish();
  }

private:
  using Youngest = std::map<std::uint32_t, std::size_t>;  ///< member by treatment group
  struct Branch {
    std::unique_ptr<Member> member;
    Youngest children;
  };

  void enter(Youngest& youngest, int segment, std::uint32_t mask, Origin origin, const Joiner& joiner) {
    const auto known = youngest.find(mask);
    if (known != youngest.end()) {
      Member& member = *members_[known->second].member;
      if (member.joiners() < static_cast<std::size_t>(all_.options.block)) return member.expect(joiner);
    }
    youngest[mask] = members_.size();
    add(segment, mask, origin, all_.memory(1), {joiner});
  }

  void welcome(std::size_t parent, const Joiner& joiner) {
    const int of = members_[parent].member->group().segment;
    const int segment = all_.plan.segments[static_cast<std::size_t>(of)].referral_segment;
    const std::uint32_t mask = all_.group(all_.plan.scenarios[static_cast<std::size_t>(scenario_)], segment,
                                          joiner.id, all_.setup.key(replication_));
    enter(members_[parent].children, segment, mask, Origin::referred, joiner);
  }

  Population& all_;
  Crowd& crowd_;
  int replication_, scenario_;
  std::deque<Branch> members_;
  Youngest acquired_;
};

}  // namespace goodwill

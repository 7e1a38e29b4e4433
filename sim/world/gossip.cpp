#include "sim/world/gossip.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "sim/network/attach.hpp"
#include "sim/random/poisson.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr std::uint32_t together = 4'096;  // people of one task

/// Calls task(from, to) for ranges of people.
template <class Task>
void for_each_range(std::size_t people, Task&& task) {
  const auto n = static_cast<std::uint32_t>(people);
  for_each_task((n + together - 1) / together, [&](std::int64_t k) {
    const auto from = static_cast<std::uint32_t>(k) * together;
    task(from, std::min(n, from + together));
  });
}

void count(std::int32_t& of, std::int32_t more) {
  if (more > 0) std::atomic_ref(of).fetch_add(more, std::memory_order_relaxed);
}

}  // namespace

Gossip::Gossip(const Plan& plan, std::shared_ptr<const Circles> circles, const Key& key,
               const std::vector<Heard>& mean)
    : plan_(plan), circles_(std::move(circles)), key_(key), joined_segment_(plan.segments.size()) {
  const std::vector<float> exposure = circles_->exposure();
  for (std::size_t s = 0; s < plan.segments.size(); ++s)
    for (const CustomerId id : circles_->ids()[s]) {
      const float much = exposure[heard_.size()];
      add(id, static_cast<int>(s), {mean[s].good * much, mean[s].bad * much}, 0);
    }
}

void Gossip::add(CustomerId id, int segment, const Heard& heard, int here) {
  heard_.push_back(heard);
  said_.emplace_back();
  received_.emplace_back();
  here_.push_back(here);
  first_link_.push_back(-1);
  name_.push_back(draw_for(make_key(0, 0, Domain::identity), id, 0, purpose(Decision::name)).w0);
  segment_.push_back(static_cast<std::uint16_t>(segment));
}

void Gossip::link(std::uint32_t from, std::uint32_t to, std::uint32_t layer) {
  links_.push_back({to, first_link_[from], layer});
  first_link_[from] = static_cast<std::int32_t>(links_.size()) - 1;
}

/// Whom a newcomer gets to know, and in which layer.
std::vector<std::pair<std::uint32_t, std::uint32_t>> Gossip::acquaintances(const Newcomer& newcomer,
                                                                           int period) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
  const std::int32_t referrer = newcomer.joiner->referrer;
  for (std::uint32_t layer = 0; layer < circles_->layers(); ++layer)
    for (const Circles::Wish& wish : circles_->wishes(layer, newcomer.segment)) {
      const auto s = static_cast<std::size_t>(wish.segment);
      const bool all = wish.segment < 0;
      const Crowd crowd{all ? 0 : circles_->first_of(s),
                        all ? circles_->people() : static_cast<std::uint32_t>(circles_->ids()[s].size()),
                        all ? joined_ : joined_segment_[s], here_, period - 1};
      std::vector<std::uint32_t> known;
      if (const auto of = static_cast<std::uint32_t>(referrer);
          referrer != nobody && crowd.holds(of) && (all || segment_[of] == wish.segment))
        known.push_back(of);
      for (const std::uint32_t person :
           attach(wish.luck, newcomer.joiner->id, wish.degree, crowd, std::move(known)))
        found.emplace_back(person, layer);
    }
  return found;
}

void Gossip::welcome(int period, std::vector<Newcomer> all, const std::vector<Heard>& mean) {
  std::sort(all.begin(), all.end(),
            [](const Newcomer& a, const Newcomer& b) { return a.joiner->id < b.joiner->id; });
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> known(all.size());
  for_each_range(all.size(), [&](std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t k = from; k < to; ++k) known[k] = acquaintances(all[k], period);
  });
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto person = static_cast<std::uint32_t>(heard_.size());
    const auto s = static_cast<std::size_t>(all[k].segment);
    all[k].joiner->person = static_cast<std::int32_t>(person);
    add(all[k].joiner->id, all[k].segment, mean[s], period - 1);
    joined_.push_back(person);
    joined_segment_[s].push_back(person);
    for (const auto& [other, layer] : known[k]) {
      link(person, other, layer);
      link(other, person, layer);
    }
  }
}

const People* Gossip::people() {
  people_ = {heard_.data(), said_.data(), here_.data()};
  return &people_;
}

/// Calls visit(layer, person) for those whom a person knows.
template <class Visit>
void Gossip::for_each_known(std::uint32_t person, Visit&& visit) const {
  if (person < circles_->people())
    for (std::uint32_t layer = 0; layer < circles_->layers(); ++layer)
      circles_->for_each_known(layer, person, [&](std::uint32_t other) { visit(layer, other); });
  for (std::int32_t k = first_link_[person]; k >= 0; k = links_[static_cast<std::size_t>(k)].next)
    visit(links_[static_cast<std::size_t>(k)].layer, links_[static_cast<std::size_t>(k)].to);
}

/// What people in a range tell. Each message reaches one of those they know who are here, more readily in a
/// layer of more weight.
void Gossip::tell(int period, std::uint32_t from, std::uint32_t to) {
  struct Rate {
    double good, bad, no_good, no_bad;  ///< messages to one person; the probability of none
  };
  std::vector<Rate> rates(circles_->layers());
  for (std::uint32_t sender = from; sender < to; ++sender) {
    const Said said = std::exchange(said_[sender], {});
    if (said.good == 0 && said.bad == 0) continue;
    double all = 0;
    for_each_known(sender, [&](std::uint32_t layer, std::uint32_t other) {
      if (here_[other] == period) all += circles_->weight(layer);
    });
    if (!(all > 0)) continue;
    for (std::uint32_t layer = 0; layer < rates.size(); ++layer) {
      const double each = circles_->weight(layer) / all / message_unit,
                   good = each * static_cast<double>(said.good), bad = each * static_cast<double>(said.bad);
      rates[layer] = {good, bad, math::exp(-good), math::exp(-bad)};
    }
    for_each_known(sender, [&](std::uint32_t layer, std::uint32_t other) {
      if (here_[other] != period) return;
      const Words w = draw(key_, name_[sender], name_[other], static_cast<std::uint32_t>(period),
                           purpose(Decision::tell, layer));
      const Rate& r = rates[layer];
      count(received_[other].good, poisson_count(r.good, r.no_good, static_cast<double>(uniform(w.w0))));
      count(received_[other].bad, poisson_count(r.bad, r.no_bad, static_cast<double>(uniform(w.w1))));
    });
  }
}

std::vector<Spoken> Gossip::spread(int period) {
  for_each_range(heard_.size(), [&](std::uint32_t from, std::uint32_t to) { tell(period, from, to); });
  std::vector<std::int64_t> good(plan_.segments.size()), bad(good);
  std::mutex mutex;
  for_each_range(heard_.size(), [&](std::uint32_t from, std::uint32_t to) {
    std::vector<std::int64_t> own_good(good.size()), own_bad(good.size());
    for (std::uint32_t person = from; person < to; ++person) {
      const Received received = std::exchange(received_[person], {});
      const std::size_t s = segment_[person];
      if (here_[person] != period) continue;
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

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
constexpr int absent = -1;                 // in period 0: they may come out of the market

}  // namespace

/// Pairs of whom one may tell the other something, in one layer; each sender has somebody to tell. Their luck
/// is drawn at once, by vector instructions.
class Gossip::Wave {
public:
  Wave(Gossip& gossip, int period, std::uint32_t layer)
      : kernel_(gossip.kernel_), key_(gossip.key_), presence_(gossip.presence_.data()),
        received_(gossip.received_.data()), period_(period), layer_(layer) {}
  /// What somebody tells each of those they know in this layer: messages, on average.
  void start(std::uint32_t sender, double good, double bad) {
    if (size_ == room) flush();
    rates_[rates_n_++] = {good, bad, math::exp(-good), math::exp(-bad)};
    name_ = presence_[sender].name;
  }
  /// Somebody whom the sender knows, here or not.
  void add(std::uint32_t receiver) {
    const Presence there = presence_[receiver];
    if (there.here != period_) return;
    if (size_ == room) {
      const Rate same = rates_[rates_n_ - 1];
      flush();
      rates_[rates_n_++] = same;
    }
    sender_[size_] = name_;
    receiver_[size_] = there.name;
    person_[size_] = receiver;
    rate_[size_++] = rates_n_ - 1;
  }
  void flush() {
    kernel_.words(size_, sender_, receiver_, static_cast<std::uint32_t>(period_),
                  purpose(Decision::tell, layer_), key_, w0_, w1_, w2_, w3_);
    for (std::int32_t k = 0; k < size_; ++k) {
      const Rate& r = rates_[rate_[k]];
      count(received_[person_[k]].good, r.good, r.no_good, static_cast<double>(uniform(w0_[k])));
      count(received_[person_[k]].bad, r.bad, r.no_bad, static_cast<double>(uniform(w1_[k])));
    }
    size_ = 0;
    rates_n_ = 0;
  }

private:
  struct Rate {
    double good, bad, no_good, no_bad;  ///< the last two: probabilities of none
  };
  static constexpr std::int32_t room = 1024;

  /// Most hear nothing.
  static void count(std::int64_t& of, double rate, double none, double v) {
    if (v < 1.0 - none)
      std::atomic_ref(of).fetch_add(poisson_count(rate, none, v), std::memory_order_relaxed);
  }

  const Kernel& kernel_;
  const Key key_;
  const Presence* const presence_;
  Received* const received_;
  const std::int32_t period_;
  const std::uint32_t layer_;
  std::uint32_t name_ = 0, rates_n_ = 0;
  std::int32_t size_ = 0;
  std::uint32_t sender_[room], receiver_[room], person_[room], rate_[room];
  std::uint32_t w0_[room], w1_[room], w2_[room], w3_[room];
  Rate rates_[room];
};

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
  const bool all_are_here = !circles_->any_prospects();
  for (std::uint32_t layer = 0; layer < circles_->layers(); ++layer)
    for (std::uint32_t person = 0; person < circles_->people(); ++person)
      if (all_are_here)
        known_here(layer, person) = static_cast<std::int32_t>(circles_->degree(layer, person));
      else
        circles_->for_each_known(layer, person, [&](std::uint32_t other) {
          if (presence_[other].here == 0) ++known_here(layer, person);
        });
}

void Gossip::add(CustomerId id, int segment, const Heard& heard, int here) {
  heard_.push_back(heard);
  said_.emplace_back();
  received_.emplace_back();
  presence_.push_back({here, draw_for(make_key(0, 0, Domain::identity), id, 0, purpose(Decision::name)).w0});
  first_link_.push_back(-1);
  known_here_.resize(known_here_.size() + circles_->layers());
  segment_.push_back(static_cast<std::uint16_t>(segment));
}

void Gossip::link(std::uint32_t from, std::uint32_t to, std::uint32_t layer) {
  links_.push_back({to, first_link_[from], layer});
  first_link_[from] = static_cast<std::int32_t>(links_.size()) - 1;
  ++known_here(layer, from);
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
      const Crowd crowd{all ? 0 : circles_->first_of(s), all ? circles_->people() : circles_->people_of(s),
                        all ? joined_ : joined_segment_[s], presence_, period - 1};
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
  for_each_range(all.size(), together, [&](std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t k = from; k < to; ++k)
      if (all[k].joiner->person == nobody) known[k] = acquaintances(all[k], period);
  });
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto s = static_cast<std::size_t>(all[k].segment);
    if (all[k].joiner->person != nobody) {
      appear(static_cast<std::uint32_t>(all[k].joiner->person), mean[s], period - 1);
      continue;
    }
    const auto person = static_cast<std::uint32_t>(heard_.size());
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

/// A prospect joins: those who know them can tell them something.
void Gossip::appear(std::uint32_t person, const Heard& heard, int here) {
  heard_[person] = heard;
  presence_[person].here = here;
  for (std::uint32_t layer = 0; layer < circles_->layers(); ++layer)
    for_each_known(layer, person, [&](std::uint32_t other) { ++known_here(layer, other); });
}

const People* Gossip::people() {
  people_ = {heard_.data(), said_.data(), presence_.data()};
  return &people_;
}

/// Calls visit(person) for those whom a person knows in a layer.
template <class Visit>
void Gossip::for_each_known(std::uint32_t layer, std::uint32_t person, Visit&& visit) const {
  if (person < circles_->people()) circles_->for_each_known(layer, person, visit);
  for (std::int32_t k = first_link_[person]; k >= 0; k = links_[static_cast<std::size_t>(k)].next) {
    const Link& link = links_[static_cast<std::size_t>(k)];
    if (link.layer == layer) visit(link.to);
  }
}

/// Those of a range who have left in the period are known by one less each.
void Gossip::part(int period, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t person = from; person < to; ++person) {
    if (presence_[person].here != period - 1) continue;
    for (std::uint32_t layer = 0; layer < circles_->layers(); ++layer)
      for_each_known(layer, person, [&](std::uint32_t other) {
        std::atomic_ref(known_here(layer, other)).fetch_sub(1, std::memory_order_relaxed);
      });
  }
}

/// What people of a range tell in a layer. Each message reaches one of those they know who are here, more
/// readily in a layer of more weight.
void Gossip::tell(int period, std::uint32_t layer, std::uint32_t from, std::uint32_t to) {
  Wave wave(*this, period, layer);
  for (std::uint32_t sender = from; sender < to; ++sender) {
    const Said& said = said_[sender];
    if ((said.good == 0 && said.bad == 0) || known_here(layer, sender) == 0) continue;
    double all = 0;
    for (std::uint32_t k = 0; k < circles_->layers(); ++k) all += circles_->weight(k) * known_here(k, sender);
    if (!(all > 0)) continue;
    const double each = circles_->weight(layer) / all / message_unit;
    wave.start(sender, each * static_cast<double>(said.good), each * static_cast<double>(said.bad));
    for_each_known(layer, sender, [&](std::uint32_t other) { wave.add(other); });
  }
  wave.flush();
}

std::vector<Spoken> Gossip::spread(int period) {
  for_each_range(heard_.size(), together,
                 [&](std::uint32_t from, std::uint32_t to) { part(period, from, to); });
  for (std::uint32_t layer = 0; layer < circles_->layers(); ++layer)
    for_each_range(heard_.size(), together,
                   [&](std::uint32_t from, std::uint32_t to) { tell(period, layer, from, to); });
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

// How messages reach those who are known.
#include <algorithm>
#include <atomic>
#include <utility>

#include "sim/network/choice.hpp"
#include "sim/random/poisson.hpp"
#include "sim/world/gossip.hpp"

namespace goodwill {

/// Hands the messages of people over: how many one sends is Poisson, and each reaches one of those whom they
/// know who are here, more readily in a layer and on an edge of more weight. That is as if each acquaintance
/// drew for themselves, but takes no look at those who hear nothing. Senders and their messages wait until
/// there are many, so that luck is drawn by vector instructions and memory is asked for ahead.
class Gossip::Teller {
public:
  Teller(Gossip& gossip, int period)
      : all_(gossip), circles_(*gossip.circles_), period_(period), audience_(circles_.layers()),
        links_(audience_.size()), here_(audience_.size()) {}
  /// Whoever knows nobody keeps it to themselves.
  void add(std::uint32_t sender) {
    if (!knows_anybody(sender)) return;
    if (senders_.size == room) send();
    senders_.add(sender, all_.presence_[sender].name, 0);
  }
  void flush() {
    send();
    deliver();
  }

private:
  static constexpr std::int32_t room = 1024;
  static constexpr std::uint32_t tries = 8, each = 16;  // the latter for draws of each acquaintance
  static constexpr double very_many = 256;  // messages of one sender; then each acquaintance draws

  struct Wave {
    std::int32_t size = 0;
    std::uint32_t sender[room], name[room], number[room];  ///< number: of the message
    std::uint32_t w0[room], w1[room], w2[room], w3[room];

    void add(std::uint32_t from, std::uint32_t its_name, std::uint32_t its_number) {
      sender[size] = from;
      name[size] = its_name;
      number[size++] = its_number;
    }
    void draw(const Kernel& kernel, const Key& key, int period, std::uint32_t index) {
      kernel.words(size, name, number, static_cast<std::uint32_t>(period), purpose(Decision::tell, index),
                   key, w0, w1, w2, w3);
    }
  };
  struct Place {
    std::size_t layer;
    std::uint32_t number;
  };
  /// People of a layer whom somebody tells. Newcomers are told as readily as people are on average.
  struct Audience {
    std::uint32_t size = 0;
    double weight = 0;
  };
  struct Listener {
    std::uint32_t person;
    double weight;
  };
  using Kind = std::int64_t Received::*;
  /// Good messages have odd numbers, bad ones even numbers.
  static Kind kind_of(std::uint32_t number) { return number % 2 == 1 ? &Received::good : &Received::bad; }

  void send() {
    senders_.draw(all_.kernel_, all_.key_, period_, 0);
    for (std::int32_t k = 0; k < senders_.size; ++k) {
      const Said& said = all_.said_[senders_.sender[k]];
      send(k, said.good, senders_.w0[k], 1);
      send(k, said.bad, senders_.w1[k], 2);
    }
    senders_.size = 0;
  }
  void send(std::int32_t k, std::int64_t said, std::uint32_t word, std::uint32_t first) {
    if (said == 0) return;
    Rate& rate = rates_[first - 1];  // most say as much as the one before them
    if (rate.said != said) rate = rate_of(said);
    if (rate.mean > very_many) return hand_out(senders_.sender[k], rate.mean, kind_of(first));
    for (std::uint32_t m = count(rate.mean, rate.none, word); m > 0; --m) {
      if (messages_.size == room) deliver();
      messages_.add(senders_.sender[k], senders_.name[k], 2 * (m - 1) + first);
    }
  }
  struct Rate {
    std::int64_t said = 0;
    double mean = 0, none = 1;  ///< messages; the probability that there are none
  };
  static Rate rate_of(std::int64_t said) {
    const double mean = static_cast<double>(said) / message_unit;
    return {said, mean, exp_wide(-std::min(mean, very_many))};
  }
  static std::uint32_t count(double mean, double none, std::uint32_t word) {
    const double v = static_cast<double>(uniform(word));
    return v < 1 - none ? static_cast<std::uint32_t>(poisson_count(mean, none, v)) : 0;
  }

  void deliver() {
    for (std::uint32_t attempt = 0; attempt < tries && messages_.size > 0; ++attempt) {
      messages_.draw(all_.kernel_, all_.key_, period_, attempt << 6);
      for (std::int32_t k = 0; k < messages_.size; ++k) {
        turn_to(messages_.sender[k]);
        place_[k] = choose_place(k, attempt);
        if (place_[k].number < met_at_start(place_[k].layer))
          __builtin_prefetch(circles_.address(place_[k].layer, sender_, place_[k].number));
      }
      for (std::int32_t k = 0; k < messages_.size; ++k) {
        turn_to(messages_.sender[k]);
        receiver_[k] = known(place_[k]);
        __builtin_prefetch(&all_.presence_[receiver_[k]]);
        __builtin_prefetch(&all_.received_[receiver_[k]], 1);
      }
      const std::int32_t waiting = std::exchange(messages_.size, 0);
      for (std::int32_t k = 0; k < waiting; ++k)
        if (is_here(receiver_[k]))
          give(receiver_[k], kind_of(messages_.number[k]), 1);
        else
          messages_.add(messages_.sender[k], messages_.name[k], messages_.number[k]);
    }
    // Of these most acquaintances have left.
    messages_.draw(all_.kernel_, all_.key_, period_, tries << 6);
    for (std::int32_t k = 0; k < messages_.size; ++k) {
      turn_to(messages_.sender[k]);
      if (look_who_is_here() == 0) continue;
      const Place at = choose_place(k, tries);
      give(here_[at.layer][at.number].person, kind_of(messages_.number[k]), 1);
    }
    messages_.size = 0;
  }
  /// One of the audience, for message k, which has drawn its first words of this attempt.
  Place choose_place(std::int32_t k, std::uint32_t attempt) const {
    const auto words = [&](std::uint32_t index) {
      return index == 0 ? Words{messages_.w0[k], messages_.w1[k], messages_.w2[k], messages_.w3[k]}
                        : draw(messages_.name[k], messages_.number[k], attempt << 6 | index);
    };
    if (audience_.size() == 1) return {0, choose_in(0, attempt, words)};
    double all = 0;
    for (std::size_t layer = 0; layer < audience_.size(); ++layer)
      all += circles_.weight(layer) * audience_[layer].weight;
    double left = static_cast<double>(uniform(words(63).w3)) * all;
    std::size_t chosen = 0;
    for (std::size_t layer = 0; layer < audience_.size() && left >= 0; ++layer) {
      if (audience_[layer].size == 0) continue;
      chosen = layer;
      left -= circles_.weight(layer) * audience_[layer].weight;
    }
    return {chosen, choose_in(chosen, attempt, words)};
  }
  template <class Block>
  std::uint32_t choose_in(std::size_t layer, std::uint32_t attempt, const Block& words) const {
    const Audience& all = audience_[layer];
    if (!circles_.is_weighted(layer)) return choose(all.size, words);
    double left = uniform_of(words(63)) * all.weight;
    if (attempt < tries) {
      const std::uint32_t before = met_at_start(layer), since = all.size - before;
      const double own = all.weight - since;
      return since == 0 || left < own ? circles_.pick(layer, sender_, left / own)
                                      : before + choose(since, words);
    }
    std::uint32_t number = 0;  // among those who are here
    while (number + 1 < all.size && (left -= here_[layer][number].weight) >= 0) ++number;
    return number;
  }
  Words draw(std::uint32_t name, std::uint32_t number, std::uint32_t index) const {
    return goodwill::draw(all_.key_, name, number, static_cast<std::uint32_t>(period_),
                          purpose(Decision::tell, index));
  }

  void hand_out(std::uint32_t sender, double mean, Kind kind) {
    turn_to(sender);
    const double all = look_who_is_here();
    for (std::size_t layer = 0; layer < here_.size(); ++layer) {
      const double usual = mean * circles_.weight(layer) / all;
      double weight = 0, own = 0, none = 1;
      for (const Listener& to : here_[layer]) {
        if (to.weight != weight) {  // most weigh as much as the one before them
          weight = to.weight;
          own = usual * weight;
          none = exp_wide(-std::min(own, 700.0));
        }
        const Words w = draw(all_.presence_[sender].name, all_.presence_[to.person].name,
                             (each + static_cast<std::uint32_t>(layer)) << 6);
        give(to.person, kind, count(own, none, kind == kind_of(1) ? w.w0 : w.w1));
      }
    }
  }

  /// Whom the sender knows, in the order in which they met.
  void turn_to(std::uint32_t sender) {
    sender_ = sender;
    if (any_links_)
      for (auto& of_layer : links_) of_layer.clear();
    any_links_ = all_.first_link_[sender] >= 0;
    for (std::int32_t k = all_.first_link_[sender]; k >= 0;) {
      const Link& link = all_.links_[static_cast<std::size_t>(k)];
      links_[link.layer].push_back(link.to);
      k = link.next;
    }
    for (std::size_t layer = 0; layer < audience_.size(); ++layer) {
      std::reverse(links_[layer].begin(), links_[layer].end());
      const std::uint32_t before = met_at_start(layer),
                          since = static_cast<std::uint32_t>(links_[layer].size());
      audience_[layer] = {before + since, before > 0 ? circles_.told(layer, sender_) + since : since};
    }
  }
  bool knows_anybody(std::uint32_t person) const {
    if (all_.first_link_[person] >= 0) return true;
    for (std::size_t layer = 0; layer < audience_.size() && person < circles_.people(); ++layer)
      if (circles_.degree(layer, person) > 0) return true;
    return false;
  }
  std::uint32_t met_at_start(std::size_t layer) const {
    return sender_ < circles_.people() ? circles_.degree(layer, sender_) : 0;
  }
  std::uint32_t known(const Place& at) const {
    const std::uint32_t before = met_at_start(at.layer);
    return at.number < before ? circles_.known(at.layer, sender_, at.number)
                              : links_[at.layer][at.number - before];
  }
  bool is_here(std::uint32_t person) const { return all_.presence_[person].here == period_; }
  /// Those whom the sender knows and who are here become the audience. Returns how many, by weight.
  double look_who_is_here() {
    double all = 0;
    for (std::size_t layer = 0; layer < audience_.size(); ++layer) {
      here_[layer].clear();
      const std::uint32_t before = met_at_start(layer);
      double weight = 0;
      for (std::uint32_t k = 0; k < audience_[layer].size; ++k)
        if (const std::uint32_t person = known({layer, k}); is_here(person)) {
          here_[layer].push_back({person, k < before ? circles_.edge_weight(layer, sender_, k) : 1});
          weight += here_[layer].back().weight;
        }
      audience_[layer] = {static_cast<std::uint32_t>(here_[layer].size()), weight};
      all += circles_.weight(layer) * weight;
    }
    return all;
  }
  void give(std::uint32_t receiver, Kind kind, std::uint32_t number) {
    std::atomic_ref(all_.received_[receiver].*kind).fetch_add(number, std::memory_order_relaxed);
  }

  Gossip& all_;
  const Circles& circles_;
  const int period_;
  Wave senders_, messages_;
  Place place_[room];
  std::uint32_t receiver_[room];
  Rate rates_[2];
  std::uint32_t sender_ = 0;  // of whom these are acquaintances, by layer
  std::vector<Audience> audience_;
  std::vector<std::vector<std::uint32_t>> links_;  // those whom they met since the start
  std::vector<std::vector<Listener>> here_;
  bool any_links_ = false;
};

void Gossip::tell(int period, std::uint32_t from, std::uint32_t to) {
  Teller teller(*this, period);
  for (std::uint32_t person = from; person < to; ++person)
    if (said_[person].good != 0 || said_[person].bad != 0) teller.add(person);
  teller.flush();
}

}  // namespace goodwill

#include "sim/world/adoption.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "sim/random/math64.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr std::uint32_t together = 8'192;  // people of one task

}  // namespace

Prospects::Prospects(const Plan& plan, const Key& key)
    : patience_(plan.segments.size()), in_turn_(plan.segments.size()) {
  for (std::size_t s = 0; s < patience_.size(); ++s) {
    auto& own = patience_[s];
    own.resize(static_cast<std::size_t>(plan.segments[s].prospects.value_or(0)));
    for_each_range(own.size(), together, [&](std::uint32_t from, std::uint32_t to) {
      for (std::uint32_t k = from; k < to; ++k)
        own[k] = -math::log(
            uniform_of(draw_for(key, prospect_id(static_cast<int>(s), k), 0, purpose(Decision::adopt))));
    });
    if (plan.market_network()) continue;
    in_turn_[s].resize(own.size());
    std::iota(in_turn_[s].begin(), in_turn_[s].end(), 0u);
    std::ranges::sort(in_turn_[s], [&](std::uint32_t a, std::uint32_t b) {
      return own[a] != own[b] ? own[a] < own[b] : a < b;
    });
  }
}

Adoption::Adoption(const Plan& plan, const Key& key, std::shared_ptr<const Prospects> prospects,
                   std::shared_ptr<const Circles> circles, std::optional<int> within)
    : plan_(plan), key_(key), prospects_(std::move(prospects)), circles_(std::move(circles)),
      segments_(plan.segments.size()) {
  const bool network = plan.market_network() != nullptr;
  std::uint32_t people = 0;
  for (std::size_t s = 0; s < segments_.size(); ++s) {
    const std::size_t n = prospects_->size(s);
    first_.push_back(circles_ ? circles_->first_prospect(s) : people);
    people += static_cast<std::uint32_t>(n);
    segments_[s].left = static_cast<std::int64_t>(n);
    segments_[s].gone.resize(n);
    if (network) segments_[s].felt.resize(n);
  }
  if (within) lives_.emplace(circles_ ? circles_->people() : people, *within);
  if (!network) return;
  customer_.assign(circles_->people(), -1);
  counted_.resize(circles_->people());
  known_.resize(circles_->people() * circles_->market().size());
  seen_ = {customer_.data(), static_cast<std::int32_t>(circles_->people())};
}

void Adoption::begin(int segment, const CustomerBlock& base, const Params& params) {
  std::int64_t customers = 0;
  for (std::int32_t i = 0; i < base.size; ++i) {
    if ((params.customer_stages >> base.stage[i] & 1u) == 0) continue;
    ++customers;
    if (seen()) customer_[static_cast<std::size_t>(base.person[i])] = 0;
  }
  add(segment, customers);
}

std::vector<ProspectLife> Adoption::kept_lives() const {
  std::vector<ProspectLife> all;
  for (std::size_t s = 0; lives_ && s < segments_.size(); ++s)
    for (std::uint32_t k = 0; k < segments_[s].gone.size(); ++k)
      all.push_back(lives_->of(person_of(static_cast<int>(s), k)));
  return all;
}

Joiner Adoption::take(int segment, std::uint32_t prospect, int period, Way way) {
  Segment& s = segments_[static_cast<std::size_t>(segment)];
  s.gone[prospect] = 1;
  --s.left;
  Joiner joiner{};
  joiner.id = prospect_id(segment, prospect);
  joiner.descent = descent(segment, Root::acquired);
  joiner.period = period;
  joiner.person = static_cast<std::int32_t>(person_of(segment, prospect));
  if (lives_) lives_->join(joiner.person, period, way);
  return joiner;
}

void Adoption::place(int segment, Joiner& joiner, Way way) {
  Segment& s = segments_[static_cast<std::size_t>(segment)];
  if (!plan_.segments[static_cast<std::size_t>(segment)].prospects) return;
  const auto prospect = choose(segment, joiner);
  if (!prospect) {
    joiner.turned_away = true;
    ++s.turned_away;
    return;
  }
  joiner.person = take(segment, *prospect, joiner.period, way).person;
}

std::optional<std::uint32_t> Adoption::choose(int segment, const Joiner& joiner) const {
  constexpr std::uint32_t tries = 32;
  const Segment& s = segments_[static_cast<std::size_t>(segment)];
  if (s.left == 0) return {};
  const auto luck = [&](std::uint32_t number) {
    return uniform_of(draw_for(key_, joiner.id, 0, purpose(Decision::place, number)));
  };
  const auto at = [](double u, std::size_t n) {
    return static_cast<std::uint32_t>(u * static_cast<double>(n));
  };
  const auto n = static_cast<std::uint32_t>(s.gone.size());
  if (circles_ && joiner.referrer != nobody &&
      static_cast<std::uint32_t>(joiner.referrer) < circles_->people()) {
    std::vector<std::uint32_t> friends;
    const std::uint32_t first = person_of(segment, 0);
    for (std::size_t layer = 0; layer < circles_->all_layers(); ++layer)
      circles_->for_each_known(layer, static_cast<std::uint32_t>(joiner.referrer), [&](std::uint32_t person) {
        if (person >= first && person - first < n && s.gone[person - first] == 0)
          friends.push_back(person - first);
      });
    if (!friends.empty()) return friends[at(luck(0), friends.size())];
  }
  std::uint32_t found = 0;
  for (std::uint32_t k = 1; k <= tries; ++k)
    if (found = at(luck(k), n); s.gone[found] == 0) return found;
  while (s.gone[found] != 0) found = (found + 1) % n;  // next to nobody is left
  return found;
}

std::vector<Joiner> Adoption::adopting(int segment, int period, const Joining& now) {
  std::vector<Joiner> joiners;
  for (const std::uint32_t prospect :
       seen() ? impatient_among_known(segment, now) : impatient(segment, now)) {
    Joiner& joiner = joiners.emplace_back(take(segment, prospect, period, Way::adopted));
    joiner.adopts = true;
  }
  return joiners;
}

std::vector<std::uint32_t> Adoption::impatient(int segment, const Joining& now) {
  const auto at = static_cast<std::size_t>(segment);
  Segment& s = segments_[at];
  const auto& in_turn = prospects_->in_turn(at);
  s.hazard += now.innovation + now.imitation * share_;
  std::vector<std::uint32_t> found;
  for (; s.next < in_turn.size() && prospects_->patience(at, in_turn[s.next]) <= s.hazard; ++s.next)
    if (s.gone[in_turn[s.next]] == 0) found.push_back(in_turn[s.next]);
  return found;
}

/// The share of customers among those whom somebody knows, by how readily they tell each other.
double Adoption::share_known(std::uint32_t person) const {
  double customers = 0, all = 0;
  std::size_t place = person * circles_->market().size();
  for (const std::size_t layer : circles_->market()) {
    const double weight = circles_->part_weight(layer, person);
    customers += weight * known_[place++];
    all += weight * circles_->parts(layer, person);
  }
  return all > 0 ? customers / all : 0;
}

std::vector<std::uint32_t> Adoption::impatient_among_known(int segment, const Joining& now) {
  const auto at = static_cast<std::size_t>(segment);
  Segment& s = segments_[at];
  std::vector<std::vector<std::uint32_t>> found(s.gone.size() / together + 1);
  for_each_range(s.gone.size(), together, [&](std::uint32_t from, std::uint32_t to) {
    for (std::uint32_t k = from; k < to; ++k) {
      if (s.gone[k] != 0) continue;
      s.felt[k] += now.innovation + now.imitation * share_known(person_of(segment, k));
      if (prospects_->patience(at, k) <= s.felt[k]) found[from / together].push_back(k);
    }
  });
  std::vector<std::uint32_t> all;
  for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
  return all;
}

void Adoption::count(int segment, std::int64_t* row) {
  Segment& s = segments_[static_cast<std::size_t>(segment)];
  row[count_potential] += s.left;
  row[count_turned_away] += std::exchange(s.turned_away, 0);
}

void Adoption::add(int segment, std::int64_t customers) {
  segments_[static_cast<std::size_t>(segment)].customers += customers;
}

void Adoption::end_period(int period) {
  double customers = 0;
  for (std::size_t s = 0; s < segments_.size(); ++s) {
    const std::int64_t own = std::exchange(segments_[s].customers, 0);
    if (plan_.segments[s].prospects) customers += plan_.segments[s].weight * static_cast<double>(own);
  }
  if (plan_.market_size > 0) share_ = customers / plan_.market_size;
  if (seen())
    for_each_range(customer_.size(), together,
                   [&](std::uint32_t from, std::uint32_t to) { look(from, to, period); });
}

/// Those whom somebody of a range tells learn that they have become a customer, or are so no longer.
void Adoption::look(std::uint32_t from, std::uint32_t to, int period) {
  const std::size_t layers = circles_->market().size();
  for (std::uint32_t person = from; person < to; ++person) {
    const std::uint8_t is = customer_[person] == period;
    if (is == counted_[person]) continue;
    counted_[person] = is;
    const int change = is != 0 ? 1 : -1;
    std::size_t place = 0;
    for (const std::size_t layer : circles_->market()) {
      circles_->for_each_edge(layer, person, [&](std::uint32_t other, std::uint64_t edge) {
        std::atomic_ref(known_[other * layers + place])
            .fetch_add(change * circles_->part(layer, edge), std::memory_order_relaxed);
      });
      ++place;
    }
  }
}

}  // namespace goodwill

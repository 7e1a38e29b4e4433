// Journeys and their touchpoints, as the kernel's flat tables.
#include <algorithm>
#include <cmath>

#include "sim/kernel/waiting.hpp"
#include "sim/model/words.hpp"
#include "sim/plan/compile.hpp"

namespace goodwill {
namespace {

/// A touchpoint's path without the words that drop out.
std::string brief(std::string path) {
  for (const std::string word : {"journeys.", "touchpoints."})
    if (const auto at = path.find(word); at == 0 || (at != std::string::npos && path[at - 1] == '.'))
      path.erase(at, word.size());
  return path;
}

}  // namespace

BranchParams Compiled::branch(const Branch& b, const Journey* journey) {
  std::vector<ArrowParams> arrows;
  double given = 0, total = 0;
  for (const auto& arrow : b.arrows) given += arrow.otherwise ? 0.0 : arrow.share.value;
  for (const auto& arrow : b.arrows) {
    const double share = arrow.otherwise ? std::max(0.0, 1 - given) : arrow.share.value;
    total += share;
    ArrowParams a;
    a.up_to = threshold(total > 1 - 1e-12 ? 1 : total);
    const int place = journey ? journey->touchpoints.index(arrow.target) : -1;
    a.target = place >= 0               ? place
               : arrow.target == "done" ? static_cast<int>(go_done)
               : arrow.target == "lost" ? static_cast<int>(go_lost)
                                        : go_stage - stage_index(model_, arrow.target);
    if (share > 0) arrows.push_back(a);
  }
  const auto size = static_cast<std::int32_t>(arrows.size());
  return {keep(std::move(arrows), arrows_), size};
}

bool Compiled::is_for(const std::optional<Who>& who) const {
  return !who || who->segment.empty() || std::ranges::count(who->segment, own().first) > 0;
}

WhoParams Compiled::who(const Who& w) const {
  WhoParams p;
  p.any = !w.failed_ago && !w.tenure && !w.satisfaction && w.stage.empty() && w.surveyed.empty();
  constexpr std::int32_t far = 1 << 27;  // below the distance to `long_ago`
  if (w.failed_ago) {
    p.closes = true;
    p.failed_from = w.failed_ago->from ? whole_periods(*w.failed_ago->from) : 0;
    p.failed_to = w.failed_ago->to ? whole_periods(*w.failed_ago->to) : far;
  }
  if (w.tenure) {
    p.tenure_from = w.tenure->from ? whole_periods(*w.tenure->from) : 0;
    p.tenure_to = w.tenure->to ? whole_periods(*w.tenure->to) : far;
  }
  if (w.satisfaction) {
    if (w.satisfaction->from) p.satisfaction_from = single(*w.satisfaction->from);
    if (w.satisfaction->to) p.satisfaction_to = single(*w.satisfaction->to);
  }
  if (!w.stage.empty()) {
    p.stages = 0;
    for (const auto& name : w.stage) p.stages |= 1u << stage_index(model_, name);
  }
  p.within = std::max(1, whole_periods(w.within ? w.within->value : model_.periods_per_year() / 12));
  const auto answer = named<Who::Answer>(w.surveyed);
  p.surveyed = answer ? 1 + static_cast<std::int32_t>(*answer) : 0;
  return p;
}

TouchpointParams Compiled::touchpoint(const Touchpoint& t, const Journey& j, const std::string& path,
                                      int counter, const std::vector<DueCost>& costs) {
  TouchpointParams p;
  p.quality = single(t.quality.of(own().second.values) - lost_by_waiting(t.wait));
  p.wait = single(t.wait);
  p.sd = single(t.sd);
  p.quality_failed = single(t.quality_failed);
  p.quality_recovered = single(t.quality_recovered);
  p.quality_full = single(t.quality_full);
  p.team = model_.teams.index(t.team);
  p.paradox = model_.experience.paradox;
  p.failure = threshold(t.failure);
  p.recovery = threshold(t.recovery);
  p.happens = threshold(t.happens);
  p.always_happens = t.happens >= 1;
  if (t.who) p.who = who(*t.who);
  if (!is_for(t.who)) {  // everybody of the segment passes by
    p.who.any = false;
    p.who.stages = 0;
    p.always_happens = true;
  }
  p.step = single(std::min(1.0, model_.experience.learning * t.weight));
  const Next& n = t.next;
  const Branch nothing{};
  if (n.plain) {
    p.next[0] = p.next[1] = p.next[2] = p.next[3] = branch(*n.plain, &j);
  } else {
    p.next[0] = branch(n.ok ? *n.ok : nothing, &j);
    p.next[1] = branch(n.failed ? *n.failed : nothing, &j);
    p.next[2] = n.recovered ? branch(*n.recovered, &j) : p.next[0];
    p.next[3] = n.full ? branch(*n.full, &j) : BranchParams{};
    if (p.team < 0) p.next[3] = p.next[0];
  }
  p.counter = counter;
  if (t.effort) {
    p.effort = single(*t.effort);
    params_.survey.effort = model_.survey_given;
  }
  p.spend = spend_counter(layout_.stages + (counter - layout_.touchpoints_at) / 3);
  const Brought contact = book(counter, {{money_touchpoint_cost, t.cost}});
  const Brought earned = book(p.spend >= 0 ? p.spend : counter,
                              {{money_earnings, t.earns}, {money_earnings_margin, t.earns * t.margin}});
  const Brought recovery = book(counter + 2, {{money_recovery_cost, t.recovery_cost}});
  if (model_.word_of_mouth) {
    const double told = model_.memory() * t.visibility;
    p.told_failed = say(counter + 1, bad_words, model_.word_of_mouth->negative * told);
    p.told_recovered = say(counter + 2, good_words, model_.word_of_mouth->positive * told);
  }
  p.earns = earned.revenue;
  p.kept = earned.contribution;
  p.left = earned.contribution + contact.contribution;
  p.recovery_cost = -recovery.contribution;
  for (const auto& due : costs)
    for (const auto& [at, amount] : due.cost->each)
      if (brief(at) == path) price(counter, layout_.cost(CostKind::use, due.investment), amount);
  return p;
}

/// What journeys come after, and when their turn is. Those that come after such a journey, or after orders,
/// have it after the orders, too.
void Compiled::sources() {
  Named<std::int32_t> followed;
  for (const auto& [name, journey] : model_.journeys)
    for (const auto& [source, share] : journey.after)
      if (const auto next = static_cast<std::int32_t>(followed.size()); !followed.find(source))
        followed.at(source) = next;
  const auto place = [&](const std::string& name) {
    const std::int32_t* known = followed.find(name);
    return known ? *known : -1;
  };
  params_.orders.followed = place("orders");
  for (std::size_t k = 0; k < journeys_.size(); ++k) {
    const auto& [name, journey] = model_.journeys.items[k];
    JourneyParams& j = journeys_[k];
    j.followed = place(name);
    std::vector<SourceParams> sources;
    for (const auto& [source, share] : journey.after) {
      const int before = model_.journeys.index(source);
      j.after_orders |= before < 0 || journeys_[static_cast<std::size_t>(before)].after_orders;
      if (share > 0) sources.push_back({place(source), threshold(share), share});
    }
    j.n_sources = static_cast<std::int32_t>(sources.size());
    j.sources = keep(std::move(sources), sources_);
  }
}

void Compiled::journeys(int& index, const std::vector<DueCost>& costs) {
  int counter = layout_.touchpoints_at, experience = layout_.experiences_at, full = layout_.full_at, k = 0;
  for (const auto& [name, journey] : model_.journeys) {
    JourneyParams j;
    j.stages = params_.customer_stages;
    if (!journey.stages.empty()) {
      j.stages = 0;
      for (const auto& stage : journey.stages) j.stages |= 1u << stage_index(model_, stage);
    }
    j.starts = response_with_tables(journey.starts, index++);
    j.starts.most = max_walks;
    Branch first;
    first.arrows.push_back({journey.touchpoints.items.front().first, Number(1), false, {}});
    j.first = branch(journey.first ? *journey.first : first, &journey);
    const int minutes = layout_.measures_at + 2 * k, effort = minutes + 1;
    j.minutes = layout_.money_place(minutes);
    j.counter = layout_.journeys_at + journey_counters * k++;
    std::vector<TouchpointParams> touchpoints;
    for (const auto& [place, t] : journey.touchpoints) {
      touchpoints.push_back(touchpoint(t, journey, name + "." + place, counter, costs));
      touchpoints.back().journey = j.counter;
      const auto takes_effort = [&, &of = t.effort](int from) {
        if (!of) return;
        price(from, sum_effort, *of);
        price(from, effort, *of);
      };
      price(counter, minutes, t.wait);
      takes_effort(counter);
      counter += 3;
      if (full >= 0) {
        if (model_.word_of_mouth)
          say(full, bad_words, model_.word_of_mouth->negative * model_.memory() * t.visibility);
        takes_effort(full);
        touchpoints.back().full = full++;
      }
      if (experience < 0) continue;
      touchpoints.back().experience = experience;
      experience += 3;
    }
    j.size = static_cast<std::int32_t>(touchpoints.size());
    j.touchpoints = keep(std::move(touchpoints), touchpoints_);
    journeys_.push_back(j);
  }
  sources();
  params_.journeys = journeys_.data();
  params_.n_journeys = static_cast<std::int32_t>(journeys_.size());
}

}  // namespace goodwill

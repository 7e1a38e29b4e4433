// The base of a segment: candidates, their pasts, and the futures of those who are still here.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/kernel/features.hpp"
#include "sim/random/math64.hpp"
#include "sim/world/population.hpp"

namespace goodwill {
namespace {

/// The joiners sorted by period; within a period they keep their order.
std::vector<Joiner> by_period(const std::vector<Joiner>& joiners) {
  if (joiners.empty()) return {};
  const auto earlier = [](const Joiner& a, const Joiner& c) { return a.period < c.period; };
  const auto ends = std::minmax_element(joiners.begin(), joiners.end(), earlier);
  const std::int32_t first = ends.first->period, last = ends.second->period;
  std::vector<std::size_t> at(static_cast<std::size_t>(last - first + 2));  // starts, one place on
  const auto place = [&](const Joiner& j) { return static_cast<std::size_t>(j.period - first); };
  for (const Joiner& j : joiners) ++at[place(j) + 1];
  std::partial_sum(at.begin(), at.end(), at.begin());
  std::vector<Joiner> sorted(joiners.size());
  for (const Joiner& j : joiners) sorted[at[place(j)]++] = j;
  return sorted;
}

double unit(std::uint32_t word) { return (static_cast<double>(word) + 0.5) / 4294967296.0; }

/// What the customer's satisfaction, trust and memory add to the log-odds (or the logarithm of the rate).
double state_effect(const ResponseParams& r, const FeatureArrays& x, std::int32_t i) {
  float sum = 0;
#define GOODWILL_EXPERIENCED(name, place, of, value, text)                                                   \
  if constexpr (is_experienced(FeatureOf::of)) sum += r.name * (value);
  GOODWILL_FEATURES_OF_CUSTOMER(GOODWILL_EXPERIENCED)
#undef GOODWILL_EXPERIENCED
  return static_cast<double>(sum);
}

}  // namespace

std::vector<Joiner> Population::candidates(int replication, int segment, std::int64_t first, std::int64_t n,
                                           std::vector<double>& traits) const {
  const SegmentPlan& s = plan.segments[static_cast<std::size_t>(segment)];
  const Candidates& law = *s.candidates;
  const Key k = setup.key(replication);
  std::vector<Joiner> joiners;
  std::vector<double> luck;
  std::int32_t entrants = 0;
  for (std::int64_t i = first; i < first + n; ++i) {
    const CustomerId id = initial_id(segment, i);
    const Strata* const even = options.strata && options.strata->holds(i) ? options.strata : nullptr;
    const Words w = even ? Words{} : draw_for(k, id, 0, purpose(Decision::tenure));
    const int age = law.ages().at(even ? even->uniform(i, Strata::age) : unit(w.w0));
    const int lived = law.lived(age);
    Joiner joiner{id, 1 - lived, age - lived, full_weight, i};
    if (lived < age) {
      luck.clear();
      for (const int trait : law.traits()) {
        const TraitParams& of = s.trait_params[static_cast<std::size_t>(trait)];
        const Words t = draw_for(k, id, 0, of.purpose());
        const std::uint32_t words[4] = {t.w0, t.w1, t.w2, t.w3};
        luck.push_back(unit(words[of.draw % 4]));
      }
      joiner.stage =
          even ? law.enter(age, even->uniform(i, Strata::cell), even->uniform(i, Strata::acceptance),
                           even->uniform(i, Strata::stage), luck)
               : law.enter(age, unit(w.w1), unit(w.w2), unit(w.w3), luck);
      if (joiner.stage < 0) continue;
      joiner.entrant = entrants++;
      traits.insert(traits.end(), luck.begin(), luck.end());
    }
    joiners.push_back(joiner);
  }
  return by_period(joiners);
}

void Population::live_past(Worker& worker, int replication, int segment,
                           const std::vector<Joiner>& candidates, const std::vector<double>& traits) {
  const SegmentPlan& s = plan.segments[static_cast<std::size_t>(segment)];
  CustomerBlock& b = worker.base.block;
  b.size = 0;
  std::vector<std::int64_t> unread(static_cast<std::size_t>(plan.layout.counters));
  PeriodContext c;
  c.params = &s.baseline->params();
  c.key = setup.key(replication);
  c.row = unread.data();
  c.scratch = &worker.scratch;
  c.walk = options.walk;
  if (options.strata) c.even = options.strata->even();
  c.advocacy = false;
  c.heard = plan.past(0).heard_in(segment);
  const NewcomerParams who = s.initial.told(c.heard);
  // The past is not part of anybody's value: its money and its cohort columns go nowhere.
  Nowhere nowhere;
  nowhere.takes(c);
  auto next = candidates.begin();
  const int start = candidates.empty() ? 1 : candidates.front().period;
  for (int t = start; t <= 1; ++t) {
    const auto joining = next;
    while (next != candidates.end() && next->period == t) ++next;
    const std::int32_t from = b.size;
    be_born(kernel, b, {joining, next}, who, c.key, worker.scratch, options.strata);
    for (auto joiner = joining; joiner != next; ++joiner) {
      if (joiner->stage < 0) continue;
      const auto lane = from + static_cast<std::int32_t>(joiner - joining);
      b.stage[lane] = joiner->stage;
      const std::vector<int>& deciding = s.candidates->traits();
      for (std::size_t k = 0; k < deciding.size(); ++k)
        b.traits[deciding[k] * b.capacity + lane] =
            static_cast<float>(traits[static_cast<std::size_t>(joiner->entrant) * deciding.size() + k]);
    }
    if (t == 1) break;  // the past ends here
    setup.check_cancelled();
    const Environment now = plan.past(t);
    c.environment = &now;
    kernel.period(b, c);
  }
  if (b.value) std::fill_n(b.value, b.size, 0.0);
}

/// Adds to SimulationResult::state_factor: for a move over those in the stage it leaves, for the start of a
/// journey over those in the journey's stages.
void Population::measure_state(const CustomerBlock& b, const std::vector<std::int32_t>& kept, int segment) {
  const Params& p = plan.segments[static_cast<std::size_t>(segment)].baseline->params();
  const FeatureArrays x(b, p);
  const auto see = [&](const ResponseParams& r, std::uint32_t stages) {
    if (r.form != ResponseParams::link || r.at_risk < 0) return;
    std::int64_t sum = 0, count = 0;
    for (const std::int32_t i : kept) {
      if ((stages >> b.stage[i] & 1u) == 0) continue;
      ++count;
      sum += std::llround(math::exp(std::min(state_effect(r, x, i), 10.0)) * state_factor_unit);
    }
    results.count_state(segment, (r.at_risk - plan.layout.responses_at) / 2, sum, count);
  };
  for (int g = 0; g < p.n_stages; ++g)
    for (int k = 0; k < p.stages[g].n_moves; ++k) see(p.stages[g].moves[k], 1u << g);
  for (int j = 0; j < p.n_journeys; ++j) see(p.journeys[j].starts, p.journeys[j].stages);
}

std::vector<std::int32_t> Population::base(Worker& worker, int replication, int segment, std::int64_t first,
                                           std::int64_t n, std::int64_t wanted) {
  std::vector<double> traits;
  const std::vector<Joiner> joiners = candidates(replication, segment, first, n, traits);
  live_past(worker, replication, segment, joiners, traits);
  CustomerBlock& b = worker.base.block;
  std::vector<std::int32_t> kept(static_cast<std::size_t>(b.size));
  std::iota(kept.begin(), kept.end(), 0);
  if (b.size > wanted) {
    std::nth_element(kept.begin(), kept.begin() + wanted, kept.end(),
                     [&](std::int32_t x, std::int32_t y) { return id_of(b, x) < id_of(b, y); });
    kept.resize(static_cast<std::size_t>(wanted));
  }
  if (options.mean_state) measure_state(b, kept, segment);
  if (b.descent) take_stock(b, kept, replication, segment);
  std::int64_t tenure = 0;
  for (const std::int32_t i : kept) tenure += b.tenure[i];
  results.count_base(segment, static_cast<std::int64_t>(kept.size()), tenure);
  return kept;
}

}  // namespace goodwill

#include "sim/world/coupled.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>

#include "sim/world/adoption.hpp"
#include "sim/world/family.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

/// A base as its past left it: the customers of one block of candidates.
using Base = std::vector<std::unique_ptr<BlockMemory>>;

/// What the worlds of a replication share beside the base; null: there is none.
struct Outside {
  std::shared_ptr<const Circles> circles;
  std::shared_ptr<const Prospects> prospects;
};

/// One scenario in one replication.
class World {
public:
  World(Population& all, int replication, int scenario, std::int64_t crowds, const Outside& outside)
      : all_(all), plan_(all.plan), world_(plan_.scenarios[static_cast<std::size_t>(scenario)]),
        replication_(replication), scenario_(scenario), watched_(watch()),
        surroundings_(plan_, all.setup.course(replication, scenario),
                      {outside.circles, all.setup.key(replication), all.kernel}),
        acquired_(plan_.segments.size()) {
    if (outside.prospects)
      market_.emplace(plan_, all.setup.key(replication), outside.prospects, outside.circles,
                      all.options.prospect_lives);
    for (std::int64_t k = 0; k < crowds; ++k)
      crowds_.emplace_back(all.setup, market_ ? market_->lives() : nullptr);
  }

  /// `last`: the base is wanted by nobody else.
  void live(std::vector<Base>& bases, bool last) {
    const int segments = static_cast<int>(plan_.segments.size());
    for (int s = 0; s < segments; ++s) settle(s, bases[static_cast<std::size_t>(s)], last);
    if (market_) market_->end_period(0);
    for (int t = 1; t <= plan_.last_period() && (t <= plan_.horizon() || !over()); ++t) step(t);
    for (Family& family : families_) family.finish();
    for (Crowd& crowd : crowds_)
      crowd.for_each([&](int segment, Origin origin, const Lived& lived) {
        all_.results.keep(replication_, segment, scenario_, origin, lived);
      });
    all_.results.keep_surroundings(replication_, scenario_, surroundings_);
    if (market_) all_.results.keep_prospects(replication_, scenario_, market_->kept_lives());
  }

private:
  /// A course that depends on what the firm sees, and what it has seen.
  struct Watched {
    std::shared_ptr<Course> course;
    Triggers seen;
  };
  std::optional<Watched> watch() {
    if (!world_.has_triggers()) return {};
    auto course = std::make_shared<Course>(plan_, world_.interventions);
    all_.courses[static_cast<std::size_t>(scenario_ * all_.options.replications + replication_)] = course;
    return Watched{course, Triggers(plan_, world_, all_.setup.key(replication_))};
  }

  Family& new_family() {
    return families_.emplace_back(all_, crowds_[families_.size() % crowds_.size()], replication_, scenario_);
  }

  void settle(int segment, Base& base, bool last) {
    const Key key = all_.setup.key(replication_);
    for (auto& memory : base) {
      if (!memory) continue;
      CustomerBlock& b = memory->block;
      present_ += b.size;
      if (market_) market_->begin(segment, b, plan_.segments.front().baseline->params());
      Family& family = new_family();
      if (last && world_.groups() == 1) {
        family.add(segment, 0, Origin::initial, std::move(memory), {});
        continue;
      }
      std::vector<std::vector<std::int32_t>> groups(world_.groups());
      for (std::int32_t i = 0; i < b.size; ++i)
        groups[all_.group(world_, segment, id_of(b, i), key)].push_back(i);
      for (std::uint32_t mask = 0; mask < groups.size(); ++mask) {
        if (groups[mask].empty()) continue;
        auto own = all_.memory(static_cast<int>(groups[mask].size()));
        append_lanes(b, groups[mask], own->block);
        family.add(segment, mask, Origin::initial, std::move(own), {});
      }
      if (last) memory.reset();
    }
  }

  /// Who is acquired in a period: what they find is known only now.
  void welcome_acquired(int segment, int period) {
    const std::int64_t before = acquired_[static_cast<std::size_t>(segment)].first;
    for (Joiner& joiner : all_.newcomers_of(replication_, segment, scenario_, period, before)) {
      if (market_) market_->place(segment, joiner, Way::arrived);
      admit(segment, joiner);
      ++present_;
    }
  }
  void admit(int segment, const Joiner& joiner) {
    auto& [number, youngest] = acquired_[static_cast<std::size_t>(segment)];
    if (number++ % all_.options.block == 0) youngest = &new_family();
    youngest->admit(segment, all_.group(world_, segment, joiner.id, all_.setup.key(replication_)), joiner);
  }

  std::vector<Newcomer> newcomers(int period) {
    std::vector<Newcomer> found;
    for (Family& family : families_) family.find_newcomers(period, found);
    return found;
  }
  /// Arrivals and those who were referred have their places before others come out of the market by
  /// themselves.
  void open_market(int period) {
    std::vector<Newcomer> found = newcomers(period);
    std::erase_if(found, [](const Newcomer& one) { return one.origin != Origin::referred; });
    std::ranges::sort(found, {}, [](const Newcomer& one) { return one.joiner->id; });
    for (const Newcomer& one : found) market_->place(one.segment, *one.joiner, Way::referred);
    for (int s = 0; s < static_cast<int>(plan_.segments.size()); ++s)
      for (const Joiner& joiner : market_->adopting(
               s, period,
               all_.setup.course(replication_, scenario_).joining(static_cast<std::size_t>(s), period)))
        admit(s, joiner);
  }
  void close_market(int period, std::size_t from) {
    for (int s = 0; s < static_cast<int>(plan_.segments.size()); ++s)
      if (plan_.segments[static_cast<std::size_t>(s)].prospects)
        market_->count(s, &crowds_.front().lived(s, Origin::acquired).rows.counts[from]);
    market_->end_period(period);
  }

  void step(int period) {
    if (watched_ && period <= plan_.horizon())
      watched_->course->next(
          beginning(world_, all_.setup.key(replication_), *watched_->course, &watched_->seen));
    for (int s = 0; s < static_cast<int>(plan_.segments.size()) && period <= plan_.horizon(); ++s)
      welcome_acquired(s, period);
    if (market_ && period <= plan_.horizon()) open_market(period);
    if (plan_.network() && period <= plan_.horizon()) surroundings_.welcome(period, newcomers(period));
    Environment now = surroundings_.next(period);
    if (market_) now.seen = market_->seen();
    const std::size_t n = crowds_.size();
    for_each_task(static_cast<std::int64_t>(std::min(n, families_.size())), [&](std::int64_t crowd) {
      Workers::Loan worker(all_.workers);
      for (auto k = static_cast<std::size_t>(crowd); k < families_.size(); k += n)
        families_[k].step(now, worker->scratch);
    });
    if (period > plan_.horizon()) return;
    const std::size_t from =
        static_cast<std::size_t>(period - 1) * static_cast<std::size_t>(plan_.layout.counters);
    for (Crowd& crowd : crowds_)
      crowd.for_each([&](int segment, Origin, const Lived& lived) {
        surroundings_.add(segment, &lived.rows.counts[from]);
        if (market_) market_->add(segment, lived.rows.counts[from + count_end]);
        if (watched_) watched_->seen.add(segment, &lived.rows.counts[from]);
      });
    surroundings_.end_period();
    if (market_) close_market(period, from);
    if (watched_) {
      const std::span<const TeamUse> teams = surroundings_.last_use();
      for (std::size_t k = 0; k < teams.size(); ++k) watched_->seen.add(k, teams[k]);
      watched_->seen.end_period(period);
    }
    if (all_.options.done) all_.options.done->fetch_add(present_, std::memory_order_relaxed);
  }

  bool over() const {
    return std::all_of(families_.begin(), families_.end(), [](const Family& f) { return f.over(); });
  }

  Population& all_;
  const Plan& plan_;
  const ScenarioPlan& world_;
  int replication_, scenario_;
  std::optional<Watched> watched_;
  Surroundings surroundings_;
  std::optional<Adoption> market_;
  std::deque<Crowd> crowds_;
  std::deque<Family> families_;
  std::vector<std::pair<std::int64_t, Family*>>
      acquired_;              // by segment: how many, and whom the next one joins
  std::int64_t present_ = 0;  // for progress: of the base and acquired, leavers too
};

/// The people of a base, whose blocks learn their numbers.
std::shared_ptr<const Circles> circles_of(Population& all, int replication, const std::vector<Base>& bases) {
  std::vector<std::vector<CustomerId>> ids;
  const auto for_each = [](const Base& base, auto&& visit) {
    for (const auto& memory : base)
      for (std::int32_t i = 0; memory && i < memory->block.size; ++i) visit(memory->block, i);
  };
  for (const Base& base : bases) {
    auto& own = ids.emplace_back();
    for_each(base, [&](const CustomerBlock& b, std::int32_t i) { own.push_back(id_of(b, i)); });
    std::sort(own.begin(), own.end());
  }
  const std::uint32_t number = all.options.first_replication + static_cast<std::uint32_t>(replication);
  auto circles = std::make_shared<const Circles>(all.plan, all.options.seed, number, std::move(ids));
  for (std::size_t s = 0; s < bases.size(); ++s)
    for_each(bases[s], [&](CustomerBlock& b, std::int32_t i) {
      b.person[i] = static_cast<std::int32_t>(circles->person(s, id_of(b, i)));
    });
  return circles;
}

/// All scenarios of one replication, one after another: they share the base.
void live_replication(Population& all, int replication, std::int64_t crowds) {
  const Plan& plan = all.plan;
  std::vector<Base> bases(plan.segments.size());
  for_each_task(static_cast<std::int64_t>(plan.segments.size()), [&](std::int64_t s) {
    Base& base = bases[static_cast<std::size_t>(s)];
    std::mutex mutex;
    if (plan.segments[static_cast<std::size_t>(s)].agents == 0) return;
    all.gather(replication, static_cast<int>(s),
               [&](std::int64_t number, const Worker& worker, const std::vector<std::int32_t>& kept) {
                 if (kept.empty()) return;
                 auto own = all.memory(static_cast<int>(kept.size()));
                 append_lanes(worker.base.block, kept, own->block);
                 const std::lock_guard lock(mutex);
                 const auto place = static_cast<std::size_t>(number);
                 if (base.size() <= place) base.resize(place + 1);
                 base[place] = std::move(own);
               });
  });
  const int scenarios = static_cast<int>(plan.scenarios.size());
  Outside outside;
  if (plan.is_networked()) outside.circles = circles_of(all, replication, bases);
  if (plan.has_market())
    outside.prospects = std::make_shared<const Prospects>(plan, all.setup.key(replication));
  for (int k = 0; k < scenarios; ++k)
    World(all, replication, k, crowds, outside).live(bases, k == scenarios - 1);
}

}  // namespace

double together_bytes(const Plan& plan, const SimulationOptions& options) {
  constexpr double prospect = 32;  // patience, turn, what they have felt
  double customers = 0, prospects = 0;
  for (const SegmentPlan& segment : plan.segments) {
    customers += static_cast<double>(segment.agents) * (plan.scenarios.size() > 1 ? 2 : 1);
    prospects += static_cast<double>(segment.prospects.value_or(0));
  }
  double person = 0;
  for (const SocialNetwork* network : {plan.network(), plan.market_network()})
    if (network) person += person_bytes(*network, plan.model());
  return (customers + prospects) * (customer_bytes(arrays_of(plan, options)) + person) + prospects * prospect;
}

void live_together(Population& population) {
  const Plan& plan = population.plan;
  const SimulationOptions& options = population.options;
  constexpr double side_by_side = 0x1p28;  // bytes of replications that live at the same time
  const int threads = options.threads > 0 ? options.threads : all_cores();
  if (options.total) {
    std::int64_t total = 0;
    for (int r = 0; r < options.replications; ++r)
      for (int s = 0; s < static_cast<int>(plan.segments.size()); ++s)
        for (int k = 0; k < static_cast<int>(plan.scenarios.size()); ++k) {
          total += plan.segments[static_cast<std::size_t>(s)].agents * plan.horizon();
          for (const Joiner& j : population.newcomers(r, s, k, 0, population.count_acquired(r, s, k)))
            total += plan.horizon() - j.period + 1;
        }
    options.total->store(total);
  }
  population.large = together_bytes(plan, options) * threads > side_by_side;
  const bool few = options.replications < threads || population.large;
  if (few) {
    for (int r = 0; r < options.replications; ++r) live_replication(population, r, 4 * threads);
  } else {
    for_each_task(options.replications,
                  [&](std::int64_t r) { live_replication(population, static_cast<int>(r), 1); });
  }
}

}  // namespace goodwill

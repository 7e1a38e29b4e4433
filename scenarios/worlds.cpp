#include "scenarios/worlds.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "scenarios/assumptions.hpp"
#include "sim/world/memory.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr int most_at_once = 4;       // units simulated by one task at best values
constexpr double in_flight = 1 / 4.;  // share of the memory limit for units that are not added up yet

template <class Add>
void for_each_cell(const Plan& plan, Add&& add) {
  for (int s = 0; s < plan.layout.segments; ++s)
    for (int o = 0; o < origins; ++o) add(s, static_cast<Origin>(o), plan.segments[std::size_t(s)].weight);
}

void add_to(std::vector<double>& sum, const std::vector<double>& x) {
  sum.resize(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) sum[i] += x[i];
}

std::vector<double> real_cells(const Plan& plan, const Ledger& ledger) {
  std::vector<double> real = ledger.numbers();
  const std::size_t of_segment = real.size() / static_cast<std::size_t>(plan.layout.segments);
  for (std::size_t at = 0; at < real.size(); ++at) real[at] *= plan.segments[at / of_segment].weight;
  return real;
}

std::vector<double> real_run_off(const Plan& plan, const Ledger& ledger) {
  std::vector<double> real;
  for_each_cell(plan, [&](int s, Origin o, double weight) {
    for (int t = 1; t <= plan.layout.run_off; ++t)
      for (int k = 0; k < run_off_counters; ++k)
        real.push_back(weight * ledger.run_off(s, t, o, static_cast<RunOff>(k)));
  });
  return real;
}

/// Fixed counters of the whole firm: counter x period.
std::vector<double> firm_counters(const Plan& plan, const std::vector<double>& cells) {
  const auto periods = static_cast<std::size_t>(plan.horizon()),
             width = static_cast<std::size_t>(plan.layout.counters);
  std::vector<double> sums(fixed_counters * periods);
  for (std::size_t row = 0; row * width < cells.size(); ++row) {
    const std::size_t t = row / origins % periods;
    for (std::size_t k = 0; k < fixed_counters; ++k) sums[k * periods + t] += cells[row * width + k];
  }
  return sums;
}

double customers_left(const Plan& plan, const Ledger& ledger) {
  const double unit = plan.layout.counter_units()[count_end];
  double left = 0;
  for_each_cell(plan, [&](int s, Origin o, double weight) {
    left += weight * unit * static_cast<double>(ledger.left(s, o));
  });
  return left;
}

}  // namespace

std::vector<double> firm_rows(const Plan& plan, const Ledger& ledger) {
  std::vector<double> rows;
  for (int t = 1; t <= plan.horizon(); ++t)
    for (const double amount : ledger.firm(t)) rows.push_back(amount);
  return rows;
}

std::vector<std::size_t> not_known(const ScenarioPlan& scenario) {
  std::vector<std::size_t> found;
  for (std::size_t k = 0; k < scenario.interventions.size(); ++k)
    if (!scenario.interventions[k].is_known()) found.push_back(k);
  return found;
}

std::vector<double> begun_in(const Plan& plan, const ScenarioPlan& scenario, const Course& course) {
  std::vector<double> begun;
  for (const std::size_t which : not_known(scenario)) {
    bool before = false;
    for (int t = 1; t <= plan.horizon(); ++t) {
      const bool now = std::ranges::any_of(
          course.acts(t), [&](const Act& act) { return act.which == which && act.began == t; });
      begun.insert(begun.end(), {now ? 1.0 : 0.0, now && !before ? 1.0 : 0.0});
      before |= now;
    }
  }
  return begun;
}

std::vector<double> odds_of(const ScenarioPlan& scenario) {
  std::vector<double> odds;
  for (const std::size_t which : not_known(scenario)) {
    const Odds one = odds_of(scenario.interventions[which]);
    odds.insert(odds.end(), {one.at_least_one, one.expected});
  }
  return odds;
}

Flows flows_of(const Plan& plan, const ScenarioPlan& scenario, const Ledger& ledger) {
  const int periods = plan.horizon();
  Flows flows(periods, plan.layout.run_off);
  for_each_cell(plan, [&](int s, Origin o, double weight) {
    for (int t = 1; t <= periods; ++t) {
      const auto at = static_cast<std::size_t>(t - 1);
      const auto sum = [&](int counter) { return weight * ledger.number(s, t, o, counter); };
      const double revenue = sum_of(Role::revenue, sum);
      flows[Line::revenue][at] += revenue;
      flows[Line::cost_of_sales][at] += revenue - sum_of(Role::margin, sum);
      flows[Line::cost_to_serve][at] += sum_of(Role::cost_to_serve, sum);
      flows[Line::acquisition][at] += sum_of(Role::acquisition, sum);
      for (const Intervention& intervention : scenario.interventions) {
        const bool event = intervention.definition->event;
        for (int k = firm_costs; k < cost_kinds; ++k) {
          const auto kind = static_cast<CostKind>(k);
          flows[line_of(kind, event)][at] += sum(plan.layout.cost(kind, intervention.index));
        }
      }
    }
    for (int t = 1; t <= plan.layout.run_off; ++t)
      flows.beyond[static_cast<std::size_t>(t - 1)] += weight * ledger.run_off(s, t, o, run_off_contribution);
  });
  for (int t = 1; t <= periods; ++t) {
    const std::vector<double> row = ledger.firm(t);
    for (int team = 0; team < static_cast<int>(plan.layout.team_names.size()); ++team)
      flows[Line::team_cost][static_cast<std::size_t>(t - 1)] +=
          row[static_cast<std::size_t>(plan.layout.team_cost(team))];
    for (const Intervention& intervention : scenario.interventions)
      for (int k = 0; k < firm_costs; ++k) {
        const auto kind = static_cast<CostKind>(k);
        flows[line_of(kind, intervention.definition->event)][static_cast<std::size_t>(t - 1)] +=
            row[static_cast<std::size_t>(plan.layout.cost(kind, intervention.index))];
      }
  }
  return flows;
}

/// Some units of one draw, kept apart, because sums must not depend on how units were grouped.
struct Worlds::Part {
  struct World {
    std::vector<Flows> flows;
    std::vector<std::vector<double>> counters, cells, run_off, teams, begun;
    std::vector<std::vector<double>> firm, odds;  // by Worlds::firm_units(), and by draw
    std::vector<double> left;
  };
  std::vector<World> worlds;
};

Worlds::Worlds(const Model& model, const Anchors& anchors, std::vector<std::string> names,
               WorldsOptions options)
    : model_(model), anchors_(anchors), names_(std::move(names)), options_(std::move(options)),
      worlds_(names_.size()) {
  options_.plan.cancel = options_.simulation.cancel;
  plan_ = std::make_shared<const Plan>(model_, anchors_, names_, options_.plan);
  varies_ = std::ranges::any_of(plan_->scenarios, &ScenarioPlan::varies);
}

const WorldUnits& Worlds::world(const std::string& name) const {
  return worlds_[static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin())];
}

SimulationOptions Worlds::options_of(int first, int n) const {
  SimulationOptions simulation = options_.simulation;
  simulation.total = simulation.done = nullptr;
  simulation.first_replication += static_cast<std::uint32_t>(first);
  simulation.replications = n;
  return simulation;
}

std::vector<std::int64_t> Worlds::sure_candidates(int shards) const {
  return goodwill::sure_candidates(*plan_, options_of(size_, 1), shards);
}

SimulationResult Worlds::simulate_next(const Share* share) const {
  if (options_.uncertain) throw std::logic_error("shares are of units at best values");
  SimulationOptions simulation = options_of(size_, 1);
  simulation.share = share;
  return simulate(*plan_, simulation);
}

void Worlds::add_next(const SimulationResult& result) {
  add(part_of(*plan_, result, size_, 1));
  ++size_;
}

/// Units [first, first + n), all of the same draw.
Worlds::Part Worlds::simulate_part(int first, int n) const {
  std::shared_ptr<const Plan> plan = plan_;
  if (options_.uncertain) {
    const Model drawn = at_values(model_, values_[static_cast<std::size_t>(first / options_.batches)]);
    plan = std::make_shared<const Plan>(drawn, shifted(model_, drawn, anchors_), names_, options_.plan);
  }
  return part_of(*plan, simulate(*plan, options_of(first, n)), first, n);
}

Worlds::Part Worlds::part_of(const Plan& plan, const SimulationResult& result, int first, int n) const {
  Part part{std::vector<Part::World>(names_.size())};
  for (std::size_t w = 0; w < names_.size(); ++w)
    for (int u = 0; u < n; ++u) {
      const Ledger& ledger = result.ledgers[w * static_cast<std::size_t>(n) + static_cast<std::size_t>(u)];
      Part::World& world = part.worlds[w];
      world.flows.push_back(flows_of(plan, plan.scenarios[w], ledger));
      world.cells.push_back(real_cells(plan, ledger));
      world.counters.push_back(firm_counters(plan, world.cells.back()));
      world.run_off.push_back(real_run_off(plan, ledger));
      world.left.push_back(customers_left(plan, ledger));
      std::vector<double>& teams = world.teams.emplace_back();
      for (const TeamUse& use : result.teams[w * static_cast<std::size_t>(n) + static_cast<std::size_t>(u)])
        for (const double x : numbers_of(use)) teams.push_back(x);
      const bool of_draw = first + u == 0 || (options_.uncertain && (first + u) % options_.batches == 0);
      if (of_draw || varies_) world.firm.push_back(firm_rows(plan, ledger));
      if (of_draw) world.odds.push_back(odds_of(plan.scenarios[w]));
      world.begun.push_back(
          begun_in(plan, plan.scenarios[w],
                   *result.courses[w * static_cast<std::size_t>(n) + static_cast<std::size_t>(u)]));
    }
  return part;
}

void Worlds::add(Part part) {
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  for (std::size_t w = 0; w < worlds_.size(); ++w) {
    append(worlds_[w].flows, part.worlds[w].flows);
    append(worlds_[w].counters, part.worlds[w].counters);
    append(worlds_[w].left, part.worlds[w].left);
    for (const auto& cells : part.worlds[w].cells) add_to(worlds_[w].cells, cells);
    for (const auto& firm : part.worlds[w].firm) add_to(worlds_[w].firm, firm);
    for (const auto& begun : part.worlds[w].begun) add_to(worlds_[w].begun, begun);
    for (const auto& odds : part.worlds[w].odds) add_to(worlds_[w].odds, odds);
    for (const auto& rows : part.worlds[w].run_off) add_to(worlds_[w].run_off, rows);
    for (const auto& teams : part.worlds[w].teams) add_to(worlds_[w].teams, teams);
  }
}

/// Bytes that so many units take once they are added up: their flows and the counters of the whole firm.
double Worlds::bytes_of_units(int units) const {
  const Layout& l = plan_->layout;
  return 8.0 * units * static_cast<double>(names_.size()) *
         ((fixed_counters + lines) * static_cast<double>(l.periods) + l.run_off);
}

/// Bytes that one unit takes until it is added up: its ledgers, and the same as floating-point numbers.
double Worlds::bytes_in_flight() const {
  const Layout& l = plan_->layout;
  const double numbers =
      8.0 * l.segments * origins *
      (static_cast<double>(l.periods) * l.counters + static_cast<double>(l.run_off) * int{run_off_counters});
  return static_cast<double>(names_.size()) * (ledger_bytes(l, false) + numbers);
}

void Worlds::extend(int units) {
  if (options_.uncertain) {
    const int from = static_cast<int>(values_.size()), to = (units + options_.batches - 1) / options_.batches;
    if (to > from) {
      auto more = draw_assumptions(model_, options_.simulation.seed, from, to - from);
      values_.insert(values_.end(), more.begin(), more.end());
    }
    units = to * options_.batches;
  }
  // So few tasks at a time that what waits to be added up stays within its share, with any number of threads.
  const double room = in_flight * memory_limit(), each = bytes_in_flight();
  const int at_once = options_.uncertain ? options_.batches : each * most_at_once <= room ? most_at_once : 1;
  const auto together = static_cast<std::int64_t>(std::clamp(room / (each * at_once), 1.0, 1e6));
  check_memory(bytes_of_units(units) + each * at_once, sizes_of(plan_->layout) + ", and what is kept of " +
                                                           std::to_string(units) + " replications of " +
                                                           std::to_string(names_.size()) + " worlds");
  std::vector<std::pair<int, int>> tasks;
  for (int u = size_; u < units; u += at_once) tasks.emplace_back(u, std::min(at_once, units - u));
  if (options_.simulation.total) options_.simulation.total->store(units);
  // The sum of floating-point numbers depends on their order, so each part waits for those before it.
  std::mutex mutex;
  std::map<int, Part> waiting;
  in_pool(options_.simulation.threads, [&] {
    const auto all = static_cast<std::int64_t>(tasks.size());
    for (std::int64_t from = 0; from < all; from += together)
      for_each_task(std::min(together, all - from), [&](std::int64_t i) {
        const auto [first, n] = tasks[static_cast<std::size_t>(from + i)];
        Part part = simulate_part(first, n);
        const std::lock_guard lock(mutex);
        waiting.emplace(first, std::move(part));
        for (auto next = waiting.begin(); next != waiting.end() && next->first == size_;
             next = waiting.erase(next)) {
          const int added = static_cast<int>(next->second.worlds.front().flows.size());
          add(std::move(next->second));
          size_ += added;
          if (options_.simulation.done) options_.simulation.done->store(size_);
        }
      });
  });
}

}  // namespace goodwill

// The worlds of a study, unit by unit: a unit is one batch of customers with the same luck in every world. Of
// each only what finance and the tables need is kept, so that memory does not grow with the customers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/flows.hpp"
#include "sim/world/simulate.hpp"

namespace goodwill {

/// What is kept of one world, in real customers and currency units.
struct WorldUnits {
  std::vector<Flows> flows;                   ///< by unit
  std::vector<std::vector<double>> counters;  ///< by unit: fixed counters x periods, of the whole firm
  std::vector<double> left;                   ///< by unit: customers at the end of the run-off
  std::vector<double> cells;  ///< sums over units, as Ledger::numbers(): segment x period x origin x counter
  std::vector<double> firm;   ///< sums over Worlds::firm_units(): period x Layout::firm_counters()
  std::vector<double> begun;  ///< sums over units, as begun_in()
  std::vector<double> odds;   ///< sums over draws, as odds_of()
  std::vector<double> teams;  ///< sums over units: period x team x numbers_of(); empty: nobody shares a team
  std::vector<double> run_off;  ///< sums over units: segment x origin x period after the horizon x RunOff
};

/// The firm's own money: period x Layout::firm_counters().
std::vector<double> firm_rows(const Plan& plan, const Ledger& ledger);

/// What begins by chance or by what is seen in a scenario, as places among its interventions.
std::vector<std::size_t> not_known(const ScenarioPlan& scenario);
/// Where each of them began in a world: intervention x period x (began, began for the first time).
std::vector<double> begun_in(const Plan& plan, const ScenarioPlan& scenario, const Course& course);
/// The odds of each of them: intervention x (at least one within the horizon, expected). Exact; NaN if it
/// begins by what is seen.
std::vector<double> odds_of(const ScenarioPlan& scenario);

/// What is simulated: `batches` units for each draw of the assumptions, or units at best values.
struct WorldsOptions {
  SimulationOptions simulation;  ///< seed, threads, cancel; its replications are not read
  PlanOptions plan;
  int batches = 1;         ///< units of one draw
  bool uncertain = false;  ///< draws from the model's assumptions
};

/// The worlds of a study as far as they are simulated. Unit u has the luck of replication u and belongs to
/// draw u / batches of the assumptions, so that a longer study extends a shorter one bit for bit.
class Worlds {
public:
  /// `names`: scenarios of the model and `baseline`.
  Worlds(const Model& model, const Anchors& anchors, std::vector<std::string> names, WorldsOptions options);

  /// Simulates until there are so many units, rounded up to whole draws. Throws ModelError: not enough
  /// memory.
  void extend(int units);

  /// The candidates that all shards of the next unit part among them.
  std::vector<std::int64_t> sure_candidates(int shards) const;
  /// Simulates a share of the next unit, or everybody (null), and adds nothing; at best values only.
  SimulationResult simulate_next(const Share* share) const;
  /// Adds the next unit, of which everybody was simulated.
  void add_next(const SimulationResult& result);

  int size() const { return size_; }
  int draws() const { return options_.uncertain ? size_ / options_.batches : 1; }
  /// Over how many the firm's own money is added up: it is the same in all units of a draw, except where
  /// worlds differ in what begins when.
  int firm_units() const { return varies_ ? size_ : draws(); }
  const std::vector<std::string>& names() const { return names_; }
  const WorldUnits& world(const std::string& name) const;
  /// The plan at best values; its layout, weights and interventions are those of all units.
  const Plan& plan() const { return *plan_; }
  std::shared_ptr<const Plan> shared_plan() const { return plan_; }
  /// Values of the assumptions by draw; empty at best values.
  const std::vector<std::vector<double>>& values() const { return values_; }

private:
  struct Part;
  double bytes_of_units(int units) const;
  double bytes_in_flight() const;
  SimulationOptions options_of(int first, int n) const;
  Part simulate_part(int first, int n) const;
  Part part_of(const Plan& plan, const SimulationResult& result, int first, int n) const;
  void add(Part part);

  Model model_;
  Anchors anchors_;
  std::vector<std::string> names_;
  WorldsOptions options_;
  std::shared_ptr<const Plan> plan_;
  std::vector<WorldUnits> worlds_;
  std::vector<std::vector<double>> values_;
  bool varies_ = false;
  int size_ = 0;
};

/// The money of one world's ledger, for the real population.
Flows flows_of(const Plan& plan, const ScenarioPlan& scenario, const Ledger& ledger);

}  // namespace goodwill

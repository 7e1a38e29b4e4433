// A simulation as Python sees it: the plan that was run, its ledgers, and how it was run.
#pragma once

#include <memory>
#include <tuple>

#include "python/bindings/module.hpp"
#include "sim/world/anchor.hpp"

namespace goodwill {

struct Simulation {
  std::shared_ptr<const Plan> plan;
  SimulationResult result;
  int replications = 1, threads = 0;
  std::string instruction_set;
};

/// For each segment its levels, states and tenures; then the bias of the survey, the figures, the rounds, two
/// errors, whether it converged, the loads of the teams, and what people hear.
using PlainAnchoring =
    std::tuple<std::vector<std::tuple<std::vector<double>, std::vector<double>, std::vector<double>>>, double,
               std::vector<std::tuple<std::string, std::string, double, double>>, int, double, double, bool,
               std::vector<double>, std::vector<double>>;
PlainAnchoring plain(const Anchoring& anchoring);
/// Throws ModelError for levels that do not fit the model.
Anchoring restored(const Model& model, const PlainAnchoring& plain);

/// The options of a call, taken by name; an option that is not given keeps its default.
class Options {
public:
  explicit Options(const py::kwargs& asked) : left_(asked.attr("copy")()) {}
  template <class T>
  void take(const char* name, T& to) {
    if (left_.contains(name)) to = left_.attr("pop")(name).cast<T>();
  }
  /// Throws TypeError if a name is left that no `take` asked for.
  void end() const {
    for (const auto& [name, value] : left_)
      throw py::type_error("there is no option '" + name.cast<std::string>() + "'");
  }

private:
  py::dict left_;
};

std::vector<std::string> segment_names(const Model& model);
/// What begins by chance or by what is seen in a scenario.
std::vector<std::string> event_names(const ScenarioPlan& scenario);
std::vector<std::string> origin_names();
/// Simulated customers of the base, by segment.
py::array_t<std::int64_t> agents(const Plan& plan);
/// For each investment and event of a scenario: its name, whether it is an event, and its upfront and running
/// cost by period. `firm` is period x Layout::firm_counters().
py::list investment_flows(const Plan& plan, const ScenarioPlan& world, const std::vector<double>& firm);

/// Fixed cost: team x period; `firm` as above.
py::array_t<double> team_costs(const Plan& plan, const std::vector<double>& firm);

/// Throws ModelError if the model uses what this version reads but cannot run, or has impossible
/// distributions.
void check_runnable(const Model& model);
/// Turns Python's arguments into options. Throws like check_runnable; ModelError for a value out of range.
SimulationOptions make_options(const Model& model, std::int64_t seed, std::int64_t first_replication,
                               int replications, int threads, bool values);
/// Runs `body(options)` with progress and Ctrl-C; `progress` is a callable that takes a fraction, or None.
void run_with_progress(SimulationOptions& options, const py::object& progress,
                       const std::function<void(const SimulationOptions&)>& body);

}  // namespace goodwill

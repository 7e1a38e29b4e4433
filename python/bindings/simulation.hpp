// A simulation as Python sees it: the plan that was run, its ledgers, and what the run was asked.
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

/// Of segments: levels, states, tenures; the bias of the survey; figures; rounds; errors; whether converged.
using PlainAnchoring =
    std::tuple<std::vector<std::tuple<std::vector<double>, std::vector<double>, std::vector<double>>>, double,
               std::vector<std::tuple<std::string, std::string, double, double>>, int, double, double, bool>;
PlainAnchoring plain(const Anchoring& anchoring);
/// Throws ModelError for levels that do not fit the model.
Anchoring restored(const Model& model, const PlainAnchoring& plain);

/// Options of a call, taken by name; whoever is not asked for one has its default.
class Options {
public:
  explicit Options(const py::kwargs& asked) : left_(asked.attr("copy")()) {}
  template <class T>
  void take(const char* name, T& to) {
    if (left_.contains(name)) to = left_.attr("pop")(name).cast<T>();
  }
  /// Throws TypeError for names that nobody took.
  void end() const {
    for (const auto& [name, value] : left_)
      throw py::type_error("there is no option '" + name.cast<std::string>() + "'");
  }

private:
  py::dict left_;
};

std::vector<std::string> segment_names(const Model& model);
std::vector<std::string> origin_names();
/// Simulated customers of the base, by segment.
py::array_t<std::int64_t> agents(const Plan& plan);
/// Name, whether an event, upfront and running cost by period, of each investment and event of a scenario;
/// `firm`: period x Layout::firm_counters().
py::list investment_flows(const Plan& plan, const ScenarioPlan& world, const std::vector<double>& firm);

/// Throws ModelError for what this version reads but cannot run.
void check_supported(const Model& model);
/// Options from Python's arguments. Throws ModelError: not supported yet, or a value out of range.
SimulationOptions make_options(const Model& model, std::int64_t seed, std::int64_t first_replication,
                               int replications, int threads, bool values);
/// Runs `body(options)` with progress and Ctrl-C; `progress` is a callable that takes a fraction, or None.
void run_with_progress(SimulationOptions& options, const py::object& progress,
                       const std::function<void(const SimulationOptions&)>& body);

}  // namespace goodwill

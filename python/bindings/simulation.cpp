#include "python/bindings/simulation.hpp"

#include <array>
#include <optional>
#include <tuple>

#include "python/bindings/arrays.hpp"

#include "scenarios/assumptions.hpp"
#include "scenarios/terms.hpp"
#include "sim/check/check.hpp"
#include "sim/kernel/dispatch.hpp"
#include "sim/world/parallel.hpp"
#include "sim/world/run_off.hpp"

namespace goodwill {

void check_runnable(const Model& model) {
  std::vector<Problem> problems = check_distributions(model);
  Findings found(model.files, problems);
  check_agents(model, found);
  if (!problems.empty()) throw ModelError(std::move(problems));
}

SimulationOptions make_options(const Model& model, std::int64_t seed, std::int64_t first_replication,
                               int replications, int threads, bool values) {
  check_runnable(model);
  if (seed < 0) throw ModelError("seed is a whole number from 0; found " + std::to_string(seed));
  if (first_replication < 0 || first_replication + replications > UINT32_MAX)
    throw ModelError("first_replication is a whole number from 0 to 4,294,967,295 less the replications");
  if (replications < 1)
    throw ModelError("replications is a whole number from 1; found " + std::to_string(replications));
  if (threads < 0)
    throw ModelError("threads is a whole number from 1, or 0 for all cores; found " +
                     std::to_string(threads));
  SimulationOptions options;
  options.seed = static_cast<std::uint64_t>(seed);
  options.first_replication = static_cast<std::uint32_t>(first_replication);
  options.replications = replications;
  options.threads = threads;
  options.values = values;
  return options;
}

void run_with_progress(SimulationOptions& options, const py::object& progress,
                       const std::function<void(const SimulationOptions&)>& body) {
  std::atomic<bool> cancel{false};
  std::atomic<std::int64_t> total{0}, done{0};
  options.cancel = &cancel;
  options.total = &total;
  options.done = &done;
  const auto report = [&] {
    const std::int64_t all = total.load();
    progress(all > 0 ? std::min(1.0, static_cast<double>(done.load()) / static_cast<double>(all)) : 0.0);
  };
  run_interruptible([&] { body(options); }, cancel, progress.is_none() ? std::function<void()>{} : report);
}

namespace {

/// The options of `simulate`: all it takes beside model, levels and scenarios, each by its name.
struct Request {
  std::int64_t seed = 0, first_replication = 0;
  int replications = 1, threads = 0;
  bool values = false, values_at_joining = false, experiences = false;
  bool run_off = false;
  std::optional<std::tuple<int, std::vector<std::array<float, 3>>>>
      making;  ///< from which standing, and by segment the satisfaction, expectation and trust that they get
  std::optional<int> prospect_lives;  ///< kept, with what they contribute within so many periods
  int run_off_periods = -1;           ///< -1: until 99.9 % are lost
  std::optional<Terms> terms;         ///< to value customers; absent: the model's, before tax
  std::vector<double> drawn;          ///< values of the assumptions; empty: the best ones
  double share = 1;                   ///< of the model's agents
  py::object progress = py::none();

  explicit Request(const py::kwargs& asked) {
    Options o(asked);
    o.take("seed", seed);
    o.take("first_replication", first_replication);
    o.take("replications", replications);
    o.take("threads", threads);
    o.take("values", values);
    o.take("values_at_joining", values_at_joining);
    o.take("experiences", experiences);
    o.take("run_off", run_off);
    o.take("making", making);
    o.take("prospect_lives", prospect_lives);
    o.take("run_off_periods", run_off_periods);
    o.take("terms", terms);
    o.take("drawn", drawn);
    o.take("share", share);
    o.take("progress", progress);
    o.end();
  }
};

Making making_of(const std::tuple<int, std::vector<std::array<float, 3>>>& asked, std::size_t segments) {
  const auto& [from, states] = asked;
  if (from < 0 || from >= standings || states.size() != segments)
    throw py::value_error("making: one of three standings, and three numbers for each segment");
  Making making{static_cast<Root>(from), {}};
  for (const auto& as : states) making.states.push_back({as[0], as[1], as[2]});
  return making;
}

Simulation simulated(const Model& model, const Anchoring& anchoring,
                     const std::vector<std::string>& scenarios, const Request& asked) {
  SimulationOptions options = make_options(model, asked.seed, asked.first_replication, asked.replications,
                                           asked.threads, asked.values);
  options.values_at_joining = asked.values_at_joining;
  options.prospect_lives = asked.prospect_lives;
  if (asked.making) options.making = making_of(*asked.making, model.segments.size());
  PlanOptions of_plan;
  of_plan.experiences = asked.experiences;
  if (asked.terms) of_plan.valuation = valuation_of(*asked.terms);
  of_plan.share = asked.share;
  Simulation s;
  s.replications = asked.replications;
  s.threads = asked.threads > 0 ? asked.threads : all_cores();
  s.instruction_set = kernel().name;
  run_with_progress(options, asked.progress, [&](const SimulationOptions& o) {
    of_plan.cancel = o.cancel;
    if (asked.run_off)
      of_plan.run_off = asked.run_off_periods >= 0
                            ? asked.run_off_periods
                            : run_off_periods(model, anchoring.anchors, asked.threads, o.cancel);
    const Model used = asked.drawn.empty() ? model : at_values(model, asked.drawn);
    const Anchors anchors = asked.drawn.empty() ? anchoring.anchors : shifted(model, used, anchoring.anchors);
    s.plan = std::make_shared<const Plan>(used, anchors, scenarios, of_plan);
    s.result = simulate(*s.plan, o);
  });
  return s;
}

}  // namespace

void register_simulation(py::module_& m) {
  py::class_<Anchoring>(m, "Anchoring")
      .def(py::init(&restored), py::arg("model"), py::arg("plain"))
      .def_property_readonly("plain", &plain)
      .def_property_readonly("figures",
                             [](const Anchoring& a) {
                               py::list figures;
                               for (const Anchored& f : a.figures)
                                 figures.append(py::make_tuple(f.segment, f.path, f.asked, f.got));
                               return figures;
                             })
      .def(
          "shifted",
          [](const Anchoring& a, const Model& anchored, const Model& changed) {
            Anchoring b = a;
            b.anchors = shifted(anchored, changed, a.anchors);
            return b;
          },
          py::arg("anchored"), py::arg("changed"),
          "The same levels for a changed model of the same firm: those of changed averages move with them.")
      .def_readonly("rounds", &Anchoring::rounds)
      .def_readonly("error", &Anchoring::error)
      .def_readonly("nps_error", &Anchoring::nps_error)
      .def_property_readonly("figures_are_precise", &Anchoring::figures_are_precise)
      .def_readonly("load_error", &Anchoring::load_error)
      .def_readonly("words_error", &Anchoring::words_error)
      .def_property_readonly("spoken", [](const Anchoring& a) { return a.anchors.spoken; })
      .def_readonly("converged", &Anchoring::converged);

  m.def(
      "anchor",
      [](const Model& model, int threads) {
        return interruptible([&](Cancel cancel) {
          check_runnable(model);
          return anchor(model, threads, cancel);
        });
      },
      py::arg("model"), py::arg("threads") = 0);

  m.def(
      "check_plan",
      [](const Model& model, const Anchoring& anchoring, const std::string& scenario) {
        interruptible([&](Cancel cancel) {
          PlanOptions options;
          options.cancel = cancel;
          return Plan(model, anchoring.anchors, {scenario}, options).horizon();
        });
      },
      py::arg("model"), py::arg("anchoring"), py::arg("scenario"),
      "Raises ModelError for changes that leave the bounds of a field.");

  m.def(
      "simulate",
      [](const Model& model, const Anchoring& anchoring, const std::vector<std::string>& scenarios,
         const py::kwargs& asked) { return simulated(model, anchoring, scenarios, Request(asked)); },
      py::arg("model"), py::arg("anchoring"), py::arg("scenarios"), "Options by name: see Request.");
}

}  // namespace goodwill

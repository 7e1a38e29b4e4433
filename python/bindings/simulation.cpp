#include "python/bindings/simulation.hpp"

#include <optional>

#include "python/bindings/arrays.hpp"

#include "scenarios/assumptions.hpp"
#include "scenarios/terms.hpp"
#include "sim/check/supported.hpp"
#include "sim/kernel/dispatch.hpp"
#include "sim/world/parallel.hpp"
#include "sim/world/run_off.hpp"

namespace goodwill {
namespace {

std::vector<py::ssize_t> shape_of_cells(const Layout& l) {
  return {l.segments, l.periods, origins, l.counters};
}

const Ledger& ledger(const Simulation& s, int scenario, int replication) {
  const int scenarios = static_cast<int>(s.plan->scenarios.size());
  if (scenario < 0 || scenario >= scenarios || replication < 0 || replication >= s.replications)
    throw py::index_error("no such scenario or replication");
  return s.result.ledgers[static_cast<std::size_t>(scenario * s.replications + replication)];
}

Ledger total(const Simulation& s, int scenario) {
  Ledger sum = ledger(s, scenario, 0);
  for (int r = 1; r < s.replications; ++r) sum.merge(ledger(s, scenario, r));
  return sum;
}

/// Of one replication, or of all added up (-1).
Ledger chosen(const Simulation& s, int scenario, int replication) {
  return replication < 0 ? total(s, scenario) : ledger(s, scenario, replication);
}

void require_values(const Ledger& l) {
  if (!l.with_values())
    throw ModelError("this simulation did not keep the value of customers: run it with values=True");
}

py::array values(const Simulation& s, int scenario, int replication) {
  const Ledger sum = chosen(s, scenario, replication);
  require_values(sum);
  std::vector<std::int64_t> all;
  for (const Distribution& d : sum.values) all.insert(all.end(), d.counts().begin(), d.counts().end());
  return array(all, {s.plan->layout.segments, origins, Distribution::size});
}

/// Segment x origin: the values of simulated customers added up, over replications.
py::array value_sums(const Simulation& s, int scenario, int replication) {
  const Ledger sum = chosen(s, scenario, replication);
  require_values(sum);
  std::vector<double> all;
  for (const Distribution& d : sum.values) all.push_back(d.sum());
  return array(all, {s.plan->layout.segments, origins});
}

py::tuple cohorts(const Simulation& s, int scenario) {
  const Ledger sum = total(s, scenario);
  require_values(sum);
  std::vector<std::int64_t> customers, became;
  std::vector<double> revenue, contribution;
  const double unit = std::ldexp(1.0, -s.plan->layout.value_scale);
  for (const Cohorts& c : sum.cohorts) {
    customers.insert(customers.end(), c.customers.begin(), c.customers.end());
    became.insert(became.end(), c.became.begin(), c.became.end());
    for (const Sum x : c.revenue) revenue.push_back(static_cast<double>(x) * unit);
    for (const Sum x : c.contribution) contribution.push_back(static_cast<double>(x) * unit);
  }
  const std::vector<py::ssize_t> shape{s.plan->layout.segments, s.plan->layout.periods + 1,
                                       s.plan->layout.periods};
  return py::make_tuple(array(customers, shape), array(revenue, shape), array(contribution, shape),
                        array(became, {s.plan->layout.segments, s.plan->layout.periods + 1}));
}

/// Segment x period: what acquiring a customer costs in a scenario.
py::array acquisition_cost(const Simulation& s, int scenario) {
  const Layout& l = s.plan->layout;
  std::vector<double> all;
  for (const auto& costs : s.plan->scenarios.at(static_cast<std::size_t>(scenario)).acquisition)
    all.insert(all.end(), costs.begin(), costs.end());
  return array(all, {l.segments, l.periods});
}

/// Segment x origin x period after the horizon x (present, revenue, contribution): sums over replications,
/// of simulated customers.
py::array run_off(const Simulation& s, int scenario, int replication) {
  const Ledger sum = chosen(s, scenario, replication);
  const Layout& l = s.plan->layout;
  std::vector<double> all;
  for (int segment = 0; segment < l.segments; ++segment)
    for (int o = 0; o < origins; ++o)
      for (int t = 1; t <= l.run_off; ++t)
        for (int what = 0; what < run_off_counters; ++what)
          all.push_back(sum.run_off(segment, t, static_cast<Origin>(o), static_cast<RunOff>(what)));
  return array(all, {l.segments, origins, l.run_off, run_off_counters});
}

/// Segment x origin: simulated customers at the end of the run-off, sums over replications.
py::array left(const Simulation& s, int scenario, int replication) {
  const Ledger sum = chosen(s, scenario, replication);
  const Layout& l = s.plan->layout;
  std::vector<double> all;
  for (int segment = 0; segment < l.segments; ++segment)
    for (int o = 0; o < origins; ++o)
      all.push_back(static_cast<double>(sum.left(segment, static_cast<Origin>(o))) * l.count_unit());
  return array(all, {l.segments, origins});
}

std::vector<double> bin_centers() {
  std::vector<double> centers;
  for (int k = 0; k < Distribution::size; ++k) centers.push_back(Distribution::center(k));
  return centers;
}

}  // namespace

std::vector<std::string> segment_names(const Model& model) {
  std::vector<std::string> names;
  for (const auto& [name, segment] : model.segments) names.push_back(name);
  return names;
}

std::vector<std::string> origin_names() { return {"initial", "acquired", "referred"}; }

py::array_t<std::int64_t> agents(const Plan& plan) {
  std::vector<std::int64_t> all;
  for (const SegmentPlan& segment : plan.segments) all.push_back(segment.agents);
  return array(all);
}

py::list investment_flows(const Plan& plan, const ScenarioPlan& world, const std::vector<double>& firm) {
  py::list flows;
  for (const Intervention& intervention : world.interventions) {
    const auto column = [&](CostKind kind) {
      std::vector<double> amounts;
      for (int t = 0; t < plan.horizon(); ++t)
        amounts.push_back(firm[static_cast<std::size_t>(t * plan.layout.firm_counters() +
                                                        plan.layout.cost(kind, intervention.index))]);
      return array(amounts);
    };
    flows.append(py::make_tuple(intervention.name, intervention.definition->event, column(CostKind::upfront),
                                column(CostKind::running)));
  }
  return flows;
}

void check_supported(const Model& model) {
  std::vector<Problem> problems = unsupported(model);
  for (Problem& p : check_distributions(model)) problems.push_back(std::move(p));
  if (!problems.empty()) throw ModelError(std::move(problems));
}

SimulationOptions make_options(const Model& model, std::int64_t seed, std::int64_t first_replication,
                               int replications, int threads, bool values) {
  check_supported(model);
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
      .def_readonly("rounds", &Anchoring::rounds)
      .def_readonly("error", &Anchoring::error)
      .def_readonly("nps_error", &Anchoring::nps_error)
      .def_readonly("converged", &Anchoring::converged);

  m.def(
      "anchor",
      [](const Model& model, int threads) {
        return interruptible([&](Cancel cancel) {
          check_supported(model);
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

  py::class_<Simulation>(m, "Simulation")
      .def_property_readonly("scenarios",
                             [](const Simulation& s) {
                               std::vector<std::string> names;
                               for (const auto& world : s.plan->scenarios) names.push_back(world.name);
                               return names;
                             })
      .def_readonly("replications", &Simulation::replications)
      .def_readonly("threads", &Simulation::threads)
      .def_readonly("instruction_set", &Simulation::instruction_set)
      .def_property_readonly("counters", [](const Simulation& s) { return s.plan->layout.counter_names(); })
      .def_property_readonly("segments", [](const Simulation& s) { return segment_names(s.plan->model()); })
      .def_property_readonly("periods", [](const Simulation& s) { return s.plan->horizon(); })
      .def_property_readonly("origins", [](const Simulation&) { return origin_names(); })
      .def_property_readonly("weights",
                             [](const Simulation& s) {
                               std::vector<double> weights;
                               for (const SegmentPlan& segment : s.plan->segments)
                                 weights.push_back(segment.weight);
                               return array(weights);
                             })
      .def_property_readonly("agents", [](const Simulation& s) { return agents(*s.plan); })
      .def_property_readonly(
          "base_tenure", [](const Simulation& s) { return array(s.result.base_tenure); },
          "Sum of the base's tenures at the start, in periods, by segment over all replications.")
      .def(
          "cells",
          [](const Simulation& s, int scenario, int replication) {
            return array(ledger(s, scenario, replication).numbers(), shape_of_cells(s.plan->layout));
          },
          py::arg("scenario"), py::arg("replication"))
      .def(
          "total",
          [](const Simulation& s, int scenario) {
            return array(total(s, scenario).numbers(), shape_of_cells(s.plan->layout));
          },
          py::arg("scenario"))
      .def("values", &values, py::arg("scenario"), py::arg("replication") = -1)
      .def("value_sums", &value_sums, py::arg("scenario"), py::arg("replication") = -1)
      .def_property_readonly("bin_centers", [](const Simulation&) { return array(bin_centers()); })
      .def("cohorts", &cohorts, py::arg("scenario"))
      .def_property_readonly("run_off_periods", [](const Simulation& s) { return s.plan->layout.run_off; })
      .def("run_off", &run_off, py::arg("scenario"), py::arg("replication") = -1)
      .def("left", &left, py::arg("scenario"), py::arg("replication") = -1)
      .def("acquisition_cost", &acquisition_cost, py::arg("scenario"))
      .def_property_readonly("discount_dated",
                             [](const Simulation& s) { return array(s.plan->discount.dated); })
      .def_property_readonly("discount_recurring",
                             [](const Simulation& s) { return array(s.plan->discount.recurring); })
      .def_property_readonly("discount_acquisition",
                             [](const Simulation& s) { return array(s.plan->discount.acquisition); })
      .def(
          "investment_flows",
          [](const Simulation& s, int scenario) {
            const Ledger& one = ledger(s, scenario, 0);
            std::vector<double> firm;
            for (int t = 1; t <= s.plan->horizon(); ++t)
              for (const double amount : one.firm(t)) firm.push_back(amount);
            return investment_flows(*s.plan, s.plan->scenarios[static_cast<std::size_t>(scenario)], firm);
          },
          py::arg("scenario"));

  m.def(
      "simulate",
      [](const Model& model, const Anchoring& anchoring, const std::vector<std::string>& scenarios,
         std::int64_t seed, std::int64_t first_replication, int replications, int threads, bool with_values,
         bool with_run_off, bool values_at_joining, bool experiences, const py::object& terms,
         const std::vector<double>& drawn, double share, int run_off, const py::object& progress) {
        SimulationOptions options =
            make_options(model, seed, first_replication, replications, threads, with_values);
        options.values_at_joining = values_at_joining;
        std::optional<Valuation> valuation;
        if (!terms.is_none()) valuation = valuation_of(terms.cast<Terms>());
        Simulation s;
        s.replications = replications;
        s.threads = threads > 0 ? threads : all_cores();
        s.instruction_set = kernel().name;
        run_with_progress(options, progress, [&](const SimulationOptions& o) {
          PlanOptions of_plan;
          of_plan.experiences = experiences;
          of_plan.valuation = valuation;
          of_plan.cancel = o.cancel;
          of_plan.share = share;
          if (with_run_off)
            of_plan.run_off =
                run_off >= 0 ? run_off : run_off_periods(model, anchoring.anchors, threads, o.cancel);
          const Model used = drawn.empty() ? model : at_values(model, drawn);
          const Anchors anchors = drawn.empty() ? anchoring.anchors : shifted(model, used, anchoring.anchors);
          s.plan = std::make_shared<const Plan>(used, anchors, scenarios, of_plan);
          s.result = simulate(*s.plan, o);
        });
        return s;
      },
      py::arg("model"), py::arg("anchoring"), py::arg("scenarios"), py::kw_only(), py::arg("seed") = 0,
      py::arg("first_replication") = 0, py::arg("replications") = 1, py::arg("threads") = 0,
      py::arg("values") = false, py::arg("run_off") = false, py::arg("values_at_joining") = false,
      py::arg("experiences") = false, py::arg("terms") = py::none(), py::arg("drawn") = std::vector<double>{},
      py::arg("share") = 1.0, py::arg("run_off_periods") = -1, py::arg("progress") = py::none(),
      "`terms`: of the values of customers; `drawn`: at these values of the assumptions, with `share` of the "
      "model's agents.");
}

}  // namespace goodwill

#include "scenarios/study.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/simulation.hpp"
#include "sim/kernel/dispatch.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

struct PyStudy {
  Study study;
  int threads = 1;
  const Worlds& worlds() const { return *study.worlds; }
  const Plan& plan() const { return worlds().plan(); }
  const ScenarioPlan& scenario(const std::string& name) const {
    for (const ScenarioPlan& s : plan().scenarios)
      if (s.name == name) return s;
    throw py::key_error(name);
  }
};

py::dict row(const Comparison& c) {
  py::dict d;
  const auto put = [&](const std::string& name, auto&& value) { d[py::str(name)] = value; };
  const auto interval = [&](const std::string& name, const Interval& i) {
    put(name, i.mean);
    put(name + "_low", i.low);
    put(name + "_high", i.high);
  };
  put("scenario", c.scenario);
  put("against", c.against);
  put("uncertain", c.uncertain);
  interval("npv", c.npv);
  put("npv_against_baseline", c.npv_against_baseline);
  put("npv_p10", c.npv_p10);
  put("npv_p90", c.npv_p90);
  interval("p_npv_positive", c.p_npv_positive);
  interval("roi", {c.roi.value, c.roi.low, c.roi.high});
  put("roi_p10", c.roi_p10);
  put("roi_p90", c.roi_p90);
  put("roi_bounded", c.roi.bounded);
  put("roi_reason", c.roi_reason);
  put("irr", c.irr.unique ? c.irr.rates.front() : std::numeric_limits<double>::quiet_NaN());
  put("irr_reason", c.irr.reason);
  put("irr_rates", c.irr.rates);
  put("mirr", c.mirr);
  put("payback", c.payback.first);
  put("payback_last", c.payback.last);
  put("payback_reason", c.payback.reason);
  put("payback_beyond", c.payback_beyond);
  put("payback_discounted", c.discounted_payback.first);
  put("payback_discounted_reason", c.discounted_payback.reason);
  interval("beyond_horizon", c.beyond);
  interval("contribution", c.contribution);
  interval("cost", c.cost);
  interval("tax", c.tax);
  put("correlation", c.correlation);
  put("variance_ratio", c.variance_ratio);
  put("p_positive", c.p_positive);
  put("p_zero", c.p_zero);
  put("p_negative", c.p_negative);
  return d;
}

/// Turns sums over units into means, in the given shape.
py::array_t<double> mean(const PyStudy& s, std::vector<double> sums, const std::vector<py::ssize_t>& shape) {
  for (double& x : sums) x /= s.worlds().size();
  return array(sums, shape);
}

/// The firm's own money, mean over units: period x Layout::firm_counters().
std::vector<double> mean_firm(const PyStudy& s, const std::string& world) {
  std::vector<double> firm = s.worlds().world(world).firm;
  for (double& amount : firm) amount /= s.worlds().firm_units();
  return firm;
}

}  // namespace

void register_study(py::module_& m) {
  py::class_<PyStudy>(m, "Study")
      .def_property_readonly("rows",
                             [](const PyStudy& s) {
                               py::list rows;
                               for (const Comparison& c : s.study.comparisons) rows.append(row(c));
                               return rows;
                             })
      .def_property_readonly("status", [](const PyStudy& s) { return word(s.study.status); })
      .def_property_readonly("worlds", [](const PyStudy& s) { return s.worlds().names(); })
      .def_property_readonly("units", [](const PyStudy& s) { return s.worlds().size(); })
      .def_property_readonly("draws", [](const PyStudy& s) { return s.worlds().draws(); })
      .def_readonly("threads", &PyStudy::threads)
      .def_property_readonly("instruction_set", [](const PyStudy&) { return std::string(kernel().name); })
      .def_property_readonly("survival_weights",
                             [](const PyStudy& s) { return s.plan().layout.survival_weights; })
      .def_property_readonly("counters", [](const PyStudy& s) { return s.plan().layout.counter_names(); })
      .def_property_readonly("segments", [](const PyStudy& s) { return segment_names(s.plan().model()); })
      .def_property_readonly("origins", [](const PyStudy&) { return origin_names(); })
      .def_property_readonly("periods", [](const PyStudy& s) { return s.plan().horizon(); })
      .def_property_readonly("run_off_periods", [](const PyStudy& s) { return s.plan().layout.run_off; })
      .def_property_readonly("agents", [](const PyStudy& s) { return agents(s.plan()); })
      .def_property_readonly(
          "values", [](const PyStudy& s) { return matrix(s.worlds().values()); },
          "Values of the assumptions: draws x assumptions.")
      .def(
          "npv_units", [](const PyStudy& s, int k) { return matrix(s.study.comparisons.at(k).npv_units); },
          py::arg("comparison"), "NPV: draws x batches; one row where nothing is uncertain.")
      .def(
          "npv_draws", [](const PyStudy& s, int k) { return array(s.study.comparisons.at(k).npv_draws); },
          py::arg("comparison"),
          "NPV by draw, without the error of the simulation; empty where nothing is uncertain.")
      .def(
          "payback_by_draw",
          [](const PyStudy& s, int k) { return array(s.study.comparisons.at(k).payback_by_draw); },
          py::arg("comparison"))
      .def(
          "flows", [](const PyStudy& s, int k) { return s.study.comparisons.at(k).flows; },
          py::arg("comparison"), "Incremental money, mean over units.")
      .def(
          "cells",
          [](const PyStudy& s, const std::string& world) {
            const Layout& l = s.plan().layout;
            return mean(s, s.worlds().world(world).cells, {l.segments, l.periods, origins, l.counters});
          },
          py::arg("world"), "Mean over units: segment x period x origin x counter, real customers and money.")
      .def(
          "run_off",
          [](const PyStudy& s, const std::string& world) {
            const Layout& l = s.plan().layout;
            return mean(s, s.worlds().world(world).run_off,
                        {l.segments, origins, l.run_off, run_off_counters});
          },
          py::arg("world"), "Mean over units: segment x origin x period x (present, revenue, contribution).")
      .def(
          "left",
          [](const PyStudy& s, const std::string& world) { return array(s.worlds().world(world).left); },
          py::arg("world"), "Customers at the end of the run-off, by unit.")
      .def(
          "firm",
          [](const PyStudy& s, const std::string& world) {
            const auto& units = s.worlds().world(world).counters;
            auto a = matrix(units);
            return a.reshape(
                {py::ssize_t(units.size()), py::ssize_t(fixed_counters), py::ssize_t(s.plan().horizon())});
          },
          py::arg("world"), "Counters of the whole firm: units x fixed counters x periods.")
      .def(
          "investment_flows",
          [](const PyStudy& s, const std::string& world) {
            return investment_flows(s.plan(), s.scenario(world), mean_firm(s, world));
          },
          py::arg("world"))
      .def(
          "events", [](const PyStudy& s, const std::string& world) { return event_names(s.scenario(world)); },
          py::arg("world"), "What begins by chance or by what is seen.")
      .def(
          "begun",
          [](const PyStudy& s, const std::string& world) {
            const auto events = py::ssize_t(not_known(s.scenario(world)).size());
            return mean(s, s.worlds().world(world).begun, {events, s.plan().horizon(), 2});
          },
          py::arg("world"), "Mean over units: event x period x (began, began for the first time).")
      .def(
          "odds",
          [](const PyStudy& s, const std::string& world) {
            std::vector<double> odds = s.worlds().world(world).odds;
            for (double& x : odds) x /= s.worlds().draws();
            return array(odds, {py::ssize_t(odds.size() / 2), 2});
          },
          py::arg("world"),
          "Mean over draws: event x (at least one, expected), exact; NaN: it begins by what is seen.")
      .def_property_readonly("teams", [](const PyStudy& s) { return s.plan().layout.team_names; })
      .def(
          "team_costs",
          [](const PyStudy& s, const std::string& world) {
            return team_costs(s.plan(), mean_firm(s, world));
          },
          py::arg("world"), "Fixed cost: team x period.")
      .def(
          "team_use",
          [](const PyStudy& s, const std::string& world) {
            const std::vector<double>& sums = s.worlds().world(world).teams;
            const Layout& l = s.plan().layout;
            return mean(s, sums,
                        {l.periods, sums.empty() ? 0 : py::ssize_t(l.team_names.size()), team_numbers});
          },
          py::arg("world"),
          "Mean over units: period x team x (load, capacity, unserved, minutes waited by all who were "
          "served).");

  m.def(
      "compare",
      [](const Model& model, const Anchoring& anchoring, const std::vector<std::string>& scenarios,
         const Terms& terms, const py::kwargs& asked) {
        StudyOptions options;
        options.terms = terms;
        std::int64_t seed = 0, first_replication = 0;
        int threads = 0;
        bool run_off = true;
        py::object progress = py::none();
        Options o(asked);
        o.take("seed", seed);
        o.take("first_replication", first_replication);
        o.take("replications", options.replications);
        o.take("draws", options.draws);
        o.take("batches", options.batches);
        o.take("threads", threads);
        o.take("level", options.level);
        o.take("simultaneous", options.simultaneous);
        o.take("target", options.target);
        o.take("most_units", options.most_units);
        o.take("survival_weights", options.survival_weights);
        o.take("run_off", run_off);
        o.take("progress", progress);
        o.end();
        options.simulation = make_options(model, seed, first_replication, 1, threads, false);
        if (!run_off) options.run_off = 0;
        PyStudy result;
        result.threads = threads > 0 ? threads : all_cores();
        run_with_progress(options.simulation, progress, [&](const SimulationOptions&) {
          result.study = compare(model, anchoring.anchors, scenarios, options);
        });
        return result;
      },
      py::arg("model"), py::arg("anchoring"), py::arg("scenarios"), py::arg("terms"),
      "Options by name: those of StudyOptions, seed, threads, run_off and progress.");
}

}  // namespace goodwill

// What a simulation found, as arrays.
#include "python/bindings/arrays.hpp"
#include "python/bindings/simulation.hpp"
#include "scenarios/worlds.hpp"

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

/// The ledger of one replication, or the sum over all (-1).
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

/// Segment x origin: sums of the values of simulated customers, of one replication or of all (-1).
py::array value_sums(const Simulation& s, int scenario, int replication) {
  const Ledger sum = chosen(s, scenario, replication);
  require_values(sum);
  std::vector<double> all;
  for (const Distribution& d : sum.values) all.push_back(d.sum());
  return array(all, {s.plan->layout.segments, origins});
}

/// Segment x segment of the root x kind of the root x generation x (people, customers, value): of simulated
/// customers, of one replication or of all (-1).
py::array lineages(const Simulation& s, int scenario, int replication) {
  const Ledger sum = chosen(s, scenario, replication);
  require_values(sum);
  std::vector<double> all;
  for (const Lineages& of_segment : sum.lineages)
    for (const double x : of_segment.numbers()) all.push_back(x);
  return array(all, {s.plan->layout.segments, s.plan->layout.segments, roots, generations, 3});
}

/// Segment x standing x (customers, and sums of their satisfaction, expectation and trust): the simulated
/// base at the start, of all replications.
py::array standing(const Simulation& s) {
  std::vector<double> all;
  for (const StandingSum& sum : s.result.standing) {
    all.push_back(static_cast<double>(sum.customers));
    for (const std::int64_t x : sum.state) all.push_back(static_cast<double>(x) / state_unit);
  }
  return array(all, {s.plan->layout.segments, standings, 4});
}

/// Prospect, segment by segment, x (period of joining, Way, first period as a customer, value at t = 0 within
/// the periods asked for, value of the whole life): of one replication.
py::array prospect_lives(const Simulation& s, int scenario, int replication) {
  ledger(s, scenario, replication);  // there is such a world
  std::vector<double> all;
  for (const ProspectLife& life :
       s.result.prospect_lives[static_cast<std::size_t>(scenario * s.replications + replication)])
    all.insert(all.end(), {static_cast<double>(life.joined), static_cast<double>(life.way),
                           static_cast<double>(life.since), life.within, life.whole});
  return array(all, {py::ssize_t(all.size() / 5), 5});
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

const Course& course(const Simulation& s, int scenario, int replication) {
  return *s.result.courses.at(static_cast<std::size_t>(scenario * s.replications + replication));
}

/// Mean over replications; the number itself where none differs.
template <class Of>
double mean(const Simulation& s, int scenario, Of&& of) {
  if (!s.plan->scenarios.at(static_cast<std::size_t>(scenario)).varies()) return of(0);
  double sum = 0;
  for (int r = 0; r < s.replications; ++r) sum += of(r);
  return sum / s.replications;
}

/// Segment x period: what acquiring a customer costs in a scenario, mean over replications.
py::array acquisition_cost(const Simulation& s, int scenario) {
  const Layout& l = s.plan->layout;
  std::vector<double> all;
  for (std::size_t segment = 0; segment < s.plan->segments.size(); ++segment)
    for (int t = 1; t <= l.periods; ++t)
      all.push_back(
          mean(s, scenario, [&](int r) { return course(s, scenario, r).joining(segment, t).acquisition; }));
  return array(all, {l.segments, l.periods});
}

/// Segment x origin x period after the horizon x (present, revenue, contribution): sums over simulated
/// customers, of one replication or of all (-1).
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

/// Segment x origin: simulated customers at the end of the run-off, of one replication or of all (-1).
py::array left(const Simulation& s, int scenario, int replication) {
  const Ledger sum = chosen(s, scenario, replication);
  const Layout& l = s.plan->layout;
  std::vector<double> all;
  for (int segment = 0; segment < l.segments; ++segment)
    for (int o = 0; o < origins; ++o)
      all.push_back(static_cast<double>(sum.left(segment, static_cast<Origin>(o))) * l.count_unit());
  return array(all, {l.segments, origins});
}

/// The firm's own money, of one replication or mean over all (-1): period x Layout::firm_counters().
std::vector<double> firm_of(const Simulation& s, int scenario, int replication) {
  const auto of = [&](int r) { return firm_rows(*s.plan, ledger(s, scenario, r)); };
  if (replication >= 0) return of(replication);
  std::vector<double> sums = of(0);
  if (!s.plan->scenarios[static_cast<std::size_t>(scenario)].varies()) return sums;
  for (int r = 1; r < s.replications; ++r) {
    const std::vector<double> row = of(r);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += row[k];
  }
  for (double& sum : sums) sum /= s.replications;
  return sums;
}

/// Replication x what begins by chance or by what is seen x period x (began, began for the first time).
py::array begun(const Simulation& s, int scenario) {
  const ScenarioPlan& world = s.plan->scenarios.at(static_cast<std::size_t>(scenario));
  std::vector<double> all;
  for (int r = 0; r < s.replications; ++r)
    for (const double x : begun_in(*s.plan, world, course(s, scenario, r))) all.push_back(x);
  return array(all,
               {s.replications, static_cast<py::ssize_t>(not_known(world).size()), s.plan->horizon(), 2});
}

/// What begins by chance or by what is seen x (at least one, expected): see odds_of().
py::array odds(const Simulation& s, int scenario) {
  const std::vector<double> all = odds_of(s.plan->scenarios.at(static_cast<std::size_t>(scenario)));
  return array(all, {static_cast<py::ssize_t>(all.size() / 2), 2});
}

/// Replication x period x team x (load, capacity, unserved, minutes waited by all who were served).
py::array team_use(const Simulation& s, int scenario) {
  const Layout& l = s.plan->layout;
  std::vector<double> all;
  for (int r = 0; r < s.replications; ++r)
    for (const TeamUse& use : s.result.teams[static_cast<std::size_t>(scenario * s.replications + r)])
      for (const double x : numbers_of(use)) all.push_back(x);
  const auto teams = all.empty() ? 0 : static_cast<py::ssize_t>(l.team_names.size());
  return array(all, {s.replications, l.periods, teams, team_numbers});
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

std::vector<std::string> event_names(const ScenarioPlan& scenario) {
  std::vector<std::string> names;
  for (const std::size_t which : not_known(scenario)) names.push_back(scenario.interventions[which].name);
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

py::array_t<double> team_costs(const Plan& plan, const std::vector<double>& firm) {
  const Layout& l = plan.layout;
  std::vector<double> all;
  for (int team = 0; team < static_cast<int>(l.team_names.size()); ++team)
    for (int t = 0; t < l.periods; ++t)
      all.push_back(firm[static_cast<std::size_t>(t * l.firm_counters() + l.team_cost(team))]);
  return array(all, {static_cast<py::ssize_t>(l.team_names.size()), l.periods});
}

void register_simulated(py::module_& m) {
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
          "Sums of the tenures of the base at the start, in periods, by segment, over all replications.")
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
      .def("lineages", &lineages, py::arg("scenario"), py::arg("replication") = -1)
      .def_property_readonly("standing", &standing)
      .def_property_readonly("prospects",
                             [](const Simulation& s) {
                               std::vector<std::int64_t> prospects;
                               for (const SegmentPlan& segment : s.plan->segments)
                                 prospects.push_back(segment.prospects.value_or(0));
                               return array(prospects);
                             })
      .def("prospect_lives", &prospect_lives, py::arg("scenario"), py::arg("replication"))
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
          [](const Simulation& s, int scenario, int replication) {
            return investment_flows(*s.plan, s.plan->scenarios.at(static_cast<std::size_t>(scenario)),
                                    firm_of(s, scenario, replication));
          },
          py::arg("scenario"), py::arg("replication") = -1)
      .def(
          "varies",
          [](const Simulation& s, int scenario) {
            return s.plan->scenarios.at(static_cast<std::size_t>(scenario)).varies();
          },
          py::arg("scenario"), "Whether the course of a scenario differs from one replication to another.")
      .def(
          "events",
          [](const Simulation& s, int scenario) {
            return event_names(s.plan->scenarios.at(static_cast<std::size_t>(scenario)));
          },
          py::arg("scenario"), "What begins by chance or by what is seen.")
      .def("begun", &begun, py::arg("scenario"))
      .def("odds", &odds, py::arg("scenario"))
      .def_property_readonly("teams", [](const Simulation& s) { return s.plan->layout.team_names; })
      .def(
          "team_costs",
          [](const Simulation& s, int scenario, int replication) {
            return team_costs(*s.plan, firm_of(s, scenario, replication));
          },
          py::arg("scenario"), py::arg("replication") = -1, "Fixed cost: team x period.")
      .def("team_use", &team_use, py::arg("scenario"));
}

}  // namespace goodwill

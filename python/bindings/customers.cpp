#include <algorithm>

#include "python/bindings/arrays.hpp"
#include "python/bindings/simulation.hpp"
#include "scenarios/assumptions.hpp"

namespace goodwill {
namespace {

/// One column: what `get` returns of each entry.
template <class Entry, class Get>
auto column(const std::vector<Entry>& entries, Get&& get) {
  using Value = std::decay_t<decltype(get(entries.front()))>;
  py::array_t<Value> found(static_cast<py::ssize_t>(entries.size()));
  Value* const to = found.mutable_data();
  for (std::size_t i = 0; i < entries.size(); ++i) to[i] = get(entries[i]);
  return found;
}

py::dict present_in(const CustomerLog& log) {
  const auto of = [&](auto&& get) { return column(log.present, get); };
  py::dict found;
  found["id"] = of([](const Present& p) { return p.id; });
  found["period"] = of([](const Present& p) { return p.period; });
  found["segment"] = of([](const Present& p) { return p.segment; });
  found["origin"] = of([](const Present& p) { return static_cast<std::int32_t>(p.origin); });
  found["stage"] = of([](const Present& p) { return p.stage; });
  found["tenure"] = of([](const Present& p) { return p.tenure; });
  found["fee"] = of([](const Present& p) { return p.fee; });
  found["satisfaction"] = of([](const Present& p) { return p.satisfaction; });
  found["expectation"] = of([](const Present& p) { return p.expectation; });
  found["trust"] = of([](const Present& p) { return p.trust; });
  return found;
}

py::dict happened_in(const CustomerLog& log) {
  const auto of = [&](auto&& get) { return column(log.happened, get); };
  py::dict found;
  found["id"] = of([](const Logged& l) { return l.id; });
  found["period"] = of([](const Logged& l) { return l.period; });
  found["kind"] = of([](const Logged& l) { return static_cast<std::int32_t>(l.what.kind); });
  found["journey"] = of([](const Logged& l) { return journey_of(l.what.index); });
  found["walk"] = of([](const Logged& l) { return walk_of(l.what.index); });
  found["step"] = of([](const Logged& l) { return step_of(l.what.index); });
  found["touchpoint"] = of([](const Logged& l) { return l.what.touchpoint; });
  found["outcome"] = of([](const Logged& l) { return l.what.outcome; });
  found["value"] = of([](const Logged& l) { return l.what.value; });
  found["wait"] = of([](const Logged& l) { return l.what.wait; });
  return found;
}

/// By segment the share of the simulated customers that are `wanted` of all, each standing for as many.
std::vector<double> kept_of(const Plan& plan, double wanted) {
  double people = 0;
  for (const SegmentPlan& s : plan.segments) people += s.weight * static_cast<double>(s.agents);
  std::vector<double> kept;
  for (const SegmentPlan& s : plan.segments)
    kept.push_back(people > 0 ? std::min(1.0, wanted * s.weight / people) : 1);
  return kept;
}

struct LogOfCustomers {
  CustomerLog log;
  std::vector<double> weights;  ///< by segment: real customers for each that is logged
};

LogOfCustomers logged(const Model& model, const Anchoring& anchoring, const std::string& scenario,
                      const py::kwargs& asked) {
  std::int64_t seed = 0, first_replication = 0;
  std::vector<double> drawn;
  double customers = 0;
  LogOfCustomers found;
  PlanOptions of_plan;
  py::object progress = py::none();
  Options o(asked);
  o.take("seed", seed);
  o.take("first_replication", first_replication);
  o.take("drawn", drawn);
  o.take("share", of_plan.share);
  o.take("customers", customers);
  o.take("progress", progress);
  o.end();
  SimulationOptions options = make_options(model, seed, first_replication, 1, 1, false);
  options.log = &found.log;
  run_with_progress(options, progress, [&](const SimulationOptions& under_way) {
    of_plan.cancel = under_way.cancel;
    const Model used = drawn.empty() ? model : at_values(model, drawn);
    const Anchors anchors = drawn.empty() ? anchoring.anchors : shifted(model, used, anchoring.anchors);
    const Plan plan(used, anchors, {scenario}, of_plan);
    found.log.share = kept_of(plan, customers);
    for (std::size_t s = 0; s < plan.segments.size(); ++s)
      found.weights.push_back(plan.segments[s].weight / found.log.share[s]);
    simulate(plan, under_way);
  });
  return found;
}

}  // namespace

void register_customers(py::module_& m) {
  m.def(
      "log_customers",
      [](const Model& model, const Anchoring& anchoring, const std::string& scenario,
         const py::kwargs& asked) {
        const auto [log, weights] = logged(model, anchoring, scenario, asked);
        py::list touchpoints;
        for (const auto& [name, journey] : model.journeys) touchpoints.append(journey.touchpoints.names());
        return py::make_tuple(present_in(log), happened_in(log), touchpoints, array(weights));
      },
      py::arg("model"), py::arg("anchoring"), py::arg("scenario"),
      "Who is here at the start of each period, what happens to them (kind 0 contact, 1 order, 2 answer), "
      "the "
      "touchpoints of each journey, and by segment for how many each stands. Options by name: seed, "
      "first_replication, drawn, share (of the agents that are simulated), customers (of the base that are "
      "logged, about) and progress.");
}

}  // namespace goodwill

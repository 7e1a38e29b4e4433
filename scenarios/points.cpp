#include "scenarios/points.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include "scenarios/assumptions.hpp"
#include "sim/model/cancel.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

std::vector<double> values_at(const Model& model, const Point& point) {
  std::vector<double> values;
  for (const auto& [name, assumption] : model.assumptions)
    values.push_back(assumption.best ? double{*assumption.best}
                                     : quantile(model, static_cast<int>(values.size()), 0.5));
  const std::vector<std::string> names = model.assumptions.names();
  for (const auto& [name, value] : point.assumed)
    values[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())] = value;
  return values;
}

/// Customers and NPS of the whole firm at the end of the horizon.
struct AtTheEnd {
  double customers, nps;

  explicit AtTheEnd(const std::vector<double>& counters) {
    const std::size_t periods = counters.size() / fixed_counters;
    const auto last = [&](Counter k) { return counters[(static_cast<std::size_t>(k) + 1) * periods - 1]; };
    customers = last(count_end);
    nps = 100 * (last(count_promoters) - last(count_detractors)) / last(count_surveyed);
  }
};

class Answering {
public:
  Answering(const Model& model, const Anchors& anchors, const std::vector<std::string>& scenarios,
            const StudyOptions& options)
      : model_(model), anchors_(anchors), scenarios_(scenarios), options_(options) {}

  std::vector<double> numbers(const Point& point) const {
    const auto [model, anchors] = at_point(model_, anchors_, point);
    StudyOptions options = options_;
    options.terms = point.terms.front();
    options.simulation.total = options.simulation.done = nullptr;
    Worlds worlds = worlds_of(model, anchors, scenarios_, options);
    worlds.extend(options.replications);
    std::vector<double> found;
    for (const Terms& terms : point.terms)
      for (const std::string& name : scenarios_) {
        const WorldUnits &one = worlds.world(name), &other = worlds.world(compared_with(model, name));
        for (std::size_t u = 0; u < one.flows.size(); ++u) {
          const PresentValue a = present_value(one.flows[u], terms, model.periods_per_year()),
                             b = present_value(other.flows[u], terms, model.periods_per_year());
          const AtTheEnd x(one.counters[u]), y(other.counters[u]);
          const double beyond =
              options.run_off == 0 ? std::numeric_limits<double>::quiet_NaN() : a.beyond - b.beyond;
          found.insert(found.end(),
                       {a.npv() - b.npv(), a.contribution - b.contribution, a.cost - b.cost, a.tax - b.tax,
                        beyond, x.customers - y.customers, x.nps - y.nps, a.npv(), x.customers, x.nps});
        }
      }
    return found;
  }

private:
  const Model& model_;
  const Anchors& anchors_;
  const std::vector<std::string>& scenarios_;
  const StudyOptions& options_;
};

}  // namespace

std::pair<Model, Anchors> at_point(const Model& model, const Anchors& anchors, const Point& point) {
  Model changed = point.change(model);
  if (!point.assumed.empty()) changed = at_values(changed, values_at(changed, point));
  return {changed, shifted(model, changed, anchors)};
}

std::vector<PointAnswer> answers(const Model& model, const Anchors& anchors,
                                 const std::vector<std::string>& scenarios, const std::vector<Point>& points,
                                 const StudyOptions& options) {
  const Answering answering(model, anchors, scenarios, options);
  std::vector<PointAnswer> found(points.size());
  if (options.simulation.total) options.simulation.total->store(static_cast<std::int64_t>(points.size()));
  in_pool(options.simulation.threads, [&] {
    for_each_task(static_cast<std::int64_t>(points.size()), [&](std::int64_t i) {
      check_cancelled(options.simulation.cancel);
      PointAnswer& answer = found[static_cast<std::size_t>(i)];
      try {
        answer.numbers = answering.numbers(points[static_cast<std::size_t>(i)]);
      } catch (const ModelError& error) {
        answer.error = error.what();
      } catch (const std::bad_alloc&) {
        answer.error = "there is not enough memory for this point";
      }
      if (options.simulation.done) ++*options.simulation.done;
    });
  });
  return found;
}

}  // namespace goodwill

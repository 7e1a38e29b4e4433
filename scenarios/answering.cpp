#include "scenarios/answering.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "scenarios/assumptions.hpp"

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

/// The model at a point, with the levels that it has there.
std::pair<Model, Anchors> at_point(const Model& model, const Anchors& anchors, const Point& point) {
  Model changed = point.change(model);
  if (!point.assumed.empty()) changed = at_values(changed, values_at(changed, point));
  return {changed, shifted(model, changed, anchors)};
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

std::string own(const std::string& name, std::size_t point) { return name + "@" + std::to_string(point); }

/// Gives a point its own copy of a scenario and of what it consists of. False: not without other luck.
bool add(Model& all, const Model& model, const std::string& scenario, std::size_t point) {
  if (scenario == "baseline" || all.scenarios.find(own(scenario, point))) return true;
  Names parts = *model.scenarios.find(scenario);
  for (std::string& part : parts) {
    const Investment* investment = model.investments.find(part);
    if (!investment) continue;
    if (investment->by_chance() || investment->when) return false;  // luck of their own name
    Investment copy = *investment;
    if (copy.audience.empty()) copy.audience = part;
    part = own(part, point);
    if (!all.investments.find(part)) all.investments.items.emplace_back(part, std::move(copy));
  }
  all.scenarios.items.emplace_back(own(scenario, point), std::move(parts));
  if (const std::string against = compared_with(model, scenario); against != "baseline")
    all.compare.items.emplace_back(own(scenario, point), own(against, point));
  return true;
}

/// Whether sums of money have the same unit in both, so that a world has the same bits.
bool same_scale(const Plan& a, const Plan& b) {
  const auto scales = [](const Layout& l) {
    return std::tuple(l.money_scale, l.firm_scale, l.value_scale, l.survival_weights, l.run_off);
  };
  return scales(a.layout) == scales(b.layout) && a.coupled_by.empty() && b.coupled_by.empty();
}

}  // namespace

Answering::Answering(const Model& model, const Anchors& anchors, const std::vector<std::string>& scenarios,
                     const StudyOptions& options)
    : model_(model), anchors_(anchors), scenarios_(scenarios), options_(options) {
  options_.simulation.total = options_.simulation.done = nullptr;
}

PointWorlds Answering::alone(const Point& point) const {
  const auto [model, anchors] = at_point(model_, anchors_, point);
  return {{model}, worlds_of(model, anchors, scenarios_, options_)};
}

std::optional<PointWorlds> Answering::together(std::span<const Point> points) const {
  Model all = model_;
  std::vector<Model> models;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < points.size(); ++k) {
    models.push_back(points[k].change(model_));
    for (const std::string& name : scenarios_) {
      if (!add(all, models[k], name, k) || !add(all, models[k], compared_with(models[k], name), k)) return {};
      if (name != "baseline") names.push_back(own(name, k));
    }
  }
  Worlds worlds = worlds_of(all, anchors_, names, options_);
  StudyOptions alone = options_;
  alone.run_off = worlds.plan().layout.run_off;  // that of their common baseline
  for (const Model& model : models)
    if (!same_scale(worlds.plan(), worlds_of(model, anchors_, scenarios_, alone).plan())) return {};
  return PointWorlds{std::move(models), std::move(worlds), true};
}

std::vector<std::vector<double>> Answering::numbers(const PointWorlds& found,
                                                    std::span<const Point> points) const {
  std::vector<std::vector<double>> all;
  for (std::size_t k = 0; k < points.size(); ++k) all.push_back(numbers_of(found, k, points[k]));
  return all;
}

std::vector<double> Answering::numbers_of(const PointWorlds& found, std::size_t which,
                                          const Point& point) const {
  const Model& model = found.models[which];
  const auto world = [&](const std::string& name) -> const WorldUnits& {
    return found.worlds.world(found.own_names && name != "baseline" ? own(name, which) : name);
  };
  const double a_year = model.periods_per_year();
  std::vector<double> numbers;
  for (const Terms& terms : point.terms)
    for (const std::string& name : scenarios_) {
      const WorldUnits &one = world(name), &other = world(compared_with(model, name));
      for (std::size_t u = 0; u < one.flows.size(); ++u) {
        const PresentValue a = present_value(one.flows[u], terms, a_year),
                           b = present_value(other.flows[u], terms, a_year);
        const AtTheEnd x(one.counters[u]), y(other.counters[u]);
        const double beyond =
            options_.run_off == 0 ? std::numeric_limits<double>::quiet_NaN() : a.beyond - b.beyond;
        numbers.insert(numbers.end(),
                       {a.npv() - b.npv(), a.contribution - b.contribution, a.cost - b.cost, a.tax - b.tax,
                        beyond, x.customers - y.customers, x.nps - y.nps, a.npv(), x.customers, x.nps});
      }
    }
  return numbers;
}

}  // namespace goodwill

#include "scenarios/points.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <span>
#include <tuple>

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

class Answering {
public:
  Answering(const Model& model, const Anchors& anchors, const std::vector<std::string>& scenarios,
            const StudyOptions& options)
      : model_(model), anchors_(anchors), scenarios_(scenarios), options_(options) {
    options_.simulation.total = options_.simulation.done = nullptr;
  }

  std::vector<double> numbers(const Point& point) const {
    const auto [model, anchors] = at_point(model_, anchors_, point);
    Worlds worlds = worlds_of(model, anchors, scenarios_, options_);
    worlds.extend(options_.replications);
    return numbers(worlds, model, point, [](const std::string& name) { return name; });
  }

  /// Of several points that differ in their investments alone: each has scenarios of its own in one model,
  /// with investments of their own that reach the same customers. Empty where the bits could be others than
  /// those of each alone, or one of them cannot be simulated.
  std::vector<std::vector<double>> together(std::span<const Point> points) const {
    try {
      Model all = model_;
      std::vector<Model> models;
      std::vector<std::string> names;
      for (std::size_t k = 0; k < points.size(); ++k) {
        models.push_back(points[k].change(model_));
        for (const std::string& name : scenarios_) {
          if (!add(all, models[k], name, k) || !add(all, models[k], compared_with(models[k], name), k))
            return {};
          if (name != "baseline") names.push_back(own(name, k));
        }
      }
      Worlds worlds = worlds_of(all, anchors_, names, options_);
      StudyOptions alone = options_;
      alone.run_off = worlds.plan().layout.run_off;  // that of their common baseline
      for (const Model& model : models)
        if (!same_scale(worlds.plan(), worlds_of(model, anchors_, scenarios_, alone).plan())) return {};
      worlds.extend(options_.replications);
      std::vector<std::vector<double>> found;
      for (std::size_t k = 0; k < points.size(); ++k)
        found.push_back(numbers(worlds, models[k], points[k], [&](const std::string& name) {
          return name == "baseline" ? name : own(name, k);
        }));
      return found;
    } catch (const ModelError&) {
      return {};
    } catch (const std::bad_alloc&) {
      return {};  // each alone may find room
    }
  }

private:
  /// Gives a point its own copy of a scenario and of what it consists of. False: not without other luck.
  static bool add(Model& all, const Model& model, const std::string& scenario, std::size_t point) {
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
  static bool same_scale(const Plan& a, const Plan& b) {
    const auto scales = [](const Layout& l) {
      return std::tuple(l.money_scale, l.firm_scale, l.value_scale, l.survival_weights, l.run_off);
    };
    return scales(a.layout) == scales(b.layout) && a.coupled_by.empty() && b.coupled_by.empty();
  }

  template <class Name>
  std::vector<double> numbers(const Worlds& worlds, const Model& model, const Point& point,
                              Name&& name_of) const {
    const double a_year = model.periods_per_year();
    std::vector<double> found;
    for (const Terms& terms : point.terms)
      for (const std::string& name : scenarios_) {
        const WorldUnits &one = worlds.world(name_of(name)),
                         &other = worlds.world(name_of(compared_with(model, name)));
        for (std::size_t u = 0; u < one.flows.size(); ++u) {
          const PresentValue a = present_value(one.flows[u], terms, a_year),
                             b = present_value(other.flows[u], terms, a_year);
          const AtTheEnd x(one.counters[u]), y(other.counters[u]);
          const double beyond =
              options_.run_off == 0 ? std::numeric_limits<double>::quiet_NaN() : a.beyond - b.beyond;
          found.insert(found.end(),
                       {a.npv() - b.npv(), a.contribution - b.contribution, a.cost - b.cost, a.tax - b.tax,
                        beyond, x.customers - y.customers, x.nps - y.nps, a.npv(), x.customers, x.nps});
        }
      }
    return found;
  }

  const Model& model_;
  const Anchors& anchors_;
  const std::vector<std::string>& scenarios_;
  StudyOptions options_;
};

/// Points that are answered together: those of investments in groups, the others alone.
std::vector<std::span<const Point>> groups(const std::vector<Point>& points) {
  constexpr std::size_t most = 16;  // ledgers are as wide as there are investments
  std::vector<std::span<const Point>> found;
  for (const Point& point : points) {
    const bool joins = point.of_investments && !found.empty() && found.back().front().of_investments &&
                       found.back().size() < most;
    if (joins)
      found.back() = {found.back().data(), found.back().size() + 1};
    else
      found.emplace_back(&point, 1);
  }
  return found;
}

}  // namespace

std::vector<PointAnswer> answers(const Model& model, const Anchors& anchors,
                                 const std::vector<std::string>& scenarios, const std::vector<Point>& points,
                                 const StudyOptions& options) {
  const Answering answering(model, anchors, scenarios, options);
  std::vector<PointAnswer> found(points.size());
  if (options.simulation.total) options.simulation.total->store(static_cast<std::int64_t>(points.size()));
  const auto alone = [&](const Point& point, PointAnswer& answer) {
    try {
      answer.numbers = answering.numbers(point);
    } catch (const ModelError& error) {
      answer.error = error.what();
    } catch (const std::bad_alloc&) {
      answer.error = "there is not enough memory for this point";
    }
  };
  const std::vector<std::span<const Point>> all = groups(points);
  in_pool(options.simulation.threads, [&] {
    for_each_task(static_cast<std::int64_t>(all.size()), [&](std::int64_t i) {
      check_cancelled(options.simulation.cancel);
      const std::span<const Point> group = all[static_cast<std::size_t>(i)];
      PointAnswer* answer = &found[static_cast<std::size_t>(group.data() - points.data())];
      std::vector<std::vector<double>> shared;
      if (group.size() > 1) shared = answering.together(group);
      for (std::size_t k = 0; k < group.size(); ++k)
        if (shared.empty())
          alone(group[k], answer[k]);
        else
          answer[k].numbers = std::move(shared[k]);
      if (options.simulation.done)
        options.simulation.done->fetch_add(static_cast<std::int64_t>(group.size()));
    });
  });
  return found;
}

}  // namespace goodwill

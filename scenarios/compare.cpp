#include "scenarios/compare.hpp"

#include <algorithm>

namespace goodwill {
namespace {

std::string compared_with(const Model& model, const std::string& scenario) {
  const std::string* other = model.compare.find(scenario);
  return other ? *other : "baseline";
}

Comparison contrast(const std::string& name, const std::string& against, const std::vector<PresentValue>& a,
                    const std::vector<PresentValue>& b, double level) {
  Comparison c;
  c.scenario = name;
  c.against = against;
  c.replications = static_cast<int>(a.size());
  std::vector<double> npv, contribution, cost, net_a, net_b;
  for (std::size_t r = 0; r < a.size(); ++r) {
    contribution.push_back(a[r].contribution - b[r].contribution);
    cost.push_back(a[r].cost - b[r].cost);
    npv.push_back(contribution.back() - cost.back());
    net_a.push_back(a[r].contribution - a[r].cost);
    net_b.push_back(b[r].contribution - b[r].cost);
  }
  c.npv = mean_interval(npv, level);
  c.contribution = mean_interval(contribution, level);
  c.cost = mean_interval(cost, level);
  c.roi = ratio_of_means(npv, cost, level);
  c.correlation = correlation(net_a, net_b);
  const auto share = [&](auto&& test) {
    return static_cast<double>(std::count_if(npv.begin(), npv.end(), test)) / static_cast<double>(npv.size());
  };
  c.p_positive = share([](double x) { return x > 0; });
  c.p_zero = share([](double x) { return x == 0; });
  c.p_negative = share([](double x) { return x < 0; });
  return c;
}

}  // namespace

Study compare(const Model& model, const Anchors& anchors, std::vector<std::string> names,
              const SimulationOptions& options, double level) {
  if (names.empty())
    for (const auto& [name, list] : model.scenarios) names.push_back(name);
  std::vector<std::string> worlds{"baseline"};
  const auto include = [&](const std::string& name) {
    if (std::find(worlds.begin(), worlds.end(), name) == worlds.end()) worlds.push_back(name);
  };
  for (const auto& name : names) {
    include(name);
    include(compared_with(model, name));
  }
  Study study;
  study.plan = std::make_shared<const Plan>(model, anchors, worlds);
  study.simulation = simulate(*study.plan, options);

  const auto replications = static_cast<std::size_t>(options.replications);
  const auto values = [&](const std::string& name) {
    const auto k = static_cast<std::size_t>(std::find(worlds.begin(), worlds.end(), name) - worlds.begin());
    std::vector<PresentValue> pv;
    for (std::size_t r = 0; r < replications; ++r)
      pv.push_back(present_value(*study.plan, study.plan->scenarios[k],
                                 study.simulation.ledgers[k * replications + r]));
    return pv;
  };
  for (const auto& name : names) {
    const std::string against = compared_with(model, name);
    study.comparisons.push_back(contrast(name, against, values(name), values(against), level));
  }
  return study;
}

}  // namespace goodwill

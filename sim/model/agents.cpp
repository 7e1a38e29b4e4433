#include "sim/model/agents.hpp"

#include <algorithm>
#include <cmath>

#include "sim/model/scalar.hpp"

namespace goodwill {
namespace {

constexpr double fewest = 200;        // of a segment, or all
constexpr double same_weight = 1.05;  // as good as equal

/// Agents from which on every segment is simulated in proportion; empty: only all would do.
std::string enough_agents(const Model& model) {
  double people = 0, smallest = 0;
  for (std::size_t s = 0; s < model.segments.size(); ++s) {
    const double count = model.segments.items[s].second.count;
    people += people_of(model, s);
    if (count > 0 && (smallest == 0 || count < smallest)) smallest = count;
  }
  const std::string all =
      "agents: all, which are " + format_scalar(std::round(people), Unit::count) + " people";
  const double enough = smallest > 0 ? std::ceil(fewest * people / smallest) : people;
  return enough < people ? "agents: " + format_scalar(enough, Unit::count) + " or more, or " + all : all;
}

}  // namespace

double people_of(const Model& model, std::size_t segment) {
  const auto& [name, definition] = model.segments.items[segment];
  const Number* size = model.market ? model.market->size_of(name, model.segments.size()) : nullptr;
  return size ? size->value : definition.count.value;
}

double wanted_agents(const Model& model, double people, double share) {
  return model.agents_all ? people
                          : std::min(people, (model.agents ? model.agents->value : 20'000.0) * share);
}

double agents_of(const Model& model, double customers, double wanted, double people) {
  return model.agents_all ? customers
                          : std::min(customers, std::max(std::round(wanted * customers / people), fewest));
}

std::string unequal_people(const Model& model, const std::vector<double>& weights) {
  const auto [low, high] = std::minmax_element(weights.begin(), weights.end());
  if (*high <= same_weight * *low) return {};
  const auto stands = [&](const auto& weight) {
    const auto& name = model.segments.items[static_cast<std::size_t>(weight - weights.begin())].first;
    return "of '" + name + "' for " + format_scalar(std::round(*weight * 100) / 100, Unit::plain);
  };
  return "each simulated customer is one person, so all must stand for as many customers; those " +
         stands(low) + ", those " + stands(high) + " (give " + enough_agents(model) + ")";
}

}  // namespace goodwill

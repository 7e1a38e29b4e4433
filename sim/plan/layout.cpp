// Numbering: which counters a model has, and where they stand in a row of the ledger.
#include <algorithm>
#include <cmath>

#include "sim/plan/compile.hpp"

namespace goodwill {
namespace {

/// The largest amount of money one customer can turn over in one period, so that no sum of a study can overflow.
double largest_amount(const Model& model) {
  double most = 1;
  const auto see = [&](double amount) { most = std::max(most, std::abs(amount)); };
  for (const auto& [name, stage] : model.stages) {
    see(stage.fee);
    see(stage.service_cost);
  }
  const auto contact = [&](const Touchpoint& t) {
    see(t.cost);
    see(t.recovery_cost);
    see(t.earns);
  };
  for (const auto& [name, channel] : model.channels) contact(channel);
  for (const auto& [name, journey] : model.journeys)
    for (const auto& [place, t] : journey.touchpoints) contact(t);
  for (const auto& [name, segment] : model.segments) {
    see(segment.acquisition_cost);
    for (const auto& change : segment.changes) see(change.value);
  }
  const auto owner = [&](const Investment& i) {
    see(i.cost.per_customer);
    for (const auto& [path, amount] : i.cost.each) see(amount);
    for (const auto& change : i.changes) see(change.value);
  };
  for (const auto& [name, i] : model.investments) owner(i);
  for (const auto& [name, e] : model.events) owner(e);
  if (model.orders) see(model.orders->value * (1 + 10 * model.orders->value_cv));
  return most;
}

}  // namespace

Layout make_layout(const Model& model) {
  Layout l;
  l.segments = static_cast<int>(model.segments.size());
  l.periods = static_cast<int>(model.horizon);
  l.stages = static_cast<int>(model.stages.size());
  int at = fixed_counters + l.stages;
  l.moves_at = at;
  for (const auto& [name, stage] : model.stages) {
    l.stage_names.push_back(name);
    l.move_names.push_back(name + ".lost");
    for (const auto& [target, move] : stage.moves) l.move_names.push_back(name + "." + target);
  }
  at += static_cast<int>(l.move_names.size());
  l.journeys_at = at;
  for (const auto& [name, journey] : model.journeys) {
    l.journey_names.push_back(name);
    for (const auto& [place, touchpoint] : journey.touchpoints) l.touchpoint_names.push_back(name + "." + place);
  }
  at += 2 * static_cast<int>(l.journey_names.size());
  l.touchpoints_at = at;
  at += 3 * static_cast<int>(l.touchpoint_names.size());
  l.responses_at = at;
  for_each_response(model, [&](const std::string& path, const Response& r) {
    l.response_names.push_back(path);
    l.response_is_rate.push_back(r.rate);
  });
  at += 2 * static_cast<int>(l.response_names.size());
  l.investments_at = at;
  for (const auto& [name, i] : model.investments) l.investment_names.push_back(name);
  for (const auto& [name, e] : model.events) l.investment_names.push_back(name);
  at += static_cast<int>(l.investment_names.size());
  l.treated_at = at;
  l.counters = at + static_cast<int>(l.investment_names.size());
  // 2^62 holds the largest amount for 2^40 customer-touchpoints; at least 2^-4 and at most 2^-20 of a currency unit.
  l.money_scale = std::clamp(22 - static_cast<int>(std::ceil(std::log2(largest_amount(model)))), 4, 20);
  return l;
}

int stage_index(const Model& model, const std::string& name) {
  return name == "lost" ? static_cast<int>(model.stages.size()) : model.stages.index(name);
}

int segment_stage(const Model& model, const Segment& segment) {
  if (!segment.stage.empty()) return stage_index(model, segment.stage);
  for (std::size_t k = 0; k < model.stages.size(); ++k)
    if (model.stages.items[k].second.kind == Stage::Kind::customer) return static_cast<int>(k);
  return 0;
}

std::uint32_t customer_stages(const Model& model) {
  std::uint32_t set = 0;
  for (std::size_t k = 0; k < model.stages.size(); ++k)
    if (model.stages.items[k].second.kind == Stage::Kind::customer) set |= 1u << k;
  return set;
}

}  // namespace goodwill

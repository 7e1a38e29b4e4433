// Numbering: which counters a model has, and where they stand in a row of the ledger.
#include <algorithm>
#include <cmath>

#include "sim/model/path.hpp"
#include "sim/plan/compile.hpp"

namespace goodwill {
namespace {

/// The largest amount of money that one event of one customer can move.
double largest_amount(const Model& model) {
  double most = 1, factor = 1;
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
  const PathIndex index(model);
  const auto changes = [&](const std::vector<Change>& list) {
    for (const auto& change : list) {
      const auto found = index.find(change.path, PathIndex::Purpose::change);
      if (found.places.empty() || found.places.front()->field == nullptr) continue;
      const Unit unit = found.places.front()->field->unit;
      if (unit != Unit::money && unit != Unit::money_per_period) continue;
      if (change.op == Change::Op::times)
        factor *= std::max(1.0, std::abs(change.value.value));
      else
        see(change.value);
    }
  };
  for (const auto& [name, segment] : model.segments) {
    see(segment.acquisition_cost);
    changes(segment.changes);
  }
  for (const auto* owners : {&model.investments, &model.events})
    for (const auto& [name, owner] : *owners) {
      see(owner.cost.per_customer);
      for (const auto& [path, amount] : owner.cost.each) see(amount);
      changes(owner.changes);
    }
  if (model.orders) see(model.orders->value * (1 + 10 * model.orders->value_cv));
  return most * factor;
}

/// Simulated customers at most: base, arrivals, and as many again for referrals.
double most_customers(const Model& model) {
  double base = 0, arrivals = 0;
  for (const auto& [name, segment] : model.segments) {
    base += segment.count;
    arrivals += segment.arrivals * model.horizon;
  }
  const double all = std::max(1.0, base + arrivals);
  const double wanted = model.agents_all ? all : model.agents ? model.agents->value : 20'000.0;
  return 2 * std::min(all, wanted * (base > 0 ? all / base : 1) +
                               200.0 * static_cast<double>(model.segments.size()));
}

}  // namespace

Layout make_layout(const Model& model, bool experiences) {
  Layout l;
  l.segments = static_cast<int>(model.segments.size());
  l.periods = static_cast<int>(model.horizon);
  l.stages = static_cast<int>(model.stages.size());
  int at = fixed_counters + l.stages;
  l.moves_at = at;
  for (const auto& [name, stage] : model.stages) {
    l.stage_names.push_back(name);
    l.move_names.push_back(name + ".lost");
    for (const auto& [target, move] : stage.moves)
      if (target != "lost") l.move_names.push_back(name + "." + target);
  }
  at += static_cast<int>(l.move_names.size());
  l.journeys_at = at;
  for (const auto& [name, journey] : model.journeys) {
    l.journey_names.push_back(name);
    for (const auto& [place, touchpoint] : journey.touchpoints)
      l.touchpoint_names.push_back(name + "." + place);
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
  at += static_cast<int>(l.investment_names.size());
  if (experiences) {
    l.experiences_at = at;
    at += 3 * static_cast<int>(l.touchpoint_names.size());
  }
  l.counters = at;
  // As fine as the sums of one period allow: 2^62 for 64 events of every customer; 2^-30 is finer than
  // anybody needs.
  const double orders = model.orders ? std::max(1.0, 10 * model.orders->rate.level) : 1;
  const int bits =
      std::ilogb(largest_amount(model)) + std::ilogb(most_customers(model)) + std::ilogb(orders) + 3 + 6;
  l.money_scale = std::clamp(62 - bits, 4, 30);
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

std::uint32_t stages_of(const Model& model, Stage::Kind kind) {
  std::uint32_t set = 0;
  for (std::size_t k = 0; k < model.stages.size(); ++k)
    if (model.stages.items[k].second.kind == kind) set |= 1u << k;
  return set;
}

}  // namespace goodwill

// Numbering: which counters a model has, and where they stand in a row of the ledger.
#include <algorithm>

#include "sim/plan/compile.hpp"

namespace goodwill {

Layout make_layout(const Model& model, bool experiences, bool bands) {
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
  at += journey_counters * static_cast<int>(l.journey_names.size());
  l.touchpoints_at = at;
  at += 3 * static_cast<int>(l.touchpoint_names.size());
  l.responses_at = at;
  for_each_response(model, [&](const std::string& path, const Response& r) {
    l.response_names.push_back(path);
    l.response_is_rate.push_back(r.rate);
  });
  at += 2 * static_cast<int>(l.response_names.size());
  l.measures_at = at;
  at += 2 * static_cast<int>(l.journey_names.size());
  l.costs_at = at;
  for (const auto& [name, i] : model.investments) l.investment_names.push_back(name);
  for (const auto& [name, e] : model.events) l.investment_names.push_back(name);
  at += (cost_kinds - firm_costs) * static_cast<int>(l.investment_names.size());
  l.treated_at = at;
  at += static_cast<int>(l.investment_names.size());
  if (!model.teams.empty()) {
    l.full_at = at;
    at += static_cast<int>(l.touchpoint_names.size());
  }
  for (const auto& [name, team] : model.teams) l.team_names.push_back(name);
  if (model.word_of_mouth) {
    l.words_at = at;
    at += message_kinds;
  }
  if (std::ranges::any_of(model.segments, [](const auto& s) { return s.second.spend > 0; })) {
    l.spend_at = at;
    at += l.stages + static_cast<int>(l.touchpoint_names.size());
  }
  if (bands) {
    l.bands_at = at;
    for_each_response(model, [&](const std::string&, const Response& r) {
      const bool has_bands = r.form == Response::Form::table || r.form == Response::Form::beta;
      l.band_at.push_back(has_bands ? at : -1);
      const int n = !has_bands                       ? 0
                    : r.form == Response::Form::beta ? l.periods + 1
                                                     : static_cast<int>(r.levels());
      l.bands += n;
      at += 2 * n;
    });
  }
  if (experiences) {
    l.experiences_at = at;
    at += 3 * static_cast<int>(l.touchpoint_names.size());
  }
  l.counters = at;
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

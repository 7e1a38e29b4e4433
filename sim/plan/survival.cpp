#include "sim/plan/survival.hpp"

#include <algorithm>

#include "sim/plan/coupling.hpp"
#include "sim/plan/plan.hpp"

namespace goodwill {
namespace {

bool is_luck(const Response& r) {
  const auto between = [](double p) { return p > 0 && p < 1; };
  switch (r.form) {
  case Response::Form::beta:
    return true;
  case Response::Form::table:
    return std::any_of(r.table.begin(), r.table.end(), [&](const auto& row) { return between(row.second); });
  default:
    return between(r.level);
  }
}

}  // namespace

bool survival_weights_serve(const Model& model) {
  if (!coupled_by(model).empty()) return false;
  const std::vector<Model> segments = make_segment_models(model, {}, ChangeSet(model));
  return std::any_of(segments.begin(), segments.end(), [](const Model& m) {
    return std::any_of(m.stages.begin(), m.stages.end(),
                       [](const auto& stage) { return is_luck(stage.second.churn); });
  });
}

}  // namespace goodwill

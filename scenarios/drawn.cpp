// A model at values of its assumptions.
#include <cmath>
#include <string>
#include <unordered_map>

#include "scenarios/assumptions.hpp"
#include "sim/change/change.hpp"
#include "sim/change/numbers.hpp"
#include "sim/check/check.hpp"

namespace goodwill {
namespace {

const std::string another_firm =
    "its segments, stages or responses are not those of the firm as it is, so that it cannot keep the levels "
    "anchored for it; it describes another firm, which needs levels of its own";

}  // namespace

Model at_values(const Model& model, const std::vector<double>& values) {
  if (values.size() != model.assumptions.size())
    throw ModelError("expected a value for each of the " + std::to_string(model.assumptions.size()) +
                     " assumptions, found " + std::to_string(values.size()));
  Model drawn = model;
  std::vector<Problem> problems;
  Findings found(model.files, problems);
  std::unordered_map<std::string, std::size_t> index;
  for (const auto& [name, a] : model.assumptions) index.emplace(name, index.size());
  for_each_number(drawn, [&](const NumberPlace& place) {
    Number& n = place.number;
    const auto i = n.assumption.empty() ? index.end() : index.find(n.assumption);
    if (i == index.end()) return;
    n.value = used_at(values[i->second], place.accept);
    if (!std::isfinite(n.value) || !within(n.value, place.accept))
      found.problem(n.mark, place.path,
                    "'$" + n.assumption + "' is " + value_text(n.value, place.accept) +
                        " in this draw; accepted: " + bounds_text(place.accept));
    n.assumption.clear();
  });
  if (problems.empty()) check(drawn, found);
  if (!problems.empty()) throw ModelError(std::move(problems));
  return drawn;
}

Anchors shifted(const Model& best, const Model& drawn, const Anchors& anchors) {
  const ChangeSet changes_of_best(best), changes_of_drawn(drawn);
  const std::vector<Model> from = make_segment_models(best, {}, changes_of_best);
  const std::vector<Model> to = make_segment_models(drawn, {}, changes_of_drawn);
  if (from.size() != to.size()) throw ModelError(another_firm);
  Anchors out = anchors;
  for (std::size_t s = 0; s < from.size(); ++s) {
    std::vector<const Response*> asked;
    for_each_response(from[s], [&](const std::string&, const Response& r) { asked.push_back(&r); });
    std::vector<double>& levels = out.segments[s].solved;
    const auto move = [&](double& solved, const Number& before, const Number& after, bool rate,
                          const std::string& path) {
      if (std::isnan(solved) || before.value == after.value) return;
      solved += on_link_scale(after, rate) - on_link_scale(before, rate);
      if (!std::isfinite(solved))
        throw ModelError({problem_at(drawn.files, after.mark, path,
                                     "an observed average of " + std::to_string(after) +
                                         " has no level; an average lies strictly inside its bounds")});
    };
    std::size_t k = 0, row = asked.size();
    for_each_response(to[s], [&](const std::string& path, const Response& r) {
      if (k == asked.size() || asked[k]->form != r.form || asked[k]->levels() != r.levels())
        throw ModelError(another_firm);
      const Response& before = *asked[k];
      if (r.form == Response::Form::average) move(levels[k], before.level, r.level, r.rate, path);
      ++k;
      for (std::size_t i = 0; i < r.table.size() && row < levels.size(); ++i)
        move(levels[row++], before.table[i].second, r.table[i].second, r.rate, path);
    });
    if (k != asked.size()) throw ModelError(another_firm);
  }
  return out;
}

}  // namespace goodwill

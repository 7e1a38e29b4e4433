// An anchoring as plain data, so that it can be copied, sent and saved; and back, if it fits its model.
#include <algorithm>
#include <cmath>

#include "python/bindings/simulation.hpp"
#include "sim/plan/compile.hpp"

namespace goodwill {
namespace {

bool rising(const std::vector<double>& cdf) {
  return std::is_sorted(cdf.begin(), cdf.end()) &&
         std::all_of(cdf.begin(), cdf.end(), [](double p) { return p >= 0 && p <= 1 + 1e-9; });
}

/// The plan relies on these properties and does not check them; data from outside may lack them.
bool fits(const Anchors& anchors, const Model& model) {
  std::size_t responses = 0, rows = 0;
  for_each_response(model,
                    [&](const std::string&, const Response& r) { ++responses, rows += r.table.size(); });
  const auto oldest = static_cast<std::size_t>(1000 * model.periods_per_year());
  const auto one_fits = [&](const SegmentAnchor& a) {
    const bool all_levels = a.solved.size() == responses || a.solved.size() == responses + rows;
    return all_levels && a.state.size() == responses && a.tenure_cdf.size() <= oldest &&
           rising(a.tenure_cdf) &&
           std::none_of(a.solved.begin(), a.solved.end(), [](double x) { return std::isinf(x); }) &&
           std::all_of(a.state.begin(), a.state.end(), [](double x) { return std::isfinite(x); });
  };
  return anchors.segments.size() == model.segments.size() &&
         (anchors.loads.empty() || anchors.loads.size() == model.teams.size()) &&
         std::all_of(anchors.loads.begin(), anchors.loads.end(),
                     [](double x) { return std::isfinite(x) && x >= 0; }) &&
         (anchors.spoken.empty() || anchors.spoken.size() == model.segments.size() * message_kinds) &&
         std::all_of(anchors.spoken.begin(), anchors.spoken.end(),
                     [](double x) { return std::isfinite(x) && x >= 0; }) &&
         std::isfinite(anchors.survey_bias) &&
         std::all_of(anchors.segments.begin(), anchors.segments.end(), one_fits);
}

}  // namespace

PlainAnchoring plain(const Anchoring& a) {
  PlainAnchoring all{{},
                     a.anchors.survey_bias,
                     {},
                     a.rounds,
                     a.error,
                     a.nps_error,
                     a.converged,
                     a.anchors.loads,
                     a.anchors.spoken};
  for (const SegmentAnchor& s : a.anchors.segments)
    std::get<0>(all).emplace_back(s.solved, s.state, s.tenure_cdf);
  for (const Anchored& f : a.figures) std::get<2>(all).emplace_back(f.segment, f.path, f.asked, f.got);
  return all;
}

Anchoring restored(const Model& model, const PlainAnchoring& all) {
  const auto& [segments, survey_bias, figures, rounds, error, nps_error, converged, loads, spoken] = all;
  Anchoring a{{{}, survey_bias, loads, spoken}, {}, rounds, error, nps_error, converged};
  for (const auto& [solved, state, cdf] : segments) a.anchors.segments.push_back({solved, state, cdf});
  for (const auto& [segment, path, asked, got] : figures) a.figures.push_back({segment, path, asked, got});
  if (!fits(a.anchors, model)) throw ModelError("these anchored levels are not those of this model");
  return a;
}

}  // namespace goodwill

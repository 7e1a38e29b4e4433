// The models of the segments as they are lived: anchored levels, the segment's own changes, inheritance, and
// what interventions change.
#pragma once

#include <vector>

#include "sim/change/change.hpp"
#include "sim/model/model.hpp"

namespace goodwill {

/// What anchoring found for one segment.
struct SegmentAnchor {
  /// Levels on the link scale, by response; NaN: not anchored. Where a table by tenure is, the levels of the
  /// rows of all tables follow.
  std::vector<double> solved;
  std::vector<double> state;  ///< what satisfaction, trust and memory add to each level on average; empty: 0
  /// P(age of the base <= k periods), k = 0, 1, ...; empty: the steady state.
  std::vector<double> tenure_cdf;
};
struct Anchors {
  std::vector<SegmentAnchor> segments;
  double survey_bias = 0;
  // Of the periods before the first; empty: none.
  std::vector<double> loads;   ///< contacts that come to each team
  std::vector<double> spoken;  ///< good and bad messages that one person hears, by segment
};

/// The model without investments, events, scenarios, assumptions and goals. Those can be many, and a copy is
/// made for each segment.
Model without_what_if(const Model& model);
/// One segment's model under these changes of interventions, from a model without_what_if(). Throws
/// ModelError where they leave the bounds of a field.
Model segment_model(const Model& lived, const Anchors& anchors, const ChangeSet& changes, std::size_t segment,
                    const std::vector<TimedChange>& interventions);
/// Every segment's model, without any intervention.
std::vector<Model> make_segment_models(const Model& model, const Anchors& anchors, const ChangeSet& changes);
/// Periods of a customer's past that are lived in full: two years, or as far as something in the segment's
/// model or in an intervention of the whole `model` looks back, ten years at most.
int lived_past(const Model& own, const Model& model);

}  // namespace goodwill

// What no single field shows: whether names exist, touchpoints are reached, changes make sense.
#pragma once

#include "sim/model/findings.hpp"

namespace goodwill {

/// Adds every problem of a model that has been read completely.
void check(const Model& model, Findings& found);
/// The part of `check` about names, targets and reachability.
void check_names(const Model& model, Findings& found);
/// The part of `check` about assumptions: their quantiles, uses and correlations.
void check_assumptions(const Model& model, Findings& found);
/// The part of `check` that tries every investment on every segment: what comes out must be a valid model.
void try_changes(const Model& model, Findings& found);
/// The part of `check` about goals: indicators, and figures within their reach.
void check_goals(const Model& model, Findings& found);

}  // namespace goodwill

// What no single field shows: whether names exist, touchpoints are reached, changes make sense.
#pragma once

#include "sim/model/findings.hpp"

namespace goodwill {

/// Adds every problem of a model that has been read completely.
void check(const Model& model, Findings& found);
/// The part of `check` about names, targets and reachability.
void check_names(const Model& model, Findings& found);
/// The part of `check` about word of mouth: who hears whom, and whether anybody says anything.
void check_words(const Model& model, Findings& found);
/// The part of `check` about what customers spend.
void check_spend(const Model& model, Findings& found);
/// The part of `check` about when interventions begin and end.
void check_beginnings(const Model& model, Findings& found);
/// The part of `check` about assumptions: their quantiles, uses and correlations.
void check_assumptions(const Model& model, Findings& found);
/// The part of `check` that tries the changes of segments, investments and events: what comes out must be a
/// valid model.
void try_changes(const Model& model, Findings& found);
/// The part of `check` about goals: known indicators, periods within the horizon,
/// limits that can both be met.
void check_goals(const Model& model, Findings& found);

/// No part of `check`, because other agents may be asked for than those of the file: whether those simulated
/// can be the people of a network. Of a model without other problems.
void check_agents(const Model& model, Findings& found);

}  // namespace goodwill

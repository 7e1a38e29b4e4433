// The register of assumptions: how each uncertain number is distributed, joint draws of all of them, and the
// model at such a draw.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/metalog.hpp"
#include "sim/plan/plan.hpp"

namespace goodwill {

/// Where each assumption is used, in model order: full paths
/// (`investments.coaching.changes.phone.quality.add`).
std::vector<std::vector<std::string>> uses(const Model& model);

/// Whether each assumption is used, and only for shares of a whole (probabilities, margins), which people
/// read in percent. One that multiplies a share is a plain factor, not a share.
std::vector<bool> are_shares(const Model& model);

/// The scale on which low, best and high of an assumption are spread, in model order: the narrowest its uses
/// ask for; of one that nothing uses, the widest on which they are possible. Factors (`times`, `odds`) are on
/// the log scale and additions (`add`) on the plain one. Any other use follows the bounds of its field: from
/// 0 to 1 log-odds; not below 0 log, unless in points; otherwise plain.
std::vector<Scale> scales(const Model& model);

/// The value below which the assumption lies with probability p, 0 < p < 1, in the unit of its uses and per
/// period of the model. Throws ModelError: low, best and high that no metalog on their scale meets.
double quantile(const Model& model, int assumption, double p);

/// What is wrong with the distributions, each at its assumption: quantiles that its scale or the metalog
/// cannot meet, correlations that contradict each other, and a 5 or 95 % quantile that a use does not accept
/// while all other assumptions are at their best values.
std::vector<Problem> check_distributions(const Model& model);

/// The share of its draws in which each assumption is held at a bound, in model order, because the places
/// where it is used do not accept values further out. Throws ModelError: what check_distributions finds.
std::vector<double> held(const Model& model);

/// Whether a draw of the assumptions can make a difference to the world of a scenario (or `baseline`): one is
/// used by the firm, or by an investment or event of the scenario.
bool is_uncertain(const Model& model, const std::string& scenario);

/// Draws [first, first + n) of the joint distribution: draws x assumptions, in model order. Draw k does not
/// depend on which others are drawn. The draws are dealt to sets (draw_sets): each set is a Sobol sequence
/// with its own random digital shift (L'Ecuyer and Lemieux 2002). A Gaussian copula makes them dependent. A
/// value that a use does not accept is replaced by the last one that it accepts, see held(). Throws
/// ModelError: what check_distributions finds; more assumptions than Sobol numbers have dimensions.
std::vector<std::vector<double>> draw_assumptions(const Model& model, std::uint64_t seed, int first, int n);

/// A copy in which every `$name` is replaced by the value of that assumption (`values` in model order),
/// rounded where periods are counted. Throws ModelError: a value that its place does not accept, or a model
/// that is wrong with these values.
Model at_values(const Model& model, const std::vector<double>& values);

/// Levels anchored for `best`, carried over to `drawn`, a model of the same layout: where the observed
/// average of a response differs, its level moves by the difference on the link scale; all other levels keep
/// their bits. Throws ModelError: an average at a bound, which has no level; other segments or responses.
Anchors shifted(const Model& best, const Model& drawn, const Anchors& anchors);

}  // namespace goodwill

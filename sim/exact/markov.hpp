// Whether a model is a Markov chain with rewards, so that its expectation can be computed without simulation.
#pragma once

#include <string>
#include <vector>

#include "sim/model/model.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

struct Intervention;

/// Everything in the segments' models, as they are and as changed by each of these investments and events,
/// that makes a customer's future depend on more than segment, treatment, stage and tenure. Empty: the model
/// is a Markov chain.
std::vector<Problem> not_markov(const Model& model, const std::vector<Intervention>& interventions);

}  // namespace goodwill

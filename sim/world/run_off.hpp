// How long the run-off lasts, after which nothing is counted: the same for all scenarios.
#pragma once

#include "sim/world/simulate.hpp"

namespace goodwill {

/// Periods after the horizon until 99.9 % of those there at the baseline's horizon are lost, at most a
/// hundred years. Found on a sample of fixed size with luck of its own, so it depends on the model alone: not
/// on the seed, the number of agents, the threads or the scenarios.
int run_off_periods(const Model& model, const Anchors& anchors, int threads = 0, Cancel cancel = nullptr);

}  // namespace goodwill

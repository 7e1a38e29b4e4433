// The comparison of scenarios on the same customers with the same luck.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/finance.hpp"
#include "sim/world/anchor.hpp"

namespace goodwill {

/// One scenario against another: paired over replications.
struct Comparison {
  std::string scenario, against;
  int replications = 0;
  Interval npv;            ///< incremental contribution less incremental cost, present value
  Interval contribution;   ///< incremental
  Interval cost;           ///< incremental, of investments
  Ratio roi;               ///< (contribution - cost) / cost; NaN without cost
  double correlation = 0;  ///< of the two worlds' net present values over replications
  double p_positive = 0, p_zero = 0, p_negative = 0;  ///< share of replications by the sign of the NPV
};

struct Study {
  std::shared_ptr<const Plan> plan;
  SimulationResult simulation;
  std::vector<Comparison> comparisons;
};

/// Runs all scenarios, with those they are compared with, as one pool of tasks. `names` empty: all of the
/// model. Throws ModelError: unknown scenario.
Study compare(const Model& model, const Anchors& anchors, std::vector<std::string> names,
              const SimulationOptions& options, double level = 0.95);

}  // namespace goodwill

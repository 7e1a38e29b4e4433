// What a firm observes, as figures that anchoring can ask for.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// Whether the probabilities (or rates) of a response differ between customers beyond its table or beta law.
bool varies(const Response& r, const Segment& segment);
/// Whether a level can be reproduced: 0 % and 100 % stay what they are.
bool is_open(double level, bool rate);
/// The firm when all its customers have just joined.
Model fresh_cohort(Model model);
/// Leaves of each beta law the law alone, in every segment.
void forget_effects_on_beta(Model& model);

/// P(age <= k) of a geometric age on 1, 2, ... (below a mean of 1: 0 or 1).
std::vector<double> geometric_cdf(double mean, std::size_t most);
std::vector<double> exact_cdf(double tenure);

/// Those who respond in one segment: their weight by satisfaction, and the noise of their answers.
struct Respondents {
  std::vector<double> weight;
  double noise;
};
double measured_nps(const std::vector<Respondents>& groups, double bias);
/// The answer bias at which the measured NPS of all is as asked.
double solve_bias(const std::vector<Respondents>& groups, double asked);

}  // namespace goodwill

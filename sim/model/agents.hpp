// How many customers are simulated.
#pragma once

#include <string>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// People of a segment: its customers, or all of its market.
double people_of(const Model& model, std::size_t segment);

/// Of all people, how many the model wants simulated; `share`: of its agents.
double wanted_agents(const Model& model, double people, double share = 1);

/// Customers simulated of a segment that has so many, where `wanted` of all `people` are.
double agents_of(const Model& model, double customers, double wanted, double people);

/// On a network each simulated customer is one person, so all must stand for as many. Says which segments do
/// not, of these weights, and how many agents would do; empty: all do.
std::string unequal_people(const Model& model, const std::vector<double>& weights);

}  // namespace goodwill

// The courses of all worlds of a simulation: shared where nothing depends on chance.
#pragma once

#include <memory>
#include <vector>

#include "sim/plan/plan.hpp"
#include "sim/random/decision.hpp"

namespace goodwill {

/// The course of a scenario in the world that has this key. The luck of a period is that of every scenario.
Course drawn_course(const Plan& plan, const ScenarioPlan& scenario, const Key& key);

/// [scenario x replications + replication]
using Courses = std::vector<std::shared_ptr<const Course>>;

}  // namespace goodwill

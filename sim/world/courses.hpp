// The courses of all worlds of a simulation: shared where they are the same.
#pragma once

#include <memory>
#include <vector>

#include "sim/plan/plan.hpp"
#include "sim/random/decision.hpp"
#include "sim/world/triggers.hpp"

namespace goodwill {

/// What begins in the next period of a course in the world that has this key. The luck of a period is that of
/// every scenario. Without `seen` nothing begins by what is seen.
std::vector<bool> beginning(const ScenarioPlan& scenario, const Key& key, const Course& course,
                            const Triggers* seen = nullptr);

/// The course of a scenario without triggers.
Course drawn_course(const Plan& plan, const ScenarioPlan& scenario, const Key& key);

/// [scenario x replications + replication]
using Courses = std::vector<std::shared_ptr<const Course>>;

}  // namespace goodwill

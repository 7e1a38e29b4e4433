#include "sim/world/courses.hpp"

#include "sim/world/joiner.hpp"

namespace goodwill {

std::vector<bool> beginning(const ScenarioPlan& scenario, const Key& key, const Course& course,
                            const Triggers* seen) {
  const int t = course.periods() + 1;
  const auto by_luck = [&](const Intervention& one) {
    const Words luck =
        draw_for(key, name_hash(one.name), static_cast<std::uint32_t>(t), purpose(Decision::chance));
    return uniform_of(luck) < one.chance[static_cast<std::size_t>(t - 1)];
  };
  std::vector<bool> begin(scenario.interventions.size());
  for (std::size_t k = 0; k < begin.size(); ++k) {
    const Intervention& one = scenario.interventions[k];
    if (one.is_known())
      begin[k] = one.begins(t);
    else if (!course.is_at_work(k))
      begin[k] = one.by_chance() ? by_luck(one) : seen != nullptr && seen->begins(k, t, course.began(k));
  }
  return begin;
}

Course drawn_course(const Plan& plan, const ScenarioPlan& scenario, const Key& key) {
  Course course(plan, scenario.interventions);
  for (int t = 1; t <= plan.horizon(); ++t) course.next(beginning(scenario, key, course));
  return course;
}

}  // namespace goodwill

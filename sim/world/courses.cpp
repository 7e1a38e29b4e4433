#include "sim/world/courses.hpp"

#include "sim/world/joiner.hpp"

namespace goodwill {

Course drawn_course(const Plan& plan, const ScenarioPlan& scenario, const Key& key) {
  Course course(plan, scenario.interventions);
  std::vector<bool> begin(scenario.interventions.size());
  for (int t = 1; t <= plan.horizon(); ++t) {
    for (std::size_t k = 0; k < begin.size(); ++k) {
      const Intervention& one = scenario.interventions[k];
      if (!one.by_chance()) {
        begin[k] = one.begins(t);
        continue;
      }
      const Words luck =
          draw_for(key, name_hash(one.name), static_cast<std::uint32_t>(t), purpose(Decision::chance));
      begin[k] = !course.is_at_work(k) && uniform_of(luck) < one.chance[static_cast<std::size_t>(t - 1)];
    }
    course.next(begin);
  }
  return course;
}

}  // namespace goodwill

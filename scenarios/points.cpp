#include "scenarios/points.hpp"

#include <span>

#include "scenarios/answering.hpp"
#include "sim/model/cancel.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

/// Points that are answered together: those of investments in groups, the others alone.
std::vector<std::span<const Point>> groups(const std::vector<Point>& points) {
  std::vector<std::span<const Point>> found;
  for (const Point& point : points) {
    const bool joins = point.of_investments && !found.empty() && found.back().front().of_investments &&
                       found.back().size() < points_together;
    if (joins)
      found.back() = {found.back().data(), found.back().size() + 1};
    else
      found.emplace_back(&point, 1);
  }
  return found;
}

/// Empty where they have to be answered one by one.
std::vector<std::vector<double>> together(const Answering& answering, std::span<const Point> points,
                                          int units) {
  std::vector<std::vector<double>> numbers;
  why_not([&] {  // each alone may find room, or is not the one that is wrong
    std::optional<PointWorlds> found = answering.together(points);
    if (!found) return;
    found->worlds.extend(units);
    numbers = answering.numbers(*found, points);
  });
  return numbers;
}

PointAnswer alone(const Answering& answering, const Point& point, int units) {
  PointAnswer answer;
  answer.error = why_not([&] {
    PointWorlds found = answering.alone(point);
    found.worlds.extend(units);
    answer.numbers = std::move(answering.numbers(found, {&point, 1}).front());
  });
  return answer;
}

}  // namespace

std::vector<PointAnswer> answers(const Model& model, const Anchors& anchors,
                                 const std::vector<std::string>& scenarios, const std::vector<Point>& points,
                                 const StudyOptions& options) {
  const Answering answering(model, anchors, scenarios, options);
  std::vector<PointAnswer> found(points.size());
  if (options.simulation.total) options.simulation.total->store(static_cast<std::int64_t>(points.size()));
  const std::vector<std::span<const Point>> all = groups(points);
  in_pool(options.simulation.threads, [&] {
    for_each_task(static_cast<std::int64_t>(all.size()), [&](std::int64_t i) {
      check_cancelled(options.simulation.cancel);
      const std::span<const Point> group = all[static_cast<std::size_t>(i)];
      PointAnswer* answer = &found[static_cast<std::size_t>(group.data() - points.data())];
      std::vector<std::vector<double>> shared;
      if (group.size() > 1) shared = together(answering, group, options.replications);
      for (std::size_t k = 0; k < group.size(); ++k)
        if (shared.empty())
          answer[k] = alone(answering, group[k], options.replications);
        else
          answer[k].numbers = std::move(shared[k]);
      if (options.simulation.done)
        options.simulation.done->fetch_add(static_cast<std::int64_t>(group.size()));
    });
  });
  return found;
}

}  // namespace goodwill

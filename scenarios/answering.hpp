// How points become worlds, and worlds the numbers of points; for points.cpp and shards.cpp.
#pragma once

#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenarios/points.hpp"
#include "sim/model/problem.hpp"

namespace goodwill {

/// Why points have no answer; empty: they have one.
template <class Find>
std::string why_not(Find&& find) {
  try {
    find();
    return "";
  } catch (const ModelError& error) {
    return error.what();
  } catch (const std::bad_alloc&) {
    return "there is not enough memory for this point";
  }
}

/// Points in one plan, and their worlds.
struct PointWorlds {
  std::vector<Model> models;  ///< of each point
  Worlds worlds;
  bool own_names = false;  ///< each point has scenarios of its own
};

class Answering {
public:
  Answering(const Model& model, const Anchors& anchors, const std::vector<std::string>& scenarios,
            const StudyOptions& options);

  /// The worlds of one point. Throws ModelError.
  PointWorlds alone(const Point& point) const;
  /// Of several points that differ in their investments alone: each has scenarios of its own in one model,
  /// with investments of their own that reach the same customers. None where the bits could be others than
  /// those of each alone. Throws ModelError where one of them cannot be simulated.
  std::optional<PointWorlds> together(std::span<const Point> points) const;
  /// PointAnswer::numbers of each point, from all units of these worlds.
  std::vector<std::vector<double>> numbers(const PointWorlds& found, std::span<const Point> points) const;

private:
  std::vector<double> numbers_of(const PointWorlds& found, std::size_t which, const Point& point) const;

  const Model& model_;
  const Anchors& anchors_;
  const std::vector<std::string>& scenarios_;
  StudyOptions options_;
};

}  // namespace goodwill

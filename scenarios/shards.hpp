// One replication of points of a sweep in shards: parts of its customers, which several processes live. The
// bits are those of `answers`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/points.hpp"

namespace goodwill {

/// What the customers of a shard leave behind in all worlds of the points, in whole numbers.
struct ShardAnswer {
  std::string error;  ///< why there is none; empty otherwise
  std::vector<std::int64_t> sums;
};

/// Lives shard `number` (from 0) of so many. Several points are simulated together, as `answers` does with
/// points of investments; where that cannot be, they have an error, and may have answers one by one. So do
/// points whose customers influence one another.
ShardAnswer answer_of_shard(const Model& model, const Anchors& anchors,
                            const std::vector<std::string>& scenarios, const std::vector<Point>& points,
                            const StudyOptions& options, int number, int shards);

/// Lives those who belong to no shard and adds what all shards left behind, given in their order; the answers
/// of `answers` for one replication.
std::vector<PointAnswer> answers_of_shards(const Model& model, const Anchors& anchors,
                                           const std::vector<std::string>& scenarios,
                                           const std::vector<Point>& points, const StudyOptions& options,
                                           const std::vector<std::vector<std::int64_t>>& shards);

}  // namespace goodwill

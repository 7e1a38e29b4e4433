#include "scenarios/shards.hpp"

#include <span>

#include "scenarios/answering.hpp"

namespace goodwill {
namespace {

PointWorlds worlds_in_shards(const Answering& answering, std::span<const Point> points) {
  std::optional<PointWorlds> found =
      points.size() == 1 ? answering.alone(points.front()) : answering.together(points);
  if (!found) throw ModelError("these points cannot be simulated together");
  std::string through;
  for (const std::string& what : found->worlds.plan().coupled_by)
    through += (through.empty() ? "" : " and ") + what;
  if (!through.empty())
    throw ModelError("shards need customers who do not influence one another, and these share " + through +
                     ": set shards to 1");
  return std::move(*found);
}

/// What shards leave behind, added up.
struct Sums {
  explicit Sums(const Plan& plan)
      : kept(plan.segments.size()), referred(plan.scenarios.size()),
        ledgers(plan.scenarios.size(), Ledger(plan.layout, false)) {}
  explicit Sums(SimulationResult result)
      : kept(std::move(result.base_customers)), referred(std::move(result.referred)),
        ledgers(std::move(result.ledgers)) {}

  std::vector<std::int64_t> plain() const {
    std::vector<std::int64_t> plain = kept;
    plain.insert(plain.end(), referred.begin(), referred.end());
    for (const Ledger& ledger : ledgers) ledger.write(plain);
    return plain;
  }

  void add(const Plan& plan, std::span<const std::int64_t> plain) {
    if (plain.size() < kept.size() + referred.size())
      throw std::logic_error("these are no sums of a shard: they are too few");
    for (std::int64_t& number : kept) number += take(plain);
    for (std::int64_t& number : referred) number += take(plain);
    for (Ledger& ledger : ledgers) {
      Ledger other(plan.layout, false);
      other.read(plain);
      ledger.merge(other);
    }
    if (!plain.empty()) throw std::logic_error("these are no sums of this shard: they are too many");
  }

  /// Whether the base had room for all whom the shards kept.
  bool fit(const Plan& plan) const {
    for (std::size_t s = 0; s < kept.size(); ++s)
      if (kept[s] > plan.segments[s].agents) return false;
    return true;
  }

  std::vector<std::int64_t> kept, referred;
  std::vector<Ledger> ledgers;

private:
  static std::int64_t take(std::span<const std::int64_t>& plain) {
    const std::int64_t first = plain.front();
    plain = plain.subspan(1);
    return first;
  }
};

}  // namespace

ShardAnswer answer_of_shard(const Model& model, const Anchors& anchors,
                            const std::vector<std::string>& scenarios, const std::vector<Point>& points,
                            const StudyOptions& options, int number, int shards) {
  const Answering answering(model, anchors, scenarios, options);
  ShardAnswer answer;
  answer.error = why_not([&] {
    const Worlds worlds = worlds_in_shards(answering, points).worlds;
    const Share share{number, shards, worlds.sure_candidates(shards)};
    answer.sums = Sums(worlds.simulate_next(&share)).plain();
  });
  return answer;
}

std::vector<PointAnswer> answers_of_shards(const Model& model, const Anchors& anchors,
                                           const std::vector<std::string>& scenarios,
                                           const std::vector<Point>& points, const StudyOptions& options,
                                           const std::vector<std::vector<std::int64_t>>& shards) {
  const Answering answering(model, anchors, scenarios, options);
  std::vector<PointAnswer> answers(points.size());
  const std::string error = why_not([&] {
    PointWorlds found = worlds_in_shards(answering, points);
    Worlds& worlds = found.worlds;
    const Plan& plan = worlds.plan();
    Sums sums(plan);
    for (const auto& shard : shards) sums.add(plan, shard);
    const int of = static_cast<int>(shards.size());
    const Share rest{of, of, worlds.sure_candidates(of), sums.kept, sums.referred};
    // Once in ten thousand times shards have lived some who do not belong to the base: then all begins anew.
    const bool fit = sums.fit(plan);
    SimulationResult result = worlds.simulate_next(fit ? &rest : nullptr);
    for (std::size_t k = 0; fit && k < sums.ledgers.size(); ++k) result.ledgers[k].merge(sums.ledgers[k]);
    worlds.add_next(result);
    auto numbers = answering.numbers(found, points);
    for (std::size_t k = 0; k < numbers.size(); ++k) answers[k].numbers = std::move(numbers[k]);
  });
  for (PointAnswer& answer : answers) answer.error = error;
  return answers;
}

}  // namespace goodwill

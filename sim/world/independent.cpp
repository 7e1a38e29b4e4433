#include "sim/world/independent.hpp"

#include <algorithm>

#include "sim/world/parallel.hpp"

namespace goodwill {

void Independent::base(Worker& worker, int replication, int segment, const std::vector<std::int32_t>& kept) {
  for (int k = 0; k < static_cast<int>(plan_.scenarios.size()); ++k)
    base_in(worker, replication, segment, k, kept);
}

void Independent::acquired(int replication, int segment, int scenario, std::int64_t first, std::int64_t n) {
  Workers::Loan worker(all_.workers);
  const std::vector<Joiner> joiners = all_.newcomers(replication, segment, scenario, first, n);
  live_joiners(*worker, replication, segment, scenario, Origin::acquired, joiners);
  done(periods_of(joiners));
}

std::int64_t Independent::periods_of(const std::vector<Joiner>& joiners) const {
  std::int64_t total = 0;
  for (const Joiner& j : joiners) total += plan_.horizon() - j.period + 1;
  return total;
}

void Independent::base_in(Worker& worker, int replication, int segment, int scenario,
                          const std::vector<std::int32_t>& kept) {
  const ScenarioPlan& world = plan_.scenarios[static_cast<std::size_t>(scenario)];
  const CustomerBlock& base = worker.base.block;
  std::vector<std::vector<std::int32_t>> groups(world.groups());
  if (groups.size() == 1) {
    groups[0] = kept;
  } else {
    const Key key = all_.setup.key(replication);
    for (const std::int32_t i : kept) groups[all_.group(world, segment, id_of(base, i), key)].push_back(i);
  }
  for (std::uint32_t mask = 0; mask < groups.size(); ++mask) {
    if (groups[mask].empty()) continue;
    worker.life.block.size = 0;
    append_lanes(base, groups[mask], worker.life.block);
    live(worker, {replication, segment, scenario, mask, Origin::initial}, {});
  }
  done(static_cast<std::int64_t>(kept.size()) * plan_.horizon());
}

void Independent::live(Worker& worker, const Group& group, const std::vector<Joiner>& joiners) {
  Lived lived(all_.setup, group.origin);
  Life life(all_.setup);
  life.begin(group, worker.life.block, joiners, lived);
  for (int t = life.first_period(); t <= plan_.last_period() && !life.over(); ++t)
    life.step(plan_.environment(t), worker.scratch);
  life.finish();
  all_.results.keep(group.replication, group.segment, group.scenario, group.origin, lived);
  std::vector<Joiner> next = life.take_referred();
  if (next.empty()) return;
  const int segment = plan_.segments[static_cast<std::size_t>(group.segment)].referral_segment;
  live_joiners(worker, group.replication, segment, group.scenario, Origin::referred, next);
}

void Independent::live_joiners(Worker& worker, int replication, int segment, int scenario, Origin origin,
                               const std::vector<Joiner>& joiners) {
  const ScenarioPlan& world = plan_.scenarios[static_cast<std::size_t>(scenario)];
  const Key key = all_.setup.key(replication);
  std::vector<std::vector<Joiner>> groups(world.groups());
  for (const Joiner& j : joiners) groups[all_.group(world, segment, j.id, key)].push_back(j);
  const auto capacity = static_cast<std::size_t>(options_.block);
  for (std::uint32_t mask = 0; mask < groups.size(); ++mask) {
    for (std::size_t from = 0; from < groups[mask].size(); from += capacity) {
      const std::size_t to = std::min(groups[mask].size(), from + capacity);
      worker.life.block.size = 0;
      live(worker, {replication, segment, scenario, mask, origin},
           {groups[mask].begin() + static_cast<std::ptrdiff_t>(from),
            groups[mask].begin() + static_cast<std::ptrdiff_t>(to)});
    }
  }
}

void Independent::done(std::int64_t customer_periods) {
  if (options_.done) options_.done->fetch_add(customer_periods, std::memory_order_relaxed);
}

void Independent::live() {
  const int scenarios = static_cast<int>(plan_.scenarios.size());
  struct Chunk {
    int replication, segment, scenario;  // scenario -1: the initial base, in all scenarios
    std::int64_t first, n;
  };
  std::vector<Chunk> chunks;
  for (int r = 0; r < options_.replications; ++r)
    for (int s = 0; s < static_cast<int>(plan_.segments.size()); ++s) {
      if (plan_.segments[static_cast<std::size_t>(s)].agents > 0) chunks.push_back({r, s, -1, 0, 0});
      for (int k = 0; k < scenarios; ++k) {
        const std::int64_t total = all_.count_acquired(r, s, k);
        const auto [from, n] =
            options_.share ? options_.share->part(total) : std::pair(std::int64_t{0}, total);
        for (std::int64_t at = from; at < from + n; at += options_.block)
          chunks.push_back({r, s, k, at, std::min<std::int64_t>(options_.block, from + n - at)});
      }
    }
  if (options_.total) {
    std::int64_t total = 0;
    for (const Chunk& c : chunks)
      total += c.scenario < 0
                   ? plan_.segments[static_cast<std::size_t>(c.segment)].agents * scenarios * plan_.horizon()
                   : periods_of(all_.newcomers(c.replication, c.segment, c.scenario, c.first, c.n));
    options_.total->store(total);
  }
  for_each_task(static_cast<std::int64_t>(chunks.size()), [&](std::int64_t i) {
    const Chunk& c = chunks[static_cast<std::size_t>(i)];
    if (c.scenario < 0)
      all_.gather(c.replication, c.segment,
                  [&](std::int64_t, Worker& worker, const std::vector<std::int32_t>& kept) {
                    base(worker, c.replication, c.segment, kept);
                  });
    else
      acquired(c.replication, c.segment, c.scenario, c.first, c.n);
  });
}

}  // namespace goodwill

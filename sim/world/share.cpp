#include "sim/world/share.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "sim/world/parallel.hpp"
#include "sim/world/population.hpp"

namespace goodwill {
namespace {

constexpr std::int64_t together = 4096, most = 65'536;  // candidates whose pasts are lived to find out
constexpr std::int64_t cost = 16;                       // at most 1 / cost of what a shard has to do
constexpr std::int64_t least_kept = 100;                // too few of them say nothing
constexpr double margin = 4;                            // standard errors

/// How many of `n` candidates are needed at least, if `kept` of the first `sample` are still here.
std::int64_t needed(double wanted, double kept, double sample) {
  const double share = kept / sample,
               error = margin * std::sqrt((1 - share) * (1 / kept + 1 / wanted));  // relative
  return static_cast<std::int64_t>(std::floor(wanted / share * std::max(0.0, 1 - error)));
}

}  // namespace

std::vector<std::int64_t> sure_candidates(const Plan& plan, const SimulationOptions& options, int shards) {
  SimulationOptions of_sample = options;
  of_sample.share = nullptr;
  of_sample.total = of_sample.done = nullptr;
  Population population(plan, of_sample);
  std::vector<std::int64_t> sure;
  in_pool(options.threads, [&] {
    for (std::size_t s = 0; s < plan.segments.size(); ++s) {
      const std::int64_t wanted = plan.segments[s].agents,
                         blocks = std::min(most, wanted / (cost * shards)) / together + 1;
      sure.push_back(wanted);  // there cannot be more of them than candidates
      if (wanted <= together) continue;
      std::atomic<std::int64_t> kept{0};
      for_each_task(blocks, [&](std::int64_t i) {
        Workers::Loan worker(population.workers);
        for (std::int64_t at = 0; at < together; at += options.block) {
          const std::int64_t n = std::min<std::int64_t>(options.block, together - at);
          kept += static_cast<std::int64_t>(
              population.base(*worker, 0, static_cast<int>(s), i * together + at, n, n).size());
        }
      });
      if (kept >= least_kept)
        sure[s] = std::max(wanted, needed(static_cast<double>(wanted), static_cast<double>(kept),
                                          static_cast<double>(blocks * together)));
    }
  });
  return sure;
}

}  // namespace goodwill

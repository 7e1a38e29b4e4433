#include "sim/world/memory.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <unistd.h>

#include "sim/model/problem.hpp"
#include "sim/world/worker.hpp"

namespace goodwill {
namespace {

constexpr double share = 0.5;  // of the machine

std::string gigabytes(double bytes) {
  const auto tenths = static_cast<std::int64_t>(std::ceil(bytes / 1e8));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

}  // namespace

double memory_limit() {
  double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  double allowed = 0;  // a container's; absent or `max`: none
  if (std::ifstream file("/sys/fs/cgroup/memory.max"); file >> allowed && allowed > 0)
    bytes = std::min(bytes, allowed);
  return share * bytes;
}

double ledger_bytes(const Layout& l, bool values) {
  const double rows = static_cast<double>(l.segments) * origins;
  double bytes = rows * l.periods * (8.0 * l.counters + sizeof(Sum) * l.moneys()) +
                 rows * l.run_off * (8.0 + 2 * sizeof(Sum));
  if (values)
    bytes += l.segments * (l.periods + 1.0) * l.periods * (8.0 + 2 * sizeof(Sum)) +
             rows * 8.0 * Distribution::size +
             1.0 * l.segments * l.segments * roots * generations * (16.0 + sizeof(Sum));
  return bytes;
}

double worker_bytes(const Layout& l, const SimulationOptions& options) {
  double bytes = l.periods * (8.0 * l.counters + sizeof(Sum) * l.moneys()) +
                 l.run_off * (8.0 + 2 * sizeof(Sum)) +
                 worker_arrays_bytes(options.block, {0, options.values, l.survival_weights, true});
  if (options.values) bytes += (l.periods + 1.0) * l.periods * (8.0 + 2 * sizeof(Sum));
  return bytes;
}

std::string sizes_of(const Layout& l) {
  return "a table of " + std::to_string(l.periods) + " periods (and " + std::to_string(l.run_off) +
         " after the horizon) x " + std::to_string(l.counters) + " counters x " + std::to_string(l.segments) +
         " segments";
}

void check_memory(double bytes, const std::string& what) {
  const double most = memory_limit();
  if (bytes <= most) return;
  throw ModelError("this needs about " + gigabytes(bytes) + " of memory, and may take " + gigabytes(most) +
                   ", half of the machine's; it is " + what);
}

}  // namespace goodwill

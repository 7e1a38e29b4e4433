// A counting sort in two steps. The rows are divided into buckets small enough for a cache: first everybody's
// neighbours go to the buckets, then each bucket is sorted into rows.
#include "sim/network/compress.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

struct Buckets {
  explicit Buckets(std::uint32_t n)
      : people(n), shift(std::clamp(static_cast<int>(std::bit_width(n)) - 8, 6, 16)),
        count((static_cast<std::int64_t>(n) + (std::int64_t{1} << shift) - 1) >> shift) {}

  std::uint32_t people;
  int shift;  // a bucket has 2^shift rows, at most 2^16
  std::int64_t count;
  std::uint32_t first_row(std::int64_t bucket) const { return static_cast<std::uint32_t>(bucket << shift); }
  std::uint32_t rows(std::int64_t bucket) const {
    return std::min(people - first_row(bucket), std::uint32_t{1} << shift);
  }
};

/// Calls put(row, target) for all the edges of a chunk.
template <class Put>
void each_target(const EdgeChunks& chunks, std::int64_t chunk, bool directed, const Put& put) {
  EdgeSink sink([&](std::span<const Edge> edges) {
    for (const Edge& e : edges) {
      put(e.from, e.to);
      if (!directed) put(e.to, e.from);
    }
  });
  chunks.produce(chunk, sink);
  sink.flush();
}

/// Where each chunk puts its first target into each bucket; then the number of all.
std::vector<std::uint64_t> places(const Buckets& buckets, const EdgeChunks& chunks, bool directed) {
  std::vector<std::uint64_t> place(static_cast<std::size_t>(chunks.count * buckets.count + 1));
  for_each_task(chunks.count, [&](std::int64_t chunk) {
    std::vector<std::uint64_t> found(static_cast<std::size_t>(buckets.count));
    std::uint64_t* const in = found.data();
    each_target(chunks, chunk, directed,
                [&](std::uint32_t row, std::uint32_t) { ++in[row >> buckets.shift]; });
    for (std::int64_t b = 0; b < buckets.count; ++b)
      place[static_cast<std::size_t>(b * chunks.count + chunk)] = in[b];
  });
  std::uint64_t before = 0;
  for (std::uint64_t& p : place) before += std::exchange(p, before);
  return place;
}

void sort_row(std::uint32_t* first, std::uint32_t* last) {
  if (last - first < 2) return;  // an empty row of an empty bucket is null
  if (last - first > 48) return std::sort(first, last);
  for (std::uint32_t* i = first + 1; i < last; ++i) {
    const std::uint32_t moved = *i;
    std::uint32_t* hole = i;
    for (; hole > first && hole[-1] > moved; --hole) *hole = hole[-1];
    *hole = moved;
  }
}

/// Sorts a bucket into rows, each without repetitions, and counts what remains of each row. `row_of` holds
/// the row of each target within the bucket.
std::uint64_t sort_bucket(std::span<std::uint32_t> targets, std::span<const std::uint16_t> row_of,
                          std::span<std::uint64_t> counts) {
  std::vector<std::uint32_t> ends(counts.size() + 1), sorted(targets.size());
  for (const std::uint16_t row : row_of) ++ends[row + 1u];
  for (std::size_t row = 1; row < ends.size(); ++row) ends[row] += ends[row - 1];
  std::uint32_t *const end = ends.data(), *const into = sorted.data();
  for (std::size_t i = 0; i < targets.size(); ++i) into[end[row_of[i]]++] = targets[i];

  std::uint32_t *first = into, *out = targets.data();
  for (std::size_t row = 0; row < counts.size(); ++row) {
    std::uint32_t* const last = into + end[row];
    sort_row(first, last);
    std::uint32_t* const until = std::unique_copy(first, last, out);
    counts[row] = static_cast<std::uint64_t>(until - out);
    first = last;
    out = until;
  }
  return static_cast<std::uint64_t>(out - targets.data());
}

}  // namespace

Network compress(std::uint32_t people, bool directed, const EdgeChunks& chunks) {
  const Buckets buckets(people);
  std::vector<std::uint64_t> place = places(buckets, chunks, directed);
  std::vector<std::uint64_t> begin;  // of each bucket
  for (std::int64_t b = 0; b <= buckets.count; ++b)
    begin.push_back(place[static_cast<std::size_t>(b * chunks.count)]);

  Network network;
  network.directed = directed;
  network.targets.resize(begin.back());
  network.offsets.resize(people + std::size_t{1});
  std::vector<std::uint16_t> row_of(begin.back());

  for_each_task(chunks.count, [&](std::int64_t chunk) {
    std::vector<std::uint64_t> next;
    for (std::int64_t b = 0; b < buckets.count; ++b)
      next.push_back(place[static_cast<std::size_t>(b * chunks.count + chunk)]);
    std::uint64_t* const at = next.data();
    std::uint32_t* const targets = network.targets.data();
    std::uint16_t* const rows = row_of.data();
    const std::uint32_t within = (1u << buckets.shift) - 1;
    each_target(chunks, chunk, directed, [&](std::uint32_t row, std::uint32_t target) {
      const std::uint64_t i = at[row >> buckets.shift]++;
      targets[i] = target;
      rows[i] = static_cast<std::uint16_t>(row & within);
    });
  });

  std::vector<std::uint64_t> kept(static_cast<std::size_t>(buckets.count));
  for_each_task(buckets.count, [&](std::int64_t b) {
    const auto k = static_cast<std::size_t>(b);
    const std::uint64_t first = begin[k], size = begin[k + 1] - first;
    kept[k] = sort_bucket({network.targets.data() + first, size}, {row_of.data() + first, size},
                          {network.offsets.data() + buckets.first_row(b) + 1, buckets.rows(b)});
  });

  std::uint64_t end = 0;  // closes the gaps that repetitions left
  for (std::size_t b = 0; b < kept.size(); ++b) {
    std::uint32_t* const all = network.targets.data();
    if (end != begin[b]) std::copy(all + begin[b], all + begin[b] + kept[b], all + end);
    end += kept[b];
  }
  network.targets.resize(end);
  for (std::size_t i = 1; i < network.offsets.size(); ++i) network.offsets[i] += network.offsets[i - 1];
  return network;
}

}  // namespace goodwill

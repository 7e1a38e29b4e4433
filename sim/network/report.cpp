#include "sim/network/report.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/network/compress.hpp"
#include "sim/network/luck.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

constexpr std::uint64_t most_counted = 10'000'000, drawn = 1'000'000;
__extension__ typedef unsigned __int128 Product;

void put_degrees(const Network& network, NetworkReport& r) {
  const std::uint32_t people = network.people();
  for (std::uint32_t i = 0; i < people; ++i) r.max_degree = std::max(r.max_degree, network.degree(i));
  std::vector<std::uint32_t> with(r.max_degree + std::size_t{1});  // how many have a degree
  for (std::uint32_t i = 0; i < people; ++i) ++with[network.degree(i)];
  r.mean_degree = static_cast<double>(network.targets.size()) / people;
  while (with[r.min_degree] == 0) ++r.min_degree;
  std::uint64_t so_far = 0;
  std::size_t q = 0;
  for (std::uint32_t degree = 0; degree <= r.max_degree; ++degree) {
    so_far += with[degree];
    for (; q < r.quantiles.size() && static_cast<double>(so_far) >= r.quantiles[q] * people; ++q)
      r.degree_quantiles[q] = degree;
  }
}

/// By union-find: everybody points to somebody of their component with a lower number, or is its head.
void put_components(const Network& network, NetworkReport& r) {
  const std::uint32_t people = network.people();
  std::vector<std::uint32_t> above(people), size(people);
  std::iota(above.begin(), above.end(), 0u);
  const auto head = [&, up = above.data()](std::uint32_t i) {
    for (; up[i] != i; i = up[i]) up[i] = up[up[i]];
    return i;
  };
  for (std::uint32_t i = 0; i < people; ++i)
    for (const std::uint32_t j : network.neighbours(i)) {
      const std::uint32_t a = head(i), b = head(j);
      above[std::max(a, b)] = std::min(a, b);
    }
  for (std::uint32_t i = 0; i < people; ++i) ++size[head(i)];
  r.components = static_cast<std::uint32_t>(people - std::count(size.begin(), size.end(), 0u));
  r.isolated = static_cast<double>(std::count(size.begin(), size.end(), 1u)) / people;
  r.largest = static_cast<double>(*std::max_element(size.begin(), size.end())) / people;
}

/// Whether the neighbours `a` and `b`, by their places in the row of a person, know each other.
bool closed(const Network& network, std::uint32_t person, std::uint64_t a, std::uint64_t b) {
  const auto row = network.neighbours(person);
  std::uint32_t one = row[a], other = row[b];
  if (network.degree(one) > network.degree(other)) std::swap(one, other);
  const auto fewer = network.neighbours(one);
  return std::binary_search(fewer.begin(), fewer.end(), other);
}

/// Calls in_part(first, last) for parts of [0, size) on all threads, and adds up what it returns.
template <class InPart>
std::uint64_t sum_over(std::uint64_t size, const InPart& in_part) {
  const std::int64_t count = parts(size);
  std::atomic<std::uint64_t> sum{0};
  for_each_task(count, [&](std::int64_t k) { sum += in_part(cut(size, k, count), cut(size, k + 1, count)); });
  return sum;
}

void put_clustering(const Network& network, NetworkReport& r) {
  r.clustering = std::numeric_limits<double>::quiet_NaN();
  if (network.directed) return;
  std::vector<std::uint64_t> before{0};  // pairs of neighbours of the people before
  for (std::uint32_t i = 0; i < network.people(); ++i) {
    const std::uint64_t degree = network.degree(i);
    before.push_back(before.back() + (degree > 1 ? degree * (degree - 1) / 2 : 0));
  }
  const std::uint64_t pairs = before.back();
  if (pairs == 0) return;
  if (pairs <= most_counted) {
    const std::uint64_t found = sum_over(network.people(), [&](std::uint64_t first, std::uint64_t last) {
      std::uint64_t sum = 0;
      for (auto i = static_cast<std::uint32_t>(first); i < last; ++i)
        for (std::uint64_t b = 1; b < network.degree(i); ++b)
          for (std::uint64_t a = 0; a < b; ++a) sum += closed(network, i, a, b);
      return sum;
    });
    r.clustering = static_cast<double>(found) / static_cast<double>(pairs);
    return;
  }
  const NetworkLuck luck = network_luck(0, 0, 0);
  const std::uint64_t found = sum_over(drawn, [&](std::uint64_t first, std::uint64_t last) {
    std::uint64_t sum = 0;
    for (std::uint64_t k = first; k < last; ++k) {
      const Words w = draw(luck, static_cast<std::uint32_t>(k), 0, purpose(Decision::wedge));
      const auto pair = static_cast<std::uint64_t>((std::uint64_t{w.w0} << 32 | w.w1) * Product{pairs} >> 64);
      const auto after = std::upper_bound(before.begin(), before.end(), pair);
      const auto person = static_cast<std::uint32_t>(after - before.begin() - 1);
      // The pair among the person's own is drawn again: any of the degree, and any of the rest.
      const std::uint64_t degree = network.degree(person);
      const std::uint64_t a = w.w2 * degree >> 32, b = w.w3 * (degree - 1) >> 32;
      sum += closed(network, person, a, b + (b >= a));
    }
    return sum;
  });
  r.clustering = static_cast<double>(found) / static_cast<double>(drawn);
  r.pairs_drawn = drawn;
}

}  // namespace

NetworkReport report(const Network& network) {
  NetworkReport r;
  put_degrees(network, r);
  put_components(network, r);
  put_clustering(network, r);
  return r;
}

}  // namespace goodwill

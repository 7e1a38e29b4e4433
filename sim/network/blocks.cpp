// Each person, in the order of the list, goes through the people before them and skips as many as chance
// says: a geometric number (Batagelj and Brandes 2005).
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "sim/network/check.hpp"
#include "sim/network/compress.hpp"
#include "sim/network/generate.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

/// To its first four binary digits.
std::uint32_t rounded_down(std::uint32_t n) {
  const int less = std::max(0, static_cast<int>(std::bit_width(n)) - 4);
  return n >> less << less;
}

/// Of an edge between two blocks. Candidates are drawn with a probability that few numbers of people change,
/// and then taken with the share that is right for this number: one more person only takes edges away.
struct Chance {
  double per_log = 0;  // 1 / log(1 - probability of a candidate), by which a skip is log(uniform) times this
  std::uint64_t taken = 0;  // of 2^32
};

/// Somebody knows `degree` of `others` people on average.
Chance chance(double degree, std::uint32_t others) {
  if (degree == 0) return {};
  const double candidate = std::min(1.0, degree / rounded_down(others));
  return {1 / math::log1p(-candidate),
          static_cast<std::uint64_t>(std::nearbyint(std::ldexp(degree / others / candidate, 32)))};
}

/// People of a block, as the rows of one chunk.
struct Rows {
  std::uint32_t block, first, last;  // first and last within the block
};

/// Somebody on their way through the people before.
struct Walker {
  std::uint32_t row, step;
  std::int64_t at;
};

/// The edges of these rows to the block that begins with person `to`. Where it is their own, `size` is 0:
/// they go as far as to themselves.
void skip(const NetworkLuck& luck, const Rows& rows, std::uint32_t from, std::uint32_t block,
          std::uint32_t to, std::uint32_t size, const Chance& c, EdgeSink& sink) {
  Wave wave;
  std::fill(std::begin(wave.hi), std::end(wave.hi), rows.block << 16 | block);
  Walker walkers[Wave::most];
  double skips[2][Wave::most];
  const std::uint32_t* const words[2] = {wave.w0, wave.w1};
  const std::uint32_t* const taken[2] = {wave.w2, wave.w3};
  std::uint32_t next = rows.first;
  while (next < rows.last || wave.size > 0) {
    for (; next < rows.last && wave.size < Wave::most; ++next) walkers[wave.size++] = {next, 0, -1};
    for (std::int32_t i = 0; i < wave.size; ++i) {
      wave.lo[i] = walkers[i].row;
      wave.purpose[i] = purpose(Decision::edge, walkers[i].step++);
    }
    wave.draw(luck);
    for (int k = 0; k < 2; ++k) {
      const std::uint32_t* const word = words[k];
      double* const skipped = skips[k];
      GOODWILL_LANES
      for (std::int32_t i = 0; i < wave.size; ++i) {
        const double uniform = bits<double>(word[i] | 0x4330000000000000u) - (0x1p52 - 0.5);  // times 2^32
        const double s = log_wide(uniform * 0x1p-32) * c.per_log;
        skipped[i] = s < 4294967296.0 ? s : 4294967296.0;
      }
    }
    std::int32_t walking = 0;
    for (std::int32_t i = 0; i < wave.size; ++i) {
      Walker w = walkers[i];
      const std::int64_t end = size ? size : w.row;
      for (int k = 0; k < 2 && w.at < end; ++k) {
        w.at += 1 + static_cast<std::int64_t>(skips[k][i]);
        if (w.at < end && taken[k][i] < c.taken)
          sink.add(from + w.row, to + static_cast<std::uint32_t>(w.at));
      }
      if (w.at < end) walkers[walking++] = w;
    }
    wave.size = walking;
  }
}

Network by_chance(const NetworkLuck& luck, std::span<const std::uint32_t> sizes,
                  const std::vector<std::vector<Chance>>& chances) {
  std::vector<std::uint32_t> begin{0};  // of each block
  for (const std::uint32_t size : sizes) begin.push_back(begin.back() + size);
  const std::uint32_t people = begin.back();
  const std::int64_t count = parts(people);
  return compress(
      people, false,
      {count, [&](std::int64_t chunk, EdgeSink& sink) {
         const auto first = static_cast<std::uint32_t>(cut(people, chunk, count));
         const auto last = static_cast<std::uint32_t>(cut(people, chunk + 1, count));
         for (std::uint32_t b = 0; b < sizes.size(); ++b) {
           if (begin[b + 1] <= first || begin[b] >= last) continue;
           const Rows rows{b, std::max(first, begin[b]) - begin[b], std::min(last, begin[b + 1]) - begin[b]};
           for (std::uint32_t other = 0; other <= b; ++other)
             if (chances[b][other].taken > 0)
               skip(luck, rows, begin[b], other, begin[other], other == b ? 0 : sizes[other],
                    chances[b][other], sink);
         }
       }});
}

std::string in(const NetworkBlock& a, const NetworkBlock& b) {
  return "the degree of '" + a.name + "' in '" + b.name + "'";
}

/// How many edges two blocks share, or a block has within, and the chance of each.
struct Between {
  double edges;
  Chance chance;
};

/// As said by somebody of `a`.
Between by_degree(const NetworkBlock& a, const NetworkBlock& b, bool same, double degree) {
  const std::uint32_t others = b.people - same;
  if (!(degree >= 0 && degree <= others))
    refuse(in(a, b), shown(degree), "from 0 to " + std::to_string(others) + ", the people there");
  const double edges = degree * a.people;
  constexpr double most = 1e7;  // the steps of one person have a number of 24 bits
  if (degree > most) refuse(in(a, b), shown(degree), "at most " + shown(most));
  if (edges / b.people > most) refuse(in(b, a), shown(edges / b.people), "at most " + shown(most));
  return {same ? edges / 2 : edges, chance(degree, others)};
}

/// As either side says it.
Between between(const NetworkBlock& a, const NetworkBlock& b, bool same, double by_a, double by_b) {
  if (std::isnan(by_a) && std::isnan(by_b)) return {0, {}};
  if (std::isnan(by_a)) return by_degree(b, a, same, by_b);
  const Between found = by_degree(a, b, same, by_a);
  if (!same && std::abs(found.edges - by_b * b.people) > 1e-6 * found.edges)
    refuse(in(b, a), shown(by_b),
           shown(found.edges / b.people) + ", because " + in(a, b) + " is " + shown(by_a) +
               ": these are the same edges (" + std::to_string(a.people) + " and " +
               std::to_string(b.people) + " people); leave one of the two out");
  return found;
}

}  // namespace

Network random_network(const NetworkLuck& luck, std::uint32_t people, double degree) {
  check_people(people);
  if (!(degree >= 0 && degree <= people - 1.0))
    refuse("degree", shown(degree), "from 0 to " + std::to_string(people - 1) + ", the number of others");
  check_edges(people * degree / 2);
  return by_chance(luck, std::span(&people, 1), {{chance(degree, people - 1)}});
}

Network blocks(const NetworkLuck& luck, std::span<const NetworkBlock> all,
               const std::vector<std::vector<double>>& degrees) {
  constexpr std::size_t most_blocks = 65'536;
  if (all.empty() || all.size() > most_blocks)
    refuse("the number of blocks", std::to_string(all.size()), "from 1 to " + std::to_string(most_blocks));
  double people = 0, edges = 0;
  std::vector<std::uint32_t> sizes;
  std::vector<std::vector<Chance>> chances(all.size());
  for (std::size_t a = 0; a < all.size(); ++a) {
    people += all[a].people;
    sizes.push_back(all[a].people);
    if (all[a].people == 0) refuse("the number of people in '" + all[a].name + "'", "0", "1 or more");
    for (std::size_t b = 0; b <= a; ++b) {
      const Between found = between(all[b], all[a], a == b, degrees[b][a], degrees[a][b]);
      edges += found.edges;
      chances[a].push_back(found.chance);
    }
  }
  check_people(static_cast<std::uint32_t>(std::min(people, 4294967295.0)));
  check_edges(edges);
  return by_chance(luck, sizes, chances);
}

}  // namespace goodwill

// The configuration model. Each wish for a neighbour has a hash. The hashes are the leaves of a binary tree,
// and wishes pair from the leaves up: of every subtree at most one is left over, and pairs with the one that
// is left over beside it. So one more wish changes pairs on its own way up only; in a sorted list, every pair
// after it would shift.
#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "sim/network/check.hpp"
#include "sim/network/compress.hpp"
#include "sim/network/generate.hpp"
#include "sim/world/parallel.hpp"

namespace goodwill {
namespace {

using Wish = std::uint64_t;  // hash, then person, who decides between equal hashes

std::uint32_t person_of(Wish w) { return static_cast<std::uint32_t>(w); }

/// Calls take(wish) for the wishes of people first to last - 1. Each block of random words serves four.
template <class Take>
void each_wish(const NetworkLuck& luck, std::uint64_t first, std::uint64_t last,
               std::span<const std::uint32_t> degrees, const Take& take) {
  Wave wave;
  std::uint32_t used[Wave::most];
  std::fill(std::begin(wave.purpose), std::end(wave.purpose), purpose(Decision::edge));
  const auto draw = [&] {
    wave.draw(luck);
    for (std::int32_t i = 0; i < wave.size; ++i) {
      const std::uint32_t words[4] = {wave.w0[i], wave.w1[i], wave.w2[i], wave.w3[i]};
      for (std::uint32_t k = 0; k < used[i]; ++k) take(Wish{words[k]} << 32 | wave.lo[i]);
    }
    wave.size = 0;
  };
  std::size_t turn = first % degrees.size();
  for (std::uint64_t person = first; person < last; ++person) {
    for (std::uint32_t k = 0; k < degrees[turn]; k += 4) {
      wave.lo[wave.size] = static_cast<std::uint32_t>(person);
      wave.hi[wave.size] = k / 4;
      used[wave.size] = std::min(4u, degrees[turn] - k);
      if (++wave.size == Wave::most) draw();
    }
    if (++turn == degrees.size()) turn = 0;
  }
  draw();
}

/// By a count of the bits below the first `known`, which are equal; few then share a cell.
void sort_wishes(std::span<Wish> wishes, int known) {
  const int cell_bits = std::clamp(static_cast<int>(std::bit_width(wishes.size())) - 2, 1, 32 - known);
  const auto cell = [=](Wish w) { return (w << known) >> (64 - cell_bits); };
  std::vector<std::uint32_t> ends((std::size_t{1} << cell_bits) + 1);
  std::vector<Wish> sorted(wishes.size());
  for (const Wish w : wishes) ++ends[cell(w) + 1];
  for (std::size_t k = 1; k < ends.size(); ++k) ends[k] += ends[k - 1];
  std::uint32_t* const end = ends.data();
  for (const Wish w : wishes) sorted[end[cell(w)]++] = w;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    std::size_t hole = i;
    for (; hole > 0 && wishes[hole - 1] > sorted[i]; --hole) wishes[hole] = wishes[hole - 1];
    wishes[hole] = sorted[i];
  }
}

/// Pairs sorted wishes up their tree, and returns the one left over.
std::optional<Wish> pair_up(std::span<const Wish> sorted, std::vector<Edge>::iterator& out) {
  Wish waiting[64];           // what the left side of a fork left over, by the bit of the fork
  std::uint64_t forks = 0;    // those where somebody waits
  std::optional<Wish> carry;  // what the subtree of the last wish left over so far
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    carry = carry ? std::nullopt : std::optional(sorted[i]);
    const bool last = i + 1 == sorted.size();
    if (!last && sorted[i] == sorted[i + 1]) continue;  // two of one person pair, and lead back: dropped
    const int fork = last ? 64 : static_cast<int>(std::bit_width(sorted[i] ^ sorted[i + 1])) - 1;
    // Subtrees below the fork end here, the smallest first.
    for (int bit; forks && (bit = std::countr_zero(forks)) < fork; forks &= forks - 1) {
      if (carry) *out++ = {person_of(waiting[bit]), person_of(*carry)};
      carry = carry ? std::nullopt : std::optional(waiting[bit]);
    }
    if (carry && !last) {
      waiting[fork] = *carry;
      forks |= std::uint64_t{1} << fork;
      carry.reset();
    }
  }
  return carry;
}

std::uint64_t wishes_of(std::uint32_t people, std::span<const std::uint32_t> degrees) {
  if (degrees.empty()) refuse("degrees", "empty", "a list with at least one number");
  std::uint64_t round = 0, rest = 0;
  for (std::size_t k = 0; k < degrees.size(); ++k) {
    if (degrees[k] >= people)
      refuse("degrees[" + std::to_string(k) + "]", std::to_string(degrees[k]),
             "below the number of people (" + std::to_string(people) + ")");
    round += degrees[k];
    rest += k < people % degrees.size() ? degrees[k] : 0;
  }
  const double all = static_cast<double>(round) * static_cast<double>(people / degrees.size());
  check_edges((all + static_cast<double>(rest)) / 2);
  return round * (people / degrees.size()) + rest;
}

/// All the pairs, in an order that only the hashes decide.
std::vector<Edge> pairs(const NetworkLuck& luck, std::uint32_t people, std::span<const std::uint32_t> degrees,
                        std::uint64_t all) {
  // By their first bits the wishes go to as many buckets, each small enough for a cache.
  const int known = std::clamp(static_cast<int>(std::bit_width(all)) - 16, 1, 16);
  const std::int64_t buckets = std::int64_t{1} << known, chunks = parts(people);
  const auto bucket_of = [=](Wish w) { return static_cast<std::size_t>(w >> (64 - known)); };
  std::vector<std::uint64_t> place(static_cast<std::size_t>(buckets * chunks + 1));
  for_each_task(chunks, [&](std::int64_t chunk) {
    std::vector<std::uint64_t> found(static_cast<std::size_t>(buckets));
    each_wish(luck, cut(people, chunk, chunks), cut(people, chunk + 1, chunks), degrees,
              [&, in = found.data()](Wish w) { ++in[bucket_of(w)]; });
    for (std::size_t b = 0; b < found.size(); ++b)
      place[b * static_cast<std::size_t>(chunks) + static_cast<std::size_t>(chunk)] = found[b];
  });
  std::uint64_t before = 0;
  for (std::uint64_t& p : place) before += std::exchange(p, before);
  const auto begin = [&](std::int64_t b) { return place[static_cast<std::size_t>(b * chunks)]; };

  std::vector<Wish> wishes(all);
  for_each_task(chunks, [&](std::int64_t chunk) {
    std::vector<std::uint64_t> next(static_cast<std::size_t>(buckets));
    for (std::size_t b = 0; b < next.size(); ++b)
      next[b] = place[b * static_cast<std::size_t>(chunks) + static_cast<std::size_t>(chunk)];
    each_wish(luck, cut(people, chunk, chunks), cut(people, chunk + 1, chunks), degrees,
              [&, at = next.data(), into = wishes.data()](Wish w) { into[at[bucket_of(w)]++] = w; });
  });

  std::vector<Edge> found(all / 2);  // those that lead back stay {0, 0}
  std::vector<std::optional<Wish>> left(static_cast<std::size_t>(buckets));
  std::vector<std::uint64_t> first{0};  // pair of each bucket
  for (std::int64_t b = 0; b < buckets; ++b) first.push_back(first.back() + (begin(b + 1) - begin(b)) / 2);
  for_each_task(buckets, [&](std::int64_t b) {
    const std::span<Wish> here(wishes.data() + begin(b), begin(b + 1) - begin(b));
    sort_wishes(here, known);
    auto out = found.begin() + static_cast<std::ptrdiff_t>(first[static_cast<std::size_t>(b)]);
    left[static_cast<std::size_t>(b)] = pair_up(here, out);
  });
  std::vector<Wish> over;
  for (const auto& w : left)
    if (w) over.push_back(*w);
  auto out = found.begin() + static_cast<std::ptrdiff_t>(first.back());
  pair_up(over, out);
  return found;
}

}  // namespace

Network degrees_in_turn(const NetworkLuck& luck, std::uint32_t people,
                        std::span<const std::uint32_t> degrees) {
  check_people(people);
  const std::vector<Edge> found = pairs(luck, people, degrees, wishes_of(people, degrees));
  const std::int64_t count = parts(found.size());
  return compress(people, false, {count, [&](std::int64_t chunk, EdgeSink& sink) {
                                    for (std::uint64_t e = cut(found.size(), chunk, count);
                                         e < cut(found.size(), chunk + 1, count); ++e)
                                      sink.add(found[e].from, found[e].to);
                                  }});
}

}  // namespace goodwill

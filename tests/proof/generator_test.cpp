// Statistical tests of the words at the addresses that the simulator uses: ordinals in sequence, periods of the
// past, purposes that differ in few bits, replications and seeds that differ by one. The generator has fewer
// rounds than its authors recommend, and their tests were of counters, not of these addresses.
//
// Every test makes many statistics and gives one p: the smallest p-value times their number (Bonferroni). The
// generator fails below alpha = 1e-5, so that the eight tests together raise a false alarm with a probability
// below 1e-4 for new addresses (never for these, which are fixed, once they passed). Each test must also find
// its fault: the same generator with too few rounds must fail it with p < 1e-12. The sizes n are those of the
// ordinary run; with GOODWILL_FULL they are 16 times as large, with the address sanitizer an eighth.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include <Random123/threefry.h>
#include <gtest/gtest.h>

#include "sim/random/threefry.hpp"
#include "sim/world/lives.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;

constexpr double alpha = 1e-5, caught = 1e-12;

std::int64_t sized(std::int64_t n) {
#ifdef __SANITIZE_ADDRESS__
  return n / 8;
#else
  return full() ? n * 16 : n;
#endif
}

// ---------------------------------------------------------------------------------------------------- p-values

double below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }
double normal_p(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }  // two-sided, as all here

/// A chi-square statistic as a standard normal one (Wilson and Hilferty); for many degrees of freedom.
double chi_square_z(double x, double freedom) {
  const double v = 2 / (9 * freedom);
  return (std::cbrt(x / freedom) - (1 - v)) / std::sqrt(v);
}
double poisson_p(double x, double mean) {
  const double as_many = x == 0 ? 1 : below(chi_square_z(2 * mean, 2 * x));
  const double as_few = below(-chi_square_z(2 * mean, 2 * x + 2));
  return std::min(1.0, 2 * std::min(as_many, as_few));
}
double even_cells_p(const std::vector<std::uint32_t>& counts, double n) {
  const double expected = n / static_cast<double>(counts.size());
  double x = 0;
  for (const std::uint32_t c : counts) x += (c - expected) * (c - expected) / expected;
  return normal_p(chi_square_z(x, static_cast<double>(counts.size() - 1)));
}

/// The outcome of one test.
struct Verdict {
  double smallest = 1, statistics = 0;
  std::string where = "nowhere";

  template <class Where>
  void add(double p, Where name) {
    ++statistics;
    if (p < smallest || std::isnan(p)) smallest = std::isnan(p) ? 0 : p, where = name();
  }
  double p() const { return std::min(1.0, smallest * statistics); }
};

// --------------------------------------------------------------------------------------------------- addresses

struct Address {
  std::uint32_t word[8];  // seed, seed, replication, domain; customer, customer, period, purpose
};

enum Kind { initial, acquired, referred, kinds };
enum Axis { customer, segment, period, decision, index, replication, seed, axes };
constexpr const char* kind_names[] = {"initial", "acquired", "referred"};
constexpr const char* axis_names[] = {"customer", "segment",     "period", "decision",
                                      "index",    "replication", "seed"};
constexpr Decision decisions[] = {
    Decision::arrivals,    Decision::tenure,  Decision::newcomer,   Decision::trait,   Decision::reach,
    Decision::start,       Decision::first,   Decision::touchpoint, Decision::happens, Decision::order,
    Decision::order_value, Decision::monthly, Decision::conversion, Decision::move,    Decision::child};

constexpr int length = 128;

/// Lines of `length` addresses that are neighbours along one axis; the lines differ in their customers.
Address address(Kind kind, Axis axis, std::int64_t line, int position) {
  const std::int64_t ordinal = axis == customer ? line * length + position : line;
  const int of = axis == segment ? position : 0, joined = 1 + static_cast<int>(ordinal / 1000);
  const CustomerId id = kind == initial    ? initial_id(of, ordinal)
                        : kind == acquired ? acquired_id(of, joined, ordinal % 1000)
                                           : referred_id(initial_id(of, ordinal / 4), 1, ordinal % 4);
  const Key key = make_key(axis == seed ? 1 + static_cast<std::uint64_t>(position) : 1,
                           axis == replication ? static_cast<std::uint32_t>(position) : 0, Domain::simulation);
  const std::uint32_t why =
      axis == decision ? purpose(decisions[position % 15], static_cast<std::uint32_t>(position / 15))
      : axis == index  ? purpose(Decision::touchpoint, static_cast<std::uint32_t>(position))
                       : purpose(Decision::monthly);
  const int when = axis == period ? position - length / 2 : 12;  // half of them past: negative
  return {{key.word[0], key.word[1], key.word[2], key.word[3], static_cast<std::uint32_t>(id),
           static_cast<std::uint32_t>(id >> 32), static_cast<std::uint32_t>(when), why}};
}

using Block = std::array<std::uint32_t, 4>;
using Line = std::array<Block, length>;

/// The generator of the simulator.
struct Ours {
  static Block at(const Address& a) {
    const Words w = draw(Key{{a.word[0], a.word[1], a.word[2], a.word[3]}}, a.word[4], a.word[5], a.word[6],
                         a.word[7]);
    return {w.w0, w.w1, w.w2, w.w3};
  }
};

/// The same one with another number of rounds, by its authors.
template <int rounds>
struct Rounds {
  static Block at(const Address& a) {
    const threefry4x32_ctr_t counter = {{a.word[4], a.word[5], a.word[6], a.word[7]}};
    const threefry4x32_key_t key = {{a.word[0], a.word[1], a.word[2], a.word[3]}};
    const threefry4x32_ctr_t w = threefry4x32_R(rounds, counter, key);
    return {w.v[0], w.v[1], w.v[2], w.v[3]};
  }
};

/// For all kinds of customers and all axes: begin(name), line(words, number) `lines` times, end().
template <class Generator, class Begin, class Each, class End>
void walk(std::int64_t lines, Begin begin, Each each, End end) {
  for (int kind = 0; kind < kinds; ++kind)
    for (int axis = 0; axis < axes; ++axis) {
      begin();
      for (std::int64_t l = 0; l < lines; ++l) {
        Line line;
        for (int i = 0; i < length; ++i)
          line[static_cast<std::size_t>(i)] =
              Generator::at(address(static_cast<Kind>(kind), static_cast<Axis>(axis), l, i));
        each(line, l);
      }
      end(std::string(kind_names[kind]) + " customers, along " + axis_names[axis]);
    }
}

using BitCounts = std::array<std::array<std::uint32_t, 32>, 4>;
void count_bits(BitCounts& counts, const Block& block) {
  for (std::size_t w = 0; w < 4; ++w)
    for (std::size_t bit = 0; bit < 32; ++bit) counts[w][bit] += block[w] >> bit & 1;
}
double half_p(double ones, double n) { return normal_p((2 * ones - n) / std::sqrt(n)); }

// ------------------------------------------------------------------------------------------------------- tests

/// Bits that are not 1 half of the time. n = 131,072 words for each bit, kind and axis (2,688 statistics): finds
/// a bias of 1 % of the probability.
template <class Generator>
Verdict balance() {
  const std::int64_t lines = sized(1024);
  Verdict verdict;
  BitCounts ones;
  walk<Generator>(
      lines, [&] { ones = {}; },
      [&](const Line& line, std::int64_t) {
        for (const Block& b : line) count_bits(ones, b);
      },
      [&](const std::string& name) {
        for (std::size_t w = 0; w < 4; ++w)
          for (std::size_t bit = 0; bit < 32; ++bit)
            verdict.add(half_p(ones[w][bit], static_cast<double>(lines * length)), [&] {
              return name + ": word " + std::to_string(w) + ", bit " + std::to_string(bit);
            });
      });
  return verdict;
}

/// Input bits that do not change every output bit half of the time, or output bits that change together (mean
/// and variance of the number of changed ones of 128). n = 8,192 addresses for each kind, input and output bit
/// (all bits of customer, period, seed and replication, the used ones of domain and purpose; 87,290 statistics):
/// finds a probability outside 0.5 +- 0.045.
template <class Generator>
Verdict avalanche() {
  const std::int64_t n = sized(8192);
  Verdict verdict;
  for (int kind = 0; kind < kinds; ++kind)
    for (std::size_t input = 0; input < 256; ++input) {
      const std::size_t field = input / 32, flipped = input % 32;
      if ((field == 3 && flipped >= 2) || (field == 7 && flipped >= 29)) continue;
      BitCounts changes{};
      double sum = 0, squares = 0;
      for (std::int64_t i = 0; i < n; ++i) {
        Address a = address(static_cast<Kind>(kind), static_cast<Axis>(i % axes), i, static_cast<int>(i % length));
        Block change = Generator::at(a);
        a.word[field] ^= 1u << flipped;
        const Block other = Generator::at(a);
        double weight = -64;
        for (std::size_t w = 0; w < 4; ++w) weight += std::popcount(change[w] ^= other[w]);
        count_bits(changes, change);
        sum += weight;
        squares += weight * weight;
      }
      const auto name = [&] {
        return std::string(kind_names[kind]) + " customers, address word " + std::to_string(field) + ", bit " +
               std::to_string(flipped);
      };
      const double many = static_cast<double>(n);
      verdict.add(normal_p(sum / std::sqrt(32 * many)), name);
      // Fourth central moment of a binomial (128, 1/2): 3 * 32^2 - 64.
      verdict.add(normal_p((squares - 32 * many) / std::sqrt((2 * 32 * 32 - 64) * many)), name);
      for (const auto& of_word : changes)
        for (const std::uint32_t c : of_word) verdict.add(half_p(c, many), name);
    }
  return verdict;
}

/// Neighbours that depend on each other: chi-square in 64 x 64 cells of the highest and of the lowest six bits.
/// n = 260,096 disjoint pairs for each kind, axis and word (168 statistics): finds a root mean square deviation
/// of 5 % of the probabilities of the cells.
template <class Generator>
Verdict neighbours() {
  const std::int64_t lines = sized(4096);
  Verdict verdict;
  std::vector<std::vector<std::uint32_t>> cells;
  double n = 0;
  walk<Generator>(
      lines, [&] { cells.assign(8, std::vector<std::uint32_t>(4096)), n = 0; },
      [&](const Line& line, std::int64_t l) {
        for (std::size_t i = l % 2 != 0; i + 1 < length; i += 2, ++n)
          for (std::size_t w = 0; w < 4; ++w) {
            const std::uint32_t x = line[i][w], y = line[i + 1][w];
            ++cells[w][x >> 26 << 6 | y >> 26];
            ++cells[4 + w][(x & 63) << 6 | (y & 63)];
          }
      },
      [&](const std::string& name) {
        for (std::size_t k = 0; k < 8; ++k)
          verdict.add(even_cells_p(cells[k], n), [&] { return name + ", word " + std::to_string(k % 4); });
      });
  return verdict;
}

/// Words of one block that depend on each other: as above, n = 524,288 for each kind, axis and pair of words
/// (252 statistics).
template <class Generator>
Verdict words_of_a_block() {
  constexpr std::size_t pairs[6][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
  const std::int64_t lines = sized(4096);
  Verdict verdict;
  std::vector<std::vector<std::uint32_t>> cells;
  walk<Generator>(
      lines, [&] { cells.assign(12, std::vector<std::uint32_t>(4096)); },
      [&](const Line& line, std::int64_t) {
        for (const Block& b : line)
          for (std::size_t k = 0; k < 6; ++k) {
            const std::uint32_t x = b[pairs[k][0]], y = b[pairs[k][1]];
            ++cells[k][x >> 26 << 6 | y >> 26];
            ++cells[6 + k][(x & 63) << 6 | (y & 63)];
          }
      },
      [&](const std::string& name) {
        for (std::size_t k = 0; k < 12; ++k)
          verdict.add(even_cells_p(cells[k], static_cast<double>(lines * length)),
                      [&] { return name + ", pair of words " + std::to_string(k % 6); });
      });
  return verdict;
}

/// Lattices and words too evenly or too unevenly spread: equal spacings of 8,192 sorted words are Poisson with
/// mean 8192^3 / 2^34 = 32. n = 8 sets for each kind, axis and word (84 statistics): finds 40 % too many or few.
template <class Generator>
Verdict birthday_spacings() {
  const std::int64_t sets = sized(8), lines = 8192 / length;
  Verdict verdict;
  std::vector<std::uint32_t> days[4], spacings(8192);
  double equal[4];
  walk<Generator>(
      sets * lines, [&] { std::fill_n(equal, 4, 0.0); },
      [&](const Line& line, std::int64_t l) {
        for (std::size_t w = 0; w < 4; ++w) {
          for (const Block& b : line) days[w].push_back(b[w]);
          if ((l + 1) % lines != 0) continue;
          std::sort(days[w].begin(), days[w].end());
          for (std::size_t i = 0; i < 8192; ++i) spacings[i] = days[w][i] - days[w][(i + 8191) % 8192];
          std::sort(spacings.begin(), spacings.end());
          for (std::size_t i = 1; i < 8192; ++i) equal[w] += spacings[i] == spacings[i - 1];
          days[w].clear();
        }
      },
      [&](const std::string& name) {
        for (int w = 0; w < 4; ++w)
          verdict.add(poisson_p(equal[w], 32.0 * static_cast<double>(sets)),
                      [&] { return name + ", word " + std::to_string(w); });
      });
  return verdict;
}

int rank(std::array<std::uint32_t, 32> rows) {
  int found = 0;
  for (std::size_t r = 0; r < 32; ++r) {
    if (rows[r] == 0) continue;
    ++found;
    const std::uint32_t pivot = rows[r] & -rows[r];
    for (std::size_t k = r + 1; k < 32; ++k) rows[k] ^= (rows[k] & pivot) != 0 ? rows[r] : 0;
  }
  return found;
}

/// Words that are linear in the bits of their addresses: ranks of 32 x 32 matrices of neighbours. n = 8,192
/// matrices for each kind, axis and word (84 statistics): finds deviations of 4 % of the matrices.
template <class Generator>
Verdict ranks() {
  constexpr double probability[3] = {0.1336357147, 0.5775761902, 0.2887880951};  // <= 30, 31, 32
  const std::int64_t lines = sized(8192) / (length / 32);
  Verdict verdict;
  double counts[4][3];
  walk<Generator>(
      lines, [&] { std::fill_n(&counts[0][0], 12, 0.0); },
      [&](const Line& line, std::int64_t) {
        for (std::size_t w = 0; w < 4; ++w)
          for (std::size_t from = 0; from < length; from += 32) {
            std::array<std::uint32_t, 32> rows;
            for (std::size_t r = 0; r < 32; ++r) rows[r] = line[from + r][w];
            ++counts[w][std::max(rank(rows), 30) - 30];
          }
      },
      [&](const std::string& name) {
        const double n = static_cast<double>(lines * (length / 32));
        for (std::size_t w = 0; w < 4; ++w) {
          double x = 0;
          for (std::size_t k = 0; k < 3; ++k)
            x += std::pow(counts[w][k] - n * probability[k], 2) / (n * probability[k]);
          verdict.add(std::exp(-x / 2), [&] { return name + ", word " + std::to_string(w); });
        }
      });
  return verdict;
}

/// Luck that repeats: correlation of neighbouring uniforms, and the variance of their sums (over the periods of
/// a customer, the customers of a period, ...). n = 1,048,576 uniforms, 8,192 sums of 128, for each kind, axis
/// and word (168 statistics): finds correlations of 0.006 and variances wrong by 10 %.
template <class Generator>
Verdict sums() {
  const std::int64_t lines = sized(8192);
  Verdict verdict;
  std::array<double, 4> products, squares;
  walk<Generator>(
      lines, [&] { products = squares = {}; },
      [&](const Line& line, std::int64_t) {
        for (std::size_t w = 0; w < 4; ++w) {
          double sum = 0, before = 0;
          for (const Block& b : line) {
            const double u = (b[w] + 0.5) * 0x1p-32 - 0.5;
            products[w] += u * before;
            sum += before = u;
          }
          squares[w] += sum * sum;
        }
      },
      [&](const std::string& name) {
        const double n = static_cast<double>(lines), variance = length / 12.0;
        for (std::size_t w = 0; w < 4; ++w) {
          const auto where = [&] { return name + ", word " + std::to_string(w); };
          verdict.add(normal_p(12 * products[w] / std::sqrt(n * (length - 1))), where);
          verdict.add(normal_p((squares[w] / variance - n) / std::sqrt(n * (2 - 1.2 / length))), where);
        }
      });
  return verdict;
}

/// Blocks that meet: collisions in 2^24 cells of the highest, and of the lowest, six bits of the four words.
/// n = 262,144 blocks for each kind and axis, 2,037 collisions expected (42 statistics): finds 13 % too many or few.
template <class Generator>
Verdict collisions() {
  const std::int64_t sets = sized(8), lines = 262'144 / 8 / length * 8;
  (void)sets;
  Verdict verdict;
  std::vector<bool> used[2];
  double met[2];
  walk<Generator>(
      lines,
      [&] {
        for (auto& u : used) u.assign(1u << 24, false);
        met[0] = met[1] = 0;
      },
      [&](const Line& line, std::int64_t) {
        for (const Block& b : line) {
          std::uint32_t cell[2] = {0, 0};
          for (const std::uint32_t w : b) cell[0] = cell[0] << 6 | w >> 26, cell[1] = cell[1] << 6 | (w & 63);
          for (int k = 0; k < 2; ++k) {
            met[k] += used[k][cell[k]];
            used[k][cell[k]] = true;
          }
        }
      },
      [&](const std::string& name) {
        const double n = static_cast<double>(lines * length), cells = 0x1p24, load = n / cells;
        const double mean = n + cells * std::expm1(-load);
        const double variance = cells * std::exp(-load) * (1 - (1 + load) * std::exp(-load));
        for (int k = 0; k < 2; ++k)
          verdict.add(normal_p((met[k] - mean) / std::sqrt(variance)), [&] { return name; });
      });
  return verdict;
}

}  // namespace

// Statistical tests of the words at the addresses that the simulator uses: ordinals in sequence, periods of
// the past, purposes that differ in few bits, replications and seeds that differ by one. The generator has
// fewer rounds than its authors recommend, and their tests were of counters, not of these addresses.
//
// Every test makes many statistics, and one p from them: the smallest p-value times their number
// (Bonferroni). The generator fails below alpha = 1e-5, so that the six tests together raise a false alarm
// with a probability below 1e-4 for new addresses (these are fixed, so never once they have passed). Every
// test must also find its fault: the same generator with too few rounds must fail it, with p < 1e-12 at an
// eighth of the size. The sizes n are those of the ordinary run; GOODWILL_FULL takes 16 times as many.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <Random123/threefry.h>
#include <gtest/gtest.h>

#include "sim/random/threefry.hpp"
#include "sim/world/joiner.hpp"
#include "tests/cpp/worlds.hpp"

namespace {

using namespace goodwill;
constexpr double alpha = 1e-5, caught = 1e-12;

double below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }
/// Two-sided, as all p-values here.
double normal_p(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }
double half_p(double ones, double n) { return normal_p((2 * ones - n) / std::sqrt(n)); }
/// A chi-square statistic of many degrees of freedom as a standard normal one (Wilson and Hilferty).
double chi_square_z(double x, double freedom) {
  const double v = 2 / (9 * freedom);
  return (std::cbrt(x / freedom) - (1 - v)) / std::sqrt(v);
}
double chi_square_p(double x, double freedom) { return normal_p(chi_square_z(x, freedom)); }
double poisson_p(double x, double mean) {
  const double as_many = x == 0 ? 1 : below(chi_square_z(2 * mean, 2 * x));
  return std::min({1.0, 2 * as_many, 2 * below(-chi_square_z(2 * mean, 2 * x + 2))});
}

struct Verdict {
  double smallest = 1, statistics = 0;
  std::string here, where;  // it is smallest
  void add(double p) {
    ++statistics;
    if (!(p >= smallest)) smallest = std::isnan(p) ? 0 : p, where = here;
  }
  double p() const { return std::min(1.0, smallest * statistics); }
};

/// Seed, seed, replication, domain; customer, customer, period, purpose.
using Address = std::array<std::uint32_t, 8>;
enum Kind { initial, acquired, referred, kinds };
enum Axis { customer, segment, period, decision, index, replication, seed, axes };
constexpr const char* kind_name[] = {"initial", "acquired", "referred"};
constexpr const char* axis_name[] = {"customer", "segment", "period", "decision", "index", "replica", "seed"};
constexpr std::size_t length = 128;

/// Lines of `length` addresses that are neighbours along one axis; the lines differ in their customers.
Address address(Kind kind, Axis axis, std::int64_t line, std::uint32_t position) {
  const auto along = [&](Axis a, std::uint32_t otherwise) { return axis == a ? position : otherwise; };
  const std::int64_t ordinal = axis == customer ? line * std::int64_t{length} + position : line;
  const int of = static_cast<int>(along(segment, 0)), joined = 1 + static_cast<int>(ordinal / 1000);
  const CustomerId id = kind == initial    ? initial_id(of, ordinal)
                        : kind == acquired ? acquired_id(of, joined, ordinal % 1000)
                                           : referred_id(initial_id(of, ordinal / 4), 1, ordinal % 4);
  const Key key = make_key(1 + along(seed, 0), along(replication, 0), Domain::simulation);
  const Decision why = axis == decision ? static_cast<Decision>(position % 16 + 1)
                       : axis == index  ? Decision::touchpoint
                                        : Decision::monthly;
  const std::uint32_t which = axis == decision ? position / 16 : along(index, 0);
  const std::uint32_t when = axis == period ? position - length / 2 : 12;  // half of them past: negative
  return {{key.word[0], key.word[1], key.word[2], key.word[3], static_cast<std::uint32_t>(id),
           static_cast<std::uint32_t>(id >> 32), when, purpose(why, which)}};
}

using Block = std::array<std::uint32_t, 4>;
using Line = std::array<Block, length>;
using BitCounts = std::array<std::uint32_t, 128>;
void count_bits(BitCounts& counts, const Block& block) {
  for (std::size_t k = 0; k < 128; ++k) counts[k] += block[k / 32] >> k % 32 & 1;
}

/// The generator with a number of rounds, by its authors; with none given, that of the simulator.
template <int rounds = 0>
struct Rounds {
  static std::int64_t sized(std::int64_t n) { return sanitized || rounds != 0 ? n / 8 : full() ? n * 16 : n; }
  static Block at(const Address& a) {
    const auto [s0, s1, replica, domain, id_lo, id_hi, when, why] = a;
    if constexpr (rounds == 0) {
      const Words w = draw(Key{{s0, s1, replica, domain}}, id_lo, id_hi, when, why);
      return {w.w0, w.w1, w.w2, w.w3};
    } else {
      const threefry4x32_ctr_t w =
          threefry4x32_R(rounds, {{id_lo, id_hi, when, why}}, {{s0, s1, replica, domain}});
      return {w.v[0], w.v[1], w.v[2], w.v[3]};
    }
  }
};

/// A test of lines: new counts for each kind of customers and each axis.
template <class Counts, std::int64_t n>
struct OfLines {
  template <class Generator>
  static Verdict run() {
    const std::int64_t lines = Generator::sized(n);
    Verdict verdict;
    Line line;
    for (int k = 0; k < int{kinds} * int{axes}; ++k) {
      const int kind = k / axes, axis = k % axes;
      const auto counts = std::make_unique<Counts>();
      for (std::int64_t l = 0; l < lines; ++l) {
        for (std::uint32_t i = 0; i < length; ++i)
          line[i] = Generator::at(address(static_cast<Kind>(kind), static_cast<Axis>(axis), l, i));
        counts->count(line, l);
      }
      verdict.here = std::string(kind_name[kind]) + " customers along " + axis_name[axis];
      counts->judge(static_cast<double>(lines), verdict);
    }
    return verdict;
  }
};

/// Runs a test on our generator and on weak ones.
template <class Test, int... weak>
void check() {
  const Verdict ours = Test::template run<Rounds<>>();
  EXPECT_GT(ours.p(), alpha) << ours.where;
  const auto fails = [](int rounds, const Verdict& v) { EXPECT_LT(v.p(), caught) << rounds << " rounds"; };
  (fails(weak, Test::template run<Rounds<weak>>()), ...);
}

/// Bits that are not 1 half of the time. n = 131,072 words for each bit, kind and axis (2,688 statistics):
/// finds a probability outside 0.49 to 0.51.
struct Balance {
  BitCounts ones{};
  void count(const Line& line, std::int64_t) {
    for (const Block& b : line) count_bits(ones, b);
  }
  void judge(double lines, Verdict& verdict) const {
    for (const std::uint32_t c : ones) verdict.add(half_p(c, lines * length));
  }
};
TEST(Generator, BitsAreBalanced) { check<OfLines<Balance, 1024>, 4, 6>(); }

/// Input bits that do not change every output bit half of the time, or output bits that change together (mean
/// and variance of the number of changes). n = 8,192 addresses for each kind, input and output bit: all bits
/// of seed, replication, customer and period, the used ones of domain and purpose (86,970 statistics). Finds
/// a probability outside 0.455 to 0.545.
struct Avalanche {
  template <class Generator>
  static Verdict run() {
    const std::int64_t n = Generator::sized(8192);
    constexpr std::size_t used[8] = {32, 32, 32, 2, 32, 32, 32, 29};
    Verdict verdict;
    for (std::size_t input = 0; input < 256 * kinds; ++input) {
      const std::size_t kind = input / 256, field = input / 32 % 8, bit = input % 32;
      if (bit >= used[field]) continue;
      BitCounts changes{};
      double sum = 0, squares = 0, many = static_cast<double>(n);
      for (std::int64_t i = 0; i < n; ++i) {
        Address a = address(static_cast<Kind>(kind), static_cast<Axis>(i % axes), i,
                            static_cast<std::uint32_t>(i) % length);
        Block change = Generator::at(a);
        a[field] ^= 1u << bit;
        const Block other = Generator::at(a);
        double weight = -64;
        for (std::size_t w = 0; w < 4; ++w) weight += std::popcount(change[w] ^= other[w]);
        count_bits(changes, change);
        sum += weight, squares += weight * weight;
      }
      verdict.here = std::string(kind_name[kind]) + " customers, input bit " + std::to_string(input % 256);
      verdict.add(normal_p(sum / std::sqrt(32 * many)));
      verdict.add(chi_square_p(squares / 32, many));
      for (const std::uint32_t c : changes) verdict.add(half_p(c, many));
    }
    return verdict;
  }
};
TEST(Generator, EveryInputBitChangesHalfTheOutput) { check<Avalanche, 4, 6>(); }

/// Words that depend on each other, of neighbours and of one block: chi-square in 64 x 64 cells of their
/// highest and of their lowest six bits. n = 260,096 disjoint pairs of neighbours and as many blocks for each
/// kind, axis, and word or pair of words (420 statistics): finds cells that deviate by 5 % (rms).
struct Pairs {
  std::uint32_t cells[20][4096] = {};
  void put(std::size_t k, std::uint32_t x, std::uint32_t y) {
    ++cells[k][x >> 26 << 6 | y >> 26];
    ++cells[k + 10][(x & 63) << 6 | (y & 63)];
  }
  void count(const Line& line, std::int64_t l) {
    for (std::size_t i = l % 2 != 0; i + 1 < length; i += 2)
      for (std::size_t w = 0, k = 4; w < 4; ++w) {
        put(w, line[i][w], line[i + 1][w]);
        for (std::size_t v = 0; v < w; ++v) put(k++, line[i][v], line[i][w]);
      }
  }
  void judge(double lines, Verdict& verdict) const {
    const double expected = lines * (length - 1) / 2 / 4096;
    for (const auto& table : cells) {
      double x = 0;
      for (const double c : table) x += (c - expected) * (c - expected) / expected;
      verdict.add(chi_square_p(x, 4095));
    }
  }
};
TEST(Generator, PairsFillTheirCellsEvenly) { check<OfLines<Pairs, 4096>, 4, 6, 8>(); }

/// Lattices, words spread too evenly or too unevenly: equal spacings of 8,192 sorted words are Poisson with
/// mean 8192^3 / 2^34 = 32. n = 8 sets for each kind, axis and word (84 statistics): finds 40 % too many.
struct Birthdays {
  static constexpr std::size_t n = 8192;
  std::vector<std::uint32_t> days[4], spacings = std::vector<std::uint32_t>(n);
  double equal[4] = {};
  void count(const Line& line, std::int64_t) {
    for (std::size_t w = 0; w < 4; ++w) {
      for (const Block& b : line) days[w].push_back(b[w]);
      if (days[w].size() < n) continue;
      std::sort(days[w].begin(), days[w].end());
      for (std::size_t i = 0; i < n; ++i) spacings[i] = days[w][i] - days[w][(i + n - 1) % n];
      std::sort(spacings.begin(), spacings.end());
      for (std::size_t i = 1; i < n; ++i) equal[w] += spacings[i] == spacings[i - 1];
      days[w].clear();
    }
  }
  void judge(double lines, Verdict& verdict) const {
    for (const double e : equal) verdict.add(poisson_p(e, 32 * lines * length / n));
  }
};
TEST(Generator, BirthdaySpacings) { check<OfLines<Birthdays, 8 * Birthdays::n / length>, 4, 6>(); }

/// Words that are linear in the bits of their addresses: ranks of 32 x 32 matrices of neighbours. n = 2,048
/// for each kind, axis and word (84 statistics): finds a wrong rank of 5 % of the matrices.
struct Ranks {
  double counts[4][3] = {};  // rank 30 or less, 31, 32
  static std::size_t rank(std::array<std::uint32_t, 32>& rows) {
    std::size_t found = 0;
    for (std::size_t r = 0; r < 32; ++r) {
      found += rows[r] != 0;
      const std::uint32_t pivot = rows[r] & (~rows[r] + 1);
      for (std::size_t k = r + 1; k < 32; ++k) rows[k] ^= (rows[k] & pivot) != 0 ? rows[r] : 0;
    }
    return found;
  }
  void count(const Line& line, std::int64_t) {
    std::array<std::uint32_t, 32> rows;
    for (std::size_t w = 0; w < 4; ++w)
      for (std::size_t from = 0; from < length; from += 32) {
        for (std::size_t r = 0; r < 32; ++r) rows[r] = line[from + r][w];
        ++counts[w][std::max<std::size_t>(rank(rows), 30) - 30];
      }
  }
  void judge(double lines, Verdict& verdict) const {
    const double n = lines * length / 32;
    const double expected[3] = {0.1336357147 * n, 0.5775761902 * n, 0.2887880951 * n};
    for (const auto& c : counts) {
      double x = 0;
      for (int k = 0; k < 3; ++k) x += (c[k] - expected[k]) * (c[k] - expected[k]) / expected[k];
      verdict.add(std::exp(-x / 2));
    }
  }
};
TEST(Generator, RanksOfBinaryMatrices) { check<OfLines<Ranks, 2048 * 32 / length>, 4, 6>(); }

/// Luck that repeats: correlation of neighbouring uniforms, and the variance of their sums (over the periods
/// of a customer, over the customers of a period, ...). n = 524,288 uniforms, 4,096 sums of 128, for each
/// kind, axis and word (168 statistics): finds a correlation of 0.01 and a variance wrong by 15 %.
struct Sums {
  double products[4] = {}, squares[4] = {};
  void count(const Line& line, std::int64_t) {
    for (std::size_t w = 0; w < 4; ++w) {
      double sum = 0, before = 0;
      for (const Block& b : line) {
        const double u = (b[w] + 0.5) * 0x1p-32 - 0.5;
        products[w] += u * before;
        sum += before = u;
      }
      squares[w] += sum * sum;
    }
  }
  void judge(double lines, Verdict& verdict) const {
    for (const double x : products) verdict.add(normal_p(12 * x / std::sqrt(lines * (length - 1))));
    for (const double x : squares) verdict.add(chi_square_p(12 * x / length, lines));
  }
};
TEST(Generator, SumsVaryAsOfIndependentUniforms) { check<OfLines<Sums, 4096>, 4, 6>(); }

}  // namespace

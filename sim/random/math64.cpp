#include "sim/random/math64.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#ifdef __FAST_MATH__
#error "math64 needs IEEE arithmetic: compile without -ffast-math and with -ffp-contract=off"
#endif

namespace goodwill::math {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// ---- Double-double: an unevaluated sum of two doubles, about 106 bits (Dekker 1971). The leading terms of
// each series are kept in it, so that what is rounded at the end is nearly the true value.
struct Two {
  double hi, lo;
};

Two quick_sum(double a, double b) {  // |a| >= |b|
  const double s = a + b;
  return {s, b - (s - a)};
}

Two sum(double a, double b) {
  const double s = a + b;
  const double t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

Two product(double a, double b) {
  constexpr double split =
      134217729.0;  // 2^27 + 1; instead of std::fma, which is slow where the processor has none
  const double p = a * b;
  const double as = split * a, ah = as - (as - a), al = a - ah;
  const double bs = split * b, bh = bs - (bs - b), bl = b - bh;
  return {p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

Two operator+(Two a, Two b) {
  const Two s = sum(a.hi, b.hi);
  const Two t = sum(a.lo, b.lo);
  const Two u = quick_sum(s.hi, s.lo + t.hi);
  return quick_sum(u.hi, u.lo + t.lo);
}

Two operator*(Two a, Two b) {
  const Two p = product(a.hi, b.hi);
  return quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

Two operator/(Two a, Two b) {
  const double q = a.hi / b.hi;
  const Two r = a + Two{-q, 0} * b;
  return quick_sum(q, (r.hi + r.lo) / b.hi);
}

// log 2 in three parts; the first has 32 significant bits, so that k * kLog2[0] is exact for every exponent
// k.
constexpr double kLog2[] = {0x1.62e42feep-1, 0x1.a39ef35793c76p-33, 0x1.cc01f97b57a08p-87};

struct Scaled {
  Two m;  ///< expm1 of the reduced argument
  int k;  ///< the result is 2^k (1 + m)
};

/// 2 / n! for n = 17 down to 3.
constexpr auto exp_tail = [] {
  std::array<double, 15> terms{};
  double term = 1;
  for (std::size_t n = 3; n <= 17; ++n) terms[17 - n] = term /= static_cast<double>(n);
  return terms;
}();

Scaled exp_parts(Two x) {  // |x| < 800
  const double k = std::floor(x.hi * 1.4426950408889634 + 0.5);
  const Two r = sum(x.hi - k * kLog2[0], -k * kLog2[1]) + Two{x.lo, -k * kLog2[2]};
  // r + r^2/2 in double-double; the rest is at most 2 % of r, there a double is enough.
  double tail = 0;
  for (const double c : exp_tail) tail = tail * r.hi + c;
  const Two square = r * r;
  const Two half{0.5 * square.hi, 0.5 * square.lo};
  return {r + half + Two{half.hi * r.hi * tail, 0}, static_cast<int>(k)};
}

double exp_two(Two x) {
  const auto [m, k] = exp_parts(x);
  const Two r = Two{1, 0} + m;
  return std::ldexp(r.hi + r.lo, k);
}

Two atanh2(Two s) {  // 2 atanh(s), |s| < 0.18
  const double z = s.hi * s.hi;
  double tail = 0;
  for (int n = 25; n >= 5; n -= 2) tail = tail * z + 1.0 / n;
  const Two square = s * s;
  const Two rest = square * (Two{1.0 / 3, 0x1.5555555555555p-56} + Two{z * tail, 0});
  const Two r = s + s * rest;
  return {2 * r.hi, 2 * r.lo};
}

Two log_two(Two x) {  // x > 0, finite
  int e = 0;
  if (std::frexp(x.hi, &e) < 0.70710678118654752) --e;
  const Two m{std::ldexp(x.hi, -e), std::ldexp(x.lo, -e)};
  const Two f = sum(m.hi - 1, m.lo);
  const Two r = atanh2(f / (Two{2, 0} + f));
  if (e == 0) return r;
  return Two{e * kLog2[0], 0} + (Two{e * kLog2[1], e * kLog2[2]} + r);
}

double value(Two x) { return x.hi + x.lo; }

}  // namespace

double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 710) return kInfinity;
  if (x < -746) return 0;
  return exp_two({x, 0});
}

double expm1(double x) {
  if (std::isnan(x) || std::fabs(x) < 1e-17) return x;
  if (x > 710) return kInfinity;
  if (x < -40) return -1;
  const auto [m, k] = exp_parts({x, 0});
  if (k == 0) return value(m);
  if (k > 100) return exp_two({x, 0});
  const Two r = Two{1, 0} + m;
  return value(Two{std::ldexp(r.hi, k), std::ldexp(r.lo, k)} + Two{-1, 0});
}

double log(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x <= 0) return x == 0 ? -kInfinity : kNaN;
  return value(log_two({x, 0}));
}

double log1p(double x) {
  if (std::isnan(x) || x == kInfinity || std::fabs(x) < 1e-17) return x;
  if (x <= -1) return x == -1 ? -kInfinity : kNaN;
  return value(log_two(sum(1, x)));
}

double pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (std::isnan(x) || std::isnan(y)) return kNaN;
  const bool whole = std::floor(y) == y;
  const bool odd = whole && std::fabs(y) < 0x1p53 && std::fmod(y, 2) != 0;
  if (x < 0 && !whole && std::isfinite(x)) return kNaN;
  const double sign = std::signbit(x) && odd ? -1 : 1;
  const double a = std::fabs(x);
  if (a == 1) return sign;
  if (a == 0 || std::isinf(a) || std::isinf(y)) return (a > 1) == (y > 0) ? sign * kInfinity : sign * 0.0;
  const Two l = log_two({a, 0});
  if (l.hi * y > 710) return sign * kInfinity;
  if (l.hi * y < -746) return sign * 0.0;
  return sign * exp_two(l * Two{y, 0});
}

double logit(double p) {
  if (!(p >= 0 && p <= 1)) return kNaN;
  if (p == 0 || p == 1) return p == 0 ? -kInfinity : kInfinity;
  if (p < 1e-30) return log(p);  // 1 - p is 1
  // Near 1/2 by 2p - 1, which is exact there; the logarithm of p / (1 - p) would lose its digits.
  if (p > 0.42 && p < 0.58) return value(atanh2({2 * p - 1, 0}));
  return value(log_two(Two{p, 0} / sum(1, -p)));
}

double expit(double x) {
  if (std::isnan(x)) return x;
  if (x < -60) return exp(x);
  if (x > 60) return 1;
  const auto [m, k] = exp_parts({-std::fabs(x), 0});
  const Two r = Two{1, 0} + m;
  const Two e{std::ldexp(r.hi, k), std::ldexp(r.lo, k)};
  return value((x < 0 ? e : Two{1, 0}) / (Two{1, 0} + e));
}

namespace {

/// Stirling's correction: lgamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), x >= 10 (Abramowitz and
/// Stegun 6.1.41).
double stirling(double x) {
  const double z = 1 / (x * x);
  return (1.0 / 12 -
          z * (1.0 / 360 -
               z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360360 - z / 156)))))) /
         x;
}

constexpr double kHalfLog2Pi = 0.91893853320467274178;
constexpr double kTwoPi = 6.28318530717958647693;
constexpr double kLarge = 10;  // Stirling's correction is good to 1e-16 from here on
constexpr double kTiny = 1e-300;

/// lgamma(a + b) - lgamma(b) for large b, without the cancellation.
double lgamma_step(double a, double b) {
  return (b - 0.5) * log1p(a / b) + a * log(a + b) - a + (stirling(a + b) - stirling(b));
}

/// x^a e^-x / Gamma(a).
double gamma_front(double a, double x) {
  if (a < kLarge) return exp(a * log(x) - x - lgamma(a));
  const double mu = (x - a) / a;
  const double small = mu > -0.9 ? log1p(mu) : log(x / a);
  return exp(a * (small - mu) - stirling(a)) * std::sqrt(a / kTwoPi);
}

/// x^a y^b / B(a, b) with y = 1 - x. Both are passed on, because the smaller of the two is the exact one.
double beta_front(double a, double b, double x, double y) {
  if (a >= kLarge && b >= kLarge) {
    const double d = b * x - a * y;  // how far x is from the mean
    const double u = a * log1p(d / a) + b * log1p(-d / b);
    return exp(u + (stirling(a + b) - stirling(a) - stirling(b))) * std::sqrt(a / (a + b) * b / kTwoPi);
  }
  const double powers = a * (x > 0.5 ? log1p(-y) : log(x)) + b * (y > 0.5 ? log1p(-x) : log(y));
  if (b >= kLarge) return exp(powers + lgamma_step(a, b) - lgamma(a));
  if (a >= kLarge) return exp(powers + lgamma_step(b, a) - lgamma(b));
  return exp(powers + lgamma(a + b) - lgamma(a) - lgamma(b));
}

/// Iterations that are enough: both series converge after a few times sqrt(size) terms.
int iterations(double size) { return 500 + static_cast<int>(std::min(20 * std::sqrt(size), 1e8)); }

/// A continued fraction b0 + a1/(b1 + a2/(b2 + ...)) by the modified Lentz method; term(n) gives {a_n, b_n}.
template <class Term>
double continued_fraction(double b0, int limit, Term term) {
  double f = b0 == 0 ? kTiny : b0, c = f, d = 0;
  for (int n = 1; n <= limit; ++n) {
    const auto [a, b] = term(n);
    d = b + a * d;
    d = 1 / (d == 0 ? kTiny : d);
    c = b + a / c;
    if (c == 0) c = kTiny;
    f *= c * d;
    if (std::fabs(c * d - 1) < 1e-15) break;
  }
  return f;
}

/// I_x(a, b) for x below the mean, by the continued fraction of DiDonato and Morris (1992, eq. 9): unlike the
/// classical one it does not cancel where a and b differ by orders of magnitude.
double beta_below(double a, double b, double x, double y) {
  const double distance = a * y - b * x;
  const auto term = [&](int n) -> Two {
    const double odd = a + 2 * n - 1, share = n * (b - n) * x / odd;
    return {(a + n - 1) * ((a + b + n - 1) * x / odd) * share,
            n + share + (a + n) / (a + 2 * n + 1) * (distance + 1 + n * (1 + y))};
  };
  const double b0 = a / (a + 1) * (distance + 1);
  return beta_front(a, b, x, y) / continued_fraction(b0, iterations(a + b), term);
}

}  // namespace

double lgamma(double x) {
  if (!(x > 0)) return kNaN;
  if (x > 1e300) return kInfinity;
  double shift = 1;
  for (; x < kLarge; x += 1) shift *= x;
  const double large = (x - 0.5) * log(x) - x + (kHalfLog2Pi + stirling(x));
  return shift == 1 ? large : large - log(shift);
}

double regularized_gamma(double a, double x) {
  if (!(a > 0) || !(x >= 0) || std::isinf(a)) return kNaN;
  if (x == 0 || std::isinf(x)) return x == 0 ? 0 : 1;
  const double front = gamma_front(a, x);
  if (x < a + 1) {
    double term = 1 / a, total = term;
    for (int n = 1, limit = iterations(a); n <= limit && term > 1e-17 * total; ++n) {
      term *= x / (a + n);
      total += term;
    }
    return std::min(front * total, 1.0);
  }
  const auto term = [&](int n) -> Two { return {n * (a - n), x - a + 2 * n + 1}; };
  return std::clamp(1 - front / continued_fraction(x - a + 1, iterations(a), term), 0.0, 1.0);
}

double regularized_beta(double a, double b, double x) {
  if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1) || std::isinf(a + b)) return kNaN;
  if (x == 0 || x == 1) return x;
  const bool below = x < (a + 1) / (a + b + 2);
  const double p = below ? beta_below(a, b, x, 1 - x) : 1 - beta_below(b, a, 1 - x, x);
  return std::clamp(p, 0.0, 1.0);
}

double normal_cdf(double z) {
  const double half = 0.5 * regularized_gamma(0.5, z * z / 2);
  return z < 0 ? 0.5 - half : 0.5 + half;
}

}  // namespace goodwill::math

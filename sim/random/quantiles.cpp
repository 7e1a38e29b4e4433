// Inverses of distribution functions in double precision (see math64.hpp).
#include <cmath>
#include <limits>

#include "sim/random/math64.hpp"

namespace goodwill::math {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The polynomial with these coefficients, highest power first.
template <int N>
double polynomial(const double (&c)[N], double x) {
  double sum = c[0];
  for (int k = 1; k < N; ++k) sum = sum * x + c[k];
  return sum;
}

/// The x in the lower half with I_x(a, b) = p, by halving until the two ends are neighbours.
double lower_beta_quantile(double a, double b, double p) {
  double low = 0, high = 0.5;
  for (double middle = 0.25; low < middle && middle < high; middle = low + (high - low) / 2)
    (regularized_beta(a, b, middle) < p ? low : high) = middle;
  return high;
}

}  // namespace

double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return kNaN;
  if (p == 0 || p == 1) return p == 0 ? -kInfinity : kInfinity;
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    constexpr double a[] = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                            45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                            133.14166789178437745, 3.387132872796366608};
    constexpr double b[] = {
        5226.495278852854561,  28729.085735721942674, 39307.89580009271061,  21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083,  42.313330701600911252, 1.0};
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-log(q < 0 ? p : 1 - p));
  double z;
  if (r <= 5) {
    constexpr double c[] = {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
                            1.27045825245236838258,   3.64784832476320460504,   5.7694972214606914055,
                            4.6303378461565452959,    1.42343711074968357734};
    constexpr double d[] = {
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455,    1.6763848301838038494,   2.05319162663775882187,   1.0};
    z = polynomial(c, r - 1.6) / polynomial(d, r - 1.6);
  } else {
    constexpr double e[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
                            0.026532189526576123093,   0.29656057182850489123,    1.7848265399172913358,
                            5.4637849111641143699,     6.6579046435011037772};
    constexpr double f[] = {2.04426310338993978564e-15, 1.4215117583164458887e-7,
                            1.8463183175100546818e-5,   7.868691311456132591e-4,
                            0.0148753612908506148525,   0.13692988092273580531,
                            0.59983220655588793769,     1.0};
    z = polynomial(e, r - 5) / polynomial(f, r - 5);
  }
  return q < 0 ? -z : z;
}

double beta_quantile(double a, double b, double p) {
  if (!(a > 0) || !(b > 0) || std::isinf(a + b) || !(p >= 0 && p <= 1)) return kNaN;
  if (p == 0 || p == 1) return p;
  // Searches the half in which x lies, because near 1 a double cannot tell a small distance from 1.
  return p <= regularized_beta(a, b, 0.5) ? lower_beta_quantile(a, b, p)
                                          : 1 - lower_beta_quantile(b, a, 1 - p);
}

}  // namespace goodwill::math

// Elementary and special functions in double precision that give the same bits on every processor.
//
// The C library picks other code, and other last bits, where the processor has FMA or AVX2. A parameter that
// reaches the kernel would carry these bits into every customer's life, so whatever reaches it is computed
// here, from + - * / and exact scaling only. Not for speed: about 50 ns a call.
#pragma once

namespace goodwill::math {

/// Errors below 1 unit in the last place, IEEE 754 values at the limits (log(0) is -inf, log(-1) is NaN).
double exp(double x);
double log(double x);
double expm1(double x);  ///< exp(x) - 1, accurate for small x
double log1p(double x);  ///< log(1 + x), accurate for small x
double pow(double x, double y);
double logit(double p);  ///< log(p / (1 - p)); -inf at 0, inf at 1, NaN outside
double expit(double x);  ///< 1 / (1 + exp(-x))

/// log of the gamma function, x > 0 (NaN otherwise). Error below 1e-13, absolute or relative, whichever is
/// larger.
double lgamma(double x);
/// P(a, x), the gamma distribution's probability up to x; a > 0, x >= 0 (NaN otherwise). Error below 1e-11
/// for a up to 1e8; time grows with sqrt(a).
double regularized_gamma(double a, double x);
/// I_x(a, b), the beta distribution's probability up to x; a, b > 0, 0 <= x <= 1 (NaN otherwise). Error below
/// 1e-11 for a and b up to 1e8.
double regularized_beta(double a, double b, double x);

/// The standard normal distribution's probability up to z.
double normal_cdf(double z);
/// Its inverse, 0 < p < 1 (-inf at 0, inf at 1, NaN outside). Relative error below 1e-14 (algorithm AS 241,
/// Wichura 1988).
double normal_quantile(double p);
/// The x with I_x(a, b) = p, to the accuracy of regularized_beta; a, b > 0, 0 <= p <= 1 (NaN otherwise).
double beta_quantile(double a, double b, double p);

}  // namespace goodwill::math

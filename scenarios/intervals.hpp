// Confidence intervals of means and ratios of means. The units are replications or batches of customers,
// paired between the scenarios; where assumptions are drawn they come in strata, one per draw.
#pragma once

#include <vector>

namespace goodwill {

/// [draw][batch]. Every draw has the same weight, whatever its number of batches. One draw: plain units.
using Units = std::vector<std::vector<double>>;

struct Interval {
  double mean = 0, low = 0, high = 0;
};
/// Mean of the draws' means +- t SE with SE^2 = sum_d s_d^2 / B_d / D^2 and sum_d (B_d - 1) degrees of
/// freedom (stratified sampling, Cochran 1977, 5.9): the error of simulation alone, for these draws. One
/// draw: the usual mean +- t_{n-1} s / sqrt(n). A draw with fewer than two batches makes it unbounded. For
/// intervals that hold together with probability `level`, `simultaneous` is the number of comparisons (Sidak
/// 1967: each at level^(1/m); never below `level`, and wider than Dunnett's by little). Throws ModelError: a
/// level outside (0, 1), fewer than one comparison, no units.
Interval mean_interval(const Units& x, double level, int simultaneous = 1);
Interval mean_interval(const std::vector<double>& x, double level, int simultaneous = 1);

struct Ratio {
  double value = 0, low = 0, high = 0;
  bool bounded = true;  ///< false: the interval of the denominator contains 0
};
/// Ratio of means mean(a) / mean(b) of paired units, with Fieller's interval (Fieller 1954) from the
/// stratified covariance of the two means. Strata, degrees of freedom and errors as for mean_interval.
Ratio ratio_of_means(const Units& a, const Units& b, double level, int simultaneous = 1);
Ratio ratio_of_means(const std::vector<double>& a, const std::vector<double>& b, double level,
                     int simultaneous = 1);

/// Pearson's correlation; NaN when one of the two does not vary.
double correlation(const std::vector<double>& a, const std::vector<double>& b);

/// Sample skewness of the units around the mean of their draw, moments g1 = m3 / m2^(3/2); 0 when nothing
/// varies.
double skewness(const Units& x);

}  // namespace goodwill

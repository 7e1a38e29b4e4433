// Confidence intervals of means and ratios of means. The units are replications or batches of customers,
// paired between the scenarios; where assumptions are drawn, sets of draws that know nothing of one another.
#pragma once

#include <vector>

namespace goodwill {

/// [draw][batch]. Every draw has the same weight, whatever its number of batches. One draw: plain units.
using Units = std::vector<std::vector<double>>;

struct Interval {
  double mean = 0, low = 0, high = 0;
};
/// Draws of the assumptions come in so many sets: draw d is number d / sets of set d % sets. Each set is a
/// Sobol sequence of its own, shifted independently of the others (randomized quasi-Monte Carlo replicates,
/// Owen 2013, 17). More sets cost evenness within a set; fewer make the error less certain.
constexpr std::size_t draw_sets = 16;

/// Mean of the draws' means, with its error. Several draws: the spread between their sets, which holds both
/// the error of having only so many draws and that of the simulation; t with one degree of freedom less than
/// there are sets (sets of unequal size like clusters, Cochran 1977, 11). One draw, or none drawn: the
/// usual mean +- t_{n-1} s / sqrt(n) of its units. A single unit makes it unbounded. For intervals that hold
/// together with probability `level`, `simultaneous` is the number of comparisons (Sidak 1967: each at
/// level^(1/m); never below `level`, and wider than Dunnett's by little). Throws ModelError: a level outside
/// (0, 1), fewer than one comparison, no units.
Interval mean_interval(const Units& x, double level, int simultaneous = 1);
Interval mean_interval(const std::vector<double>& x, double level, int simultaneous = 1);

struct Ratio {
  double value = 0, low = 0, high = 0;
  bool bounded = true;  ///< false: the interval of the denominator contains 0
};
/// Ratio of means mean(a) / mean(b) of paired units, with Fieller's interval (Fieller 1954). Sets, degrees of
/// freedom and errors as for mean_interval.
Ratio ratio_of_means(const Units& a, const Units& b, double level, int simultaneous = 1);
Ratio ratio_of_means(const std::vector<double>& a, const std::vector<double>& b, double level,
                     int simultaneous = 1);

/// Pearson's correlation; NaN when one of the two does not vary.
double correlation(const std::vector<double>& a, const std::vector<double>& b);

/// What is independent of one another: the means of the draws, or the units of one draw.
std::vector<double> samples(const Units& x);

/// The quantile of Student's t that half-widths at `level` are made of.
double t_quantile(const Units& x, double level, int simultaneous = 1);

/// Sample skewness of the samples, moments g1 = m3 / m2^(3/2); 0 when nothing varies.
double skewness(const Units& x);

}  // namespace goodwill

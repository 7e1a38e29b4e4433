// Confidence intervals of means and ratios of means. The independent units are replications or batches of
// customers, paired between the scenarios; where assumptions are drawn, they are sets of draws.
#pragma once

#include <vector>

namespace goodwill {

/// [draw][batch]. Every draw has the same weight, whatever its number of batches. One draw: plain units.
using Units = std::vector<std::vector<double>>;

struct Interval {
  double mean = 0, low = 0, high = 0;
};
/// Draws of the assumptions are dealt to this many sets: draw d is number d / sets of set d % sets. Each set
/// is a Sobol sequence of its own, shifted independently of the others (randomized quasi-Monte Carlo
/// replicates, Owen 2013, 17). With more sets each is less even; with fewer the error is less certain.
constexpr std::size_t draw_sets = 16;

/// Mean of the draws' means, with its interval. With several draws the error is the spread between their
/// sets, which holds both the error of having only so many draws and that of the simulation; t has one degree
/// of freedom less than there are sets (sets of unequal size like clusters, Cochran 1977, 11). With one draw
/// it is the usual mean +- t_{n-1} s / sqrt(n) of its units. With a single unit the interval is unbounded.
/// For intervals that hold together with probability `level`, `simultaneous` is the number m of comparisons
/// (Sidak 1967: each at level^(1/m); together never below `level`, and little wider than Dunnett's). Throws
/// ModelError: a level outside (0, 1), fewer than one comparison, no units.
Interval mean_interval(const Units& x, double level, int simultaneous = 1);
Interval mean_interval(const std::vector<double>& x, double level, int simultaneous = 1);

struct Ratio {
  double value = 0, low = 0, high = 0;
  bool bounded = true;  ///< false: the interval of the denominator contains 0
};
/// Ratio of means mean(a) / mean(b) of paired units, with Fieller's interval (Fieller 1954); NaN if mean(b)
/// is 0. Sets, degrees of freedom and errors as for mean_interval.
Ratio ratio_of_means(const Units& a, const Units& b, double level, int simultaneous = 1);
Ratio ratio_of_means(const std::vector<double>& a, const std::vector<double>& b, double level,
                     int simultaneous = 1);

/// Pearson's correlation; NaN when one of the two does not vary.
double correlation(const std::vector<double>& a, const std::vector<double>& b);
/// How many times the variance of their difference would be, were a and b independent: what common luck saves
/// in replications. Within each `batches` consecutive units, which are of one draw; NaN where the difference
/// does not vary.
double variance_ratio(const std::vector<double>& a, const std::vector<double>& b, std::size_t batches);

/// The means of the draws, or the units if there is one draw.
std::vector<double> samples(const Units& x);

/// The factor on the standard error that gives the half-width at `level` (Student's t). Throws like
/// mean_interval.
double t_quantile(const Units& x, double level, int simultaneous = 1);

/// Sample skewness of the samples, moments g1 = m3 / m2^(3/2); 0 when nothing varies.
double skewness(const Units& x);

}  // namespace goodwill

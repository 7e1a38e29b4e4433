// The metalog distribution with three terms (Keelin 2016, "The Metalog Distributions", Decision Analysis 13):
// three quantiles determine it, so that nobody has to choose a family.
#pragma once

namespace goodwill {

/// The scale on which an uncertain number is spread; ordered from wide to narrow.
enum class Scale {
  plain,
  log,       ///< amounts and factors, above 0
  log_odds,  ///< probabilities and shares, between 0 and 1
};
double to_scale(Scale scale, double value);
double from_scale(Scale scale, double y);

class Metalog {
public:
  /// `low`, `best`, `high` are the 10, 50 and 90 % quantiles; they must increase and lie inside the scale.
  Metalog(double low, double best, double high, Scale scale);

  /// The value below which the number lies with probability p, 0 < p < 1. Increases in p if feasible().
  double quantile(double p) const;
  /// False: the quantiles are too skewed for three terms, and `quantile` is no quantile function.
  bool feasible() const;
  /// With these outer quantiles the median must lie between these two values.
  double least_best() const { return best_at(kSkewest); }
  double most_best() const { return best_at(1 - kSkewest); }

private:
  /// With the median at this share of the way from the 10 to the 90 % quantile, the quantile function becomes
  /// flat somewhere (Keelin 2016: 1/2 - 1.66711 x 0.4 / 2).
  static constexpr double kSkewest = 0.16658;
  double best_at(double share) const { return from_scale(scale_, low_ + share * (high_ - low_)); }

  Scale scale_;
  double low_, best_, high_;  // on the scale
};

}  // namespace goodwill

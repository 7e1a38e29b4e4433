#include "scenarios/metalog.hpp"

#include "sim/random/math64.hpp"

namespace goodwill {

double to_scale(Scale scale, double value) {
  switch (scale) {
  case Scale::plain:
    return value;
  case Scale::log:
    return math::log(value);
  case Scale::log_odds:
    return math::logit(value);
  }
  return value;
}

double from_scale(Scale scale, double y) {
  switch (scale) {
  case Scale::plain:
    return y;
  case Scale::log:
    return math::exp(y);
  case Scale::log_odds:
    return math::expit(y);
  }
  return y;
}

Metalog::Metalog(double low, double best, double high, Scale scale)
    : scale_(scale), low_(to_scale(scale, low)), best_(to_scale(scale, best)), high_(to_scale(scale, high)) {}

double Metalog::quantile(double p) const {
  constexpr double log_9 = 2.1972245773362193828;  // logit of 90 %
  const double y = math::logit(p) / log_9;
  const double spread = (high_ - low_) / 2, skew = (high_ + low_) / 2 - best_;
  return from_scale(scale_, best_ + y * (spread + skew * (p - 0.5) / 0.4));
}

bool Metalog::feasible() const {
  const double share = (best_ - low_) / (high_ - low_);
  return share > kSkewest && share < 1 - kSkewest;
}

}  // namespace goodwill

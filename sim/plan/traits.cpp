// Traits: the functions of the normal score that make a frailty, a beta level or an order multiplier.
#include <algorithm>
#include <cmath>
#include <string>

#include "sim/plan/compile.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

/// Table of y(z) on the kernel's grid, where cdf(y) = Phi(z) and upper(y) = 1 - cdf(y) is
/// accurate in the upper tail. Beyond +-5.5, where fewer than 4 in 100 million draws lie, the
/// ends continue as straight lines.
template <class Cdf, class Upper>
std::vector<float> invert(Cdf&& cdf, Upper&& upper, double low, double high) {
  constexpr int coarse = 512;  // solved exactly, then interpolated to the kernel's grid
  constexpr double reach = 5.5, step = 2 * reach / coarse;
  std::vector<double> y(coarse + 1);
  double from = low;
  for (int k = 0; k <= coarse; ++k) {
    const double z = -reach + k * step, target = z < 0 ? math::normal_cdf(z) : math::normal_cdf(-z);
    double a = from, b = high;
    for (int i = 0; i < 60 && b - a > 1e-12 * (1 + std::abs(a)); ++i) {
      const double m = (a + b) / 2;
      const bool below = z < 0 ? cdf(m) < target : upper(m) > target;
      (below ? a : b) = m;
    }
    y[static_cast<std::size_t>(k)] = from = a;
  }
  std::vector<float> table(trait_intervals + 1);
  for (int k = 0; k <= trait_intervals; ++k) {
    const double z = -trait_range + k * (2.0 * trait_range / trait_intervals), x = (z + reach) / step;
    const int i = x <= 1 ? 1 : x >= coarse - 1 ? coarse - 1 : static_cast<int>(x + 0.5);
    const double d = x - i, y0 = y[static_cast<std::size_t>(i - 1)], y1 = y[static_cast<std::size_t>(i)],
                 y2 = y[static_cast<std::size_t>(i + 1)];
    const bool inside = x >= 0 && x <= coarse;
    const double curve = inside ? d * d * (y0 - 2 * y1 + y2) / 2 : d * d * 0;
    table[static_cast<std::size_t>(k)] = static_cast<float>(y1 + d * (y2 - y0) / 2 + curve);
  }
  return table;
}

/// logit of the beta quantile.
std::vector<float> beta_table(double a, double b) {
  return invert([=](double y) { return math::regularized_beta(a, b, math::expit(y)); },
                [=](double y) { return math::regularized_beta(b, a, math::expit(-y)); }, -200, 200);
}

/// log of the quantile of a gamma distribution with mean 1 (the order rate's multiplier).
std::vector<float> gamma_table(double shape) {
  return invert([=](double y) { return math::regularized_gamma(shape, shape * math::exp(y)); },
                [=](double y) { return 1 - math::regularized_gamma(shape, shape * math::exp(y)); }, -200, 10);
}

/// log of a lognormal multiplier with mean 1.
std::vector<float> spend_table(double cv) {
  const double variance = math::log1p(cv * cv), sd = std::sqrt(variance);
  std::vector<float> table;
  for (int k = 0; k <= trait_intervals; ++k)
    table.push_back(single(sd * (-trait_range + k * (2.0 * trait_range / trait_intervals)) - variance / 2));
  return table;
}

}  // namespace

double trait_value(const TraitParams& trait, double z) {
  z = std::clamp<double>(z, -trait_range, trait_range);
  if (!trait.table) return z;
  const double position = (z + trait_range) * (trait_intervals / (2.0 * trait_range));
  const int k = std::min(static_cast<int>(position), trait_intervals - 1);
  const double low = trait.table[k], high = trait.table[k + 1];
  return low + (position - k) * (high - low);
}

std::vector<bool> frail_responses(const Model& model, const std::vector<Model>& segment_models) {
  std::vector<bool> frail;
  for (const auto& m : segment_models) {
    std::size_t k = 0;
    for_each_response(m, [&](const std::string&, const Response& r) {
      if (frail.size() <= k) frail.push_back(false);
      frail[k] = frail[k] || r.frailty != 0;
      ++k;
    });
  }
  // An investment may give a frailty to a response that had none.
  std::size_t k = 0;
  for_each_response(model, [&](const std::string& path, const Response&) {
    const auto ends = [&](const Change& c) {
      return c.path.size() >= path.size() + 8 && c.path.ends_with(path + ".frailty");
    };
    for (const auto* interventions : {&model.investments, &model.events})
      for (const auto& [name, intervention] : *interventions)
        for (const auto& change : intervention.changes) frail[k] = frail[k] || ends(change);
    ++k;
  });
  return frail;
}

std::vector<Trait> make_traits(const Model& segment_model, const std::vector<bool>& frail) {
  std::vector<Trait> traits;
  int index = 0;
  for_each_response(segment_model, [&](const std::string&, const Response& r) {
    const auto draw = static_cast<std::uint32_t>(2 * index);
    if (r.form == Response::Form::beta)
      traits.push_back({index, false, draw, beta_table(r.alpha, r.beta)});
    else if (frail[static_cast<std::size_t>(index)])
      traits.push_back({index, false, draw, {}});
    if (segment_model.orders && &r == &segment_model.orders->rate && segment_model.orders->spread > 0)
      traits.push_back({index, true, draw + 1, gamma_table(segment_model.orders->spread)});
    ++index;
  });
  if (const double cv = own_segment(segment_model).spend; cv > 0)
    traits.push_back({Trait::of_spend, false, 0, spend_table(cv)});
  return traits;
}

}  // namespace goodwill

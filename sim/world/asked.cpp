#include "sim/world/asked.hpp"

#include <algorithm>
#include <cmath>

#include "sim/change/path.hpp"
#include "sim/model/responses.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {

bool varies(const Response& r, const Segment& segment) {
  bool any = r.frailty != 0;
  for_each_effect(r.effects, [&](const char*, const Number& effect, FeaturePlace, FeatureOf of) {
    const bool alike = of == FeatureOf::offer || (of == FeatureOf::trait && segment.spend == 0);
    any = any || (!alike && effect != 0);
  });
  return any;
}

bool is_open(double level, bool rate) { return level > 0 && (rate || level < 1); }

Model fresh_cohort(Model model) {
  for (auto& [name, segment] : model.segments) {
    segment.count.value = std::max(1.0, segment.count.value);
    segment.tenure = Number(0);
    segment.tenure_exactly = true;
    segment.arrivals = Number(0);
  }
  if (model.market) {
    model.market->size = Number(0);
    model.market->size_by_segment.items.clear();
  }
  return model;
}

void forget_effects_on_beta(Model& model) {
  std::vector<const Number*> forgotten;
  for_each_response(model, [&](const std::string&, Response& r) {
    if (r.form != Response::Form::beta) return;
    r.effects = {};
#define GOODWILL_FORGET(name, place, of, value, text) forgotten.push_back(&r.effects.name);
    GOODWILL_EVERY_FEATURE(GOODWILL_FORGET)
#undef GOODWILL_FORGET
  });
  const PathIndex index(model);
  const auto brings_one_back = [&](const Change& change) {
    return std::ranges::any_of(index.find(change.path, PathIndex::Purpose::change).places,
                               [&](const Place* place) {
                                 const Slot slot = place->address.in(model);
                                 auto* const* number = std::get_if<Number*>(&slot);
                                 return number && std::ranges::count(forgotten, *number) > 0;
                               });
  };
  for (auto& [name, segment] : model.segments) std::erase_if(segment.changes, brings_one_back);
}

std::vector<double> geometric_cdf(double mean, std::size_t most) {
  if (mean <= 1) return {1 - mean, 1};
  std::vector<double> cdf{0};
  double left = 1;
  while (left > 1e-5 && cdf.size() < most) {
    left *= 1 - 1 / mean;
    cdf.push_back(1 - left);
  }
  cdf.back() = 1;
  return cdf;
}

std::vector<double> exact_cdf(double tenure) {
  std::vector<double> cdf(static_cast<std::size_t>(std::lround(tenure)) + 1, 0.0);
  cdf.back() = 1;
  return cdf;
}

double measured_nps(const std::vector<Respondents>& groups, double bias) {
  double sum = 0, all = 0;
  for (const Respondents& g : groups) {
    const double spread = std::max(g.noise, 1e-3);
    for (std::size_t k = 0; k < g.weight.size(); ++k) {
      if (g.weight[k] == 0) continue;
      const double s = static_cast<double>(k) / 100 + bias;
      sum += g.weight[k] * (math::normal_cdf((s - 8.5) / spread) - math::normal_cdf((6.5 - s) / spread));
      all += g.weight[k];
    }
  }
  return all > 0 ? 100 * sum / all : 0;
}

double solve_bias(const std::vector<Respondents>& groups, double asked) {
  double low = -10, high = 10;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (measured_nps(groups, middle) < asked ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace goodwill

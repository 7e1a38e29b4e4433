#include "scenarios/study.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "scenarios/assumptions.hpp"
#include "scenarios/uncertainty.hpp"
#include "sim/model/scalar.hpp"
#include "sim/plan/coupling.hpp"
#include "sim/plan/survival.hpp"
#include "sim/world/run_off.hpp"

namespace goodwill {
namespace {

/// Only one customer in four is followed beyond the horizon: to follow all would take most of the time of a
/// study, and what they bring there is no part of the NPV.
constexpr int halvings_at_horizon = 2;

/// The periods in which discounting halves the worth of money. After each such span half of the customers can
/// be dropped: it adds at most half as much to the variance of a present value as the span before. 0: never.
int halving_periods(const Terms& terms, double periods_per_year) {
  const double a_year = std::log1p(terms.discount) - (terms.nominal ? std::log1p(terms.inflation) : 0);
  const double periods = a_year > 0 ? std::ceil(std::log(2) / a_year * periods_per_year) : 0;
  return periods < 1e6 ? static_cast<int>(periods) : 0;
}

/// Present values of the difference of two worlds, unit by unit.
struct Differences {
  Units npv, contribution, cost, tax, beyond, net;  ///< net: contribution - cost, before tax
  std::vector<double> a, b;                         ///< the worlds' own NPV

  Differences(const WorldUnits& world, const WorldUnits& other, const Terms& terms, double periods_per_year,
              int batches) {
    for (std::size_t u = 0; u < world.flows.size(); ++u) {
      if (u % static_cast<std::size_t>(batches) == 0)
        for (Units* x : {&npv, &contribution, &cost, &tax, &beyond, &net}) x->emplace_back();
      const PresentValue one = present_value(world.flows[u], terms, periods_per_year),
                         two = present_value(other.flows[u], terms, periods_per_year);
      a.push_back(one.npv());
      b.push_back(two.npv());
      npv.back().push_back(one.npv() - two.npv());
      contribution.back().push_back(one.contribution - two.contribution);
      cost.back().push_back(one.cost - two.cost);
      tax.back().push_back(one.tax - two.tax);
      beyond.back().push_back(one.beyond - two.beyond);
      net.back().push_back(contribution.back().back() - cost.back().back());
    }
  }
};

Flows mean_difference(const WorldUnits& a, const WorldUnits& b, std::size_t first, std::size_t n) {
  Flows sum = a.flows[first];
  sum -= b.flows[first];
  for (std::size_t u = first + 1; u < first + n; ++u) {
    sum += a.flows[u];
    sum -= b.flows[u];
  }
  sum *= 1 / static_cast<double>(n);
  return sum;
}

/// Whether the cost of investments, summed up to some period, ever exceeds that in the world compared with.
/// Only then is there an outlay that can have a rate of return or a payback; otherwise the present value of
/// the cost is not above 0, whatever the discount rate.
bool lays_out(const Flows& flows, int periods) {
  double sum = 0, gross = 0, most = 0;
  for (int t = 0; t < periods; ++t) {
    for (int k = 0; k < lines; ++k) {
      if (!is_investment(static_cast<Line>(k))) continue;
      const double amount = flows[static_cast<Line>(k)][static_cast<std::size_t>(t)];
      sum += amount;
      gross += std::abs(amount);
    }
    most = std::max(most, sum);
  }
  return most > 1e-12 * gross;
}

std::string why_no_outlay(double cost, const std::string& against) {
  return cost < 0
             ? "it saves cost against '" + against + "': nothing is laid out, its net benefit is what counts"
             : "nothing is invested";
}

/// For each draw units whose mean is the ratio of its means, and whose spread is the error of that ratio
/// (delta method). Empty if the denominator of some draw is not above 0.
Units ratio_by_draw(const Units& a, const Units& b) {
  Units ratios;
  for (std::size_t d = 0; d < a.size(); ++d) {
    const double below = std::accumulate(b[d].begin(), b[d].end(), 0.0),
                 ratio = std::accumulate(a[d].begin(), a[d].end(), 0.0) / below;
    if (!(below > 0)) return {};
    ratios.emplace_back();
    for (std::size_t u = 0; u < a[d].size(); ++u)
      ratios[d].push_back(ratio + (a[d][u] - ratio * b[d][u]) * static_cast<double>(a[d].size()) / below);
  }
  return ratios;
}

double share(const Units& units, bool (*test)(double)) {
  double hits = 0, all = 0;
  for (const auto& draw : units)
    for (const double x : draw) {
      hits += test(x);
      ++all;
    }
  return hits / all;
}

class Comparing {
public:
  Comparing(const Model& model, const std::vector<std::string>& names, const StudyOptions& options,
            const Worlds& worlds)
      : model_(model), names_(names), options_(options), worlds_(worlds),
        periods_per_year_(model.periods_per_year()) {}

  std::vector<Comparison> all() const {
    std::vector<Comparison> found;
    for (const auto& name : names_) found.push_back(one(name, compared_with(model_, name)));
    return found;
  }

private:
  Comparison one(const std::string& name, const std::string& against) const {
    const WorldUnits &a = worlds_.world(name), &b = worlds_.world(against);
    const bool touched = options_.draws > 0 && (is_uncertain(model_, name) || is_uncertain(model_, against));
    const int batches = touched ? options_.batches : worlds_.size();
    const Differences d(a, b, options_.terms, periods_per_year_, batches);
    const int together = options_.simultaneous ? static_cast<int>(names_.size()) : 1;
    const auto interval = [&](const Units& x) { return mean_interval(x, options_.level, together); };
    Comparison c;
    c.scenario = name;
    c.against = against;
    c.npv = interval(d.npv);
    c.npv_against_baseline = own_value(a) - own_value(worlds_.world("baseline"));
    c.contribution = interval(d.contribution);
    c.cost = interval(d.cost);
    c.tax = interval(d.tax);
    c.beyond = interval(d.beyond);
    c.roi = ratio_of_means(d.net, d.cost, options_.level, together);
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    if (!(c.cost.mean > 0)) {
      c.roi = {none, none, none, false};
      c.roi_reason = why_no_outlay(c.cost.mean, against);
    } else if (!c.roi.bounded) {
      c.roi_reason = "its cost may be 0 or less, so the return on it has no bounds";
    }
    c.correlation = correlation(d.a, d.b);
    c.variance_ratio = variance_ratio(d.a, d.b, static_cast<std::size_t>(batches));
    c.p_positive = share(d.npv, [](double x) { return x > 0; });
    c.p_zero = share(d.npv, [](double x) { return x == 0; });
    c.p_negative = share(d.npv, [](double x) { return x < 0; });
    c.flows = mean_difference(a, b, 0, a.flows.size());
    const int within = periods_within(options_.terms, c.flows.periods, periods_per_year_);
    if (lays_out(c.flows, within)) {
      const auto cash = cash_of(c.flows);
      c.irr = irr(cash);
      c.mirr = mirr(cash, options_.terms.discount, options_.terms.discount);
      c.payback = payback(cash);
      c.discounted_payback = payback(cash, options_.terms.discount);
      c.payback_beyond = payback(cash_flows(c.flows, options_.terms, periods_per_year_, true)).first;
      if (std::isinf(c.payback.first) && std::isfinite(c.payback_beyond))
        c.payback.reason = "not within the horizon; with what lies beyond it after " +
                           format_scalar(std::round(10 * c.payback_beyond) / 10, Unit::plain) + " years";
    } else {
      const std::string why = why_no_outlay(c.cost.mean, against);
      c.irr = {{}, false, why};
      c.payback = c.discounted_payback = {none, none, false, why};
      c.mirr = c.payback_beyond = none;
    }
    c.npv_units = d.npv;
    c.uncertain = touched && varies(d.npv);
    draws_of(c, d);
    const auto of_draw = static_cast<std::size_t>(batches);
    for (std::size_t u = 0; c.uncertain && u < a.flows.size(); u += of_draw) {
      const Flows flows = mean_difference(a, b, u, of_draw);
      c.payback_by_draw.push_back(lays_out(flows, within) ? payback(cash_of(flows)).first : none);
    }
    return c;
  }

  double own_value(const WorldUnits& world) const {
    double sum = 0;
    for (const Flows& flows : world.flows)
      sum += present_value(flows, options_.terms, periods_per_year_).npv();
    return sum / static_cast<double>(world.flows.size());
  }

  /// Fills in what follows from the draws of the assumptions: NaN without them.
  void draws_of(Comparison& c, const Differences& d) const {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN(), above_nothing = 5e-324;
    c.npv_p10 = c.npv_p90 = c.roi_p10 = c.roi_p90 = nan;
    c.p_npv_positive = {nan, nan, nan};
    if (!c.uncertain) return;
    const Eigen::VectorXd draws = corrected(c.npv_units);
    c.npv_draws.assign(draws.begin(), draws.end());
    c.npv_p10 = quantile(draws, 0.1);
    c.npv_p90 = quantile(draws, 0.9);
    c.p_npv_positive = probability_within(c.npv_units, above_nothing, HUGE_VAL, options_.level);
    if (const Units returns = ratio_by_draw(d.net, d.cost); c.roi.bounded && !returns.empty()) {
      const Eigen::VectorXd of_draws = corrected(returns);
      c.roi_p10 = quantile(of_draws, 0.1);
      c.roi_p90 = quantile(of_draws, 0.9);
    }
  }

  std::vector<CashFlow> cash_of(const Flows& flows) const {
    return cash_flows(flows, options_.terms, periods_per_year_, false);
  }

  const Model& model_;
  const std::vector<std::string>& names_;
  const StudyOptions& options_;
  const Worlds& worlds_;
  double periods_per_year_;
};

/// Extends the study until every scenario has a verdict.
Status sharpen(Study& study, const Comparing& comparing, const StudyOptions& options) {
  const int together = options.simultaneous ? static_cast<int>(study.comparisons.size()) : 1;
  std::vector<std::vector<Look>> looks(study.comparisons.size());
  std::vector<std::optional<Status>> verdicts(looks.size());
  const auto some = [&](Status status) { return std::count(verdicts.begin(), verdicts.end(), status) > 0; };
  while (true) {
    int next = 0;
    for (std::size_t k = 0; k < looks.size(); ++k) {
      looks[k].push_back(look(study.comparisons[k].npv_units, *options.target, options.level, together));
      verdicts[k] = verdict(looks[k], options.most_units);
      if (!verdicts[k]) next = std::max(next, next_look(looks[k], options.most_units));
    }
    if (next == 0) break;
    study.worlds->extend(next);
    study.comparisons = comparing.all();
  }
  return some(Status::capped) ? Status::capped : some(Status::reached) ? Status::reached : Status::degenerate;
}

}  // namespace

std::string compared_with(const Model& model, const std::string& scenario) {
  const std::string* other = model.compare.find(scenario);
  return other ? *other : "baseline";
}

Worlds worlds_of(const Model& model, const Anchors& anchors, const std::vector<std::string>& scenarios,
                 const StudyOptions& options) {
  std::vector<std::string> names{"baseline"};
  const auto include = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto& name : scenarios) {
    include(name);
    include(compared_with(model, name));
  }
  WorldsOptions of_worlds;
  of_worlds.simulation = options.simulation;
  of_worlds.plan.run_off = options.run_off ? *options.run_off
                                           : run_off_periods(model, anchors, options.simulation.threads,
                                                             options.simulation.cancel);
  of_worlds.plan.thinning = {halvings_at_horizon, halving_periods(options.terms, model.periods_per_year())};
  of_worlds.plan.survival_weights =
      options.survival_weights.value_or(coupled_by(model, names).empty() && survival_weights_serve(model));
  of_worlds.uncertain = options.draws > 0;
  of_worlds.batches = of_worlds.uncertain ? options.batches : 1;
  of_worlds.plan.share = 1.0 / of_worlds.batches;
  return {model, anchors, std::move(names), std::move(of_worlds)};
}

Study compare(const Model& model, const Anchors& anchors, const std::vector<std::string>& wanted,
              const StudyOptions& options) {
  check(options.terms);
  std::vector<std::string> names = wanted;
  if (names.empty())
    for (const auto& [name, list] : model.scenarios) names.push_back(name);
  Study study;
  study.worlds = std::make_unique<Worlds>(worlds_of(model, anchors, names, options));
  const Comparing comparing(model, names, options, *study.worlds);
  study.worlds->extend(options.draws > 0 ? options.draws * options.batches : options.replications);
  study.comparisons = comparing.all();
  if (options.target) study.status = sharpen(study, comparing, options);
  return study;
}

}  // namespace goodwill

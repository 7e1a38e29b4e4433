#include "sim/world/anchor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "sim/model/change.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

constexpr std::int64_t sample = 16'384;  // customers per segment
constexpr std::int64_t evenly_spread =
    65'536;  // candidates and newcomers; the few beyond have luck of their own
constexpr int max_rounds = 40;
constexpr double close_enough = 1e-4;  // of a level, and of a relative mean tenure x 10

/// P(age <= k) of a geometric age on 1, 2, ... (below a mean of 1: 0 or 1).
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

/// Those who respond in one segment: their weight by satisfaction, and the noise of their answers.
struct Respondents {
  std::vector<double> weight;
  double noise;
};

/// The answer bias at which the measured NPS of all is as asked.
double solve_bias(const std::vector<Respondents>& groups, double asked, double& got) {
  const auto nps = [&](double bias) {
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
  };
  double low = -10, high = 10;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (nps(middle) < asked ? low : high) = middle;
  }
  got = nps((low + high) / 2);
  return (low + high) / 2;
}

/// State of the search.
class Search {
public:
  Search(const Model& model, int threads, std::atomic<bool>* cancel)
      : model_(model), changes_(model), models_(make_segment_models(model, {}, changes_)) {
    options_.threads = threads;
    options_.cancel = cancel;
    options_.domain = Domain::anchoring;
    options_.survey_bins = model.survey.nps.has_value();
    year_ = std::min(static_cast<int>(model.horizon),
                     std::max(1, static_cast<int>(std::lround(model.periods_per_year()))));
    oldest_ = static_cast<std::size_t>(std::lround(100 * model.periods_per_year()));
    start();
  }

  Anchoring run() {
    for (int round = 1; round <= max_rounds; ++round) {
      result_.rounds = round;
      result_.figures.clear();
      const double miss = step(round);
      result_.converged = miss < close_enough;
      if (result_.converged) break;
    }
    return std::move(result_);
  }

private:
  void start() {
    for (std::size_t s = 0; s < models_.size(); ++s) {
      SegmentAnchor a;
      for_each_response(models_[s], [&](const std::string&, const Response& r) {
        const bool average = r.form == Response::Form::average && r.level > 0 && (r.rate || r.level < 1);
        a.solved.push_back(average ? on_link_scale(r.level, r.rate)
                                   : std::numeric_limits<double>::quiet_NaN());
      });
      const Segment& segment = models_[s].segments.items[s].second;
      mean_.push_back(segment.tenure ? segment.tenure->value : 0);
      if (segment.tenure)
        a.tenure_cdf =
            segment.tenure_exactly ? exact_cdf(*segment.tenure) : geometric_cdf(mean_.back(), oldest_);
      a.state.assign(a.solved.size(), 0.0);
      result_.anchors.segments.push_back(std::move(a));
    }
  }

  /// One round: simulate, compare, correct. Returns the largest miss on the link scale.
  double step(int round) {
    PlanOptions plan_options;
    plan_options.agents_per_segment = sample;
    plan_options.horizon = year_;
    const Plan plan(model_, result_.anchors, {"baseline"}, plan_options);
    if (!strata_) strata_ = std::make_unique<Strata>(evenly_spread, plan.max_traits(), options_.seed);
    options_.strata = strata_.get();
    const SimulationResult sim = simulate(plan, options_);
    double miss = 0;
    for (std::size_t s = 0; s < models_.size(); ++s) {
      miss = std::max(miss, correct_levels(plan, sim.ledgers.front(), s));
      miss = std::max(miss, correct_tenure(sim, s, round));
      correct_state(sim, s);
    }
    if (model_.survey.nps) miss = std::max(miss, correct_bias(plan, sim));
    return miss;
  }

  double correct_levels(const Plan& plan, const Ledger& ledger, std::size_t s) {
    double miss = 0;
    std::size_t k = 0;
    for_each_response(models_[s], [&](const std::string& path, const Response& r) {
      double& solved = result_.anchors.segments[s].solved[k];
      const int counter = plan.layout.responses_at + 2 * static_cast<int>(k++);
      if (std::isnan(solved)) return;
      double exposure = 0, events = 0;
      for (int t = 1; t <= year_; ++t)
        for (int o = 0; o < origins; ++o) {
          exposure +=
              static_cast<double>(ledger.get(static_cast<int>(s), t, static_cast<Origin>(o), counter));
          events +=
              static_cast<double>(ledger.get(static_cast<int>(s), t, static_cast<Origin>(o), counter + 1));
        }
      events /= r.rate ? rate_unit : probability_unit;
      const double got = exposure > 0 ? events / exposure : std::numeric_limits<double>::quiet_NaN();
      result_.figures.push_back({model_.segments.items[s].first, path, r.level, got});
      if (!(got > 0) || (!r.rate && got >= 1)) return;
      const double delta = on_link_scale(r.level, r.rate) - on_link_scale(got, r.rate);
      solved += delta;
      miss = std::max(miss, std::abs(delta));
    });
    return miss;
  }

  /// The mean of what satisfaction, trust and memory add to the log-odds: that of the odds, because the
  /// skeleton of a past is to have the mean hazard.
  void correct_state(const SimulationResult& sim, std::size_t s) {
    std::vector<double>& state = result_.anchors.segments[s].state;
    for (std::size_t k = 0; k < state.size(); ++k)
      if (sim.state_count[s][k] > 0)
        state[k] = math::log(static_cast<double>(sim.state_factor[s][k]) / state_factor_unit /
                             static_cast<double>(sim.state_count[s][k]));
  }

  double correct_tenure(const SimulationResult& sim, std::size_t s, int round) {
    const Segment& segment = models_[s].segments.items[s].second;
    if (!segment.tenure || segment.count == 0 || *segment.tenure == 0 || sim.base_customers[s] == 0) return 0;
    const double got = static_cast<double>(sim.base_tenure[s]) / static_cast<double>(sim.base_customers[s]);
    result_.figures.push_back(
        {model_.segments.items[s].first, model_.segments.items[s].first + ".tenure", *segment.tenure, got});
    if (segment.tenure_exactly) return 0;
    const double off = *segment.tenure / got - 1;
    // Ages are whole periods, so the mean moves in steps: after some rounds it stands, and the levels settle
    // around it.
    if (round > 12 || std::abs(off) < 2e-3) return 0;
    mean_[s] *= 1 + off;
    result_.anchors.segments[s].tenure_cdf = geometric_cdf(mean_[s], oldest_);
    return std::abs(off) * 0.1;
  }

  double correct_bias(const Plan& plan, const SimulationResult& sim) {
    std::vector<Respondents> groups;
    for (std::size_t s = 0; s < sim.survey_bins.size(); ++s) {
      groups.push_back({std::vector<double>(survey_bin_count), models_[s].survey.noise});
      for (std::size_t k = 0; k < survey_bin_count; ++k)
        groups.back().weight[k] = plan.segments[s].weight * static_cast<double>(sim.survey_bins[s][k]);
    }
    double got = 0;
    const double before = result_.anchors.survey_bias;
    result_.anchors.survey_bias = solve_bias(groups, *model_.survey.nps, got);
    result_.figures.push_back({"", "survey.nps", *model_.survey.nps, got});
    return std::abs(result_.anchors.survey_bias - before) > 1e-3 ? 1.0 : 0.0;
  }

  const Model& model_;
  ChangeSet changes_;
  std::vector<Model> models_;
  SimulationOptions options_;
  Anchoring result_;
  std::vector<double> mean_;
  std::unique_ptr<Strata> strata_;
  int year_ = 12;
  std::size_t oldest_ = 1200;  ///< a hundred years, in periods
};

}  // namespace

Anchoring anchor(const Model& model, int threads, std::atomic<bool>* cancel) {
  return Search(model, threads, cancel).run();
}

}  // namespace goodwill

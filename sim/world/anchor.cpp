#include "sim/world/anchor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "sim/change/change.hpp"
#include "sim/change/coupling.hpp"
#include "sim/model/scalar.hpp"
#include "sim/random/math64.hpp"
#include "sim/world/asked.hpp"
#include "sim/world/rest_search.hpp"

namespace goodwill {
namespace {

// Rough rounds share one luck, go straight for the answer, and find out how far a figure follows its level:
// where the risk itself selects the survivors, a higher level leaves hardier ones. Fine rounds have luck of
// their own, and their answers are averaged until the standard error is small (Robbins and Monro 1951).
// Where agents are people, few of those in a round may be customers, so that more rounds are needed.
constexpr int rough_rounds = 3, fewest_rounds = 4, most_rounds = 16, most_of_people = 80;
constexpr std::int64_t rough_sample = 4'096, fine_sample = 16'384;  // customers per segment
constexpr double precise_surroundings = 0.01;  // of each team's load, and of what people hear
constexpr std::int64_t evenly_spread =
    32'768;  // candidates and newcomers; the few beyond have their own luck
// A load that follows itself more closely than that has no rest. Words follow themselves so little that a
// slope would be that of the levels, which move in the same rounds.
constexpr double steepest_load = 0.95;
// Two rounds agree. Among people who is a customer differs from round to round, and with that who knows whom.
constexpr double same_surroundings = 2e-3, same_among_people = 2e-2;

/// The search for one level.
struct Level {
  Mean roots;
  double slope = 1;  ///< how far the figure follows the level, both on the link scale
  double before = 0, got_before = 0;
};
/// The first year of those who have just joined: as they live it, and as the beta laws alone would have it.
struct FreshCohorts {
  Ledger lived, bare;
};
constexpr double least_step = 0.05;  // of a level, large enough to tell its slope from luck
constexpr double flattest = 0.2, steepest = 1.25;
constexpr double not_solved = std::numeric_limits<double>::quiet_NaN();

/// Whether the load of some team, were it half as large again as in this record, makes a difference to
/// anybody.
bool are_felt(const Teams& teams, const std::vector<TeamUse>& record) {
  for (std::size_t k = 0; k < record.size(); ++k) {
    const Crowding now = crowding(teams[k % teams.size()]->at(1.5 * record[k].load));
    if (!(now.full == Threshold{}) || now.wait != 0 || now.strain != 0) return true;
  }
  return false;
}

/// What one more message a period, good or bad, adds to log-odds (to a log rate, to the mean of who joins) in
/// each segment, at most. Empty: in a crowd what is heard is known as well as loads are.
std::vector<double> felt_words(const Model& model, const std::vector<Model>& own) {
  if (!model.word_of_mouth || !agents_are_people(model)) return {};
  std::vector<double> felt;
  for (std::size_t s = 0; s < own.size(); ++s) {
    double good = 0, bad = 0;
    const auto see = [](double& most, double effect) { most = std::max(most, std::abs(effect)); };
    const Segment& segment = own[s].segments.items[s].second;
    for (const Spread* spread : {&segment.expects, &segment.satisfaction, &segment.trust})
      see(good, spread->good_word);
    for_each_response(own[s], [&](const std::string&, const Response& r) {
      see(good, r.effects.good_word);
      see(bad, r.effects.bad_word);
    });
    felt.push_back(good * own[s].memory());
    felt.push_back(bad * own[s].memory());
  }
  return felt;
}

std::size_t month_of(const Model& model) {
  return static_cast<std::size_t>(std::ceil(model.periods_per_year() / 12));
}

class Search {
public:
  Search(const Model& model, int threads, Cancel cancel)
      : model_(model), changes_(model), models_(make_segment_models(model, {}, changes_)),
        of_people_(agents_are_people(model)),
        loads_(month_of(model), steepest_load, of_people_ ? same_among_people : same_surroundings),
        words_(month_of(model), 0, of_people_ ? same_among_people : same_surroundings,
               felt_words(model, models_)) {
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
    const bool solves = model_.survey.nps || std::any_of(levels_.begin(), levels_.end(),
                                                         [](const auto& levels) { return !levels.empty(); });
    find_what_is_felt();
    const bool coupled = loads_felt_ || words_felt_;
    for (int k = 0;
         (solves || state_moves_ || coupled) &&
         (k < rough_rounds || (coupled && !(loads_.settled() && words_.settled()))) && k < most_rounds;
         ++k)
      step(rough_sample);
    const int most = !(solves || coupled) ? 1 : of_people_ ? most_of_people : most_rounds;
    for (int k = 0; k < most && !(k >= fewest_rounds && precise()); ++k) step(fine_sample);
    result_.converged = !(solves || coupled) || precise();
    if (loads_felt_ && !loads_.known(precise_surroundings)) result_.load_error = loads_.error();
    if (words_felt_ && !words_.known(precise_surroundings)) result_.words_error = words_.error();
    if (of_people_) show_means();
    return std::move(result_);
  }

private:
  void start() {
    result_.anchors.loads.resize(model_.teams.size());
    if (model_.word_of_mouth) result_.anchors.spoken.resize(model_.segments.size() * message_kinds);
    for (std::size_t s = 0; s < models_.size(); ++s) {
      SegmentAnchor a;
      const Segment& segment = models_[s].segments.items[s].second;
      for_each_response(models_[s], [&](const std::string& path, const Response& r) {
        bool of_state = false;
        for_each_effect(r.effects, [&](const char*, const Number& effect, FeaturePlace, FeatureOf of) {
          of_state = of_state || (is_experienced(of) && effect != 0);
        });
        state_moves_ |= of_state && (path.ends_with(".churn") || path.find(".moves.") != std::string::npos ||
                                     path.ends_with(".starts"));
        const bool average = r.form == Response::Form::average && is_open(r.level, r.rate);
        const bool of_beta = r.form == Response::Form::beta && varies(r, segment);
        beta_moves_ |= of_beta;
        a.solved.push_back(average ? on_link_scale(r.level, r.rate) : of_beta ? 0.0 : not_solved);
      });
      a.state.assign(a.solved.size(), 0.0);
      std::vector<double> rows;
      for_each_response(models_[s], [&](const std::string&, const Response& r) {
        const bool moves = varies(r, segment);
        for (const auto& [from, level] : r.table)
          rows.push_back(moves && is_open(level, r.rate) ? on_link_scale(level, r.rate) : not_solved);
      });
      if (!std::all_of(rows.begin(), rows.end(), [](double x) { return std::isnan(x); }))
        a.solved.insert(a.solved.end(), rows.begin(), rows.end());
      mean_.push_back(segment.tenure ? segment.tenure->value : 0);
      if (segment.tenure)
        a.tenure_cdf =
            segment.tenure_exactly ? exact_cdf(*segment.tenure) : geometric_cdf(mean_.back(), oldest_);
      auto& levels = levels_.emplace_back();
      for (std::size_t k = 0; k < a.solved.size(); ++k)
        if (!std::isnan(a.solved[k])) levels[k] = Level();
      result_.anchors.segments.push_back(std::move(a));
    }
  }

  /// One round: simulate, compare, correct.
  void step(std::int64_t sample) {
    const bool rough = options_.mean_state = sample == rough_sample;
    options_.first_replication = rough ? 0 : static_cast<std::uint32_t>(result_.rounds);
    ++result_.rounds;
    result_.figures.clear();
    result_.error = result_.nps_error = 0;
    PlanOptions plan_options;
    plan_options.cancel = options_.cancel;
    plan_options.circumstances = false;
    plan_options.agents_per_segment = sample;
    plan_options.horizon = year_;
    const Plan plan(model_, result_.anchors, {"baseline"}, plan_options);
    if (!strata_) strata_ = std::make_unique<Strata>(evenly_spread, plan.max_traits(), options_.seed);
    options_.strata = strata_.get();
    const SimulationResult sim = simulate(plan, options_);
    std::optional<FreshCohorts> cohorts;
    if (beta_moves_) cohorts = {live_cohort(plan_options, false), live_cohort(plan_options, true)};
    for (std::size_t s = 0; s < models_.size(); ++s) {
      correct_levels(plan.layout, sim.ledgers.front(), cohorts ? &*cohorts : nullptr, s, rough);
      if (!rough) correct_tenure(sim, s);
      if (rough) correct_state(sim, s);
    }
    if (model_.survey.nps) correct_bias(plan, sim, rough);
    std::vector<double> came;
    for (const TeamUse& use : sim.teams.front()) came.push_back(use.load);
    loads_.correct(came, result_.anchors.loads, rough);
    words_.correct(sim.words.front(), result_.anchors.spoken, rough);
    if (!rough) add_figures();
  }

  void add_figures() {
    got_.resize(result_.figures.size());
    for (std::size_t k = 0; k < got_.size(); ++k)
      if (!std::isnan(result_.figures[k].got)) got_[k].add(result_.figures[k].got);
  }

  /// A single round may hold few customers: what is shown is the mean over the fine ones.
  void show_means() {
    for (std::size_t k = 0; k < got_.size(); ++k)
      if (got_[k].any()) result_.figures[k].got = got_[k].mean();
  }

  bool precise() const {
    return result_.figures_are_precise() && (!loads_felt_ || loads_.known(precise_surroundings)) &&
           (!words_felt_ || words_.known(precise_surroundings));
  }

  /// The first year of a cohort that has just joined, at the levels found so far; `bare`: as the beta laws
  /// say it, with nothing that acts on them.
  Ledger live_cohort(const PlanOptions& plan_options, bool bare) {
    Model fresh = fresh_cohort(model_);
    Anchors anchors = result_.anchors;
    for (SegmentAnchor& segment : anchors.segments) segment.tenure_cdf = exact_cdf(0);
    if (bare) {
      forget_effects_on_beta(fresh);
      for (std::size_t s = 0; s < models_.size(); ++s) {
        std::size_t k = 0;
        for_each_response(models_[s], [&](const std::string&, const Response& r) {
          double& solved = anchors.segments[s].solved[k++];
          if (r.form == Response::Form::beta && !std::isnan(solved)) solved = 0;
        });
      }
    }
    const Plan plan(fresh, anchors, {"baseline"}, plan_options);
    SimulationOptions options = options_;
    options.mean_state = options.survey_bins = false;
    return std::move(simulate(plan, options).ledgers.front());
  }

  /// Events by customer-periods at risk of a segment in the first year; NaN: nobody was at risk.
  double hazard(const Ledger& ledger, std::size_t s, int counter, bool rate) const {
    double exposure = 0, events = 0;
    for (int t = 1; t <= year_; ++t)
      for (int o = 0; o < origins; ++o) {
        exposure += static_cast<double>(ledger.get(static_cast<int>(s), t, static_cast<Origin>(o), counter));
        events +=
            static_cast<double>(ledger.get(static_cast<int>(s), t, static_cast<Origin>(o), counter + 1));
      }
    events /= rate ? rate_unit : probability_unit;
    return exposure > 0 ? events / exposure : not_solved;
  }

  /// What a beta law does to a fresh cohort in the first year: of those at risk at each tenure, so that other
  /// ways to leave do not matter (Kaplan and Meier 1958).
  double lost(const Ledger& cohort, std::size_t s, int bands) const {
    double left = 1;
    for (int t = 0; t < year_; ++t) left *= 1 - std::max(0.0, hazard(cohort, s, bands + 2 * t, false));
    return 1 - left;
  }

  void correct_levels(const Layout& layout, const Ledger& ledger, const FreshCohorts* cohorts, std::size_t s,
                      bool rough) {
    std::size_t k = 0, row = layout.response_names.size();
    const std::vector<double>& solved = result_.anchors.segments[s].solved;
    for_each_response(models_[s], [&](const std::string& path, const Response& r) {
      const std::size_t response = k++;
      for (std::size_t i = 0; i < r.table.size() && row < solved.size(); ++i, ++row)
        if (!std::isnan(solved[row]))
          correct_level(s, row, path + ".by_tenure." + format_scalar(r.table[i].first, Unit::duration),
                        r.rate, r.table[i].second,
                        hazard(ledger, s, layout.band_at[response] + 2 * static_cast<int>(i), r.rate), rough);
      if (std::isnan(solved[response])) return;
      if (r.form == Response::Form::beta) {
        // Not the law's own curve: events that come again, and customers who come to a stage later, do not
        // follow it. On the same luck, so that an effect of nearly nothing changes nearly nothing.
        const int bands = layout.band_at[response];
        const double asked = lost(cohorts->bare, s, bands);
        if (asked > 0)
          correct_level(s, response, path + ".beta", false, asked, lost(cohorts->lived, s, bands), rough);
      } else {
        correct_level(s, response, path, r.rate, r.level,
                      hazard(ledger, s, layout.responses_at + 2 * static_cast<int>(response), r.rate), rough);
      }
    });
  }

  void correct_level(std::size_t s, std::size_t which, const std::string& path, bool rate, double asked,
                     double got, bool rough) {
    double& solved = result_.anchors.segments[s].solved[which];
    result_.figures.push_back({model_.segments.items[s].first, path, asked, got});
    if (!(got > 0) || (!rate && got >= 1)) return;
    Level& level = levels_[s][which];
    const double on_scale = on_link_scale(got, rate), step = solved - level.before;
    // The past of the first round does not know yet what satisfaction does to it.
    if (rough && result_.rounds > 2 && std::abs(step) >= least_step)
      level.slope = std::clamp((on_scale - level.got_before) / step, flattest, steepest);
    level.before = solved;
    level.got_before = on_scale;
    const double root = solved + (on_link_scale(asked, rate) - on_scale) / level.slope;
    solved = rough ? root : level.roots.add(root);
    // On the log-odds scale, a relative step of a probability is 1 / (1 - p) times as long.
    const double error = level.roots.error() * level.slope * (rate ? 1 : 1 - asked);
    result_.error = std::max(result_.error, rough ? 0 : error);
  }

  /// What satisfaction, trust and memory add to the log-odds on average. The average is over odds, because
  /// the skeleton of a past needs the mean hazard.
  void correct_state(const SimulationResult& sim, std::size_t s) {
    std::vector<double>& state = result_.anchors.segments[s].state;
    for (std::size_t k = 0; k < state.size(); ++k)
      if (sim.state_count[s][k] > 0)
        state[k] = math::log(static_cast<double>(sim.state_factor[s][k]) / state_factor_unit /
                             static_cast<double>(sim.state_count[s][k]));
  }

  void correct_tenure(const SimulationResult& sim, std::size_t s) {
    const Segment& segment = models_[s].segments.items[s].second;
    if (!segment.tenure || segment.count == 0 || *segment.tenure == 0 || sim.base_customers[s] == 0) return;
    const double got = static_cast<double>(sim.base_tenure[s]) / static_cast<double>(sim.base_customers[s]);
    result_.figures.push_back(
        {model_.segments.items[s].first, model_.segments.items[s].first + ".tenure", *segment.tenure, got});
    if (segment.tenure_exactly) return;
    // Ages are distributed as asked, except for what satisfaction and memory do to the pasts: correct that
    // only where it stands out from luck.
    const double asked = *segment.tenure, mean = tenures_[s].add(mean_[s] * asked / got);
    mean_[s] = std::abs(mean - asked) > 2 * tenures_[s].error() ? mean : asked;
    result_.anchors.segments[s].tenure_cdf = geometric_cdf(mean_[s], oldest_);
  }

  /// Whether customers feel anything of each other. If not, the search is that of customers who live
  /// independently, bit for bit.
  void find_what_is_felt() {
    if (coupled_by(model_).empty()) return;
    PlanOptions of_plan;
    of_plan.cancel = options_.cancel;
    of_plan.circumstances = false;
    of_plan.agents_per_segment = rough_sample;
    of_plan.horizon = year_;
    const Plan plan(model_, result_.anchors, {"baseline"}, of_plan);
    const SimulationResult sim = simulate(plan, options_);
    loads_felt_ = are_felt(plan.baseline_teams, sim.teams.front());
    words_felt_ = std::any_of(sim.words.front().begin(), sim.words.front().end(),
                              [](double heard) { return heard > 0; });
  }

  void correct_bias(const Plan& plan, const SimulationResult& sim, bool rough) {
    std::vector<Respondents> groups;
    for (std::size_t s = 0; s < sim.survey_bins.size(); ++s) {
      groups.push_back({std::vector<double>(survey_bin_count), models_[s].survey.noise});
      for (std::size_t k = 0; k < survey_bin_count; ++k)
        groups.back().weight[k] = plan.segments[s].weight * static_cast<double>(sim.survey_bins[s][k]);
    }
    const double asked = *model_.survey.nps;
    double& bias = result_.anchors.survey_bias;
    result_.figures.push_back({"", "survey.nps", asked, measured_nps(groups, bias)});
    const double root = solve_bias(groups, asked), step = 0.05;
    const double slope = (measured_nps(groups, root + step) - measured_nps(groups, root - step)) / (2 * step);
    bias = rough ? root : bias_.add(root);
    result_.nps_error = rough ? 0 : bias_.error() * slope;
  }

  const Model& model_;
  ChangeSet changes_;
  std::vector<Model> models_;
  SimulationOptions options_;
  Anchoring result_;
  std::vector<double> mean_;
  std::map<std::size_t, Mean> tenures_;               ///< by segment
  std::vector<std::map<std::size_t, Level>> levels_;  ///< by segment, of the responses that are solved
  Mean bias_;
  std::vector<Mean> got_;  ///< by figure, in the fine rounds
  const bool of_people_;   ///< see agents_are_people
  RestSearch loads_, words_;
  bool loads_felt_ = false;   ///< the load of some team makes a difference
  bool words_felt_ = false;   ///< somebody hears something
  bool beta_moves_ = false;   ///< something acts on a beta law
  bool state_moves_ = false;  ///< some move or start depends on satisfaction, trust or memory
  std::unique_ptr<Strata> strata_;
  int year_ = 12;
  std::size_t oldest_ = 1200;  ///< a hundred years, in periods
};

}  // namespace

Anchoring anchor(const Model& model, int threads, Cancel cancel) {
  return Search(model, threads, cancel).run();
}

}  // namespace goodwill

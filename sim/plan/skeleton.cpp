#include "sim/plan/skeleton.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>

#include "sim/plan/walk.hpp"
#include "sim/random/lanes.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

// Within a span the effect of tenure on the log-odds varies by this much at most. The relative error of the
// hazard is then half the variance of its logarithm, 0.05^2 / 24: a ten-thousandth.
constexpr double same_enough = 0.05;

std::size_t at(int k) { return static_cast<std::size_t>(k); }

bool leads_out(const BranchParams& branch) {
  return std::any_of(branch.arrows, branch.arrows + branch.size,
                     [](const ArrowParams& arrow) { return arrow.target < go_done; });
}

bool can_change_stage(const JourneyParams& journey) {
  const bool starts = journey.starts.form != ResponseParams::constant || journey.starts.value != 0;
  if (!starts && journey.n_sources == 0) return false;
  return leads_out(journey.first) ||
         std::any_of(journey.touchpoints, journey.touchpoints + journey.size, [](const TouchpointParams& t) {
           return std::any_of(std::begin(t.next), std::end(t.next), leads_out);
         });
}

/// A matrix of n x n on the stack, because one is made for every candidate.
struct Square {
  double at[max_stages * max_stages];
};

/// row x matrix of n x n.
void multiply(double* row, const Square& by, int n) {
  double product[max_stages] = {};
  for (int i = 0; i < n; ++i)
    if (row[i] != 0)
      for (int j = 0; j < n; ++j) product[j] += row[i] * by.at[i * n + j];
  std::copy_n(product, n, row);
}

void multiply_by_itself(Square& matrix, int n) {
  Square before;
  std::copy_n(matrix.at, n * n, before.at);
  std::fill_n(matrix.at, n * n, 0.0);
  for (int i = 0; i < n; ++i)
    for (int k = 0; k < n; ++k)
      if (const double left = before.at[i * n + k]; left != 0)
        for (int j = 0; j < n; ++j) matrix.at[i * n + j] += left * before.at[k * n + j];
}

}  // namespace

Skeleton::Skeleton(const Params& params, int responses_at, const std::vector<double>& state,
                   double periods_per_year, const Environment& past, int segment)
    : n_(params.n_stages), heard_(past.heard_in(segment)), spend_(params.spend) {
  for (int g = 0; g < n_; ++g) {
    const StageParams& from = params.stages[g];
    Stage stage;
    for (int k = 0; k < from.n_moves; ++k) {
      stage.moves.push_back(chance(from.moves[k], responses_at, state));
      stage.targets.push_back(from.targets[k]);
    }
    stage.otherwise = from.otherwise;
    stages_.push_back(std::move(stage));
  }
  find_exits(params, responses_at, state);
  find_spans(periods_per_year, past.teams);
}

/// Lists the journeys that can change the stage, and those they come after, in the order in which they are
/// walked.
void Skeleton::find_exits(const Params& params, int responses_at, const std::vector<double>& state) {
  std::vector<bool> wanted(at(params.n_journeys));
  std::map<int, int> exit_of{{params.orders.followed, -1}};  // by place among what is followed
  bool of_orders = false;
  for (int j = params.n_journeys - 1; j >= 0; --j) {  // what is followed stands above
    const JourneyParams& journey = params.journeys[j];
    wanted[at(j)] =
        can_change_stage(journey) || (journey.followed >= 0 && exit_of.contains(journey.followed));
    for (int k = 0; wanted[at(j)] && k < journey.n_sources; ++k) {
      of_orders |= journey.sources[k].followed == params.orders.followed;
      exit_of.try_emplace(journey.sources[k].followed, -1);
    }
  }
  if (of_orders) {
    orders_ = chance(params.orders.rate, responses_at, state);
    who_order_ = params.customer_stages;
  }
  for (const bool after_orders : {false, true})
    for (int j = 0; j < params.n_journeys; ++j) {
      const JourneyParams& journey = params.journeys[j];
      if (!wanted[at(j)] || journey.after_orders != after_orders) continue;
      if (journey.followed >= 0) exit_of[journey.followed] = static_cast<int>(exits_.size());
      Exit& exit = exits_.emplace_back(Exit{&journey, chance(journey.starts, responses_at, state)});
      follows_ |= journey.n_sources > 0;
      for (int k = 0; k < journey.n_sources; ++k)
        exit.sources.push_back({exit_of.at(journey.sources[k].followed), journey.sources[k].probability});
    }
}

#define GOODWILL_TERM(name, place, of, value, text) +r.name*(value)
Skeleton::Chance Skeleton::chance(const ResponseParams& r, int responses_at,
                                  const std::vector<double>& state) {
  const Heard& heard = heard_;
  Chance c{&r, 0, -1};
  if (r.form != ResponseParams::link) return c;
  if (const auto index = at((r.at_risk - responses_at) / 2); r.at_risk >= 0 && index < state.size())
    c.state = state[index];
  c.state += static_cast<double>(0.0f GOODWILL_FEATURES_OF_WORLD(GOODWILL_TERM));
  const auto place = [&](int trait) {
    if (trait < 0) return -1;
    const auto known = std::find(traits_.begin(), traits_.end(), trait);
    const auto index = static_cast<int>(known - traits_.begin());
    if (known == traits_.end()) traits_.push_back(trait);
    return index;
  };
  c.trait = place(r.trait);
  c.multiplier = place(r.multiplier);
  if (r.spend != 0.0f) c.spend = place(spend_);
  return c;
}
#undef GOODWILL_TERM

void Skeleton::find_spans(double periods_per_year, const Crowding* teams) {
  const int oldest = static_cast<int>(100 * periods_per_year);
  std::set<int> starts{0};
  double steepest = 0;
  const auto see = [&](const ResponseParams& r) {
    if (r.form == ResponseParams::link)
      steepest = std::max(steepest, std::abs(static_cast<double>(r.tenure)));
    for (int k = 1; k < r.tenures; ++k)
      if (r.by_tenure[k] != r.by_tenure[k - 1]) starts.insert(k);
  };
  for (const Stage& stage : stages_)
    for (const Chance& move : stage.moves) see(*move.response);
  for (const Exit& exit : exits_) {
    see(exit.journey->starts);
    for (int k = 0; k < exit.journey->size; ++k)
      for (const int edge :
           {exit.journey->touchpoints[k].who.tenure_from, exit.journey->touchpoints[k].who.tenure_to})
        if (edge > 0 && edge < oldest) starts.insert(edge);
  }
  if (steepest > 0) {
    const double widest = math::exp(same_enough / steepest);
    for (int k = 0; k < oldest;) {
      const double years = k / periods_per_year;
      k = std::max(k + 1, static_cast<int>(((1 + years) * widest - 1) * periods_per_year));
      starts.insert(k);
    }
  }
  for (auto start = starts.begin(); start != starts.end(); ++start) {
    Span span;
    span.from = *start;
    const int to = std::next(start) == starts.end() ? *start + 1 : *std::next(start);
    if (steepest > 0) {
      for (int k = span.from; k < to; ++k) span.log_tenure += math::log1p(k / periods_per_year);
      span.log_tenure /= to - span.from;
    }
    for (const Exit& exit : exits_) {
      std::vector<double> ends;
      for (int g = 0; g < n_; ++g) {
        const Walk walk = expected_walk(*exit.journey, g, span.from, n_, teams);
        ends.insert(ends.end(), walk.to_stage.begin(), walk.to_stage.end());
        ends.push_back(walk.lost);
      }
      span.ends.push_back(std::move(ends));
    }
    spans_.push_back(std::move(span));
  }
}

double Skeleton::value(const Chance& c, const Span& span, const std::vector<double>& traits) const {
  const ResponseParams& r = *c.response;
  if (r.form == ResponseParams::table) return r.by_tenure[std::min(span.from, r.tenures - 1)];
  if (r.form == ResponseParams::constant) return r.rate ? r.value : probability(r.threshold);
  double x = static_cast<double>(r.level) + c.state + static_cast<double>(r.tenure) * span.log_tenure;
  if (c.trait >= 0) x += static_cast<double>(r.trait_scale) * traits[at(c.trait)];
  if (c.multiplier >= 0) x += traits[at(c.multiplier)];
  if (c.spend >= 0) x += static_cast<double>(r.spend) * traits[at(c.spend)];
  if (r.by_tenure) x += static_cast<double>(r.by_tenure[std::min(span.from, r.tenures - 1)]);
  x = std::clamp(x, -500.0, 500.0);  // where exp_wide holds
  return r.rate ? exp_wide(x) : 1 / (1 + exp_wide(-x));
}

/// How often those of a stage walk a journey, given how often they walked what it comes after.
std::vector<Skeleton::Starts> Skeleton::starts_of(const Exit& exit, std::size_t stage, const Span& span,
                                                  const std::vector<double>& traits,
                                                  const std::vector<std::vector<Starts>>& walked) const {
  if (exit.sources.empty()) return {{value(exit.starts, span, traits), exit.journey->starts.rate}};
  std::vector<Starts> all;
  for (const Source& source : exit.sources) {
    if (source.exit >= 0)
      for (const Starts& before : walked[at(source.exit)])
        all.push_back({before.value * source.share, before.rate});
    else if ((who_order_ >> stage & 1u) != 0)
      all.push_back({value(orders_, span, traits) * source.share, true});
  }
  return all;
}

/// One period in the order of the kernel: journeys, then moves of those who have not changed their stage yet.
void Skeleton::transitions(const Span& span, const std::vector<double>& traits, double* to) const {
  const std::size_t n = at(n_);
  std::fill_n(to, n * n, 0.0);
  for (std::size_t g = 0; g < n; ++g) {
    double still = 1, *const row = to + g * n;
    std::vector<std::vector<Starts>> walked(follows_ ? exits_.size() : 0);
    for (std::size_t e = 0; e < exits_.size(); ++e) {
      if ((exits_[e].journey->stages >> g & 1u) == 0) continue;
      const double* const ends = &span.ends[e][g * (n + 1)];
      double out = ends[n];  // of one walk; the stage already held is no change
      for (std::size_t h = 0; h < n; ++h) out += h == g ? 0 : ends[h];
      Starts alone{};
      std::span<Starts> starts(&alone, 1);
      if (walked.empty())
        alone = {value(exits_[e].starts, span, traits), exits_[e].journey->starts.rate};
      else
        starts = walked[e] = starts_of(exits_[e], g, span, traits, walked);
      if (out <= 0) continue;
      double change = 0;
      for (Starts& s : starts) {
        change += (1 - change) * out * expected_walks(s.value, s.rate, out).before_leaving;
        s.value *=
            s.rate ? 1 - out : (1 - out) / std::max(1e-300, 1 - s.value * out);  // of those still there
      }
      for (std::size_t h = 0; h < n; ++h)
        if (h != g) row[h] += still * change * ends[h] / out;
      still *= 1 - change;
    }
    const Stage& stage = stages_[g];
    for (std::size_t k = 0; k < stage.moves.size(); ++k) {
      const double p = value(stage.moves[k], span, traits);
      if (stage.targets[k] < n_) row[at(stage.targets[k])] += still * p;
      still *= 1 - p;
    }
    row[stage.otherwise >= 0 ? at(stage.otherwise) : g] += still;
  }
}

void Skeleton::advance(double* stages, int tenure, int periods, const std::vector<double>& traits) const {
  const int end = tenure + periods;
  auto span = std::upper_bound(spans_.begin(), spans_.end(), tenure,
                               [](int age, const Span& s) { return age < s.from; });
  Square step;
  for (--span; tenure < end; ++span) {
    const int to = std::next(span) == spans_.end() ? end : std::min(end, std::next(span)->from);
    transitions(*span, traits, step.at);
    for (auto left = static_cast<unsigned>(to - tenure); left > 0; left >>= 1) {
      if (left & 1u) multiply(stages, step, n_);
      if (left > 1) multiply_by_itself(step, n_);
    }
    tenure = to;
  }
}

}  // namespace goodwill

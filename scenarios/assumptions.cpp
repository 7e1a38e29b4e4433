// One file, because all its questions (draws, quantiles, problems, what is held) have to agree on the scale
// and the tails of an assumption, which are worked out here and nowhere else.
#include "scenarios/assumptions.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include <Eigen/Cholesky>
#include <boost/random/sobol.hpp>

#include "scenarios/intervals.hpp"
#include "sim/change/numbers.hpp"
#include "sim/model/findings.hpp"
#include "sim/random/math64.hpp"
#include "sim/random/threefry.hpp"

namespace goodwill {
namespace {

using Sobol = boost::random::sobol_engine<std::uint32_t, 32>;
constexpr int most_dimensions = boost::random::default_sobol_table::max_dimension;
constexpr double finest = 0x1p-33;  // no probability that is drawn is nearer to 0 or 1
constexpr int bisections = 40;
constexpr double most_held = 0.05;  // share of the draws that may be held at one bound; more is an error

std::size_t at(int k) { return static_cast<std::size_t>(k); }

/// Visits the uses of assumptions: `visit(index, place)`.
template <class Visit>
void for_each_use(const Model& model, Visit&& visit) {
  std::unordered_map<std::string, std::size_t> index;
  for (const auto& [name, a] : model.assumptions) index.emplace(name, index.size());
  for_each_number(const_cast<Model&>(model), [&](const NumberPlace& place) {
    if (place.number.assumption.empty()) return;
    if (const auto i = index.find(place.number.assumption); i != index.end()) visit(i->second, place);
  });
}

Scale scale_of(const NumberPlace& use) {
  const Accept& a = use.accept;
  if (use.change == Change::Op::add) return Scale::plain;
  if (use.change == Change::Op::times || use.change == Change::Op::odds) return Scale::log;
  if (a.low == 0 && a.high == 1) return Scale::log_odds;
  return a.low >= 0 && a.unit != Unit::points ? Scale::log : Scale::plain;
}

/// Why low, best and high cannot be quantiles on this scale, and what to change; empty if they can.
std::string not_a_metalog(const Assumption& a, Scale scale) {
  const auto text = [](double v) { return value_text(v, {Unit::plain, 0, 0}); };
  if (scale != Scale::plain && *a.low <= 0)
    return "low is " + text(*a.low) + ", but " +
           (scale == Scale::log ? "amounts and factors are spread on the log scale"
                                : "probabilities are spread on the log-odds scale") +
           " and need a low above 0; or say uniform: [low, high]";
  if (scale == Scale::log_odds && *a.high >= 1)
    return "high is " + text(*a.high) +
           ", but probabilities are spread on the log-odds scale and need a high below 1; or say uniform: "
           "[low, high]";
  const Metalog metalog(*a.low, *a.best, *a.high, scale);
  if (metalog.feasible()) return {};
  return "low, best and high are too skewed for a distribution through them; with this low and high, best "
         "lies between " +
         text(metalog.least_best()) + " and " + text(metalog.most_best());
}

double quantile_of(const Assumption& a, Scale scale, double p) {
  if (!a.distribution) return Metalog(*a.low, *a.best, *a.high, scale).quantile(p);
  const double first = a.parameters[0], second = a.parameters[1];
  if (a.distribution == Assumption::Distribution::normal) return first + second * math::normal_quantile(p);
  if (a.distribution == Assumption::Distribution::beta) return math::beta_quantile(first, second, p);
  return first + (second - first) * p;
}

/// The distributions of all assumptions of a model.
class Register {
public:
  explicit Register(const Model& model) : model_(model), scales_(scales(model)) {
    for (const auto& [name, a] : model.assumptions) best_.push_back(*a.best);
    for (int i = 0; i < size(); ++i) distribution(i);
    if (problems_.empty()) try_together();
    if (problems_.empty())
      for (int i = 0; i < size(); ++i)
        tails_.push_back({tail(i, finest, most_held), tail(i, 1 - finest, 1 - most_held)});
    correlate();
  }

  const std::vector<Problem>& problems() const { return problems_; }
  int size() const { return static_cast<int>(model_.assumptions.size()); }

  std::vector<double> held() const {
    std::vector<double> out;
    for (const auto& [from, to] : tails_)
      out.push_back((from > finest ? from : 0) + (to < 1 - finest ? 1 - to : 0));
    return out;
  }

  /// The values of the assumptions at probabilities `p` drawn independently; correlations are added here.
  std::vector<double> values(std::vector<double> p) const {
    std::vector<double> scores, out;
    for (const double x : p) scores.push_back(math::normal_quantile(x));
    for (int i = 0; i < size(); ++i) {
      if (root_(i, i) != 1) {  // is correlated with earlier ones
        double score = 0;
        for (int k = 0; k <= i; ++k) score += root_(i, k) * scores[at(k)];
        p[at(i)] = std::clamp(math::normal_cdf(score), finest, 1 - finest);
      }
      const auto& [from, to] = tails_[at(i)];
      out.push_back(quantile_of(definition(i), scales_[at(i)], std::clamp(p[at(i)], from, to)));
    }
    return out;
  }

private:
  const std::string& name(int i) const { return model_.assumptions.items[at(i)].first; }
  const Assumption& definition(int i) const { return model_.assumptions.items[at(i)].second; }
  void problem(int i, std::string text) {
    problems_.push_back(
        problem_at(model_.files, definition(i).mark, "assumptions." + name(i), std::move(text)));
  }

  void distribution(int i) {
    if (definition(i).distribution) return;
    if (const std::string why = not_a_metalog(definition(i), scales_[at(i)]); !why.empty()) problem(i, why);
  }

  /// Tries the ends of several assumptions in one model, as long as no investment or event uses two of them,
  /// so that none can hide another: to check a model for each of a thousand assumptions would take a minute.
  void try_together() {
    std::vector<std::set<std::string>> interventions(at(size()));
    for_each_use(model_, [&](std::size_t i, const NumberPlace& use) {
      const std::size_t name = use.path.find('.') + 1, end = use.path.find('.', name);
      const bool owned = use.path.starts_with("investments.") || use.path.starts_with("events.");
      interventions[i].insert(owned ? use.path.substr(0, end) : "");
    });
    // For each intervention the first group that holds none of its assumptions.
    std::map<std::string, std::size_t> next;
    std::vector<std::vector<int>> groups;
    for (int i = 0; i < size(); ++i) {
      if (interventions[at(i)].contains("")) continue;  // of the firm itself: tried alone
      std::size_t group = 0;
      for (const std::string& intervention : interventions[at(i)])
        group = std::max(group, next[intervention]);
      for (const std::string& intervention : interventions[at(i)]) next[intervention] = group + 1;
      groups.resize(std::max(groups.size(), group + 1));
      groups[group].push_back(i);
    }
    for (const double end : {finest, 1 - finest})
      for (const std::vector<int>& group : groups)
        if (refused(group, end).empty())
          for (const int i : group) accepted_.insert({i, end});
  }

  /// Why the model refuses the values of `some` at this probability, with all others at their best; empty if
  /// it accepts them.
  std::string refused(const std::vector<int>& some, double p) const {
    std::vector<double> values = best_;
    for (const int i : some) values[at(i)] = quantile_of(definition(i), scales_[at(i)], p);
    try {
      at_values(model_, values);
    } catch (const ModelError& error) {
      const Problem& first = error.problems().front();
      return value_text(values[at(some[0])], {Unit::plain, 0, 0}) + ", and " + first.path + ": " + first.text;
    }
    return {};
  }

  /// The probability beyond which the assumption is held; `end` where the model accepts the whole tail. A
  /// problem if the model refuses even the value at `inner`.
  double tail(int i, double end, double inner) {
    if (accepted_.contains({i, end}) || refused({i}, end).empty()) return end;
    if (const std::string why = refused({i}, inner); !why.empty()) {
      problem(i, std::string(inner < 0.5 ? "its 5 % quantile is " : "its 95 % quantile is ") + why +
                     "; narrow it, or choose another of low, best, high; normal; beta; uniform");
      return inner;
    }
    // Enough halvings for the value to meet the bound to nine digits.
    double accepted = inner, outside = end;
    for (int k = 0; k < bisections; ++k) {
      const double middle = 0.5 * (accepted + outside);
      (refused({i}, middle).empty() ? accepted : outside) = middle;
    }
    return accepted;
  }

  /// The root of the correlation matrix (Cholesky).
  void correlate() {
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Identity(size(), size());
    std::string names;
    int last = -1;
    for (int i = 0; i < size(); ++i)
      for (const auto& [other, r] : definition(i).correlation) {
        const int k = model_.assumptions.index(other);
        matrix(i, k) = matrix(k, i) = r;
        last = std::max({last, i, k});
      }
    const Eigen::LLT<Eigen::MatrixXd> cholesky(matrix);
    root_ = cholesky.matrixL();
    if (cholesky.info() == Eigen::Success) return;
    for (int i = 0; i < size(); ++i)
      if (matrix.row(i).cwiseAbs().sum() > 1) names += (names.empty() ? "" : ", ") + name(i);
    problem(last, "the correlations of " + names +
                      " contradict each other: no joint distribution has them all; bring them nearer to 0");
  }

  const Model& model_;
  std::vector<Scale> scales_;
  std::vector<double> best_;
  std::set<std::pair<int, double>> accepted_;     ///< an assumption, and an end of its distribution
  std::vector<std::pair<double, double>> tails_;  ///< probabilities at which each is held, below and above
  Eigen::MatrixXd root_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<std::vector<std::string>> uses(const Model& model) {
  std::vector<std::vector<std::string>> out(model.assumptions.size());
  for_each_use(model, [&](std::size_t i, const NumberPlace& place) { out[i].push_back(place.path); });
  return out;
}

std::vector<bool> are_shares(const Model& model) {
  std::vector<bool> used(model.assumptions.size()), other(model.assumptions.size());
  for_each_use(model, [&](std::size_t i, const NumberPlace& use) {
    const Unit unit = use.accept.unit;
    const bool factor = use.change == Change::Op::times || use.change == Change::Op::odds;
    const bool share =
        unit == Unit::probability || unit == Unit::probability_per_period || unit == Unit::share;
    used[i] = true;
    if (factor || !share) other[i] = true;
  });
  for (std::size_t i = 0; i < used.size(); ++i) used[i] = used[i] && !other[i];
  return used;
}

std::vector<Scale> scales(const Model& model) {
  std::vector<Scale> out(model.assumptions.size(), Scale::plain);
  std::vector<bool> used(model.assumptions.size());
  for_each_use(model, [&](std::size_t i, const NumberPlace& use) {
    out[i] = std::max(out[i], scale_of(use));
    used[i] = true;
  });
  for (std::size_t i = 0; i < out.size(); ++i) {
    // What nothing uses, any scale on which it is possible will do: of a model at given values, for instance.
    const Assumption& a = model.assumptions.items[i].second;
    if (used[i] || a.distribution) continue;
    const auto possible = [&](Scale scale) { return not_a_metalog(a, scale).empty(); };
    for (const Scale scale : {Scale::log_odds, Scale::log, Scale::plain})
      if (possible(scale)) out[i] = scale;
  }
  return out;
}

double quantile(const Model& model, int assumption, double p) {
  if (assumption < 0 || at(assumption) >= model.assumptions.size())
    throw ModelError("assumption " + std::to_string(assumption) + " does not exist; there are " +
                     std::to_string(model.assumptions.size()));
  if (!(p > 0 && p < 1))
    throw ModelError("p is " + std::to_string(p) + "; accepted: a probability between 0 and 1");
  const auto& [name, a] = model.assumptions.items[at(assumption)];
  const Scale scale = scales(model)[at(assumption)];
  if (!a.distribution)
    if (const std::string why = not_a_metalog(a, scale); !why.empty())
      throw ModelError({problem_at(model.files, a.mark, "assumptions." + name, why)});
  return quantile_of(a, scale, p);
}

std::vector<Problem> check_distributions(const Model& model) { return Register(model).problems(); }

std::vector<double> held(const Model& model) {
  const Register distributions(model);
  if (!distributions.problems().empty()) throw ModelError(distributions.problems());
  return distributions.held();
}

bool is_uncertain(const Model& model, const std::string& scenario) {
  const std::vector<std::string>* parts = model.scenarios.find(scenario);
  std::vector<std::string> acting = parts ? *parts : std::vector<std::string>{};
  for (const auto& [name, event] : model.events)
    if (event.is_circumstance()) acting.push_back(name);
  const auto in_scenario = [&](const std::string& path) {
    return std::any_of(acting.begin(), acting.end(), [&](const std::string& name) {
      return path.starts_with("investments." + name + ".") || path.starts_with("events." + name + ".");
    });
  };
  bool found = false;
  for_each_use(model, [&](std::size_t, const NumberPlace& use) {
    const bool firm = !use.path.starts_with("investments.") && !use.path.starts_with("events.");
    found |= firm || in_scenario(use.path);
  });
  return found;
}

std::vector<std::vector<double>> draw_assumptions(const Model& model, std::uint64_t seed, int first, int n) {
  if (first < 0 || n < 0)
    throw ModelError("draws from " + std::to_string(first) + ", " + std::to_string(n) +
                     " of them; accepted: numbers not below 0");
  const int dimensions = static_cast<int>(model.assumptions.size());
  if (dimensions > most_dimensions)
    throw ModelError("the model has " + std::to_string(dimensions) + " assumptions; Sobol numbers have " +
                     std::to_string(most_dimensions) + " dimensions at most");
  std::vector<std::vector<double>> draws(at(n));
  if (dimensions == 0) return draws;
  const Register distributions(model);
  if (!distributions.problems().empty()) throw ModelError(distributions.problems());

  const Key key = make_key(seed, 0, Domain::assumptions);
  const auto shift = [&](int dimension, std::size_t set) {
    return goodwill::draw(key, static_cast<std::uint32_t>(dimension), 0, static_cast<std::uint32_t>(set),
                          purpose(Decision::shift))
        .w0;
  };
  Sobol points(at(dimensions));
  std::vector<std::uint32_t> point(at(dimensions));  // the first of the sequence is 0
  std::size_t number = 0;                            // of `point` in the sequence
  for (int k = first; k < first + n; ++k) {
    const std::size_t wanted = at(k) / draw_sets, set = at(k) % draw_sets;
    if (wanted != number) {
      // The engine starts at point 1, but the points are only spread evenly together with point 0.
      points.discard((wanted - number - 1) * at(dimensions));
      for (std::uint32_t& digits : point) digits = points();
      number = wanted;
    }
    std::vector<double> p;
    for (int j = 0; j < dimensions; ++j) p.push_back(((point[at(j)] ^ shift(j, set)) + 0.5) * 0x1p-32);
    draws[at(k - first)] = distributions.values(std::move(p));
  }
  return draws;
}

}  // namespace goodwill

// From a definition to the kernel's flat tables: the layout of the ledger, the numbering of responses and
// traits, and the compiled parameters of one segment and treatment group in one period.
#pragma once

#include <cmath>
#include <deque>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "sim/kernel/params.hpp"
#include "sim/ledger/ledger.hpp"
#include "sim/model/responses.hpp"

namespace goodwill {

/// `bands`: for anchoring, count exposure to tables by tenure and to beta responses by tenure, too.
Layout make_layout(const Model& model, bool experiences = false, bool bands = false);

/// One function of the normal score that a customer keeps for life, with the index of its random number.
struct Trait {
  int response = 0;          ///< index in for_each_response order; of_spend: ln(what a customer spends)
  bool multiplier = false;   ///< of the order rate (gamma), beside a frailty
  std::uint32_t draw = 0;    ///< see TraitParams
  std::vector<float> table;  ///< empty: the score itself
  TraitParams params() const {
    return {draw, table.empty() ? nullptr : table.data(),
            response == of_spend ? Decision::spend : Decision::trait};
  }
  static constexpr int of_spend = -1;
};

/// Traits of a segment: frailties, beta levels, the order multiplier and what customers spend.
std::vector<Trait> make_traits(const Model& segment_model, const std::vector<bool>& frail);
/// The trait of a normal score, as the kernel interpolates it.
double trait_value(const TraitParams& trait, double score);
/// Which responses have a frailty in any of these models or are given one by a change.
std::vector<bool> frail_responses(const Model& model, const std::vector<Model>& segment_models);

/// ln(1 + years) by periods of tenure, for two hundred years: a base a hundred years old, and its run-off.
std::vector<float> log_of_tenure(double periods_per_year);

/// A change of state by an investment or event, due now.
struct DueImpulse {
  const Impulse* impulse;
};
/// A cost per contact of an active investment.
struct DueCost {
  int investment;
  const Cost* cost;
};

/// The kernel's parameters and the arrays they point into.
class Compiled {
public:
  /// Keeps a pointer into `log_tenure`, see log_of_tenure().
  Compiled(const Model& model, const Layout& layout, const std::vector<Trait>& traits,
           const std::vector<float>& log_tenure, bool referred, const std::vector<DueImpulse>& impulses,
           const std::vector<DueCost>& costs);
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  const Params& params() const { return params_; }
  /// Turns amounts into whole numbers; to be called once, when the scale of the plan is known.
  void scale(const Layout& layout);
  const std::vector<Price>& prices() const { return prices_; }
  std::size_t bytes() const;  ///< about what it holds

private:
  template <class T>
  const T* keep(std::vector<T> values, std::deque<std::vector<T>>& store) {
    store.push_back(std::move(values));
    return store.back().data();
  }
  ResponseParams response(const Response& r, int index) const;
  ResponseParams response_with_tables(const Response& r, int index);
  void tabulate(const Response& r, ResponseParams& p);
  BranchParams branch(const Branch& b, const Journey* journey);
  WhoParams who(const Who& w) const;
  /// The segment whose model this is.
  const std::pair<std::string, Segment>& own() const {
    return model_.segments.items[static_cast<std::size_t>(model_.own_segment)];
  }
  /// A place of the ledger for what customers spend, if they do not all spend alike; else -1.
  std::int32_t spend_counter(int place) const { return params_.spend >= 0 ? layout_.spend_at + place : -1; }
  bool is_for(const std::optional<Who>& who) const;  ///< some customers of the segment
  /// What one occurrence adds to the value of a customer.
  struct Brought {
    double revenue = 0, contribution = 0;
  };
  void price(int counter, int money, double amount);
  Brought book(int counter, std::initializer_list<std::pair<Counter, double>> amounts);
  /// What people say for each occurrence of a counter, in units of 1 / message_unit.
  std::int64_t say(int counter, MessageKind kind, double messages);
  void stages(int& response_index);
  void journeys(int& response_index, const std::vector<DueCost>& costs);
  void sources();
  TouchpointParams touchpoint(const Touchpoint& t, const Journey& j, const std::string& path, int counter,
                              const std::vector<DueCost>& costs);

  const Model& model_;
  const Layout& layout_;
  const std::vector<Trait>& traits_;
  bool referred_;
  Params params_;
  std::deque<std::vector<float>> floats_;
  std::deque<std::vector<ArrowParams>> arrows_;
  std::deque<std::vector<TouchpointParams>> touchpoints_;
  std::deque<std::vector<ResponseParams>> responses_;
  std::deque<std::vector<SourceParams>> sources_;
  std::deque<std::vector<std::int32_t>> numbers_;
  std::vector<StageParams> stages_;
  std::vector<JourneyParams> journeys_;
  std::vector<ImpulseParams> impulses_;
  std::vector<Price> prices_;
  std::vector<Saying> sayings_;
};

inline float single(double x) { return static_cast<float>(x); }
inline std::int32_t whole_periods(double x) { return static_cast<std::int32_t>(std::lround(x)); }
Threshold threshold(double p);
/// The segment whose model this is.
inline const Segment& own_segment(const Model& segment_model) {
  return segment_model.segments.items[static_cast<std::size_t>(segment_model.own_segment)].second;
}
/// The stages of a kind, as a bit set.
std::uint32_t stages_of(const Model& model, Stage::Kind kind);
/// Index of a stage by name; the number of stages for `lost`.
int stage_index(const Model& model, const std::string& name);
/// The stage of a segment's customers, as an index; arrivals join in it unless the model names another.
int segment_stage(const Model& model, const Segment& segment);

}  // namespace goodwill

// The kernel's interface: one table of functions per instruction set, all with the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/kernel/block.hpp"
#include "sim/kernel/params.hpp"
#include "sim/random/decision.hpp"

namespace goodwill {

/// A Sobol sequence: `dimensions` arrays of `size` words each.
struct EvenWords {
  const std::uint32_t* words = nullptr;
  std::int32_t size = 0;
};
/// Dimensions of EvenWords, see sim/kernel/shared/even.hpp.
constexpr int even_steps = 4;
constexpr int even_dimensions = 2 + 5 * even_steps;

// Working arrays, each described once: type, name and what it is for.
#define GOODWILL_SCRATCH(X)                                                                                  \
  X(std::uint32_t, w0, "words of a draw")                                                                    \
  X(std::uint32_t, w1, "")                                                                                   \
  X(std::uint32_t, w2, "")                                                                                   \
  X(std::uint32_t, w3, "")                                                                                   \
  X(std::uint32_t, id_lo, "gathered")                                                                        \
  X(std::uint32_t, id_hi, "gathered")                                                                        \
  X(float, a, "gathered state")                                                                              \
  X(float, b, "")                                                                                            \
  X(float, c, "")                                                                                            \
  X(float, d, "")                                                                                            \
  X(std::int32_t, mask, "of lanes")                                                                          \
  X(std::int32_t, code, "outcomes")                                                                          \
  X(std::int32_t, full, "who finds no room")                                                                 \
  X(std::int32_t, target, "where a branch leads")                                                            \
  X(std::int32_t, list, "lanes")                                                                             \
  X(std::int32_t, list2, "lanes")                                                                            \
  X(std::int32_t, walker, "who is under way")                                                                \
  X(std::int32_t, walker_at, "and where")                                                                    \
  X(std::int32_t, next_walker, "")                                                                           \
  X(std::int32_t, next_at, "")                                                                               \
  X(std::int32_t, walks, "of the journey under way, all lanes")                                              \
  X(std::int32_t, place, "of each lane among the even words")                                                \
  X(std::int32_t, weight, "gathered")                                                                        \
  X(float, effort, "points that contacts have taken in this period, all lanes")                              \
  X(std::int32_t, efforts, "the number of those contacts")                                                   \
  X(float, spend, "multipliers of what customers spend, all lanes; only where they differ")                  \
  X(float, p, "probabilities or rates")

/// Working arrays of one thread, each of `capacity` elements.
struct Scratch {
  std::int32_t capacity = 0;
  std::int32_t common_stage = -1;  // the stage that all customers of the block are in now; -1: they differ
  std::uint32_t place_group = 0;   // 1 + the group of draws that `place` is for
  std::uint32_t* start[4] = {};    // start words of four journeys, all lanes
  std::uint32_t* monthly[4] = {};  // words of Decision::monthly, all lanes
  std::int32_t* done[max_followed] = {};  // what journeys follow, walks or orders of this period, all lanes
#define GOODWILL_MEMBER(type, name, text) type* name = nullptr;
  GOODWILL_SCRATCH(GOODWILL_MEMBER)
#undef GOODWILL_MEMBER
};

template <class Visit>
inline void for_each_array(Scratch& s, Visit&& visit) {
  for (auto*& array : s.start) visit(array);
  for (auto*& array : s.monthly) visit(array);
  for (auto*& array : s.done) visit(array);
#define GOODWILL_VISIT(type, name, text) visit(s.name);
  GOODWILL_SCRATCH(GOODWILL_VISIT)
#undef GOODWILL_VISIT
}

/// How a journey step is computed; the bits are the same. `automatic` works under a mask
/// from an occupancy of 0.6 on.
enum class WalkMode : std::int32_t { automatic, masked, wave };

/// Address of a walk's luck: journey, walk and step.
constexpr std::uint32_t address(std::int32_t journey, std::int32_t walk, std::uint32_t step = 0) {
  return static_cast<std::uint32_t>(journey) << 10 | static_cast<std::uint32_t>(walk) << 6 | step;
}
constexpr std::int32_t journey_of(std::uint32_t address) { return static_cast<std::int32_t>(address >> 10); }
constexpr std::int32_t walk_of(std::uint32_t address) {
  return static_cast<std::int32_t>(address >> 6 & 15u);
}
constexpr std::int32_t step_of(std::uint32_t address) { return static_cast<std::int32_t>(address & 63u); }

/// Something that happened to one customer, for a log.
struct Happening {
  enum Kind : std::int32_t { contact, order, answer } kind;
  std::int32_t lane;
  std::uint32_t index;      // contact: address of its step; order: the how many-th of the period
  std::int32_t touchpoint;  // contact: of its journey
  std::int32_t outcome;     // contact: 0 ok, 1 failed, 2 recovered, 3 full
  double value;             // contact: how good it was, 0 to 10; order: money; answer: 0 to 10
  double wait = 0;          // contact: minutes
};

/// Calls back whoever keeps births, leavers and a log. For rare events only; a log is of few customers.
struct Sink {
  void* self = nullptr;
  void (*birth)(void* self, std::int32_t referrer /* lane */, std::uint32_t ordinal) = nullptr;
  void (*left)(void* self, std::int32_t lane) = nullptr;               // null: not wanted
  void (*happened)(void* self, const Happening& happening) = nullptr;  // likewise
};

/// Everything a period needs besides the block.
struct PeriodContext {
  const Environment* environment = nullptr;
  Heard heard{};                   // by the segment of the block
  const People* people = nullptr;  // who hear for themselves; null: all hear the same
  const Params* params = nullptr;
  Key key{};
  std::int64_t* row = nullptr;  // the ledger's counters of this period and origin
  Sum* order_money = nullptr;   // revenue and margin of orders whose values differ
  Scratch* scratch = nullptr;
  WalkMode walk = WalkMode::automatic;
  bool newcomers = false;  // the block joined within the horizon: its cohort is the period of joining
  std::int64_t* cohort_customers = nullptr;
  Sum *cohort_revenue = nullptr,
      *cohort_contribution = nullptr;     // this period's column (with CustomerBlock::gain)
  std::int64_t* cohort_became = nullptr;  // by period of joining
  std::int32_t cohort_stride = 0;
  bool advocacy = true;                 // false for the past, which makes no referrals
  std::int32_t halvings = 0;            // before anything else, lot keeps one in 2^halvings customers
  bool survival = false;                // churn shrinks CustomerBlock::weight instead of being drawn
  EvenWords even{};                     // anchoring: the luck of a block is spread evenly over its lanes
  std::int64_t* survey_bins = nullptr;  // anchoring: response probability by satisfaction
  Sink sink;
};
constexpr int survey_bin_count = 1001;  // satisfaction in hundredths

/// One instruction set.
struct Kernel {
  const char* name;
  /// Draws state and traits of the lanes [from, to), whose ids, tenure and weight are already set.
  void (*join)(CustomerBlock& block, std::int32_t from, std::int32_t to, const NewcomerParams& who,
               const Key& key, Scratch& scratch);
  /// Lives one period of a block, phase by phase, and removes the leavers.
  void (*period)(CustomerBlock& block, const PeriodContext& context);
  /// For benchmarks and tests: the words of n customers; exp and normal quantile over arrays.
  void (*words)(std::int32_t n, const std::uint32_t* lo, const std::uint32_t* hi, std::uint32_t period,
                std::uint32_t purpose, const Key& key, std::uint32_t* w0, std::uint32_t* w1,
                std::uint32_t* w2, std::uint32_t* w3);
  void (*functions)(std::int32_t n, const float* x, const std::uint32_t* word, float* exp, float* normal);
};

}  // namespace goodwill

// What a model may say: every parameter described once, with its unit, bounds, text and source. The default
// is that of the default-constructed struct. Reader, writer, checks, paths, schema, reference page and Python
// walk these descriptions.
#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/model/model.hpp"
#include "sim/model/scalar.hpp"

namespace goodwill {

struct Block;

// What a field's place in a struct can hold, seen through a pointer.
struct Choice {
  void* at;
  int (*get)(const void*);
  void (*set)(void*, int);
  std::span<const std::string_view> names;
};
struct Object {  ///< a nested block that is always there (finance, survey)
  void* at;
  const Block* block;
};
struct Optional {  ///< a nested block that may be absent (orders, impulse)
  void* at;
  const Block* block;
  void* (*get)(void*);  ///< null when absent
  void* (*emplace)(void*);
};
struct Collection {  ///< named blocks in the order of the file (segments, touchpoints)
  void* at;
  const Block* block;
  std::size_t (*size)(void*);
  const std::string& (*name)(void*, std::size_t);
  void* (*item)(void*, std::size_t);
  void* (*add)(void*, const std::string&);
};
struct Arrivals {  ///< a number, or `{count, stage}`
  Number* count;
  std::string* stage;
};
struct Tenure {  ///< a mean, or `{exactly: ..}`
  std::optional<Number>* mean;
  bool* exactly;
};
struct Reach {  ///< a share, or one by segment
  Number* all;
  Named<Number>* by_segment;
};
struct Gamma {  ///< `{gamma: shape}`
  Number* shape;
};
struct Agents {  ///< a number, or `all`
  std::optional<Number>* count;
  bool* all;
};
using Each = std::vector<std::pair<std::string, Number>>;
using Names = std::vector<std::string>;

using Slot =
    std::variant<Number*, std::optional<Number>*, std::string*, bool*, Choice, Names*, Spread*, Response*,
                 Branch*, std::optional<Branch>*, Next*, std::optional<Range>*, Named<Response>*,
                 Named<Number>*, std::vector<Change>*, Each*, Named<std::string>*, Named<Names>*, Arrivals,
                 Tenure, Reach, Gamma, Agents, Object, Optional, Collection>;

/// Lambdas as one visitor of a Slot.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

/// What a name in a text field must name.
enum class Refers { nothing, stage, segment, channel, team };
/// Who may change a field: `changes:` of anybody, of segments only, or nobody (only another definition of the
/// model).
enum class Changed { by_anybody, by_segments, never };

struct Field {
  std::string_view name;
  Unit unit = Unit::plain;
  double low = 0, high = 0;  ///< accepted values of a number, both included
  std::string_view text;     ///< one line
  std::string_view source;   ///< of an evidence-based default: authors, year
  Slot (*slot)(void* object) = nullptr;
  Changed changed = Changed::by_anybody;
  Refers refers = Refers::nothing;
  bool or_rate = false;  ///< of a response: a probability if its level is written with %, else a rate
  bool whole = false;    ///< whole periods; with a unit (`3 years` in weeks) up to 2 % off
  bool lines = false;    ///< a text of several lines

  Slot at(void* object) const { return slot(object); }
  /// For reading only.
  Slot at(const void* object) const { return slot(const_cast<void*>(object)); }
  Field reserved_for(Changed who) const;
  Field naming(Refers what) const;
  Field in_whole_periods() const;
  Field or_a_rate() const;
  Field of_lines() const;
  Field from(std::string_view source_of_default) const;
};

struct Block {
  std::string_view name;  ///< singular: `touchpoint`
  std::string_view text;
  std::span<const Field> fields;
  const void* defaults;        ///< a default-constructed struct
  Mark (*mark)(const void*);   ///< where it stands
  void (*place)(void*, Mark);  ///< says where it stands

  const Field* find(std::string_view key) const;
  std::vector<std::string> names() const;
};

/// The description of a struct of model.hpp.
template <class T>
const Block& block_of();

template <>
const Block& block_of<Model>();
template <>
const Block& block_of<Segment>();
template <>
const Block& block_of<Stage>();
template <>
const Block& block_of<Touchpoint>();
template <>
const Block& block_of<Journey>();
template <>
const Block& block_of<Team>();
template <>
const Block& block_of<Orders>();
template <>
const Block& block_of<Referrals>();
template <>
const Block& block_of<WordOfMouth>();
template <>
const Block& block_of<Market>();
template <>
const Block& block_of<Survey>();
template <>
const Block& block_of<Experience>();
template <>
const Block& block_of<Finance>();
template <>
const Block& block_of<Investment>();
template <>
const Block& block_of<Impulse>();
template <>
const Block& block_of<Cost>();
template <>
const Block& block_of<Who>();
template <>
const Block& block_of<Assumption>();
template <>
const Block& block_of<Goal>();
template <>
const Block&
block_of<Response>();  ///< the effects and frailty; the level is described by the field that holds it
template <>
const Block& block_of<Spread>();
template <>
const Block& block_of<Next>();

/// What a goal can be about: a figure of the whole firm in one period.
struct Indicator {
  std::string_view name;
  Unit unit;
  double low, high;  ///< what it can be
  std::string_view text;
};
std::span<const Indicator> indicators();
const Indicator* indicator(std::string_view name);  ///< null: there is none of that name

/// Every block, the model first: what the schema and the reference page list.
std::vector<const Block*> all_blocks();

}  // namespace goodwill

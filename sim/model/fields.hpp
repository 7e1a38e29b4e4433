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
  void (*reset)(void*);
};
struct Collection {  ///< named blocks in the order of the file (segments, touchpoints)
  void* at;
  const Block* block;
  std::size_t (*size)(void*);
  const std::string& (*name)(void*, std::size_t);
  void* (*item)(void*, std::size_t);
  void* (*add)(void*, const std::string&);
};
struct Form;
struct Short {  ///< a number with a short form, `arrivals: 100 / month`, or a block: `{count: .., stage: ..}`
  void* at;
  const Form* form;
};
using Each = std::vector<std::pair<std::string, Number>>;
using Names = std::vector<std::string>;
using Matrix = Named<Named<Number>>;

using Slot = std::variant<Number*, std::optional<Number>*, std::string*, bool*, Choice, Names*, Response*,
                          Branch*, std::optional<Branch>*, Next*, std::optional<Range>*, Named<Response>*,
                          Named<Number>*, std::vector<Change>*, Each*, Named<std::string>*, Named<Names>*,
                          Matrix*, OwnEdges*, Short, Object, Optional, Collection>;

/// Lambdas as one visitor of a Slot.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

/// What a name in a text field must name.
enum class Refers { nothing, stage, segment, channel, team };
/// Who may change a field: `changes:` of anybody, of segments only, of investments and events only because it
/// belongs to the whole firm, or nobody (only another definition of the model).
enum class Changed { by_anybody, by_segments, by_interventions, never };

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
  template <class T>
  Field with(T Field::*member, T value) const {
    Field f = *this;
    f.*member = value;
    return f;
  }
  Field reserved_for(Changed who) const { return with(&Field::changed, who); }
  Field naming(Refers what) const { return with(&Field::refers, what); }
  Field in_whole_periods() const { return with(&Field::whole, true); }
  Field or_a_rate() const { return with(&Field::or_rate, true); }
  Field of_lines() const { return with(&Field::lines, true); }
  Field from(std::string_view source_of_default) const { return with(&Field::source, source_of_default); }
};

struct Block {
  std::string_view name;  ///< singular: `touchpoint`
  std::string_view text;
  std::span<const Field> fields;
  const void* defaults;        ///< a default-constructed struct
  Mark (*mark)(const void*);   ///< where it stands
  void (*place)(void*, Mark);  ///< says where it stands
  std::string_view absent{};   ///< the word for its absence, where there is one

  const Field* find(std::string_view key) const;
  std::vector<std::string> names() const;
};

/// The two ways to write a value, described once. All its numbers accept what the field accepts.
struct Form {
  std::string_view accepted;          ///< both ways, for messages
  std::string_view called;            ///< the block, in messages
  const Block* block;                 ///< its parts; one without a name: names are free; null: a word instead
  Slot (*brief)(void*) = nullptr;     ///< the number alone; null: there is only the block
  bool* (*in_full)(void*) = nullptr;  ///< whether it is in full, where the parts do not tell
  std::string_view word{};

  /// Whether the parts have descriptions and paths of their own; otherwise a number's
  /// path is that of the field.
  bool described() const { return block && !block->text.empty(); }
  /// Whether a value is the number alone or the parts, and the number is none of them.
  bool either() const { return described() && in_full; }
  std::string path_of(const Field& part, const std::string& field) const;
};
/// A part of a field, with what the field accepts.
Field part_of(const Field& field, const Field& part);
/// The number that stands for the whole.
Slot number_of(const Short& value);
/// Whether the short way would not say everything.
bool is_in_full(const Short& value);
/// Whether the value has parts with paths of their own.
bool has_parts(const Short& value);
/// The block, where its names are free; else null.
Named<Number>* by_name(const Short& value);

/// The description of a struct of model.hpp.
template <class T>
const Block& block_of();

/// The structs that have a description, the model first, in the order of the schema and the reference page.
// clang-format off
#define GOODWILL_BLOCKS(X) \
  X(Model) X(Segment) X(Spread) X(Values) X(Stage) X(Response) X(Journey) X(Touchpoint) X(Quality) X(Next) \
  X(Who) X(Experience) \
  X(Orders) X(Referrals) X(Survey) X(Investment) X(When) X(Impulse) X(Cost) X(Finance) X(Assumption) X(Team) \
  X(WordOfMouth) X(SocialNetwork) X(Circle) X(SmallWorld) X(Market) X(Goal)
// clang-format on
#define GOODWILL_BLOCK(T)                                                                                    \
  template <>                                                                                                \
  const Block& block_of<T>();
GOODWILL_BLOCKS(GOODWILL_BLOCK)
#undef GOODWILL_BLOCK

/// What a goal can be about: a figure of the whole firm in one period.
struct Indicator {
  std::string_view name;
  Unit unit;
  double low, high;  ///< what it can be
  std::string_view text;
};
std::span<const Indicator> indicators();
const Indicator* indicator(std::string_view name);  ///< null: there is none of that name

/// Every block.
std::vector<const Block*> all_blocks();

}  // namespace goodwill

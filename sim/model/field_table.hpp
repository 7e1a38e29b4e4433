// How a table of field descriptions is written down: from a pointer to member to a Field. Used by fields*.cpp
// only.
#pragma once

#include <array>
#include <limits>
#include <type_traits>

#include "sim/model/fields.hpp"
#include "sim/model/words.hpp"

namespace goodwill::table {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kMostMoney = 1e15;  // of one customer; sums of more lose digits, and no firm has them

template <class C, class T>
C class_of(T C::*);

/// The member reached by following pointers to members: `member<&Investment::cost, &Cost::upfront>`.
template <auto First, auto... Rest>
auto& member(void* object) {
  using C = decltype(class_of(First));
  auto& reached = static_cast<C*>(object)->*First;
  if constexpr (sizeof...(Rest) == 0)
    return reached;
  else
    return member<Rest...>(&reached);
}

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_named : std::false_type {};
template <class T>
struct is_named<Named<T>> : std::true_type {};

const Form& spread_form();
const Form& quality_form();

template <class T>
Slot slot_for(T& x) {
  if constexpr (std::is_constructible_v<Slot, T*>) {
    return Slot(&x);
  } else if constexpr (std::is_same_v<T, Spread>) {
    return Short{&x, &spread_form()};
  } else if constexpr (std::is_same_v<T, Quality>) {
    return Short{&x, &quality_form()};
  } else if constexpr (std::is_enum_v<T>) {
    return Choice{&x, [](const void* e) { return static_cast<int>(*static_cast<const T*>(e)); },
                  [](void* e, int value) { *static_cast<T*>(e) = static_cast<T>(value); }, words<T>};
  } else if constexpr (is_optional<T>::value) {
    using V = typename T::value_type;
    return Optional{&x, &block_of<V>(),
                    [](void* o) -> void* { return *static_cast<T*>(o) ? &**static_cast<T*>(o) : nullptr; },
                    [](void* o) -> void* { return &static_cast<T*>(o)->emplace(); },
                    [](void* o) { static_cast<T*>(o)->reset(); }};
  } else if constexpr (is_named<T>::value) {
    using V = std::remove_reference_t<decltype(x.items.front().second)>;
    return Collection{
        &x,
        &block_of<V>(),
        [](void* c) { return static_cast<T*>(c)->size(); },
        [](void* c, std::size_t i) -> const std::string& { return static_cast<T*>(c)->items[i].first; },
        [](void* c, std::size_t i) -> void* { return &static_cast<T*>(c)->items[i].second; },
        [](void* c, const std::string& name) -> void* {
          return &static_cast<T*>(c)->items.emplace_back(name, V{}).second;
        }};
  } else {
    return Object{&x, &block_of<T>()};
  }
}

template <auto... Path>
Slot slot_at(void* object) {
  return slot_for(member<Path...>(object));
}

/// A number with its unit and bounds, or anything that holds such numbers (a response, a spread, a branch).
template <auto... Path>
Field number(std::string_view name, Unit unit, double low, double high, std::string_view text) {
  return {name, unit, low, high, text, {}, &slot_at<Path...>};
}
/// A number with a short form, or a block.
template <const Form& form()>
Field brief(std::string_view name, Unit unit, double low, double high, std::string_view text) {
  return {name, unit, low, high, text, {}, [](void* object) -> Slot { return Short{object, &form()}; }};
}
/// A text, a flag, a choice, a list, a nested block.
template <auto... Path>
Field other(std::string_view name, std::string_view text) {
  return {name, Unit::plain, -kInf, kInf, text, {}, &slot_at<Path...>};
}

template <class T>
Block block(std::string_view name, std::string_view text, std::span<const Field> fields) {
  static const T defaults{};
  Block b{name, text, fields, &defaults, nullptr, nullptr};
  if constexpr (requires(T t) { t.mark; }) {
    b.mark = [](const void* o) { return static_cast<const T*>(o)->mark; };
    b.place = [](void* o, Mark mark) { static_cast<T*>(o)->mark = mark; };
  } else {
    b.mark = [](const void*) { return Mark{}; };
    b.place = [](void*, Mark) {};
  }
  return b;
}

}  // namespace goodwill::table

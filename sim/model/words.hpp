// The closed vocabularies of a model file: one list each, in the order of its enum. Reader, writer, messages,
// schema and Python take the words from here.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/model.hpp"

namespace goodwill {

/// The words of an enum; an empty one is never written.
template <class E>
constexpr auto words = std::array<std::string_view, 0>{};

template <>
inline constexpr auto words<Period> = std::to_array<std::string_view>({"day", "week", "month", "year"});
template <>
inline constexpr auto words<Stage::Kind> = std::to_array<std::string_view>({"prospect", "customer",
                                                                            "lapsed"});
template <>
inline constexpr auto words<Finance::Timing> = std::to_array<std::string_view>({"start", "mid", "end"});
template <>
inline constexpr auto words<Finance::Prices> = std::to_array<std::string_view>({"real", "nominal"});
template <>
inline constexpr auto words<Change::Op> = std::to_array<std::string_view>({"set", "add", "times", "odds"});
template <>
inline constexpr auto words<Response::Form> = std::to_array<std::string_view>({"", "average", "base", "beta",
                                                                               "by_tenure"});
template <>
inline constexpr auto words<Assumption::Distribution> = std::to_array<std::string_view>({"normal", "beta",
                                                                                         "uniform"});
template <>
inline constexpr auto words<Who::Answer> = std::to_array<std::string_view>({"detractor", "passive",
                                                                            "promoter"});

template <class E>
constexpr std::string_view word(E value) {
  return words<E>[static_cast<std::size_t>(value)];
}

template <class E>
std::optional<E> named(std::string_view word) {
  for (std::size_t i = 0; i < words<E>.size() && !word.empty(); ++i)
    if (words<E>[i] == word) return static_cast<E>(i);
  return {};
}

/// The words that can be written, each between `before` and `after`: for messages.
template <class E>
std::vector<std::string> word_list(std::string_view before = "", std::string_view after = "") {
  std::vector<std::string> list;
  for (const std::string_view w : words<E>)
    if (!w.empty()) list.push_back(std::string(before) + std::string(w) + std::string(after));
  return list;
}

}  // namespace goodwill

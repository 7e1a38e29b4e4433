// What counts as the text of a model, before YAML sees it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace goodwill {

constexpr std::size_t kMaxBytes = 4u << 20;

/// Thrown where reading stops before the end of a text.
struct Stop {
  std::size_t at;  ///< byte
  std::string text;
};

/// Refuses what is not UTF-8 text: yaml-cpp takes byte 0x04 for the end of the file, drops lone carriage
/// returns, and decodes UTF-16 without a word. Refuses more marks than the YAML scanner can hold in memory.
/// Throws Stop.
void check_text(std::string_view text);

/// `a no-break space (U+00A0)`, if the text starts with a character that looks like a space and is none; else
/// empty.
std::string_view looks_like_space(std::string_view text);

/// yaml-cpp's message in the user's words; unknown ones are passed on.
std::string in_plain_words(const std::string& message);

/// False for the second and later bytes of a UTF-8 character.
inline bool starts_character(char c) { return (c & 0xC0) != 0x80; }

}  // namespace goodwill

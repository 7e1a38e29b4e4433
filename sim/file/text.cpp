#include "sim/file/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <system_error>

#include "sim/file/document.hpp"

namespace goodwill {
namespace {

// yaml-cpp keeps the tokens of a whole flow mapping, at some 240 bytes each.
constexpr std::size_t kMaxMarks = 400'000;

std::string hex_byte(unsigned char byte) {
  constexpr char digits[] = "0123456789ABCDEF";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

/// Bytes of the UTF-8 character at `i` (Unicode 15, table 3-7), 0 if there is none.
std::size_t character(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
  const unsigned first = byte(i), second = byte(i + 1);
  if (first < 0x80) return 1;
  const std::size_t n = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (n == 0 || second < low || second > high) return 0;
  for (std::size_t k = 2; k < n; ++k)
    if (byte(i + k) < 0x80 || byte(i + k) > 0xBF) return 0;
  return n;
}

}  // namespace

void check_text(std::string_view text) {
  if (text.size() > kMaxBytes) throw Stop{0, "the file is larger than 4 MiB"};
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw Stop{0, "the file is UTF-16; save it as UTF-8"};
  for (std::size_t i = 0, marks = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    marks += std::string_view("[]{},:?&*!\"'").find(text[i]) != std::string_view::npos;
    if (marks > kMaxMarks) throw Stop{i, "more than 400,000 brackets, commas, colons and quotes"};
    if (byte == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))
      throw Stop{i, "a carriage return without a line feed; end lines with LF or CR LF"};
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F)
      throw Stop{i, "control character " + hex_byte(byte) + "; a model is a text file"};
    const std::size_t n = character(text, i);
    if (n == 0) throw Stop{i, "byte " + hex_byte(byte) + " is not UTF-8; save the file as UTF-8"};
    i += n;
  }
}

std::string_view looks_like_space(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"\xC2\xA0", "a no-break space (U+00A0)"},
      {"\xE2\x80\xAF", "a narrow no-break space (U+202F)"},
      {"\xE2\x80\x8B", "a zero-width space (U+200B)"},
      {"\xEF\xBB\xBF", "a zero-width no-break space (U+FEFF)"},
      {"\xE3\x80\x80", "an ideographic space (U+3000)"},
      {"\xE2\x80\x82", "an en space (U+2002)"},
      {"\xE2\x80\x83", "an em space (U+2003)"},
      {"\xE2\x80\x87", "a figure space (U+2007)"},
      {"\xE2\x80\x89", "a thin space (U+2009)"},
  };
  for (const auto& [bytes, name] : known)
    if (text.starts_with(bytes)) return name;
  return {};
}

std::string in_plain_words(const std::string& message) {
  static const std::map<std::string, std::string> words = {
      {"illegal map value",
       "a ':' where no name can stand; indent by the same number of spaces as the neighbours, "
       "write 'name: value' with a space, and quote a text that contains ': '"},
      {"illegal map key", "a '?' where no name can stand"},
      {"illegal block entry", "a '- ' where no list can stand; check the indentation"},
      {"illegal flow end", "a '}' or ']' that closes nothing"},
      {"end of map flow not found", "'{' is never closed"},
      {"end of sequence flow not found", "'[' is never closed"},
      {"end of map not found",
       "this does not line up with the names above; check the indentation and the ':'"},
      {"end of sequence not found", "this does not line up with the list above; check the indentation"},
      {"unknown token", "a text cannot start with this character; quote it"},
      {"bad file", "nested more than 64 deep"},
      {"illegal tab when looking for indentation", "a tab in the indentation; use spaces"},
      {"the referenced anchor is not defined", "an alias ('*name') without its anchor ('&name')"},
  };
  const auto found = words.find(message);
  return found == words.end() ? "YAML: " + message : found->second;
}

std::string read_file(const std::string& path, std::vector<Problem>& problems, std::size_t most) {
  const auto refuse = [&](const std::string& why) {
    problems.push_back({path, 0, 0, "", why});
    return std::string();
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return refuse("is a folder, not a file");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return refuse("cannot be read: " + std::generic_category().message(errno));
  std::string text;
  for (std::size_t got = 1; got > 0 && text.size() <= most;) {
    const std::size_t before = text.size();
    text.resize(std::min(before + kMaxBytes, most) + 1);
    got = std::fread(text.data() + before, 1, text.size() - before, file.get());
    text.resize(before + got);
  }
  if (std::ferror(file.get())) return refuse("cannot be read: " + std::generic_category().message(errno));
  if (text.size() > most) return refuse("the file is larger than " + std::to_string(most >> 20) + " MiB");
  return text;
}

}  // namespace goodwill

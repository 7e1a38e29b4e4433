// Reading and writing numbers with units. One file because there is one grammar: parse_scalar()
// accepts it, format_scalar() writes it, describe() explains it, and `%` moves the point by one
// function in both directions.
#include "sim/model/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <system_error>
#include <vector>

#include "sim/model/problem.hpp"
#include "sim/model/words.hpp"
#include "sim/random/math64.hpp"

namespace goodwill {
namespace {

constexpr std::size_t kLongest = 100;  // no number is longer

// A ratio of whole numbers, multiplied before it is divided: 2 weeks are 14 days, without a rounding error.
struct Ratio {
  int times, of;
};
constexpr std::array<Ratio, 4> kPerYear = {{{365, 1}, {365, 7}, {12, 1}, {1, 1}}};  // of each Period

double operator*(double value, Ratio r) { return value * r.times / r.of; }

/// Periods `to` in one period `from`.
Ratio ratio(Period from, Period to) {
  const Ratio a = kPerYear[static_cast<std::size_t>(from)], b = kPerYear[static_cast<std::size_t>(to)];
  const int times = b.times * a.of, of = b.of * a.times, common = std::gcd(times, of);
  return {times / common, of / common};
}

struct Failure {
  std::string why;
};

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Bytes of white space at the start: blanks, and the no-break spaces that typography puts before units.
std::size_t blank(std::string_view text) {
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.starts_with("\xE2\x80\xAF")) return 3;
  return !text.empty() && (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' || text[0] == '\r') ? 1 : 0;
}

/// The digits of a number times a power of ten, `2.5e3` and -2: `2.5e1`.
std::string moved_point(const std::string& digits, int by) {
  const std::size_t e = std::min(digits.find_first_of("eE"), digits.size());
  int exponent = 0;
  if (e < digits.size()) std::from_chars(digits.data() + e + 1, digits.data() + digits.size(), exponent);
  return digits.substr(0, e) + "e" + std::to_string(std::clamp(exponent, -9999, 9999) + by);
}

/// Takes the pieces of a text from the left: a number, words, single characters.
class Pieces {
public:
  explicit Pieces(std::string_view text) : rest_(text) { skip(); }

  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    drop(1);
    return true;
  }

  std::string_view word() {
    std::size_t n = 0;
    while (n < rest_.size() && letter(rest_[n])) ++n;
    return drop(n);
  }

  /// `percent` says whether a `%` follows, which moves the point: a division afterwards would round twice.
  double number(bool& percent) {
    std::string digits;  // without the underscores
    std::size_t i = 0;
    if (i < rest_.size() && (rest_[i] == '+' || rest_[i] == '-')) {
      if (rest_[i] == '-') digits += '-';
      ++i;
    }
    const bool point = i + 1 < rest_.size() && rest_[i] == '.' && digit(rest_[i + 1]);
    if (i >= rest_.size() || !(digit(rest_[i]) || point)) throw Failure{"it is not a number"};
    if (rest_[i] == '0' && i + 1 < rest_.size() &&
        std::string_view("xXoObB").find(rest_[i + 1]) != std::string_view::npos)
      throw Failure{"numbers are decimal"};
    bool exponent = false;
    for (; i < rest_.size(); ++i) {
      const char c = rest_[i], next = i + 1 < rest_.size() ? rest_[i + 1] : '\0';
      if (c == '_') {
        if (!digit(rest_[i - 1]) || !digit(next)) throw Failure{"'_' stands between digits only"};
        continue;
      }
      const char after = i + 2 < rest_.size() ? rest_[i + 2] : '\0';
      const bool starts_exponent = !exponent && (c == 'e' || c == 'E') &&
                                   (digit(next) || ((next == '+' || next == '-') && digit(after)));
      const bool sign = (c == '+' || c == '-') && (rest_[i - 1] == 'e' || rest_[i - 1] == 'E') && exponent;
      if (!digit(c) && c != '.' && !starts_exponent && !sign) break;
      exponent = exponent || starts_exponent;
      if (c != '+') digits += c;
    }
    drop(i);
    refuse_grouping();
    percent = take('%');
    if (percent) digits = moved_point(digits, -2);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc::result_out_of_range) throw Failure{"the number is out of range"};
    if (error != std::errc() || end != digits.data() + digits.size()) throw Failure{"it is not a number"};
    return value;
  }

private:
  std::string_view drop(std::size_t n) {
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    skip();
    return taken;
  }
  void skip() {
    while (const std::size_t n = blank(rest_)) rest_.remove_prefix(n);
  }
  void refuse_grouping() const {
    if (!rest_.empty() && (rest_[0] == ',' || rest_[0] == '\''))
      throw Failure{"the decimal sign is a point, and thousands are grouped by '_' (1_400)"};
    if (!rest_.empty() && digit(rest_[0])) throw Failure{"thousands are grouped by '_' (1_400)"};
  }

  std::string_view rest_;
};

/// `months` and `month` are the same word.
std::string_view singular(std::string_view word) {
  return word.size() > 1 && word.ends_with('s') ? word.substr(0, word.size() - 1) : word;
}

Failure unknown_unit(std::string_view found, const std::vector<std::string>& known) {
  std::string why = "unknown unit " + in_quotes(found);
  if (const std::string near = nearest(found, known); !near.empty())
    why += " (do you mean " + in_quotes(near) + "?)";
  return {why};
}

/// `2024-04-01`, `1.4.2024`, `04/2024`, `April`, `Q2`: people give a date, and there is no calendar.
bool is_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};
  std::string word;
  for (std::size_t i = 0; i < text.size() && letter(text[i]); ++i) word += static_cast<char>(text[i] | 0x20);
  for (const std::string_view month : months)
    if (word == month || word == month.substr(0, 3)) return true;
  if (word == "q") return text.size() > 1 && digit(text[1]);
  int groups = 0, digits = 0, longest = 0;
  for (const char c : text) {
    digits = digit(c) ? digits + 1 : 0;
    groups += digits == 1;
    longest = std::max(longest, digits);
    if (!digit(c) && c != '-' && c != '/' && c != '.') return groups >= 3;  // a time of day follows
  }
  return groups >= 3 || (groups == 2 && longest == 4);
}

/// What was written: the number, `%`, a unit, and `/ period`.
struct Parts {
  double value = 0;
  bool percent = false;
  std::string_view unit{};
  std::optional<Period> per{};
};

/// `own` is what the word `period` stands for.
Parts parts_of(std::string_view text, Period own) {
  Pieces pieces(text);
  Parts out;
  out.value = pieces.number(out.percent);
  std::string_view word = pieces.word();
  if (!word.empty() && word != "per") {
    out.unit = word;
    word = pieces.word();
    if (!word.empty() && word != "per") throw unknown_unit(word, {"per"});
  }
  const bool per = !word.empty() || pieces.take('/');
  if (per) {
    const std::string_view rest = pieces.rest();
    const std::string_view period = pieces.word();
    out.per = period == "period" ? own : named<Period>(period);
    if (!out.per) throw unknown_unit(rest.empty() ? "/" : rest, word_list<Period>());
  }
  if (!pieces.done()) throw unknown_unit(pieces.rest(), {});
  return out;
}

bool takes_time(Unit unit) {
  return unit == Unit::probability_per_period || unit == Unit::rate_per_period ||
         unit == Unit::money_per_period || unit == Unit::per_year;
}

bool takes_percent(Unit unit) {
  return unit == Unit::probability || unit == Unit::share ||
         (takes_time(unit) && unit != Unit::money_per_period);
}

/// 1 - (1 - p)^exponent: a probability for a part or a multiple of its time.
double over(double p, Ratio exponent) {
  if (exponent.times == exponent.of) return p;
  if (!(p >= 0 && p <= 1)) throw Failure{"a probability lies between 0 % and 100 %"};
  return -math::expm1(math::log1p(-p) * exponent);
}

/// What a unit's word stands for; 1 for no word.
Ratio factor(std::string_view word, Unit unit, Period period) {
  if (word.empty()) return {1, 1};
  if (unit == Unit::duration) {
    if (singular(word) == "period") return {1, 1};
    if (const auto from = named<Period>(singular(word))) return ratio(*from, period);
    throw unknown_unit(word, word_list<Period>("", "s"));
  }
  if (unit == Unit::minutes) {
    constexpr std::array<std::pair<std::string_view, Ratio>, 4> units = {
        {{"second", {1, 60}}, {"minute", {1, 1}}, {"hour", {60, 1}}, {"day", {1440, 1}}}};
    for (const auto& [name, minutes] : units)
      if (singular(word) == name) return minutes;
    throw unknown_unit(word, {"seconds", "minutes", "hours", "days"});
  }
  if (unit == Unit::points) {
    if (singular(word) == "point") return {1, 1};
    throw unknown_unit(word, {"points"});
  }
  throw Failure{in_quotes(word) + " has no place here"};
}

double convert(const Parts& parts, Unit unit, Period period) {
  if (parts.percent && !takes_percent(unit)) throw Failure{"'%' has no place here"};
  if (parts.per && !takes_time(unit))
    throw Failure{"'/ " + std::string(word(*parts.per)) + "' has no place here"};
  const double value = parts.value * factor(parts.unit, unit, period);
  const Period per = parts.per.value_or(unit == Unit::per_year ? Period::year : period);
  switch (unit) {
  case Unit::probability_per_period:
    return over(value, ratio(period, per));
  case Unit::rate_per_period:
  case Unit::money_per_period:
    return value * ratio(period, per);
  case Unit::per_year:
    if (per == Period::year) return value;
    if (value <= -1) throw Failure{"a rate of interest is above -100 %"};
    return math::expm1(math::log1p(value) * ratio(Period::year, per));
  case Unit::period_index:
    if (value < 1) throw Failure{"periods are counted from 1"};
    [[fallthrough]];
  case Unit::count:
    if (value != std::floor(value)) throw Failure{"it is not a whole number"};
    return value;
  default:
    return value;
  }
}

/// `month 24`: the word must be the model's period, or it would be another point in time.
std::string_view without_period(std::string_view text, Period period) {
  Pieces pieces(text);
  const std::string_view first = pieces.word();
  const auto given = first == "period" ? period : named<Period>(first);
  if (!given) return text;
  if (*given != period) throw Failure{"the model's period is the " + std::string(word(period))};
  return pieces.rest();
}

}  // namespace

Scalar parse_scalar(std::string_view text, Unit unit, Period period) {
  try {
    if (Pieces(text).done()) throw Failure{"it is empty"};
    if (text.size() > kLongest) throw Failure{"it is too long for a number"};
    const std::string_view number = unit == Unit::period_index ? without_period(text, period) : text;
    const double value = convert(parts_of(number, period), unit, period);
    if (!std::isfinite(value)) throw Failure{"the number is out of range"};
    return {value, true, {}};
  } catch (const Failure& failure) {
    const bool date = (unit == Unit::duration || unit == Unit::period_index) && is_date(text);
    return {0, false,
            "found " + in_quotes(text) + ": " +
                (date ? "there is no calendar; time is counted in periods from the start" : failure.why) +
                "; accepted: " + std::string(describe(unit))};
  }
}

std::string format_scalar(double value, Unit) {
  std::array<char, 400> text{};
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-5 && size < 1e15);
  const auto end =
      plain ? std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed)
            : std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

std::string format_percent(double value) {
  const std::string text = format_scalar(value, Unit::probability);
  const std::size_t dot = std::min(text.find('.'), text.size());
  if (text.find('e') != std::string::npos) return moved_point(text, 2) + " %";
  std::string whole = text.substr(0, dot), rest = dot < text.size() ? text.substr(dot + 1) : "";
  rest.append(rest.size() < 2 ? 2 - rest.size() : 0, '0');
  whole += rest.substr(0, 2);
  rest.erase(0, 2);
  const bool less = whole[0] == '-';
  const std::size_t first = std::min(whole.find_first_not_of('0', less), whole.size() - 1);
  return (less ? "-" : "") + whole.substr(first) + (rest.empty() ? "" : "." + rest) + " %";
}

std::string_view describe(Unit unit) {
  constexpr std::array<std::string_view, 13> texts = {
      "a number, for example 0.3",
      "a probability, for example 2 % or 0.02",
      "a probability per period, for example 2 % / month or 0.02",
      "a rate per period, for example 1_400 / month",
      "a share, for example 62 % or 0.62",
      "an amount of money without a currency sign, for example 900_000",
      "an amount of money per period without a currency sign, for example 40_000 / month",
      "a duration, for example 3 years, 18 months or 36 (periods)",
      "a period counted from 1, for example 4 or month 4",
      "a time in minutes, for example 25 minutes, 90 seconds or 2 hours",
      "points on the scale from 0 to 10, for example 7.5 or 0.4 points",
      "a whole number, for example 10_000",
      "a rate of interest per year, for example 10 %, or 0.8 % / month or / period",
  };
  static_assert(static_cast<std::size_t>(Unit::per_year) + 1 == texts.size());
  return texts[static_cast<std::size_t>(unit)];
}

}  // namespace goodwill

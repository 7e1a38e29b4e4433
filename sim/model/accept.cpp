#include "sim/model/accept.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace goodwill {

std::string percent(double fraction) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g %%", 100 * fraction);
  return text;
}

bool within(double value, const Accept& accept) { return value >= accept.low && value <= accept.high; }

double used_at(double value, const Accept& accept) {
  return accept.whole ? std::max(accept.low, std::round(value)) : value;
}

std::string value_text(double value, const Accept& a) {
  if (a.unit == Unit::probability || a.unit == Unit::probability_per_period || a.unit == Unit::share ||
      a.unit == Unit::per_year)
    return percent(value);
  char text[32];
  if (std::abs(value) < 1e12 || std::abs(value) > 1e18 || value != std::floor(value)) {
    std::snprintf(text, sizeof text, "%.12g", value);
    return text;
  }
  std::snprintf(text, sizeof text, "%.0f", value);  // 1_000_000_000_000_000 rather than 1e+15
  std::string grouped = text;
  for (int at = static_cast<int>(grouped.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    grouped.insert(static_cast<std::size_t>(at), "_");
  return grouped;
}

std::string bounds_text(const Accept& a) {
  const auto show = [&](double v) { return value_text(v, a); };
  if (std::isfinite(a.low) && std::isfinite(a.high)) return show(a.low) + " to " + show(a.high);
  if (std::isfinite(a.low)) return "at least " + show(a.low);
  if (std::isfinite(a.high)) return "at most " + show(a.high);
  return "any number";
}

Accept accept_of(const Response& response, const Field& field) {
  if (field.or_rate && response.rate) return {Unit::rate_per_period, 0, 1000};
  return {field.unit, field.low, field.high};
}

Accept accepted_at(const Field& f, std::string_view path) {
  constexpr std::string_view goals = "goals.";
  if (path.starts_with(goals) && f.unit == Unit::plain)  // not the period it is to be reached by
    if (const Indicator* i = indicator(path.substr(goals.size(), path.rfind('.') - goals.size())))
      return {i->unit, i->low, i->high};
  return {f.unit, f.low, f.high, f.whole};
}

}  // namespace goodwill

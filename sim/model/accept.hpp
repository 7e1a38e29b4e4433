// What is accepted as a number, and how messages say so.
#pragma once

#include <string>
#include <string_view>

#include "sim/model/fields.hpp"

namespace goodwill {

/// What a number must be, when it is not exactly what its field says.
struct Accept {
  Unit unit;
  double low, high;
  bool whole = false;
};

/// What the level of a response must be. Where a field takes a probability or a rate, it depends on which of
/// the two the response is.
Accept accept_of(const Response& response, const Field& field);
/// What a field accepts at its full path: the bounds of a goal are in the unit of its indicator.
Accept accepted_at(const Field& field, std::string_view path);
/// `0.2 to 1`, `at least 0`: what a number must be.
std::string bounds_text(const Accept& accept);
/// A value as a message shows it: `12.5 %` where the field is a fraction.
std::string value_text(double value, const Accept& accept);
/// `12.5 %`, short enough for a message.
std::string percent(double fraction);
bool within(double value, const Accept& accept);
/// The value of an assumption where it is used: where periods are counted, the nearest whole number of them,
/// at least the lowest accepted.
double used_at(double value, const Accept& accept);

}  // namespace goodwill

#include "scenarios/flows.hpp"

#include <stdexcept>

namespace goodwill {
namespace {

template <class Combine>
void combine(Flows& to, const Flows& from, Combine&& change) {
  if (to.periods != from.periods || to.beyond.size() != from.beyond.size())
    throw std::logic_error("flows of different length cannot be combined");
  const auto each = [&](std::vector<double>& a, const std::vector<double>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) change(a[i], b[i]);
  };
  for (std::size_t k = 0; k < to.amount.size(); ++k) each(to.amount[k], from.amount[k]);
  each(to.beyond, from.beyond);
}

}  // namespace

Flows& Flows::operator+=(const Flows& other) {
  combine(*this, other, [](double& a, double b) { a += b; });
  return *this;
}

Flows& Flows::operator-=(const Flows& other) {
  combine(*this, other, [](double& a, double b) { a -= b; });
  return *this;
}

Flows& Flows::operator*=(double factor) {
  for (auto& line : amount)
    for (double& x : line) x *= factor;
  for (double& x : beyond) x *= factor;
  return *this;
}

}  // namespace goodwill

#include "sim/network/check.hpp"

#include <sstream>
#include <stdexcept>

#include "sim/network/generate.hpp"

namespace goodwill {

void refuse(const std::string& what, const std::string& found, const std::string& allowed) {
  throw std::invalid_argument(what + " is " + found + "; it must be " + allowed);
}

std::string shown(double value) {
  std::ostringstream text;
  text.precision(12);
  text << value;
  return text.str();
}

void check_people(std::uint32_t people) {
  if (people < 1 || people > most_people)
    refuse("people", std::to_string(people), "from 1 to " + std::to_string(most_people));
}

void check_edges(double edges) {
  if (edges > static_cast<double>(most_edges))
    refuse("the number of edges", shown(edges), "at most " + std::to_string(most_edges));
}

}  // namespace goodwill

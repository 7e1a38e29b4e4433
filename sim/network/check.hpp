// Checks of what a network is asked to be.
#pragma once

#include <cstdint>
#include <string>

namespace goodwill {

/// Throws std::invalid_argument: "`what` is `found`; it must be `allowed`".
[[noreturn]] void refuse(const std::string& what, const std::string& found, const std::string& allowed);
/// A number as messages show it.
std::string shown(double value);

void check_people(std::uint32_t people);
/// How many edges a network will have.
void check_edges(double edges);

}  // namespace goodwill

// Why a network cannot be made.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace goodwill {

inline std::string refusal(const std::function<void()>& make) {
  try {
    make();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace goodwill

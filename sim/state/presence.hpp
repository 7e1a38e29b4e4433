// Whether somebody is there, for those who know them. Shared with the kernel: no containers.
#pragma once

#include <cstdint>

namespace goodwill {

struct Presence {
  std::int32_t here = 0;   ///< the latest period at whose end they were here
  std::uint32_t name = 0;  ///< by which luck knows them
};

}  // namespace goodwill

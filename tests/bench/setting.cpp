#include "tests/bench/setting.hpp"

namespace goodwill {

Model reference_model() { return read_model(GOODWILL_SOURCE_DIR "/tests/bench/reference.yaml"); }

}  // namespace goodwill

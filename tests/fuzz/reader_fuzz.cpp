// Whatever the bytes, the reader returns a model or throws ModelError with problems that say something.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sim/file/read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    goodwill::read_model_text(std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml");
  } catch (const goodwill::ModelError& error) {
    if (error.problems().empty()) std::abort();
    for (const goodwill::Problem& problem : error.problems())
      if (problem.text.empty() || problem.line < 0 || problem.column < 0) std::abort();
  }
  return 0;
}

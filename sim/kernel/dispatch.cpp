// Which instruction sets this processor has, and which kernel serves.
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/dispatch.hpp"

namespace goodwill {

extern const Kernel kernel_x86_64;
#ifdef GOODWILL_ISA_X86
extern const Kernel kernel_x86_64_v3;
extern const Kernel kernel_x86_64_v4;
#endif

namespace {

/// The kernels this processor can run, the best last.
std::vector<const Kernel*> detect() {
  std::vector<const Kernel*> found{&kernel_x86_64};
#ifdef GOODWILL_ISA_X86
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (v3) found.push_back(&kernel_x86_64_v3);
  if (v4) found.push_back(&kernel_x86_64_v4);
#endif
  return found;
}

std::string plain(std::string_view name) {  // x86-64-v3 and x86_64_v3 are the same
  std::string s(name);
  for (char& c : s)
    if (c == '-') c = '_';
  return s;
}

}  // namespace

const std::vector<const Kernel*>& available_kernels() {
  static const std::vector<const Kernel*> kernels = detect();
  return kernels;
}

const Kernel& find_kernel(std::string_view name) {
  std::string known;
  for (const Kernel* k : available_kernels()) {
    if (plain(name) == k->name) return *k;
    known += (known.empty() ? "" : ", ") + std::string(k->name);
  }
  throw std::invalid_argument("instruction set '" + std::string(name) +
                              "' is not available here (available: " + known + ")");
}

const Kernel& kernel() {
  if (const char* name = std::getenv("GOODWILL_ISA"); name != nullptr && *name != '\0')
    return find_kernel(name);
  return *available_kernels().back();
}

}  // namespace goodwill

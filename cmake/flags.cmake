add_library(goodwill_flags INTERFACE)

# No fused multiply-add anywhere: results must not depend on the processor.
target_compile_options(goodwill_flags INTERFACE -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow
                                                -Wnon-virtual-dtor -Woverloaded-virtual)
# The standard library checks every index it is given: a wrong one ends the program, and not in a wrong number.
target_compile_definitions(goodwill_flags INTERFACE _GLIBCXX_ASSERTIONS)
if(GOODWILL_WERROR)
  target_compile_options(goodwill_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # False alarms about `"text" + std::string` (GCC bug 105651).
  target_compile_options(goodwill_flags INTERFACE -Wno-restrict)
endif()

if(GOODWILL_SANITIZE)
  target_compile_options(goodwill_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                                                  -fno-omit-frame-pointer)
  target_link_options(goodwill_flags INTERFACE -fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The checks the sanitizers insert confuse GCC's flow analysis.
    target_compile_options(goodwill_flags INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
                                                    -Wno-null-dereference)
  endif()
endif()
if(GOODWILL_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "GOODWILL_FUZZ needs clang (-DCMAKE_CXX_COMPILER=clang++), this is ${CMAKE_CXX_COMPILER_ID}")
  endif()
  target_compile_options(goodwill_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

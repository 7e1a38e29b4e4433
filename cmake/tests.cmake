enable_testing()
find_package(GTest REQUIRED)
include(GoogleTest)

file(GLOB test_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/cpp/*.cpp" "${PROJECT_SOURCE_DIR}/tests/proof/*.cpp")
add_executable(goodwill_tests ${test_sources})
target_link_libraries(goodwill_tests PRIVATE goodwill_core GTest::gtest GTest::gtest_main)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")  # with it GCC 12 warns falsely about strings
  target_precompile_headers(goodwill_tests PRIVATE "${PROJECT_SOURCE_DIR}/tests/cpp/worlds.hpp")
endif()
if(GOODWILL_SANITIZE)
  target_compile_options(goodwill_tests PRIVATE -O0)  # compiling them takes longer than running them
endif()
target_compile_definitions(goodwill_tests PRIVATE GOODWILL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
gtest_discover_tests(goodwill_tests WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" DISCOVERY_MODE PRE_TEST
                     DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 1800)

if(NOT GOODWILL_SANITIZE)
  get_property(kernels GLOBAL PROPERTY goodwill_kernels)
  foreach(isa IN LISTS kernels)
    add_test(NAME kernel_symbols.${isa}
             COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DISA=${isa} "-DOBJECTS=$<TARGET_OBJECTS:goodwill_kernel_${isa}>"
                     -P "${PROJECT_SOURCE_DIR}/cmake/kernel_symbols.cmake")
  endforeach()
endif()

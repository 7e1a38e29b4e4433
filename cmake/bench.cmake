find_package(benchmark REQUIRED)

file(GLOB bench_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/bench/*.cpp")
add_executable(goodwill_bench ${bench_sources})
target_link_libraries(goodwill_bench PRIVATE goodwill_core benchmark::benchmark benchmark::benchmark_main)
target_compile_definitions(goodwill_bench PRIVATE GOODWILL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")

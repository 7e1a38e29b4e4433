file(GLOB_RECURSE core_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/sim/*.cpp" "${PROJECT_SOURCE_DIR}/scenarios/*.cpp")
file(GLOB kernel_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/sim/kernel/kernel.cpp"
                                           "${PROJECT_SOURCE_DIR}/sim/kernel/isa/*.cpp")
if(kernel_sources)
  list(REMOVE_ITEM core_sources ${kernel_sources})
endif()
if(NOT core_sources)
  file(WRITE "${PROJECT_BINARY_DIR}/empty.cpp" "")
  set(core_sources "${PROJECT_BINARY_DIR}/empty.cpp")
endif()

add_library(goodwill_core STATIC ${core_sources})
target_include_directories(goodwill_core PUBLIC "${PROJECT_SOURCE_DIR}")
target_compile_definitions(goodwill_core PUBLIC GOODWILL_VERSION="${PROJECT_VERSION}")
target_link_libraries(goodwill_core PUBLIC goodwill_flags goodwill_dependencies)

# The kernel is compiled once for each instruction set, into a namespace named by GOODWILL_ISA; the program chooses
# when it runs. Nothing in the kernel is ever NaN or infinite, and nothing looks at errno or at floating-point traps.
set(kernel_options -O3 -fno-math-errno -fno-trapping-math -ffinite-math-only -fno-signed-zeros)
if(GOODWILL_SANITIZE)
  list(REMOVE_ITEM kernel_options -O3)
endif()

function(goodwill_kernel isa)
  if(NOT kernel_sources)
    return()
  endif()
  add_library(goodwill_kernel_${isa} OBJECT ${kernel_sources})
  target_link_libraries(goodwill_kernel_${isa} PRIVATE goodwill_flags goodwill_dependencies)
  target_include_directories(goodwill_kernel_${isa} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(goodwill_kernel_${isa} PRIVATE GOODWILL_ISA=${isa})
  target_compile_options(goodwill_kernel_${isa} PRIVATE ${kernel_options} ${ARGN})
  set_property(GLOBAL APPEND PROPERTY goodwill_kernels ${isa})
  target_sources(goodwill_core PRIVATE $<TARGET_OBJECTS:goodwill_kernel_${isa}>)
endfunction()

goodwill_kernel(x86_64)  # the baseline; it has this name on other processors too
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  target_compile_definitions(goodwill_flags INTERFACE GOODWILL_ISA_X86=1)
  goodwill_kernel(x86_64_v3 -march=x86-64-v3)
  goodwill_kernel(x86_64_v4 -march=x86-64-v4 -mprefer-vector-width=512)
endif()

# One source per header that includes it twice: it must compile alone, and survive being included again.
file(GLOB_RECURSE header_files CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/sim/*.hpp"
     "${PROJECT_SOURCE_DIR}/scenarios/*.hpp" "${PROJECT_SOURCE_DIR}/tests/*.hpp")
file(GLOB_RECURSE binding_headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
     "${PROJECT_SOURCE_DIR}/python/bindings/*.hpp")

add_custom_target(headers)

function(goodwill_headers target)
  set(sources)
  foreach(header IN LISTS ARGN)
    set(source "${PROJECT_BINARY_DIR}/headers/${header}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n" @ONLY)
    list(APPEND sources "${source}")
  endforeach()
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${sources})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_options(${target} PRIVATE -O0 -Wno-unused-function)  # for anonymous namespaces
  target_compile_definitions(${target} PRIVATE GOODWILL_ISA=x86_64)
  target_link_libraries(${target} PRIVATE goodwill_flags goodwill_dependencies)
  add_dependencies(headers ${target})
endfunction()

if(header_files)
  goodwill_headers(goodwill_headers ${header_files})
endif()
if(binding_headers)
  find_package(Python COMPONENTS Interpreter Development.Module QUIET)
  find_package(pybind11 CONFIG QUIET)
  if(pybind11_FOUND)
    goodwill_headers(goodwill_binding_headers ${binding_headers})
    target_link_libraries(goodwill_binding_headers PRIVATE pybind11::module)
  endif()
endif()

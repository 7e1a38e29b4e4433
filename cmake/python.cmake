find_package(Python COMPONENTS Interpreter Development.Module REQUIRED)
find_package(pybind11 2.12 CONFIG REQUIRED)

file(GLOB binding_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/python/bindings/*.cpp")
if(NOT binding_sources)
  message(FATAL_ERROR "python/bindings has no sources")
endif()
pybind11_add_module(_core MODULE NO_EXTRAS ${binding_sources})
target_link_libraries(_core PRIVATE goodwill_core)
install(TARGETS _core LIBRARY DESTINATION goodwill)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/scenarios/models/" DESTINATION goodwill/models OPTIONAL FILES_MATCHING
        PATTERN "*.yaml")

if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)  # Boost's own package file
endif()

find_package(yaml-cpp REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED)
find_package(Threads REQUIRED)

add_library(goodwill_dependencies INTERFACE)
target_link_libraries(goodwill_dependencies INTERFACE Eigen3::Eigen Boost::headers Threads::Threads)
if(TARGET yaml-cpp::yaml-cpp)
  target_link_libraries(goodwill_dependencies INTERFACE yaml-cpp::yaml-cpp)
else()
  target_link_libraries(goodwill_dependencies INTERFACE yaml-cpp)  # before 0.8
endif()

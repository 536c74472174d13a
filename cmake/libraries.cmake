# Every library that Gatefold stands on, each a Debian package (tools/setup installs them).
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)

find_library(GMP_LIBRARY gmp REQUIRED)
find_library(GMPXX_LIBRARY gmpxx REQUIRED)
add_library(gatefold_gmp INTERFACE)
target_link_libraries(gatefold_gmp INTERFACE ${GMPXX_LIBRARY} ${GMP_LIBRARY})

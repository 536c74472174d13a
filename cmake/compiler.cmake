set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# A compiler cache, where there is one, makes branch switches and the wheel's build cheap.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(gatefold_flags INTERFACE)
target_compile_options(gatefold_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror)
# g++ 12 sees overlapping copies in std::string's own operator+ (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(gatefold_flags INTERFACE -Wno-restrict)
endif()
if(GATEFOLD_SANITIZE)
  target_compile_options(gatefold_flags INTERFACE -fsanitize=address,undefined
                                                  -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(gatefold_flags INTERFACE -fsanitize=address,undefined)
endif()
if(GATEFOLD_FUZZ)
  target_compile_options(gatefold_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

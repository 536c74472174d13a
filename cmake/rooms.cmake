# A room is a folder of src/gatefold and a static library: gatefold_room(graph LINKS numeric).
# The import direction is the LINKS of this file's callers; tools/check_layers.py checks includes.
function(gatefold_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources AND NOT name STREQUAL frontends)
    return_empty_room(${name} "${ROOM_LINKS}")
    return()
  endif()
  add_library(gatefold_${name} STATIC ${sources})
  target_include_directories(gatefold_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ROOM_LINKS PREPEND gatefold_)
  target_link_libraries(gatefold_${name} PUBLIC ${ROOM_LINKS} ${ROOM_LIBRARIES}
                                         PRIVATE gatefold_flags)
endfunction()

# While the house is being built: a room without sources passes its links on.
function(return_empty_room name links)
  add_library(gatefold_${name} INTERFACE)
  list(TRANSFORM links PREPEND gatefold_)
  target_link_libraries(gatefold_${name} INTERFACE ${links})
endfunction()

# gatefold_embed(ROOM NAME FOLDER PATTERN...) compiles the files of FOLDER that match the patterns
# into a room. Its sources include "gatefold/ROOM/NAME.h" and read
#   gatefold::ROOM::NAME   a std::span<const EmbeddedFile>, sorted by name.
if(CMAKE_SCRIPT_MODE_FILE)
  set(entries "")
  foreach(name ${NAMES})
    file(READ ${FOLDER}/${name} text)
    string(APPEND entries "    {\"${name}\", R\"gatefold(${text})gatefold\"},\n")
  endforeach()
  file(WRITE ${OUTPUT} "#include \"gatefold/${ROOM}/${NAME}.h\"

namespace gatefold::${ROOM} {
namespace {
constexpr EmbeddedFile files[] = {
${entries}};
}  // namespace

const std::span<const EmbeddedFile> ${NAME}{files};

}  // namespace gatefold::${ROOM}
")
  return()
endif()

set(GATEFOLD_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(gatefold_embed room name folder)
  list(TRANSFORM ARGN PREPEND ${folder}/ OUTPUT_VARIABLE patterns)
  file(GLOB_RECURSE names CONFIGURE_DEPENDS RELATIVE ${folder} ${patterns})
  list(SORT names)
  list(TRANSFORM names PREPEND ${folder}/ OUTPUT_VARIABLE inputs)
  set(generated ${PROJECT_BINARY_DIR}/generated)
  set(stem ${generated}/gatefold/${room}/${name})
  file(CONFIGURE OUTPUT ${stem}.h CONTENT [[
#pragma once

#include <span>

#include "gatefold/support/embedded_file.h"

namespace gatefold::@room@ {
extern const std::span<const EmbeddedFile> @name@;
}  // namespace gatefold::@room@
]] @ONLY)
  add_custom_command(
    OUTPUT ${stem}.cpp DEPENDS ${inputs} ${GATEFOLD_EMBED_SCRIPT} VERBATIM
    COMMAND ${CMAKE_COMMAND} "-DNAMES=${names}" -DFOLDER=${folder} -DOUTPUT=${stem}.cpp
            -DROOM=${room} -DNAME=${name} -P ${GATEFOLD_EMBED_SCRIPT}
    COMMENT "Embedding ${name} in ${room}")
  target_sources(gatefold_${room} PRIVATE ${stem}.cpp)
  target_include_directories(gatefold_${room} PRIVATE ${generated})
endfunction()

#pragma once

#include <string_view>

namespace gatefold {

/// A data file compiled into its room (cmake/embed.cmake), so that the program and the wheel need
/// no data folder at run time.
struct EmbeddedFile {
  std::string_view name;  // relative to the folder it was embedded from, with '/'
  std::string_view text;
};

}  // namespace gatefold

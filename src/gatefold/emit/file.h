#pragma once

#include <string>

namespace gatefold::emit {

/// A text file of the emitted project; `path` is relative to the project's folder.
struct File {
  std::string path;
  std::string text;

  friend bool operator==(const File&, const File&) = default;
};

}  // namespace gatefold::emit

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gatefold/support/result.h"

namespace gatefold::cells {

/// A group of a Liberty file: `type (name) { ... }`. `attributes`: `key : value;`, and `key (a,
/// b);` as "a,b". `name`: with further arguments behind commas.
struct LibertyGroup {
  std::string type, name;
  std::map<std::string, std::string> attributes;
  std::vector<LibertyGroup> groups;

  /// Empty where there is none.
  std::string attribute(const std::string& key) const;
};

/// The file's library group, with what says areas, functions and delays of cells; power is left
/// out. `path` is for the messages. LibertyMalformed.
Result<LibertyGroup> read_liberty_text(std::string_view text, const std::string& path);

}  // namespace gatefold::cells

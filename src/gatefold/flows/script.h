#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The files of the flows, which are compiled into the room.
namespace gatefold::flows {

/// A file of this folder, by its path; it must be there.
std::string_view script(std::string_view path);

/// The text with each `@key@` replaced.
using Fields = std::vector<std::pair<std::string, std::string>>;
std::string fill(std::string text, const Fields& fields);

}  // namespace gatefold::flows

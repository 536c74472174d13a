#pragma once

#include <string_view>

namespace gatefold::frontends {

/// Well-formed UTF-8: no stray, overlong, surrogate or out-of-range sequence.
bool is_utf8(std::string_view text);

/// A name that can be shown: not empty, UTF-8, no control characters.
bool is_readable_name(std::string_view text);

}  // namespace gatefold::frontends

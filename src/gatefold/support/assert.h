#pragma once

#include <string_view>

namespace gatefold {

/// Prints the broken invariant with its place to standard error and aborts. Ours, never the user's.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line,
                                   std::string_view note);

}  // namespace gatefold

#define GATEFOLD_ASSERT(condition, note)                                  \
  do {                                                                    \
    if (!(condition)) [[unlikely]] {                                      \
      ::gatefold::assertion_failed(#condition, __FILE__, __LINE__, note); \
    }                                                                     \
  } while (false)

#include "gatefold/support/assert.h"

#include <cstdlib>
#include <fmt/core.h>

namespace gatefold {

void assertion_failed(const char* condition, const char* file, int line, std::string_view note) {
  fmt::print(stderr, "gatefold: internal error at {}:{}: {} ({})\n", file, line, note, condition);
  std::abort();
}

}  // namespace gatefold

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gatefold {

/// The dictionary at the start of a `.npy` file.
struct NpyHeader {
  std::string descr;  // `<f4`
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Reads the Python dictionary; on failure the reason, in words.
std::variant<NpyHeader, std::string> parse_npy_header(std::string_view text);

}  // namespace gatefold

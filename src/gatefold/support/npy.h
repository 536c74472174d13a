#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "gatefold/support/files.h"
#include "gatefold/support/result.h"

namespace gatefold {

/// A NumPy array in C order. Floats are held exactly as doubles; integers and booleans as int64.
struct NpyArray {
  std::string type = "float64";     // NumPy's name of the element type in the file
  std::vector<std::int64_t> shape;  // empty for a scalar
  std::variant<std::vector<double>, std::vector<std::int64_t>> data;

  friend bool operator==(const NpyArray&, const NpyArray&) = default;
};

/// Reads the `.npy` format, versions 1 to 3: float16, float32, float64, int8 to int64, uint8 to
/// uint64 and bool, little-endian, in C or Fortran order. `name` is for messages. NpyMalformed for
/// everything else (also for a uint64 beyond int64).
Result<NpyArray> parse_npy(std::span<const std::byte> bytes, const std::string& name);

/// The same from a file; FileNotReadable, FileTooLarge, NpyMalformed.
Result<NpyArray> read_npy(const std::filesystem::path& path);

/// The `.npy` text of an array: float64 for doubles, int64 for integers; `type` is not looked at.
std::string to_npy(const NpyArray& array);

/// Writes a `.npy` file whole or not at all; FileNotWritable.
Status write_npy(const std::filesystem::path& path, const NpyArray& array);

}  // namespace gatefold

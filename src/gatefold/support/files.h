#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "gatefold/support/result.h"

namespace gatefold {

using Bytes = std::vector<std::byte>;

/// The largest file that is read whole (protobuf and this program's indices end there).
inline constexpr std::uint64_t largest_file = 0x7fffffff;

/// The bytes of a regular file. FileNotReadable (missing, a folder, a pipe, no permission),
/// FileTooLarge.
Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t limit = largest_file);

/// `length` bytes from `offset` of a regular file; FileNotReadable when it ends before.
Result<Bytes> read_file_range(const std::filesystem::path& path, std::uint64_t offset,
                              std::uint64_t length);

/// Writes a whole file or nothing: a sibling is written and renamed into place. FileNotWritable,
/// also where a folder, a device or a pipe stands.
Status write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace gatefold

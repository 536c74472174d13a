#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace gatefold::frontends {

/// What the content is when it is surely no ONNX file, in words (`a Keras model (zip archive)`);
/// empty when it may be one.
std::string foreign_content(std::span<const std::byte> bytes, const std::filesystem::path& path);

}  // namespace gatefold::frontends

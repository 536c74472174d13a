#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/support/result.h"

namespace gatefold::frontends {

/// Reads a model file of any known format, which its content tells. Refuses what is truncated,
/// cyclic, doubly defined, oversized or of an unknown format; the errors are all that were found.
Result<ForeignModel> read_model(const std::filesystem::path& path);

/// Reads the bytes of an ONNX file; external data is looked for in `folder`, never outside it.
Result<ForeignModel> read_onnx(std::span<const std::byte> bytes,
                               const std::filesystem::path& folder, const std::string& name);

}  // namespace gatefold::frontends

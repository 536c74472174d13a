#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "gatefold/support/files.h"

namespace gatefold::onnx {
class TensorProto;
}

namespace gatefold::frontends {

/// Where something stands in the file: the node's name (or empty) and the words for a message,
/// for instance `array 'fc1.weight'`.
struct Place {
  std::string layer;
  std::string what;
};

/// The `needed` bytes of a tensor whose data lies in a file of its own. The file is looked for in
/// `folder` and its subfolders, symbolic links followed; anything outside is refused.
/// ExternalDataEntry, ExternalDataOutside, ExternalDataMissing, ExternalDataShort, OnnxArraySize.
Result<Bytes> read_external_data(const onnx::TensorProto& tensor, const Place& place,
                                 const std::filesystem::path& folder, std::uint64_t needed);

}  // namespace gatefold::frontends

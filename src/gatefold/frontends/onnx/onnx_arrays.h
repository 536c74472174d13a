#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/frontends/onnx/external_data.h"
#include "gatefold/support/result.h"

namespace gatefold::frontends {

/// The most numbers that the arrays of one model may hold together (1 GiB as doubles).
inline constexpr std::int64_t most_elements = std::int64_t{1} << 27;

/// Turns tensors of one model into arrays and keeps count of their total size. Nothing is
/// allocated for a shape before as much data has been found.
class ArrayReader {
 public:
  explicit ArrayReader(std::filesystem::path folder, std::int64_t limit = most_elements)
      : folder_(std::move(folder)), limit_(limit), remaining_(limit) {}

  /// OnnxElementType, OnnxArrayShape, OnnxArraySize, OnnxArrayValue, OnnxArrayStorage,
  /// ModelTooLarge, and those of read_external_data.
  Result<ForeignArray> read(const onnx::TensorProto& tensor, const Place& place);

 private:
  std::filesystem::path folder_;
  std::int64_t limit_, remaining_;
};

/// The kind of an ONNX element type (TensorProto.DataType); OnnxElementType for strings, complex
/// numbers, and floats and integers below 8 bits or unknown to IEEE 754 and bfloat16.
Result<ElementKind> element_kind(int data_type, const Place& place);

}  // namespace gatefold::frontends

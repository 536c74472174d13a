#include "gatefold/frontends/onnx/onnx_arrays.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/ranges.h>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "onnx.pb.h"

#include "gatefold/support/float16.h"

namespace gatefold::frontends {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX stores raw data little-endian");

using onnx::TensorProto;

struct ElementType {
  std::string_view name;
  std::optional<ElementKind> kind;  // none: refused
};

constexpr ElementType element_types[] = {
    {"undefined", {}},
    {"float", ElementKind::Float32},
    {"uint8", ElementKind::Integer},
    {"int8", ElementKind::Integer},
    {"uint16", ElementKind::Integer},
    {"int16", ElementKind::Integer},
    {"int32", ElementKind::Integer},
    {"int64", ElementKind::Integer},
    {"string", {}},
    {"bool", ElementKind::Boolean},
    {"float16", ElementKind::Float16},
    {"double", ElementKind::Float64},
    {"uint32", ElementKind::Integer},
    {"uint64", ElementKind::Integer},
    {"complex64", {}},
    {"complex128", {}},
    {"bfloat16", ElementKind::BFloat16},
    {"float8e4m3fn", {}},
    {"float8e4m3fnuz", {}},
    {"float8e5m2", {}},
    {"float8e5m2fnuz", {}},
    {"uint4", {}},
    {"int4", {}},
    {"float4e2m1", {}},
};

std::string element_name(int data_type) {
  if (data_type < 0 || data_type >= static_cast<int>(std::size(element_types))) {
    return fmt::format("number {}", data_type);
  }
  return std::string(element_types[data_type].name);
}

/// Element count of a shape; the product of the extents other than 0 stays within the limit, so
/// that no later product of extents overflows.
Result<std::int64_t> count_elements(const TensorProto& tensor, const Place& place) {
  std::int64_t product = 1;
  bool empty = false;
  for (const std::int64_t extent : tensor.dims()) {
    if (extent < 0) {
      return diagnose(DiagnosticId::OnnxArrayShape, place.layer, place.what, extent);
    }
    empty = empty || extent == 0;
    if (extent == 0) continue;
    if (extent > most_elements / product) {
      return diagnose(DiagnosticId::ModelTooLarge, place.layer, most_elements);
    }
    product *= extent;
  }
  return empty ? 0 : product;
}

Status check_storage(const TensorProto& tensor, const Place& place) {
  const bool used[] = {
      !tensor.raw_data().empty(),    tensor.float_data_size() > 0,
      tensor.int32_data_size() > 0,  tensor.int64_data_size() > 0,
      tensor.uint64_data_size() > 0, tensor.double_data_size() > 0,
      tensor.string_data_size() > 0, tensor.data_location() == TensorProto::EXTERNAL};
  if (std::count(std::begin(used), std::end(used), true) > 1) {
    return diagnose(DiagnosticId::OnnxArrayStorage, place.layer, place.what,
                    "in several fields at once");
  }
  if (tensor.has_segment()) {
    return diagnose(DiagnosticId::OnnxArrayStorage, place.layer, place.what, "in segments");
  }
  return success();
}

/// Reads the elements of one tensor whose storage has been checked.
class Elements {
 public:
  Elements(const TensorProto& tensor, const Place& place, const std::filesystem::path& folder,
           std::int64_t count)
      : tensor_(tensor), place_(place), folder_(folder), count_(static_cast<std::size_t>(count)) {}

  /// The elements as the file stores them: from raw or external bytes, else from the typed field.
  template <typename Stored, typename Field>
  Result<std::vector<Stored>> stored(const Field& field) const {
    if (tensor_.data_location() == TensorProto::EXTERNAL) {
      GATEFOLD_TRY(const Bytes bytes,
                   read_external_data(tensor_, place_, folder_, count_ * sizeof(Stored)));
      return from_raw<Stored>(std::span(bytes));
    }
    if (tensor_.raw_data().empty()) return from_field<Stored>(field);
    return from_raw<Stored>(std::as_bytes(std::span(tensor_.raw_data())));
  }

 private:
  template <typename Stored>
  Result<std::vector<Stored>> from_raw(std::span<const std::byte> bytes) const {
    if (bytes.size() != count_ * sizeof(Stored)) {
      return wrong_size(count_ * sizeof(Stored), "bytes", bytes.size());
    }
    std::vector<Stored> values(count_);
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  template <typename Stored, typename Field>
  Result<std::vector<Stored>> from_field(const Field& field) const {
    if (static_cast<std::size_t>(field.size()) != count_) {
      return wrong_size(count_, "numbers", static_cast<std::size_t>(field.size()));
    }
    std::vector<Stored> values;
    values.reserve(count_);
    for (const auto value : field) {
      if constexpr (std::is_integral_v<Stored>) {
        if (!std::in_range<Stored>(value)) return beyond(value);
      }
      values.push_back(static_cast<Stored>(value));
    }
    return values;
  }

  Diagnostic wrong_size(std::size_t needed, std::string_view unit, std::size_t found) const {
    return diagnose(DiagnosticId::OnnxArraySize, place_.layer, place_.what,
                    fmt::format("[{}]", fmt::join(tensor_.dims(), ",")), needed, unit, found);
  }

  template <typename T>
  Diagnostic beyond(T value) const {
    return diagnose(DiagnosticId::OnnxArrayValue, place_.layer, place_.what, value,
                    element_name(tensor_.data_type()));
  }

  const TensorProto& tensor_;
  const Place& place_;
  const std::filesystem::path& folder_;
  std::size_t count_;
};

template <typename Stored>
Status take_integers(Result<std::vector<Stored>> stored, const Place& place, ForeignArray& array) {
  GATEFOLD_TRY(const std::vector<Stored> values, std::move(stored));
  array.integers.reserve(values.size());
  for (const Stored value : values) {
    if (!std::in_range<std::int64_t>(value)) {
      return diagnose(DiagnosticId::OnnxArrayValue, place.layer, place.what, value, "int64");
    }
    array.integers.push_back(static_cast<std::int64_t>(value));
  }
  return success();
}

Status take_booleans(Result<std::vector<std::uint8_t>> stored, const Place& place,
                     ForeignArray& array) {
  GATEFOLD_TRY(const std::vector<std::uint8_t> values, std::move(stored));
  for (const std::uint8_t value : values) {
    if (value > 1) {
      return diagnose(DiagnosticId::OnnxArrayValue, place.layer, place.what, value, "bool");
    }
  }
  array.integers.assign(values.begin(), values.end());
  return success();
}

template <typename Stored, typename Convert>
Status take_reals(Result<std::vector<Stored>> stored, ForeignArray& array, Convert convert) {
  GATEFOLD_TRY(const std::vector<Stored> values, std::move(stored));
  array.reals.reserve(values.size());
  for (const Stored value : values) array.reals.push_back(convert(value));
  return success();
}

template <typename Stored>
Status take_reals(Result<std::vector<Stored>> stored, ForeignArray& array) {
  return take_reals(std::move(stored), array, [](Stored value) { return double{value}; });
}

Status take_elements(const TensorProto& t, const Elements& elements, const Place& place,
                     ForeignArray& array) {
  switch (t.data_type()) {
    case TensorProto::FLOAT:
      return take_reals(elements.stored<float>(t.float_data()), array);
    case TensorProto::DOUBLE:
      return take_reals(elements.stored<double>(t.double_data()), array);
    case TensorProto::FLOAT16:
      return take_reals(elements.stored<std::uint16_t>(t.int32_data()), array, half_to_double);
    case TensorProto::BFLOAT16:
      return take_reals(elements.stored<std::uint16_t>(t.int32_data()), array, bfloat16_to_double);
    case TensorProto::BOOL:
      return take_booleans(elements.stored<std::uint8_t>(t.int32_data()), place, array);
    case TensorProto::INT8:
      return take_integers(elements.stored<std::int8_t>(t.int32_data()), place, array);
    case TensorProto::UINT8:
      return take_integers(elements.stored<std::uint8_t>(t.int32_data()), place, array);
    case TensorProto::INT16:
      return take_integers(elements.stored<std::int16_t>(t.int32_data()), place, array);
    case TensorProto::UINT16:
      return take_integers(elements.stored<std::uint16_t>(t.int32_data()), place, array);
    case TensorProto::INT32:
      return take_integers(elements.stored<std::int32_t>(t.int32_data()), place, array);
    case TensorProto::INT64:
      return take_integers(elements.stored<std::int64_t>(t.int64_data()), place, array);
    case TensorProto::UINT32:
      return take_integers(elements.stored<std::uint32_t>(t.uint64_data()), place, array);
    case TensorProto::UINT64:
      return take_integers(elements.stored<std::uint64_t>(t.uint64_data()), place, array);
  }
  GATEFOLD_ASSERT(false, "an element type without a decoder passed element_kind");
}

}  // namespace

Result<ElementKind> element_kind(int data_type, const Place& place) {
  const bool known = data_type >= 0 && data_type < static_cast<int>(std::size(element_types));
  if (known && element_types[data_type].kind) return *element_types[data_type].kind;
  return diagnose(DiagnosticId::OnnxElementType, place.layer, place.what, element_name(data_type));
}

Result<ForeignArray> ArrayReader::read(const TensorProto& tensor, const Place& place) {
  ForeignArray array;
  GATEFOLD_TRY(array.kind, element_kind(tensor.data_type(), place));
  GATEFOLD_TRY(const std::int64_t count, count_elements(tensor, place));
  if (count > remaining_) return diagnose(DiagnosticId::ModelTooLarge, place.layer, limit_);
  GATEFOLD_CHECK(check_storage(tensor, place));
  array.shape.assign(tensor.dims().begin(), tensor.dims().end());
  const Elements elements(tensor, place, folder_, count);
  GATEFOLD_CHECK(take_elements(tensor, elements, place, array));
  remaining_ -= count;
  return array;
}

}  // namespace gatefold::frontends

#include "gatefold/support/npy.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <string_view>
#include <utility>

#include "gatefold/support/float16.h"
#include "gatefold/support/npy_header.h"

namespace gatefold {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they are");

constexpr std::size_t most_axes = 64;  // NumPy's own limit
constexpr std::string_view magic = "\x93NUMPY";
using Data = decltype(NpyArray::data);

/// The raw elements, whose number and width fit; a reason in words when a value does not.
using Decoder = std::variant<Data, std::string> (*)(std::span<const std::byte> bytes);

template <typename Stored>
std::vector<Stored> stored(std::span<const std::byte> bytes) {
  std::vector<Stored> values(bytes.size() / sizeof(Stored));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

template <typename Stored>
std::variant<Data, std::string> reals(std::span<const std::byte> bytes) {
  const std::vector<Stored> values = stored<Stored>(bytes);
  return Data(std::vector<double>(values.begin(), values.end()));
}

std::variant<Data, std::string> halves(std::span<const std::byte> bytes) {
  std::vector<double> values;
  for (const std::uint16_t bits : stored<std::uint16_t>(bytes)) {
    values.push_back(half_to_double(bits));
  }
  return Data(std::move(values));
}

template <typename Stored, Stored largest = std::numeric_limits<Stored>::max()>
std::variant<Data, std::string> integers(std::span<const std::byte> bytes) {
  std::vector<std::int64_t> values;
  values.reserve(bytes.size() / sizeof(Stored));
  for (const Stored value : stored<Stored>(bytes)) {
    if (value > largest) return fmt::format("it holds {}, and {} is the largest", value, largest);
    values.push_back(static_cast<std::int64_t>(value));
  }
  return Data(std::move(values));
}

constexpr std::uint64_t largest_int64 = std::numeric_limits<std::int64_t>::max();

struct ElementType {
  std::string_view descr, name;
  std::size_t width;
  Decoder decode;
};

constexpr ElementType element_types[] = {
    {"<f2", "float16", 2, halves},
    {"<f4", "float32", 4, reals<float>},
    {"<f8", "float64", 8, reals<double>},
    {"|b1", "bool", 1, integers<std::uint8_t, 1>},
    {"|i1", "int8", 1, integers<std::int8_t>},
    {"<i2", "int16", 2, integers<std::int16_t>},
    {"<i4", "int32", 4, integers<std::int32_t>},
    {"<i8", "int64", 8, integers<std::int64_t>},
    {"|u1", "uint8", 1, integers<std::uint8_t>},
    {"<u2", "uint16", 2, integers<std::uint16_t>},
    {"<u4", "uint32", 4, integers<std::uint32_t>},
    {"<u8", "uint64", 8, integers<std::uint64_t, largest_int64>},
};

const ElementType* find_type(std::string_view descr) {
  const auto type = std::find_if(std::begin(element_types), std::end(element_types),
                                 [&](const ElementType& t) { return t.descr == descr; });
  return type == std::end(element_types) ? nullptr : type;
}

/// Header text and the data behind it; a reason in words when the file ends before.
struct Parts {
  std::string_view header;
  std::span<const std::byte> data;
};

std::variant<Parts, std::string> split(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(magic)) return "it does not start like one";
  const std::size_t version = text.size() > 6 ? static_cast<unsigned char>(text[6]) : 0;
  if (version < 1 || version > 3) return fmt::format("its version is {}", version);
  const std::size_t start = version == 1 ? 10 : 12;
  if (text.size() < start) return "it is cut off";
  std::uint32_t length = 0;
  std::memcpy(&length, text.data() + 8, start - 8);
  if (text.size() - start < length) return "it is cut off";
  return Parts{text.substr(start, length), bytes.subspan(start + length)};
}

/// Whether the extents need exactly `count` elements; no product overflows.
bool has_count(const std::vector<std::int64_t>& shape, std::size_t count) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return count == 0;
  std::size_t rest = count;
  for (const std::int64_t extent : shape) {
    if (rest % static_cast<std::size_t>(extent) != 0) return false;
    rest /= static_cast<std::size_t>(extent);
  }
  return rest == 1;
}

/// From the first index running fastest to the last index running fastest.
template <typename T>
std::vector<T> to_c_order(const std::vector<T>& values, const std::vector<std::int64_t>& shape) {
  std::vector<T> result;
  result.reserve(values.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::int64_t place = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;) place = place * shape[axis] + index[axis];
    result.push_back(values[static_cast<std::size_t>(place)]);
    for (std::size_t axis = shape.size(); axis-- > 0 && ++index[axis] == shape[axis];) {
      index[axis] = 0;
    }
  }
  return result;
}

std::variant<NpyArray, std::string> parse(std::span<const std::byte> bytes) {
  const auto parts = split(bytes);
  if (const auto* reason = std::get_if<std::string>(&parts)) return *reason;
  const auto& [text, data] = std::get<Parts>(parts);
  const auto parsed = parse_npy_header(text);
  if (const auto* reason = std::get_if<std::string>(&parsed)) return *reason;
  const NpyHeader& header = std::get<NpyHeader>(parsed);
  if (header.shape.size() > most_axes) return fmt::format("it has more than {} axes", most_axes);
  const ElementType* type = find_type(header.descr);
  if (type == nullptr) return fmt::format("its elements are of type '{}'", header.descr);
  if (data.size() % type->width != 0 || !has_count(header.shape, data.size() / type->width)) {
    return fmt::format("its shape ({}) does not fit {} bytes of {}", fmt::join(header.shape, ","),
                       data.size(), type->name);
  }
  auto decoded = type->decode(data);
  if (const auto* reason = std::get_if<std::string>(&decoded)) return *reason;
  NpyArray array{std::string(type->name), header.shape, std::get<Data>(std::move(decoded))};
  if (header.fortran_order) {
    std::visit([&](auto& values) { values = to_c_order(values, array.shape); }, array.data);
  }
  return array;
}

/// `(3,)`, `(3, 4)`, `()`.
std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

}  // namespace

Result<NpyArray> parse_npy(std::span<const std::byte> bytes, const std::string& name) {
  auto array = parse(bytes);
  if (const auto* reason = std::get_if<std::string>(&array)) {
    return diagnose(DiagnosticId::NpyMalformed, "", name, *reason);
  }
  return std::get<NpyArray>(std::move(array));
}

Result<NpyArray> read_npy(const std::filesystem::path& path) {
  GATEFOLD_TRY(const Bytes bytes, read_file(path));
  return parse_npy(bytes, path.string());
}

std::string to_npy(const NpyArray& array) {
  const bool real = std::holds_alternative<std::vector<double>>(array.data);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
                                   real ? "<f8" : "<i8", shape_text(array.shape));
  constexpr std::size_t alignment = 64, start = 10;
  const std::size_t unpadded = start + header.size() + 1;
  header.append((alignment - unpadded % alignment) % alignment, ' ');
  header += '\n';
  GATEFOLD_ASSERT(header.size() < 0x10000, "an array of thousands of axes");
  std::string text(magic);
  text += {1, 0, static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  text += header;
  std::visit(
      [&](const auto& values) {
        text.append(reinterpret_cast<const char*>(values.data()),
                    values.size() * sizeof(values.front()));
      },
      array.data);
  return text;
}

Status write_npy(const std::filesystem::path& path, const NpyArray& array) {
  return write_file(path, to_npy(array));
}

}  // namespace gatefold

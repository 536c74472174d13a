#include "gatefold/frontends/onnx/external_data.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "onnx.pb.h"

namespace gatefold::frontends {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

Result<std::uint64_t> parse_count(const onnx::StringStringEntryProto& pair, const Place& place) {
  const std::string& text = pair.value();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return diagnose(DiagnosticId::ExternalDataEntry, place.layer, place.what,
                    fmt::format("the {} '{}'", pair.key(), text));
  }
  return value;
}

Result<Entry> parse_entry(const onnx::TensorProto& tensor, const Place& place) {
  Entry entry;
  for (const auto& pair : tensor.external_data()) {
    if (pair.key() == "location") {
      entry.location = pair.value();
    } else if (pair.key() == "offset") {
      GATEFOLD_TRY(entry.offset, parse_count(pair, place));
    } else if (pair.key() == "length") {
      GATEFOLD_TRY(entry.length, parse_count(pair, place));
    }
  }
  if (entry.location.empty() || entry.location.find('\0') != std::string::npos) {
    return diagnose(DiagnosticId::ExternalDataEntry, place.layer, place.what, "no location");
  }
  return entry;
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [in_folder, in_path] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end();
}

/// The real file behind the location, after all links.
Result<fs::path> locate(const std::string& location, const fs::path& folder, const Place& place) {
  const fs::path relative(location);
  const bool climbs = std::find(relative.begin(), relative.end(), "..") != relative.end();
  const Diagnostic outside =
      diagnose(DiagnosticId::ExternalDataOutside, place.layer, place.what, location);
  if (relative.is_absolute() || climbs) return outside;
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
  const fs::path file = error ? fs::path() : fs::canonical(root / relative, error);
  if (error || !fs::is_regular_file(file, error)) {
    return diagnose(DiagnosticId::ExternalDataMissing, place.layer, place.what, location);
  }
  if (!is_below(file, root)) return outside;
  return file;
}

}  // namespace

Result<Bytes> read_external_data(const onnx::TensorProto& tensor, const Place& place,
                                 const fs::path& folder, std::uint64_t needed) {
  GATEFOLD_TRY(const Entry entry, parse_entry(tensor, place));
  GATEFOLD_TRY(const fs::path file, locate(entry.location, folder, place));
  std::error_code error;
  const std::uint64_t size = fs::file_size(file, error);
  const std::uint64_t rest = error || entry.offset > size ? 0 : size - entry.offset;
  if (entry.length.value_or(rest) != needed && rest >= needed) {
    return diagnose(DiagnosticId::ExternalDataEntry, place.layer, place.what,
                    fmt::format("{} bytes instead of {}", entry.length.value_or(rest), needed));
  }
  if (rest < needed) {
    return diagnose(DiagnosticId::ExternalDataShort, place.layer, place.what, needed, entry.offset,
                    entry.location, size);
  }
  return read_file_range(file, entry.offset, needed);
}

}  // namespace gatefold::frontends

#include "gatefold/frontends/sniff.h"

#include <algorithm>
#include <string_view>

namespace gatefold::frontends {
namespace {

using std::string_view_literals::operator""sv;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view words;
};

constexpr Signature signatures[] = {
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras .h5)"},
    {4, "TFL3"sv, "a TFLite model"},
    {0, "\x80\x02"sv, "a Python pickle (PyTorch)"},
    {0, "\x93NUMPY"sv, "a NumPy array"},
    {0, "\x1f\x8b"sv, "a gzip archive"},
    {0, "version https://git-lfs"sv, "a Git LFS pointer, not the file itself"},
};

std::string zip_words(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".keras") return "a Keras model (zip archive)";
  if (extension == ".pt2") return "a PyTorch export (zip archive)";
  if (extension == ".pt" || extension == ".pth") return "a PyTorch model (zip archive)";
  return "a zip archive";
}

bool is_text(std::string_view text) {
  const auto shows = [](unsigned char c) { return c >= 0x20 || (c >= '\t' && c <= '\r'); };
  return std::all_of(text.begin(), text.end(), shows);
}

}  // namespace

std::string foreign_content(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  constexpr std::size_t looked_at = 512;
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min(bytes.size(), looked_at));
  if (start.empty()) return "an empty file";
  if (start.starts_with("PK\x03\x04")) return zip_words(path);
  for (const Signature& signature : signatures) {
    if (start.size() >= signature.offset &&
        start.substr(signature.offset).starts_with(signature.bytes)) {
      return std::string(signature.words);
    }
  }
  return is_text(start) ? "a text file" : "";
}

}  // namespace gatefold::frontends

#include "gatefold/support/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace gatefold {

Result<ScratchFolder> ScratchFolder::create(const std::filesystem::path& keep) {
  std::error_code error;
  if (!keep.empty()) {
    std::filesystem::create_directories(keep, error);
    if (error) return diagnose(DiagnosticId::FileNotWritable, "", keep.string(), error.message());
    return ScratchFolder(std::filesystem::absolute(keep), false);
  }
  std::string pattern = std::filesystem::temp_directory_path(error) / "gatefold-XXXXXX";
  if (error || mkdtemp(pattern.data()) == nullptr)
    return diagnose(DiagnosticId::FileNotWritable, "", pattern,
                    error ? error.message() : std::strerror(errno));
  return ScratchFolder(pattern, true);
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}

ScratchFolder::~ScratchFolder() {
  if (!temporary_) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace gatefold

#include "gatefold/support/files.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "gatefold/support/descriptor.h"

namespace gatefold {
namespace {

Diagnostic not_readable(const std::filesystem::path& path, std::string_view reason) {
  return diagnose(DiagnosticId::FileNotReadable, "", path.string(), reason);
}

Diagnostic not_writable(const std::filesystem::path& path, std::string_view reason) {
  return diagnose(DiagnosticId::FileNotWritable, "", path.string(), reason);
}

/// The size of an open regular file.
Result<std::uint64_t> size_of(const Descriptor& file, const std::filesystem::path& path) {
  if (!file.open()) return not_readable(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return not_readable(path, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return not_readable(path, "it is a folder");
  if (!S_ISREG(status.st_mode)) return not_readable(path, "it is not a regular file");
  return static_cast<std::uint64_t>(status.st_size);
}

/// Non-blocking, so that a pipe without a writer is refused instead of waited for.
int open_for_reading(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

Result<Bytes> read_open(const Descriptor& file, const std::filesystem::path& path,
                        std::uint64_t offset, std::uint64_t length) {
  Bytes bytes(length);
  std::size_t done = 0;
  while (done < length) {
    const ssize_t count =
        ::pread(file.get(), bytes.data() + done, length - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return not_readable(path, std::strerror(errno));
    if (count == 0) return not_readable(path, "it ends too early");
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// A sibling that nobody else writes; its permissions follow the umask.
std::string sibling_of(const std::filesystem::path& path) {
  static std::atomic<unsigned> serial = 0;
  return fmt::format("{}.{}.{}.partial", path.string(), ::getpid(), serial++);
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t limit) {
  const Descriptor file(open_for_reading(path));
  GATEFOLD_TRY(const std::uint64_t size, size_of(file, path));
  if (size > limit) return diagnose(DiagnosticId::FileTooLarge, "", path.string(), size, limit);
  return read_open(file, path, 0, size);
}

Result<Bytes> read_file_range(const std::filesystem::path& path, std::uint64_t offset,
                              std::uint64_t length) {
  const Descriptor file(open_for_reading(path));
  GATEFOLD_TRY(const std::uint64_t size, size_of(file, path));
  if (offset > size || length > size - offset) return not_readable(path, "it ends too early");
  return read_open(file, path, offset, length);
}

Status write_file(const std::filesystem::path& path, std::string_view content) {
  std::error_code error;
  const auto there = std::filesystem::status(path, error);
  // Renaming a file to a device's place would remove the device.
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there))
    return not_writable(
        path, std::filesystem::is_directory(there) ? "Is a directory" : "it is not a regular file");
  const std::string sibling = sibling_of(path);
  Descriptor file(::open(sibling.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.open()) return not_writable(path, std::strerror(errno));
  const bool complete = write_all(file.get(), content) && file.close() &&
                        ::rename(sibling.c_str(), path.c_str()) == 0;
  if (complete) return success();
  const std::string reason = std::strerror(errno);
  ::unlink(sibling.c_str());
  return not_writable(path, reason);
}

}  // namespace gatefold

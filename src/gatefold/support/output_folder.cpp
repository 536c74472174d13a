#include "gatefold/support/output_folder.h"

#include <fmt/format.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "gatefold/support/files.h"
#include "gatefold/support/interrupt.h"

namespace gatefold {
namespace {

namespace fs = std::filesystem;

Diagnostic not_writable(const fs::path& path, const std::error_code& error) {
  return diagnose(DiagnosticId::FileNotWritable, "", path.string(), error.message());
}

/// Nothing there, an empty folder, or one that gatefold has made.
Status check_replaceable(const fs::path& destination) {
  std::error_code error;
  const fs::file_status status = fs::status(destination, error);
  if (!fs::exists(status)) return success();
  const bool replaceable = fs::is_directory(status) && (fs::is_empty(destination, error) ||
                                                        fs::exists(destination / output_marker));
  if (replaceable) return success();
  if (error) return not_writable(destination, error);
  return diagnose(DiagnosticId::FolderNotOurs, "", destination.string());
}

fs::path hidden_sibling(const fs::path& path, std::string_view purpose) {
  const std::string name = fmt::format(".{}.{}.{}", path.filename().string(), ::getpid(), purpose);
  return path.parent_path() / name;
}

/// Absolute, without `.` and trailing slashes; links are followed, so that they stay.
fs::path plain_path(const fs::path& path) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path, error), error);
  const fs::path normal = error ? path.lexically_normal() : whole;
  return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

Result<OutputFolder> OutputFolder::create(const fs::path& destination) {
  const fs::path place = plain_path(destination);
  GATEFOLD_CHECK(check_replaceable(place));
  const fs::path building = hidden_sibling(place, "partial");
  std::error_code error;
  fs::remove_all(building, error);
  fs::create_directories(building, error);
  if (error) return not_writable(place, error);
  return OutputFolder(building, place);
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : building_(std::exchange(other.building_, {})), destination_(std::move(other.destination_)) {}

OutputFolder::~OutputFolder() {
  if (building_.empty()) return;
  std::error_code ignored;
  fs::remove_all(building_, ignored);
}

Status OutputFolder::write(const fs::path& relative, std::string_view content) const {
  const fs::path file = building_ / relative;
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return not_writable(file, error);
  return write_file(file, content);
}

Status OutputFolder::commit() {
  GATEFOLD_CHECK(write(output_marker, "made by gatefold, which may replace this folder\n"));
  GATEFOLD_CHECK(check_interrupt());
  GATEFOLD_CHECK(check_replaceable(destination_));
  GATEFOLD_CHECK(replace());
  building_.clear();
  return success();
}

Status OutputFolder::replace() const {
  const fs::path former = hidden_sibling(destination_, "former");
  std::error_code error, ignored;
  const bool exists = fs::exists(destination_, ignored);
  if (exists) fs::rename(destination_, former, error);
  if (error) return not_writable(destination_, error);
  fs::rename(building_, destination_, error);
  if (error && exists) fs::rename(former, destination_, ignored);
  if (error) return not_writable(destination_, error);
  fs::remove_all(former, ignored);
  return success();
}

}  // namespace gatefold

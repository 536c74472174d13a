#pragma once

#include <filesystem>
#include <string_view>

#include "gatefold/support/result.h"

namespace gatefold {

/// The file that marks a folder as made, and therefore replaceable, by gatefold.
inline constexpr std::string_view output_marker = ".gatefold";

/// A folder that appears whole or not at all: its content is built in a hidden sibling and renamed
/// into place by `commit`. Without a commit (failure, exception, interrupt) the sibling is removed
/// and what stood at the destination stays as it was.
class OutputFolder {
 public:
  /// FolderNotOurs when the destination is a file, or a folder with content that lacks the marker;
  /// FileNotWritable when the sibling cannot be made. Missing parents are made.
  static Result<OutputFolder> create(const std::filesystem::path& destination);

  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;
  ~OutputFolder();

  /// Where the content is built until the commit.
  const std::filesystem::path& building() const { return building_; }
  const std::filesystem::path& destination() const { return destination_; }

  /// Writes a file below the folder, with its subfolders. FileNotWritable.
  Status write(const std::filesystem::path& relative, std::string_view content) const;

  /// Puts the folder in its place, instead of what gatefold left there before. Interrupted,
  /// FolderNotOurs (it has appeared meanwhile), FileNotWritable.
  Status commit();

 private:
  OutputFolder(std::filesystem::path building, std::filesystem::path destination)
      : building_(std::move(building)), destination_(std::move(destination)) {}

  Status replace() const;

  std::filesystem::path building_;  // empty once committed or moved from
  std::filesystem::path destination_;
};

}  // namespace gatefold

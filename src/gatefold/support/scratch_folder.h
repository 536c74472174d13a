#pragma once

#include <filesystem>

#include "gatefold/support/result.h"

namespace gatefold {

/// A folder for intermediate files: a new one in the system's temporary folder that is removed with
/// everything in it at the end, or a given one that stays.
class ScratchFolder {
 public:
  /// `keep` empty: temporary. FileNotWritable.
  static Result<ScratchFolder> create(const std::filesystem::path& keep = {});

  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  ScratchFolder(std::filesystem::path path, bool temporary)
      : path_(std::move(path)), temporary_(temporary) {}

  std::filesystem::path path_;
  bool temporary_;
};

}  // namespace gatefold

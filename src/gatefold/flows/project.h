#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gatefold/support/result.h"

// What the flows read of a project folder that `emit_project` has made.
namespace gatefold::flows {

/// A module of a trained layer, which may have several.
struct ProjectLayer {
  std::string name;    // of the layer
  std::string module;  // empty when it has no hardware of its own
};

struct Project {
  std::filesystem::path folder;
  std::string top, testbench;      // modules
  std::vector<std::string> files;  // of the modules, in reading order, relative to the folder
  std::vector<ProjectLayer> layers;
  std::vector<std::string> processes;  // their modules, where the top module joins several

  std::string testbench_file() const { return "tb/" + testbench + ".sv"; }
};

/// Reads manifest.json and files.f. FileNotReadable, ProjectMalformed.
Result<Project> read_project(const std::filesystem::path& folder);

/// FileNotReadable.
Result<std::string> read_text(const std::filesystem::path& path);

/// Makes a folder with its parents. FileNotWritable.
Status make_folder(const std::filesystem::path& path);

}  // namespace gatefold::flows

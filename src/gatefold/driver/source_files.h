#pragma once

#include <filesystem>
#include <vector>

#include "gatefold/driver/compile.h"
#include "gatefold/emit/file.h"

// What a project with reloadable weights was compiled from, kept in the folder `source` of the
// project: the graph as imported, and the options, with the folds that were chosen for its goals.
namespace gatefold::driver {

std::vector<emit::File> source_files(const Compilation& compilation);

struct Source {
  graph::Graph imported;
  CompileOptions options;
};

/// ProjectNotReloadable where the project has none; ProjectMalformed.
Result<Source> read_source(const std::filesystem::path& project);

}  // namespace gatefold::driver

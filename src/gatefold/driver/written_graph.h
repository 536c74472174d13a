#pragma once

#include <filesystem>
#include <optional>

#include "gatefold/graph/graph.h"

namespace gatefold::driver {

/// The graph of a file in text form (`graph::print`, by custom with the ending .gfg); none for
/// files that do not begin as one. FileNotReadable, TextForm, and what its ops refuse.
Result<std::optional<graph::Graph>> written_graph(const std::filesystem::path& path);

}  // namespace gatefold::driver

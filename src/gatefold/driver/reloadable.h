#pragma once

#include <map>
#include <string>
#include <vector>

#include "gatefold/graph/graph.h"
#include "gatefold/layers/import_model.h"

namespace gatefold::driver {

/// The matrices whose weights hardware exchanges, by layer in the order of the graph, those in the
/// bodies of scans included.
std::map<std::string, std::vector<graph::Linear>> reloadable_matrices(const graph::Graph& graph);

/// NothingToReload where the options name what the graph does not have.
Status check_reloadable(const graph::Graph& graph, const layers::ImportOptions& options);

/// Which weights the user wants reloadable: `reloadable` is all, `fc1=reloadable` those of a layer.
/// WeightsMalformed.
Status add_weights(layers::ImportOptions& options, const std::string& text);

}  // namespace gatefold::driver

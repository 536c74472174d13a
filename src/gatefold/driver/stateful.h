#pragma once

#include <string>
#include <vector>

#include "gatefold/graph/graph.h"
#include "gatefold/layers/import_model.h"

namespace gatefold::driver {

/// The layers whose recurrences keep their states from one inference to the next.
std::vector<std::string> stateful_layers(const graph::Graph& graph);

/// NothingStateful where the options name what has no recurrence in the graph that keeps its
/// states.
Status check_stateful(const graph::Graph& graph, const layers::ImportOptions& options);

/// Which recurrent layers keep their states: `stateful` is all, `lstm1=stateful` one.
/// StateMalformed.
Status add_recurrent_state(layers::ImportOptions& options, const std::string& text);

}  // namespace gatefold::driver

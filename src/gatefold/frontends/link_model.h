#pragma once

#include <span>
#include <string>
#include <vector>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/support/result.h"

namespace gatefold::frontends {

struct NodeLabel {
  std::string name;  // may be empty or used twice
  std::string type;
};

/// One unique name per node, in order, the same for the same file: the first of equal names keeps
/// it, the next become `<name>_1`, …; nameless nodes become `<type>_0`, `<type>_1`, ….
std::vector<std::string> unique_node_names(std::span<const NodeLabel> labels);

/// Checks what every ForeignModel promises and brings its nodes into topological order, in file
/// order where the model leaves a choice. ModelNoPorts, ValueDefinedTwice, ValueUndefined,
/// ModelCyclic.
Result<ForeignModel> link_model(ForeignModel model);

}  // namespace gatefold::frontends

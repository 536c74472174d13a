#pragma once

#include <string>
#include <vector>

#include "gatefold/graph/graph.h"

namespace gatefold::emulate {

/// A value of a graph under the name by which a user asks for it.
struct NamedValue {
  graph::Value value;
  std::string name;  // unique
};

/// Every computed value in order. A layer's name is its last op's first output; its other values
/// are `<layer>:<op>`, and `<layer>:<op>:2`, `:3`, … where such a name is taken.
std::vector<NamedValue> named_values(const graph::Graph& graph);

}  // namespace gatefold::emulate

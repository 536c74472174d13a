#pragma once

#include <string>
#include <vector>

#include "gatefold/graph/graph.h"
#include "gatefold/support/result.h"

namespace gatefold::passes {

using graph::Graph;

/// What a pass tells besides its graph.
struct PassContext {
  std::vector<std::string>* notes = nullptr;  // one sentence each, such as a count

  void note(std::string text) const {
    if (notes != nullptr) notes->push_back(std::move(text));
  }
};

/// A pass gives a graph with the same ports and, for the same inputs, the same decoded outputs.
using Pass = Result<Graph> (*)(Graph, const PassContext&);

#define PASS(name, summary, requires_facts, provides_facts) \
  Result<Graph> name(Graph graph, const PassContext& context);
#include "gatefold/passes/pipeline.def"
#undef PASS

}  // namespace gatefold::passes

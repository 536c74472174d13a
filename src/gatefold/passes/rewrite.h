#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gatefold/graph/graph.h"

namespace gatefold::passes {

using graph::Graph;
using graph::Node;
using graph::NodeId;
using graph::Op;
using graph::TensorType;
using graph::Value;

/// Rebuilds a graph node by node and remembers which new value stands for which old one.
class Rewriter {
 public:
  explicit Rewriter(const Graph& old);

  const Graph& old() const { return old_; }
  const Graph& graph() const { return fresh_; }

  /// The new value that stands for an old one, which was visited before.
  Value operator()(Value old) const;
  std::vector<Value> operator()(const std::vector<Value>& old) const;

  /// Appends a node on new values.
  Result<Value> add(Op op, std::vector<Value> inputs, const std::string& layer) {
    return fresh_.add(std::move(op), std::move(inputs), layer);
  }
  void map(Value old, Value fresh);
  /// Appends the old node, with another op or as it is.
  Status replace(NodeId id, Op op);
  Status copy(NodeId id) { return replace(id, old_.node(id).op); }

  /// The new graph with the old outputs.
  Graph finish() &&;

 private:
  const Graph& old_;
  Graph fresh_;
  std::vector<std::vector<Value>> values_;
};

/// Visits each node in order; `visit` gives true when it mapped all outputs of the node, false to
/// have it copied.
Result<Graph> rewrite(const Graph& graph,
                      const std::function<Result<bool>(Rewriter&, NodeId)>& visit);

/// For each node the nodes that take one of its outputs (a node that takes two counts twice).
std::vector<std::vector<NodeId>> users_of(const Graph& graph);
/// For each node whether one of its outputs is an output of the graph.
std::vector<bool> is_output(const Graph& graph);

/// The op of a node, when it is a T.
template <typename T>
const T* as(const Node& node) {
  return std::get_if<T>(&node.op);
}

/// `id` as an index into vectors over the nodes.
inline std::size_t at(NodeId id) { return static_cast<std::size_t>(id.index); }

}  // namespace gatefold::passes

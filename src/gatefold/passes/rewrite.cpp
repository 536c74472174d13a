#include "gatefold/passes/rewrite.h"

#include "gatefold/support/assert.h"

namespace gatefold::passes {

Rewriter::Rewriter(const Graph& old) : old_(old) {
  fresh_.name = old.name;
  for (const Node& node : old.nodes()) values_.emplace_back(node.outputs.size());
}

Value Rewriter::operator()(Value old) const {
  const Value fresh = values_[at(old.node)][static_cast<std::size_t>(old.output)];
  GATEFOLD_ASSERT(fresh.node.valid(), "a value is mapped before it is used");
  return fresh;
}

std::vector<Value> Rewriter::operator()(const std::vector<Value>& old) const {
  std::vector<Value> fresh;
  for (const Value v : old) fresh.push_back((*this)(v));
  return fresh;
}

void Rewriter::map(Value old, Value fresh) {
  values_[at(old.node)][static_cast<std::size_t>(old.output)] = fresh;
}

Status Rewriter::replace(NodeId id, Op op) {
  const Node& node = old_.node(id);
  GATEFOLD_TRY(const Value fresh, add(std::move(op), (*this)(node.inputs), node.layer));
  for (int i = 0; i < static_cast<int>(node.outputs.size()); ++i) map({id, i}, {fresh.node, i});
  return success();
}

Graph Rewriter::finish() && {
  for (const graph::Output& output : old_.outputs())
    fresh_.add_output(output.name, (*this)(output.value), output.host);
  return std::move(fresh_);
}

Result<Graph> rewrite(const Graph& graph,
                      const std::function<Result<bool>(Rewriter&, NodeId)>& visit) {
  Rewriter to(graph);
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(graph.nodes().size()); ++i) {
    GATEFOLD_TRY(const bool done, visit(to, NodeId{i}));
    if (!done) GATEFOLD_CHECK(to.copy(NodeId{i}));
  }
  return std::move(to).finish();
}

std::vector<std::vector<NodeId>> users_of(const Graph& graph) {
  std::vector<std::vector<NodeId>> users(graph.nodes().size());
  for (std::size_t i = 0; i < graph.nodes().size(); ++i)
    for (const Value v : graph.nodes()[i].inputs)
      users[at(v.node)].push_back({static_cast<std::int32_t>(i)});
  return users;
}

std::vector<bool> is_output(const Graph& graph) {
  std::vector<bool> result(graph.nodes().size(), false);
  for (const graph::Output& output : graph.outputs()) result[at(output.value.node)] = true;
  return result;
}

}  // namespace gatefold::passes

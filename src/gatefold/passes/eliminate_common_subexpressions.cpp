// Holds after: no two nodes but inputs and reloadable matrices have the same op on the same
// values.
#include <fmt/core.h>
#include <map>
#include <utility>

#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

/// Equal weights need not stay equal.
bool is_reloadable(const Node& node) {
  const auto* linear = as<graph::Linear>(node);
  return linear != nullptr && linear->reloadable;
}

}  // namespace

Result<Graph> eliminate_common_subexpressions(Graph graph, const PassContext& context) {
  using Key = std::pair<std::size_t, std::vector<Value>>;
  std::map<Key, std::vector<NodeId>> seen;
  int merged = 0;
  auto result = rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    if (as<graph::Input>(node) != nullptr || is_reloadable(node)) return false;
    std::vector<NodeId>& alike = seen[{node.op.index(), to(node.inputs)}];
    for (const NodeId twin : alike) {
      if (!(graph.node(twin).op == node.op)) continue;
      for (int i = 0; i < static_cast<int>(node.outputs.size()); ++i)
        to.map({id, i}, to(Value{twin, i}));
      ++merged;
      return true;
    }
    alike.push_back(id);
    return false;
  });
  if (merged > 0) context.note(fmt::format("{} nodes merged", merged));
  return result;
}

}  // namespace gatefold::passes

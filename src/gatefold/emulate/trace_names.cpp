#include "gatefold/emulate/trace_names.h"

#include <fmt/format.h>
#include <map>
#include <set>
#include <variant>

namespace gatefold::emulate {
namespace {

std::string unique_name(const std::string& wanted, std::set<std::string>& taken) {
  std::string name = wanted;
  for (int number = 2; !taken.insert(name).second; ++number)
    name = fmt::format("{}:{}", wanted, number);
  return name;
}

}  // namespace

std::vector<NamedValue> named_values(const graph::Graph& graph) {
  const auto nodes = graph.nodes();
  std::map<std::string, std::size_t> last;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    last[nodes[i].layer] = i;
    taken.insert(nodes[i].layer);
  }
  std::vector<NamedValue> values;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (std::holds_alternative<graph::Constant>(nodes[i].op)) continue;
    for (std::size_t output = 0; output < nodes[i].outputs.size(); ++output) {
      const graph::Value value{graph::NodeId{static_cast<std::int32_t>(i)},
                               static_cast<int>(output)};
      const std::string& layer = nodes[i].layer;
      const bool is_layer = output == 0 && last.at(layer) == i;
      const std::string part = fmt::format("{}:{}", layer, graph::name_of(nodes[i].op));
      values.push_back({value, is_layer ? layer : unique_name(part, taken)});
    }
  }
  return values;
}

}  // namespace gatefold::emulate

#include <algorithm>
#include <array>
#include <string_view>

#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

/// What PyTorch's and Brevitas' exporters add behind a module's path.
constexpr std::array exporter_parts = {
    std::string_view("act_quant"),       std::string_view("weight_quant"),
    std::string_view("bias_quant"),      std::string_view("input_quant"),
    std::string_view("output_quant"),    std::string_view("export_handler"),
    std::string_view("activation_impl"), std::string_view("fused_activation_quant_proxy"),
};

bool is_exporters(std::string_view part) {
  return std::find(exporter_parts.begin(), exporter_parts.end(), part) != exporter_parts.end();
}

}  // namespace

std::string layer_name(const ForeignNode& node) {
  const std::string& path = node.scope.empty() ? node.name : node.scope;
  if (path.empty() || path.front() != '/') return path;
  std::string name;
  for (std::size_t start = 1; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string part = path.substr(start, end - start);
    const bool last = end == path.size();
    if (is_exporters(part) || (last && !name.empty())) break;
    name += (name.empty() ? "" : "/") + part;
    start = end + 1;
  }
  return name.empty() ? path : name;
}

}  // namespace gatefold::layers

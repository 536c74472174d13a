#include "gatefold/frontends/onnx/onnx_scope.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace gatefold::frontends {
namespace {

constexpr const char* scopes_key = "pkg.torch.onnx.name_scopes";

/// The items between single quotes.
std::vector<std::string> quoted_items(const std::string& list) {
  std::vector<std::string> items;
  for (std::size_t start = list.find('\''); start != std::string::npos;) {
    const std::size_t end = list.find('\'', start + 1);
    if (end == std::string::npos) break;
    items.push_back(list.substr(start + 1, end - start - 1));
    start = list.find('\'', end + 1);
  }
  return items;
}

bool is_plain(const std::string& path) {
  return !path.empty() && std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '.';
  });
}

}  // namespace

std::string module_scope(const onnx::NodeProto& node) {
  for (const auto& entry : node.metadata_props()) {
    if (entry.key() != scopes_key) continue;
    const std::vector<std::string> items = quoted_items(entry.value());
    if (items.size() < 2) return "";
    std::string module = items[items.size() - 2];
    if (!is_plain(module) || !is_plain(items.back())) return "";
    std::replace(module.begin(), module.end(), '.', '/');
    return "/" + module + "/" + items.back();
  }
  return "";
}

}  // namespace gatefold::frontends

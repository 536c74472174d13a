#include "gatefold/driver/written_graph.h"

#include <fstream>
#include <string>
#include <string_view>

#include "gatefold/support/files.h"

namespace gatefold::driver {
namespace {

constexpr std::string_view beginning = "graph \"";

bool begins_as_graph(const std::filesystem::path& path) {
  std::string start(beginning.size(), '\0');
  std::ifstream(path, std::ios::binary).read(start.data(), std::ssize(start));
  return start == beginning;
}

}  // namespace

Result<std::optional<graph::Graph>> written_graph(const std::filesystem::path& path) {
  if (!begins_as_graph(path)) return std::optional<graph::Graph>();
  GATEFOLD_TRY(const Bytes bytes, read_file(path));
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  GATEFOLD_TRY(graph::Graph graph, graph::parse(text));
  return std::optional(std::move(graph));
}

}  // namespace gatefold::driver

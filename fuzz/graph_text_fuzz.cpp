#include <cstddef>
#include <cstdint>
#include <string>

#include "gatefold/graph/graph.h"

/// Any text is parsed or refused; a graph that is parsed is valid and prints to text that parses to
/// the same graph.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto graph = gatefold::graph::parse(text);
  if (!graph.ok()) return 0;
  GATEFOLD_ASSERT(gatefold::graph::verify(*graph).empty(), "a parsed graph is not valid");
  const auto again = gatefold::graph::parse(gatefold::graph::print(*graph));
  GATEFOLD_ASSERT(again.ok() && *again == *graph, "printed and not read back");
  return 0;
}

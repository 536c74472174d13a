#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>

#include "gatefold/frontends/read_model.h"

using gatefold::frontends::ForeignModel;

namespace {

void define(std::set<std::string>& names, const std::string& name) {
  GATEFOLD_ASSERT(name.empty() || names.insert(name).second, "defined twice: " + name);
}

// The promise of foreign_model.h that every later stage relies on.
void check_links(const ForeignModel& model) {
  std::set<std::string> names;
  for (const auto& port : model.inputs) define(names, port.name);
  for (const auto& [name, array] : model.arrays) define(names, name);
  for (const auto& node : model.nodes) {
    for (const std::string& input : node.inputs) {
      GATEFOLD_ASSERT(input.empty() || names.contains(input), "not defined before: " + input);
    }
    for (const std::string& output : node.outputs) define(names, output);
  }
  for (const auto& port : model.outputs) {
    GATEFOLD_ASSERT(names.contains(port.name), "an output without a producer: " + port.name);
  }
}

}  // namespace

/// Any bytes are read or refused with diagnostics; a model that is read keeps its promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes{reinterpret_cast<const std::byte*>(data), size};
  const auto model = gatefold::frontends::read_onnx(bytes, "/nonexistent", "fuzz.onnx");
  if (model.ok()) {
    check_links(*model);
  } else {
    GATEFOLD_ASSERT(!model.errors().empty(), "a refusal says why");
  }
  return 0;
}

#include "gatefold/hardware/read_counts.h"

namespace gatefold::hardware {

std::vector<int> read_counts(const Process& process) {
  std::vector<int> counts(process.body.size());
  const auto note = [&](ValueId id) { ++counts[static_cast<std::size_t>(id.index)]; };
  for (const Operation& operation : process.body)
    for (const ValueId id : operands(operation.kind)) note(id);
  for (const Give& give : process.gives)
    for (const ValueId id : give.words) note(id);
  return counts;
}

}  // namespace gatefold::hardware

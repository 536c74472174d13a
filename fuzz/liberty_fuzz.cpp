#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gatefold/cells/liberty.h"
#include "gatefold/support/assert.h"

/// Any text is read or refused; the areas and delays of a library that is read are numbers, and a
/// cell is found by its own functions.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto library = gatefold::cells::read_liberty(text, "fuzz.lib");
  if (!library.ok()) return 0;
  constexpr double any_transition = 0.02, any_load = 3;
  for (const auto& cell : library->cells) {
    const auto* found = library->smallest(cell.inputs.size(), cell.functions);
    GATEFOLD_ASSERT(found != nullptr && found->area <= cell.area, "a cell is not found");
    for (std::size_t output = 0; output < cell.functions.size(); ++output)
      GATEFOLD_ASSERT(std::isfinite(cell.delay(output, any_transition, any_load)), "no delay");
  }
  for (const auto& flop : library->registers)
    for (const auto& arc : flop.arcs)
      GATEFOLD_ASSERT(std::isfinite(arc.delay(any_transition, any_load)), "no delay");
  return 0;
}

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold::schedule {

/// What changes in a layer's hardware, in bits over all inferences. A word's toggles are the bits
/// in which it differs from the word of the step before; the first step has none.
struct LayerToggles {
  std::string layer;
  std::int64_t words = 0;      // at the results of operations
  std::int64_t registers = 0;  // in pipeline registers: a word's toggles, once for each it passes
  std::int64_t clocked = 0;    // register bits that load, toggle or not
  std::int64_t read = 0;       // from memories
  std::int64_t written = 0;    // to memories

  LayerToggles& operator+=(const LayerToggles& other);
};

struct Toggles {
  std::int64_t inferences = 0;
  std::vector<LayerToggles> layers;  // in the order of the design's
  std::int64_t queued = 0;           // bits that go through the FIFOs of channels
  LayerToggles total() const;
};

/// The activity of the hardware on these inputs, to compare two designs of one model before
/// synthesis. Registers load where a step is: idle cycles toggle and clock nothing. States are
/// registers; glitches within a cycle are not counted. The schedule must belong to the design.
Toggles count_toggles(const hardware::Design& design, const Schedule& schedule,
                      const hardware::Batch& inputs);

}  // namespace gatefold::schedule

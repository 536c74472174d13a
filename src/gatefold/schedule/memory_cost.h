#pragma once

#include <cstdint>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// What holds a memory or a queue.
struct StoreCells {
  double luts = 0;
  std::int64_t register_bits = 0, block_rams = 0;

  StoreCells& operator+=(const StoreCells& other);
};

/// Of `words` words that are written; each read port beyond the first is a copy.
StoreCells ram_cells(const Target& target, std::int64_t words, int width, int reads);

/// Of a memory of the process. A small one that nothing writes is tables, which its reads count.
StoreCells memory_cells(const Target& target, const hardware::Process& process,
                        hardware::MemoryId memory);

/// Whether the operation reads a block RAM: its word comes from a register, in the next stage.
bool is_block_read(const Target& target, const hardware::Process& process, hardware::ValueId id);

/// Whether it reads a block RAM or LUTs that are RAM, so that the read itself has no cells.
bool is_ram_read(const Target& target, const hardware::Process& process, hardware::ValueId id);

}  // namespace gatefold::schedule

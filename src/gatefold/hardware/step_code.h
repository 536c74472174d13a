#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "gatefold/hardware/design.h"

// The operations of a body resolved for evaluation one step at a time: what evaluate.h does at many
// steps, with nothing left to look up.
namespace gatefold::hardware {

/// What a step finds beside the words of its body. Code points into it, so it is never copied.
struct StepStores {
  StepStores(const Design& design, const Process& process);
  StepStores(StepStores&&) = default;

  std::vector<std::int64_t> states, counts;                // by state, by loop
  std::vector<std::vector<std::int64_t>> memories, beats;  // by memory, by take
};

/// Where a word stands among the words of the body.
using Place = std::uint32_t;
using PlaceOf = std::function<Place(ValueId)>;

struct StepOperation {
  using Apply = std::int64_t (*)(const StepOperation&, const std::int64_t* words);

  ValueId id;
  Apply apply = nullptr;
  Place result = 0, a = 0, b = 0, c = 0;
  int shift_a = 0, shift_b = 0, shift_c = 0;
  std::int64_t x = 0, y = 0;                 // what the operation's constants are
  const std::int64_t* store = nullptr;       // table, memory, state, counts or beat
  std::int64_t low = 0, high = 0, grid = 0;  // of the range
};

struct StepWrite {
  std::int64_t* store = nullptr;
  Place word = 0, address = 0, enable = 0;
  bool is_addressed = false, is_enabled = false;

  /// The word of the store that a step writes; null where it writes none.
  std::int64_t* target(const std::int64_t* words) const;
};

/// The code points into `stores` and the process's tables, which must stay where they are.
StepOperation compile_operation(const Process& process, ValueId id, const PlaceOf& place,
                                StepStores& stores);
/// `kind` is a write.
StepWrite compile_write(const Kind& kind, ValueId id, const PlaceOf& place, StepStores& stores);

/// Evaluates the operations in order; every word is checked against its range.
void run_step(std::span<const StepOperation> operations, const Design& design,
              const Process& process, std::int64_t* words);

}  // namespace gatefold::hardware

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {

/// Whether the operands alone decide the value (all but Receive, Counter and the reads). The value
/// of a write is the word written.
bool is_pure(const Kind& kind);
/// Whether a state or a memory is written.
bool is_write(const Kind& kind);

/// The meaning of a pure operation on `result.size()` independent steps: operands[k] points to as
/// many words of the k-th operand (in the order of `operands`).
void evaluate_operation(const Kind& kind, const Process& process,
                        std::span<const std::int64_t* const> operands,
                        std::span<std::int64_t> result);

/// The same on one step.
std::int64_t evaluate_operation(const Kind& kind, const Process& process,
                                std::span<const std::int64_t> operands);

/// Aborts, naming process, layer and operation, when a word is not in the operation's range.
void check_range(const Design& design, const Process& process, ValueId id,
                 std::span<const std::int64_t> words);

}  // namespace gatefold::hardware

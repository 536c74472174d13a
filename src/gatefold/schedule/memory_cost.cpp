#include "gatefold/schedule/memory_cost.h"

#include <algorithm>
#include <limits>

namespace gatefold::schedule {
namespace {

using namespace hardware;

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

struct Use {
  std::int64_t words = 0;
  int width = 0, reads = 0, writes = 0;
  std::int64_t bits() const { return words * width; }
};

Use use_of(const Process& process, MemoryId id) {
  const Memory& memory = process.memories[static_cast<std::size_t>(id.index)];
  Use use{static_cast<std::int64_t>(memory.initial.size()), word_of(memory.range).width};
  use.writes += memory.reloadable;
  for (const Operation& operation : process.body) {
    const auto* read = std::get_if<ReadMemory>(&operation.kind);
    const auto* write = std::get_if<WriteMemory>(&operation.kind);
    use.reads += read != nullptr && read->memory == id;
    use.writes += write != nullptr && write->memory == id;
  }
  return use;
}

bool is_block(const Target& target, std::int64_t bits) {
  return target.memory.has_blocks() && bits >= target.memory.block_from_bits;
}

/// The fewest block RAMs side by side and behind one another.
std::int64_t blocks(const Target& target, std::int64_t words, int width) {
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
  for (int part = target.memory.block_width; part > 0; part /= 2)
    fewest = std::min(
        fewest, ceil_divide(width, part) * ceil_divide(words * part, target.memory.block_bits));
  return fewest;
}

const ReadMemory* read_of(const Process& process, ValueId id) {
  return std::get_if<ReadMemory>(&process.operation(id).kind);
}

}  // namespace

StoreCells& StoreCells::operator+=(const StoreCells& other) {
  luts += other.luts;
  register_bits += other.register_bits;
  block_rams += other.block_rams;
  return *this;
}

StoreCells ram_cells(const Target& target, std::int64_t words, int width, int reads) {
  const int copies = std::max(reads, 1);
  if (is_block(target, words * width)) return {0, 0, copies * blocks(target, words, width)};
  if (target.memory.lut_bits == 0) return {0, words * width, 0};
  const auto luts = copies * width * ceil_divide(words, target.memory.lut_bits);
  return {static_cast<double>(luts), 0, 0};
}

StoreCells memory_cells(const Target& target, const Process& process, MemoryId memory) {
  const Use use = use_of(process, memory);
  if (use.writes > 0) return ram_cells(target, use.words, use.width, use.reads);
  if (!is_block(target, use.bits())) return {};
  constexpr int ports = 2;  // a block RAM that nothing writes reads by both
  return ram_cells(target, use.words, use.width, static_cast<int>(ceil_divide(use.reads, ports)));
}

bool is_block_read(const Target& target, const Process& process, ValueId id) {
  const ReadMemory* read = read_of(process, id);
  return read != nullptr && is_block(target, use_of(process, read->memory).bits());
}

bool is_ram_read(const Target& target, const Process& process, ValueId id) {
  const ReadMemory* read = read_of(process, id);
  if (read == nullptr) return false;
  const Use use = use_of(process, read->memory);
  return is_block(target, use.bits()) || (use.writes > 0 && target.memory.lut_bits > 0);
}

}  // namespace gatefold::schedule

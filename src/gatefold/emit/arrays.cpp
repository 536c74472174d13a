#include "gatefold/emit/arrays.h"

#include <algorithm>
#include <tuple>

#include "gatefold/emit/liveness.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

/// Wider arrays are split: no block RAM is wider, and Yosys 0.23 needs gigabytes to map one memory
/// of a thousand bits.
constexpr int widest_array = 72;
/// Yosys 0.23 loses parity bits of block RAMs that are written in words of 72 bits.
constexpr int widest_written_array = 36;
/// What is loaded comes in words of a bus.
constexpr int widest_reloadable_array = 32;

/// What memories of one array have in common.
struct Accesses {
  int layer = 0;
  bool reloadable = false;
  std::size_t words = 0;
  std::vector<Source> reads;                              // addresses, sorted
  std::vector<std::tuple<ValueId, ValueId, int>> writes;  // address, enable and stage, in order
  friend auto operator<=>(const Accesses&, const Accesses&) = default;
};

std::size_t index_of(MemoryId id) { return static_cast<std::size_t>(id.index); }

std::vector<Accesses> accesses_of(const Plan& plan) {
  std::vector<Accesses> all;
  for (std::size_t m = 0; m < plan.memories.size(); ++m)
    all.push_back({plan.memories[m].layer,
                   plan.process->memories[m].reloadable,
                   plan.process->memories[m].initial.size(),
                   {},
                   {}});
  for (std::size_t i = 0; i < plan.values.size(); ++i) {
    const auto* read = std::get_if<ReadMemory>(&plan.process->body[i].kind);
    if (read == nullptr || !plan.values[i].alive) continue;
    all[index_of(read->memory)].reads.push_back(
        {plan.canonical(read->address), plan.values[i].birth});
  }
  for (const auto& layer : plan.layers) {
    for (const auto id : layer.writes) {
      const auto* write = std::get_if<WriteMemory>(&plan.operation(id).kind);
      if (write == nullptr) continue;
      const auto enable = write->enable.valid() ? plan.canonical(write->enable) : ValueId{};
      all[index_of(write->memory)].writes.emplace_back(plan.canonical(write->address), enable,
                                                       plan.stage_of_write(id));
    }
  }
  for (auto& accesses : all) {
    std::ranges::sort(accesses.reads);
    const auto repeated = std::ranges::unique(accesses.reads);
    accesses.reads.erase(repeated.begin(), repeated.end());
  }
  return all;
}

int width_of_word(const Plan& plan, std::size_t memory) {
  return std::max(1, word_of(plan.process->memories[memory].range).width);
}

void place(Plan& plan, std::size_t memory, ArrayPlan& array, std::size_t index) {
  plan.memories[memory].array = static_cast<int>(index);
  plan.memories[memory].low = array.width;
  array.memories.push_back({static_cast<std::int32_t>(memory)});
  array.width += width_of_word(plan, memory);
}

void place_memories(Plan& plan) {
  const auto accesses = accesses_of(plan);
  std::map<Accesses, std::size_t> open;
  for (std::size_t m = 0; m < accesses.size(); ++m) {
    if (plan.memories[m].layer < 0) continue;
    auto found = open.find(accesses[m]);
    const int widest = accesses[m].reloadable       ? widest_reloadable_array
                       : accesses[m].writes.empty() ? widest_array
                                                    : widest_written_array;
    if (found == open.end() || plan.arrays[found->second].width + width_of_word(plan, m) > widest) {
      found = open.insert_or_assign(accesses[m], plan.arrays.size()).first;
      auto& array = plan.arrays.emplace_back();
      array.name = plan.memories[m].name;
      array.layer = plan.memories[m].layer;
      array.words = accesses[m].words;
      array.reloadable = accesses[m].reloadable;
      for (const auto& read : accesses[m].reads) array.reads.push_back({read, {}, true});
    }
    place(plan, m, plan.arrays[found->second], found->second);
  }
}

ArrayRead& port_of(Plan& plan, std::size_t value, const ReadMemory& read) {
  auto& array = plan.arrays[static_cast<std::size_t>(plan.memories[index_of(read.memory)].array)];
  const Source address{plan.canonical(read.address), plan.values[value].birth};
  return *std::ranges::find(array.reads, address, &ArrayRead::address);
}

}  // namespace

void plan_arrays(Plan& plan) {
  place_memories(plan);
  for (std::size_t i = 0; i < plan.values.size(); ++i) {
    const auto* read = std::get_if<ReadMemory>(&plan.process->body[i].kind);
    if (read == nullptr || !plan.values[i].alive) continue;
    auto& port = port_of(plan, i, *read);
    if (!port.first.valid()) port.first = {static_cast<std::int32_t>(i)};
    if (plan.values[i].first_read == plan.values[i].birth) port.registered = false;
  }
}

const ArrayRead& read_port(const Plan& plan, ValueId read) {
  const auto& operation = std::get<ReadMemory>(plan.operation(read).kind);
  const auto& memory = plan.memories[index_of(operation.memory)];
  const auto& array = plan.arrays[static_cast<std::size_t>(memory.array)];
  const Source address{plan.canonical(operation.address), plan.value(read).birth};
  return *std::ranges::find(array.reads, address, &ArrayRead::address);
}

bool opens_port(const Plan& plan, ValueId read) { return read_port(plan, read).first == read; }

}  // namespace gatefold::emit

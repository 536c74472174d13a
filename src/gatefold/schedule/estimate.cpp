#include "gatefold/schedule/estimate.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "gatefold/schedule/cut.h"
#include "gatefold/schedule/memory_cost.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

bool is_adder(CostClass which) {
  return which == CostClass::Add || which == CostClass::Add3 || which == CostClass::Negate;
}

void add_multiplier(LayerEstimate& row, const Process& process, const Kind& kind) {
  const auto* product = std::get_if<Multiply>(&kind);
  if (product == nullptr || process.operation(product->a).range.is_constant() ||
      process.operation(product->b).range.is_constant())
    return;
  ++row.multipliers;
  row.dsps += product->in_dsp;
}

void add_operation(LayerEstimate& row, const Process& process, const ProcessSchedule& schedule,
                   const Target& target, ValueId id) {
  const Operation& operation = process.operation(id);
  ++row.operations[std::string(name_of(operation.kind))];
  row.luts += luts(target, process, id);
  if (is_adder(class_of(operation.kind, process))) {
    ++row.adders;
    row.adder_bits += chain_width(process, id);
  }
  add_multiplier(row, process, operation.kind);
  const int stage = schedule.stage[static_cast<std::size_t>(id.index)];
  const bool first = row.last_stage < row.first_stage;
  row.first_stage = first ? stage : std::min(row.first_stage, stage);
  row.last_stage = first ? stage : std::max(row.last_stage, stage);
}

/// The layer of the first operation that reads or writes the store; none: nothing does.
template <typename Read, typename Write, typename Id>
std::optional<std::size_t> layer_of(const Process& process, Id Read::*read, Id Write::*write,
                                    Id store) {
  for (const Operation& operation : process.body) {
    const auto* reads = std::get_if<Read>(&operation.kind);
    const auto* writes = std::get_if<Write>(&operation.kind);
    if ((reads != nullptr && reads->*read == store) ||
        (writes != nullptr && writes->*write == store))
      return static_cast<std::size_t>(operation.layer);
  }
  return std::nullopt;
}

void add_stores(Estimate& total, const Process& process, const Target& target) {
  for (std::size_t i = 0; i < process.states.size(); ++i) {
    const StateId id{static_cast<std::int32_t>(i)};
    if (const auto layer = layer_of(process, &ReadState::state, &WriteState::state, id))
      total.layers[*layer].register_bits += word_of(process.states[i].range).width;
  }
  for (std::size_t i = 0; i < process.memories.size(); ++i) {
    const MemoryId id{static_cast<std::int32_t>(i)};
    const auto layer = layer_of(process, &ReadMemory::memory, &WriteMemory::memory, id);
    if (!layer) continue;
    const StoreCells cells = memory_cells(target, process, id);
    const Memory& memory = process.memories[i];
    LayerEstimate& row = total.layers[*layer];
    row.memory_bits +=
        static_cast<std::int64_t>(memory.initial.size()) * word_of(memory.range).width;
    row.luts += cells.luts;
    row.register_bits += cells.register_bits;
    row.block_rams += cells.block_rams;
  }
}

void add_process(Estimate& total, const Process& process, const ProcessSchedule& schedule,
                 const Target& target) {
  const auto last = last_reads(process, schedule.stage, schedule.stages);
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    const Operation& operation = process.body[i];
    if (is_free_constant(operation)) continue;
    const ValueId id{static_cast<std::int32_t>(i)};
    LayerEstimate& row = total.layers[static_cast<std::size_t>(operation.layer)];
    add_operation(row, process, schedule, target, id);
    const int own = is_block_read(target, process, id) ? 1 : 0;  // the block RAM's register
    row.register_bits +=
        std::int64_t{register_width(process, id)} * (last[i] - schedule.stage[i] - own);
  }
  add_stores(total, process, target);
}

int count_bits(std::int64_t values) {
  return std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(values, 1) - 1));
}

/// The counts of loops and cycles, the bits that travel with a step, and `advance`.
void add_control(Estimate& total, const Process& process, const ProcessSchedule& schedule) {
  std::int64_t counts = count_bits(process.interval);
  for (const Loop& loop : process.loops) counts += count_bits(loop.trips);
  std::int64_t travelling = 1;  // the valid bit
  for (const Give& give : process.gives) travelling += process.beats(give.when) < process.steps();
  total.register_bits += counts + travelling * schedule.stages;
  total.luts += static_cast<double>(counts) + 1;
}

/// One beat stands in a register, those behind it in registers, LUTs or block RAM.
void add_queue(Estimate& total, const Channel& channel, int depth, const Target& target) {
  if (depth == 0) return;
  int width = 0;
  for (const numeric::Interval& word : channel.words) width += word_of(word).width;
  total.queue_bits += std::int64_t{depth} * width;
  total.register_bits += width + 1;
  if (depth == 1) return;
  const StoreCells behind = ram_cells(target, depth - 1, width, 1);
  const int pointers = 3 * count_bits(depth);  // both ends, and the number of beats
  total.luts += behind.luts + width + pointers;
  total.register_bits += behind.register_bits + pointers;
  total.block_rams += behind.block_rams;
}

}  // namespace

Estimate estimate(const Design& design, const Schedule& schedule, const Target& target) {
  Estimate total;
  total.latency_cycles = schedule.latency_cycles;
  total.interval_cycles = schedule.interval_cycles;
  total.clock_ns = schedule.clock_ns;
  total.critical_ns = schedule.critical_ns;
  for (const Layer& layer : design.layers) {
    LayerEstimate& row = total.layers.emplace_back();
    row.layer = layer.name;
    row.kind = layer.kind;
  }
  for (std::size_t p = 0; p < design.processes.size(); ++p) {
    add_process(total, design.processes[p], schedule.processes[p], target);
    add_control(total, design.processes[p], schedule.processes[p]);
  }
  for (std::size_t c = 0; c < schedule.channels.size(); ++c)
    add_queue(total, design.channels[c], schedule.channels[c].depth, target);
  // The registers of channels and handshakes; then the layers'.
  total.luts += target.register_area * static_cast<double>(total.register_bits);
  for (LayerEstimate& row : total.layers) {
    row.luts += target.register_area * static_cast<double>(row.register_bits);
    total.luts += row.luts;
    total.register_bits += row.register_bits;
    total.memory_bits += row.memory_bits;
    total.block_rams += row.block_rams;
    total.dsps += row.dsps;
  }
  return total;
}

}  // namespace gatefold::schedule

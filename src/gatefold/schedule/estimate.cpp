#include "gatefold/schedule/estimate.h"

#include <algorithm>

#include "gatefold/schedule/cut.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

bool is_adder(CostClass which) {
  return which == CostClass::Add || which == CostClass::Add3 || which == CostClass::Negate;
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
  const int stage = schedule.stage[static_cast<std::size_t>(id.index)];
  const bool first = row.last_stage < row.first_stage;
  row.first_stage = first ? stage : std::min(row.first_stage, stage);
  row.last_stage = first ? stage : std::max(row.last_stage, stage);
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
    row.register_bits += std::int64_t{register_width(process, id)} * (last[i] - schedule.stage[i]);
  }
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
    total.register_bits += schedule.processes[p].stages;  // valid bits
    total.luts += 1;                                      // `advance`
  }
  for (const LayerEstimate& row : total.layers) {
    total.luts += row.luts;
    total.register_bits += row.register_bits;
  }
  return total;
}

}  // namespace gatefold::schedule

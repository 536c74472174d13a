#include <algorithm>
#include <cmath>

#include "gatefold/schedule/cut.h"
#include "gatefold/schedule/network.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

/// The slowest operation of each layer that is longer than the clock.
Diagnostics too_slow(const Design& design, const Process& process, const Target& target,
                     double clock_ns, const Timing& timing) {
  std::map<int, std::size_t> slowest;
  for (std::size_t i = 0; i < timing.size(); ++i) {
    if (timing.longest(i) <= timing.period) continue;
    const auto [known, fresh] = slowest.try_emplace(process.body[i].layer, i);
    if (!fresh && timing.longest(i) > timing.longest(known->second)) known->second = i;
  }
  Diagnostics errors;
  for (const auto& [layer, i] : slowest) {
    const Operation& operation = process.body[i];
    errors.push_back(
        diagnose(DiagnosticId::ClockTooFast, design.layers[static_cast<std::size_t>(layer)].name,
                 name_of(operation.kind), word_of(operation.range).width, i, process.name,
                 static_cast<double>(timing.longest(i)) / 1000, target.name, clock_ns,
                 static_cast<double>(std::max<std::int64_t>(timing.period, 0)) / 1000));
  }
  return errors;
}

std::string layer_of(const Design& design, const Process& process, const std::string& store) {
  for (const Operation& operation : process.body) {
    const auto* state = std::get_if<WriteState>(&operation.kind);
    const auto* memory = std::get_if<WriteMemory>(&operation.kind);
    const bool writes =
        (state && process.states[static_cast<std::size_t>(state->state.index)].name == store) ||
        (memory && process.memories[static_cast<std::size_t>(memory->memory.index)].name == store);
    if (writes) return design.layers[static_cast<std::size_t>(operation.layer)].name;
  }
  return {};
}

/// Constants stand where their latest operand does; they pass no registers.
void place_constants(const Timing& timing, std::vector<int>& stage) {
  for (std::size_t i = 0; i < timing.size(); ++i) {
    if (!timing.is_constant(i)) continue;
    stage[i] = 0;
    for (const ValueId operand : operands(timing.process->body[i].kind))
      stage[i] = std::max(stage[i], stage[static_cast<std::size_t>(operand.index)]);
  }
}

Result<Earliest> earliest_of(const Design& design, const Process& process, const Target& target,
                             double clock_ns, const Timing& timing,
                             const std::vector<Store>& stores) {
  if (Diagnostics errors = too_slow(design, process, target, clock_ns, timing); !errors.empty())
    return errors;
  Earliest earliest = earliest_stages(timing, stores);
  if (!earliest.late) return earliest;
  return diagnose(DiagnosticId::RecurrenceTooLong, layer_of(design, process, *earliest.late),
                  process.name, *earliest.late, process.interval);
}

Result<ProcessSchedule> cut(const Design& design, const Process& process, const Target& target,
                            double clock_ns, std::optional<int> stages) {
  const Timing timing = timing_of(process, target, clock_ns);
  const std::vector<Store> stores = stores_of(process);
  GATEFOLD_TRY(const Earliest earliest,
               earliest_of(design, process, target, clock_ns, timing, stores));
  ProcessSchedule schedule;
  schedule.stages = stages.value_or(earliest.stages());
  if (schedule.stages < earliest.stages())
    return diagnose(DiagnosticId::TooFewStages, "", process.name, earliest.stages(), clock_ns,
                    schedule.stages);
  schedule.stage = cut_with_fewest_registers(timing, stores, earliest.stage, schedule.stages);
  GATEFOLD_CHECK(check_interrupt());
  place_constants(timing, schedule.stage);
  for (const std::int64_t ready : arrivals(timing, schedule.stage)) {
    GATEFOLD_ASSERT(ready <= timing.period, "a stage is longer than the clock");
    schedule.arrival.push_back(static_cast<double>(ready) / 1000);
  }
  schedule.register_bits = register_bits(process, schedule.stage, schedule.stages);
  return schedule;
}

/// How many processes wires may join in a row: ready passes a gate in each, and each stops its
/// registers by one more.
int most_wired(const Target& target, double clock_ns) {
  const double gate = target.cost(CostClass::Logic).delay_ns.at(1) + target.route_ns;
  const double gates = (clock_ns - target.register_ns) / std::max(gate, 1e-3);
  return static_cast<int>(std::clamp(gates / 2, 1.0, 1000.0));
}

}  // namespace

Result<int> fewest_stages(const Design& design, const Target& target, double clock_ns) {
  int stages = 1;
  for (const Process& process : design.processes) {
    GATEFOLD_TRY(const Earliest earliest,
                 earliest_of(design, process, target, clock_ns,
                             timing_of(process, target, clock_ns), stores_of(process)));
    stages = std::max(stages, earliest.stages());
  }
  return stages;
}

Result<Schedule> pipeline(const Design& design, const Target& target, double clock_ns,
                          std::optional<int> stages) {
  if (!(clock_ns > 0) || !std::isfinite(clock_ns))
    return diagnose(DiagnosticId::ClockNotPositive, "", clock_ns);
  Schedule schedule;
  schedule.clock_ns = clock_ns;
  schedule.critical_ns = target.register_ns;
  std::vector<int> depth;  // in stages, by process
  for (const Process& process : design.processes) {
    GATEFOLD_TRY(ProcessSchedule part, cut(design, process, target, clock_ns, stages));
    for (const double ready : part.arrival)
      schedule.critical_ns = std::max(schedule.critical_ns, ready + target.register_ns);
    depth.push_back(part.stages);
    schedule.processes.push_back(std::move(part));
  }
  NetworkSchedule network = schedule_network(design, depth, most_wired(target, clock_ns));
  GATEFOLD_CHECK(check_interrupt());
  schedule.channels = std::move(network.channels);
  schedule.latency_cycles = static_cast<int>(network.latency);
  schedule.interval_cycles = static_cast<int>(network.interval);
  return schedule;
}

}  // namespace gatefold::schedule

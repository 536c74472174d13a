#include "gatefold/emit/plan.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/arrays.h"
#include "gatefold/emit/joint_tables.h"
#include "gatefold/emit/liveness.h"
#include "gatefold/hardware/evaluate.h"
#include "gatefold/hardware/idle_words.h"
#include "gatefold/hardware/range.h"
#include "gatefold/support/assert.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

template <typename Id, typename Items>
auto& at(Items& items, Id id) {
  return items[static_cast<std::size_t>(id.index)];
}

/// Stems of ports are unique among themselves, and so are those of layers; every derived name adds
/// a suffix of its own kind, so the names of one scope are.
void name_ports_and_layers(Plan& plan) {
  auto ports = signal_stems(), layers = signal_stems();
  for (auto* group : {&plan.inputs, &plan.outputs}) {
    for (auto& port : *group) port.name = ports.claim(port.title);
  }
  for (const auto& layer : plan.design->layers) {
    LayerPlan planned;
    planned.stem = layers.claim(layer.name);
    plan.layers.push_back(std::move(planned));
  }
}

void name_loops_and_stores(Plan& plan) {
  NameTable loops, states, memories, tables;
  for (const auto& loop : plan.process->loops) {
    plan.loop_names.push_back("count_" + loops.claim(loop.name));
  }
  for (const auto& state : plan.process->states) {
    plan.states.push_back({"state_" + states.claim(state.name)});
  }
  for (const auto& memory : plan.process->memories) {
    plan.memories.push_back({"memory_" + memories.claim(memory.name)});
  }
  for (const auto& table : plan.process->tables) {
    plan.table_names.push_back("table_" + tables.claim(table.name));
  }
}

template <typename Ends>
auto end_at(Ends& ends, ChannelId channel) {
  return std::ranges::find_if(ends, [&](const auto& end) { return end.channel == channel; });
}

/// Ports of the model in its order, then the other channels in the order of the process.
template <typename Ends>
std::vector<PortPlan> ports_of(const Design& design, const std::vector<Port>& model_ports,
                               const Ends& ends) {
  std::vector<PortPlan> ports;
  const auto add = [&](const std::string& title, const auto& end) {
    ports.push_back(
        {{{}, title, end.channel, BeatLayout(at(design.channels, end.channel))}, end.when, {}, {}});
  };
  for (const auto& port : model_ports) {
    const auto end = end_at(ends, port.channel);
    if (end != ends.end()) add(port.name, *end);
  }
  for (const auto& end : ends) {
    if (end_at(model_ports, end.channel) == model_ports.end())
      add(at(design.channels, end.channel).name, end);
  }
  return ports;
}

/// A condition that always holds is none.
void simplify_when(const Process& process, When& when) {
  if (process.beats(when) == process.steps()) when.clear();
}

void plan_gates(const Plan& plan, PortPlan& input) {
  input.is_gated.assign(input.words.size(), false);
  if (input.when.empty()) return;
  const auto needed = needed_outside(*plan.process, input.when);
  for (std::size_t i = 0; i < needed.size(); ++i) {
    const auto* receive = std::get_if<Receive>(&plan.process->body[i].kind);
    if (receive != nullptr && receive->channel == input.channel && needed[i])
      input.is_gated[static_cast<std::size_t>(receive->word)] = true;
  }
}

void plan_ports(Plan& plan) {
  plan.inputs = ports_of(*plan.design, plan.design->inputs, plan.process->takes);
  for (auto& input : plan.inputs) input.words.resize(input.beat.words());
  plan.outputs = ports_of(*plan.design, plan.design->outputs, plan.process->gives);
  for (auto& output : plan.outputs)
    output.words = end_at(plan.process->gives, output.channel)->words;
  for (auto* ports : {&plan.inputs, &plan.outputs})
    for (auto& port : *ports) simplify_when(*plan.process, port.when);
  for (auto& input : plan.inputs) plan_gates(plan, input);
}

/// Reads of one word of a beat or of one count are one value, and a write has the value that it
/// writes.
void alias_values(Plan& plan) {
  std::map<std::pair<ChannelId, int>, ValueId> first_receive;
  std::map<int, ValueId> first_count;
  const auto& body = plan.process->body;
  for (std::size_t i = 0; i < body.size(); ++i) {
    ValueId id{static_cast<std::int32_t>(i)};
    if (const auto* receive = std::get_if<Receive>(&body[i].kind)) {
      id = first_receive.try_emplace({receive->channel, receive->word}, id).first->second;
    } else if (const auto* counter = std::get_if<Counter>(&body[i].kind)) {
      id = first_count.try_emplace(counter->loop, id).first->second;
    } else if (const auto* write = std::get_if<WriteState>(&body[i].kind)) {
      id = at(plan.alias, write->a);
    } else if (const auto* stored = std::get_if<WriteMemory>(&body[i].kind)) {
      id = at(plan.alias, stored->a);
    }
    plan.alias.push_back(id);
  }
}

std::string name_at_birth(const Plan& plan, ValueId id) {
  const auto& kind = plan.operation(id).kind;
  if (const auto* receive = std::get_if<Receive>(&kind)) {
    for (const auto& input : plan.inputs) {
      if (input.channel == receive->channel) {
        return fmt::format("{}_{}", input.name, receive->word);
      }
    }
  }
  if (const auto* counter = std::get_if<Counter>(&kind)) {
    return plan.loop_names[static_cast<std::size_t>(counter->loop)];
  }
  return fmt::format("v{}", id.index);
}

/// The only value that the operation can take, by its proved range, by the ranges of its operands
/// or because they are constants.
std::optional<std::int64_t> constant_of(const Plan& plan, ValueId id) {
  const auto& operation = plan.operation(id);
  if (operation.range.is_constant()) return operation.range.low;
  const auto computed = range_of(operation.kind, *plan.process, plan.design->channels);
  if (computed && computed->is_constant()) return computed->low;
  if (!is_pure(operation.kind)) return std::nullopt;
  std::vector<std::int64_t> words;
  for (const auto operand : operands(operation.kind)) {
    const auto& constant = plan.value(operand).constant;
    if (!constant) return std::nullopt;
    words.push_back(*constant);
  }
  return evaluate_operation(operation.kind, *plan.process, words);
}

void plan_values(Plan& plan) {
  const auto& body = plan.process->body;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const ValueId id{static_cast<std::int32_t>(i)};
    ValuePlan value;
    value.word = word_of(body[i].range);
    if (const auto* counter = std::get_if<Counter>(&body[i].kind)) {
      const auto& loop = plan.process->loops[static_cast<std::size_t>(counter->loop)];
      value.word = word_of({0, loop.trips - 1, 0});
    }
    value.constant = constant_of(plan, id);
    value.at_top = std::holds_alternative<Receive>(body[i].kind) ||
                   std::holds_alternative<Counter>(body[i].kind);
    value.birth = value.last = value.at_top ? 0 : plan.schedule[i];
    value.layer = body[i].layer;
    value.name = name_at_birth(plan, id);
    plan.values.push_back(std::move(value));
  }
}

void note_outputs(Plan& plan) {
  for (const auto& output : plan.outputs) {
    for (std::size_t k = 0; k < output.words.size(); ++k) {
      auto& note = plan.value(output.words[k]).note;
      note += fmt::format("{}{}[{}]", note.empty() ? "" : ", ", output.name, k);
    }
  }
}

/// `user` (a layer's module or the top) reads the value in the stage.
void use(Plan& plan, ValueId id, int stage, int user) {
  id = at(plan.alias, id);
  auto& value = plan.value(id);
  if (value.constant) return;
  GATEFOLD_ASSERT(stage >= value.birth, fmt::format("%{} is read before its stage", id.index));
  value.first_read = std::min(value.first_read, stage);
  value.last = std::max(value.last, stage);
  const Source source{id, stage};
  const int holder = plan.holder(source);
  if (holder == user) return;
  if (holder != top_owner) value.exported.insert(stage);
  if (user != top_owner) plan.layers[static_cast<std::size_t>(user)].imports.insert(source);
}

void use_operands(Plan& plan, ValueId id, int stage, int layer) {
  for (const auto operand : read_operands(plan, id)) use(plan, operand, stage, layer);
}

void place_values(Plan& plan) {
  for (std::size_t i = 0; i < plan.values.size(); ++i) {
    const ValueId id{static_cast<std::int32_t>(i)};
    auto& value = plan.values[i];
    if (!value.alive) continue;
    if (!value.at_top) {
      plan.layers[static_cast<std::size_t>(value.layer)].values.push_back(id);
      use_operands(plan, id, value.birth, value.layer);
    } else if (const auto* receive = std::get_if<Receive>(&plan.operation(id).kind)) {
      for (auto& input : plan.inputs) {
        if (input.channel != receive->channel) continue;
        input.words[static_cast<std::size_t>(receive->word)] = id;
      }
    }
  }
  for (std::size_t layer = 0; layer < plan.layers.size(); ++layer) {
    for (const auto id : plan.layers[layer].writes) {
      use_operands(plan, id, plan.stage_of_write(id), static_cast<int>(layer));
    }
  }
  for (const auto& output : plan.outputs) {
    for (const auto id : output.words) use(plan, id, plan.stages, top_owner);
  }
}

void place_registers(Plan& plan) {
  for (std::size_t i = 0; i < plan.values.size(); ++i) {
    const ValueId id{static_cast<std::int32_t>(i)};
    const auto& value = plan.values[i];
    if (!value.alive || value.last == value.birth) continue;
    auto& layer = plan.layers[static_cast<std::size_t>(value.layer)];
    layer.delayed.push_back(id);
    if (value.at_top) layer.imports.insert({id, value.birth});
  }
}

void name_modules(Plan& plan, NameTable& modules) {
  for (auto& layer : plan.layers) {
    const bool empty = layer.values.empty() && layer.delayed.empty() && layer.writes.empty();
    if (!empty) layer.module = modules.claim(plan.module + "_" + layer.stem);
  }
}

}  // namespace

const ValuePlan& Plan::value(ValueId id) const { return at(values, at(alias, id)); }
ValuePlan& Plan::value(ValueId id) { return at(values, at(alias, id)); }

int Plan::holder(const Source& source) const {
  const auto& held = value(source.value);
  return held.at_top && source.stage == held.birth ? top_owner : held.layer;
}

std::string Plan::local_name(int layer, const Source& source) const {
  if (holder(source) != layer) return top_name(source) + "_i";
  const auto& held = value(source.value);
  if (source.stage == held.birth) return held.name;
  return fmt::format("{}_s{}", held.name, source.stage);
}

std::string Plan::top_name(const Source& source) const {
  const auto& held = value(source.value);
  if (held.at_top && source.stage == held.birth) return held.name;
  auto staged = fmt::format("{}_s{}", held.name, source.stage);
  if (held.at_top) return staged;
  return layers[static_cast<std::size_t>(held.layer)].stem + "_" + staged;
}

Plan make_plan(const Design& design, const Process& process,
               const schedule::ProcessSchedule& schedule, const std::string& module,
               NameTable& modules) {
  Plan plan;
  plan.design = &design;
  plan.process = &process;
  plan.schedule = schedule.stage;
  plan.stages = schedule.stages;
  plan.module = module;
  GATEFOLD_ASSERT(plan.schedule.size() == process.body.size(), "a stage for each operation");
  plan_ports(plan);
  name_ports_and_layers(plan);
  name_loops_and_stores(plan);
  alias_values(plan);
  plan_values(plan);
  note_outputs(plan);
  mark_alive(plan);
  place_values(plan);
  plan_arrays(plan);
  plan_joint_tables(plan);
  place_registers(plan);
  name_modules(plan, modules);
  return plan;
}

std::set<int> register_stages(const Plan& plan, int layer) {
  std::set<int> stages;
  for (const auto id : plan.layers[static_cast<std::size_t>(layer)].delayed) {
    const auto& value = plan.value(id);
    for (int stage = value.birth; stage < value.last; ++stage) stages.insert(stage);
  }
  return stages;
}

std::vector<int> printed_layers(const Plan& plan) {
  std::vector<int> layers;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    if (!plan.layers[i].module.empty()) layers.push_back(static_cast<int>(i));
  }
  return layers;
}

}  // namespace gatefold::emit

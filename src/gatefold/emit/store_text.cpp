#include "gatefold/emit/store_text.h"

#include <fmt/core.h>

#include "gatefold/emit/expression.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

const std::vector<ValueId>& writes_of(const Plan& plan, int layer) {
  return plan.layers[static_cast<std::size_t>(layer)].writes;
}

/// `advance_i && step_s2_i && enable`.
std::string condition(const Plan& plan, int layer, ValueId write, ValueId enable) {
  const int stage = plan.stage_of_write(write);
  auto text = fmt::format("advance_i && {}_i", step_name(stage));
  if (!enable.valid()) return text;
  const auto operand = operand_of(plan, layer, {plan.canonical(enable), stage});
  if (operand.constant) return text;
  return text +
         (operand.word.width == 1 ? " && " + operand.text : fmt::format(" && (|{})", operand.text));
}

Operand written(const Plan& plan, int layer, ValueId write, ValueId word) {
  return operand_of(plan, layer, {plan.canonical(word), plan.stage_of_write(write)});
}

std::string state_write(const Plan& plan, int layer, ValueId id, const WriteState& write) {
  const auto index = static_cast<std::size_t>(write.state.index);
  const auto& state = plan.process->states[index];
  const auto word = word_of(state.range);
  const auto& name = plan.states[index].name;
  return fmt::format(
      "\n  always_ff @(posedge clk_i) begin\n    if (!rst_ni) begin\n      {} <= {};\n"
      "    end else if ({}) begin\n      {} <= {};\n    end\n  end\n",
      name, literal(state.initial, word.width, word.is_signed),
      condition(plan, layer, id, write.enable), name,
      convert(written(plan, layer, id, write.a), word));
}

std::string memory_write(const Plan& plan, int layer, ValueId id, const WriteMemory& write) {
  const auto index = static_cast<std::size_t>(write.memory.index);
  const auto& memory = plan.process->memories[index];
  const auto address =
      extend(written(plan, layer, id, write.address), address_width(memory), false);
  return fmt::format("    if ({}) begin\n      {}[{}] <= {};\n    end\n",
                     condition(plan, layer, id, write.enable), plan.memories[index].name, address,
                     convert(written(plan, layer, id, write.a), word_of(memory.range)));
}

/// All writes of one memory, the later winning.
std::string memory_writes(const Plan& plan, int layer, std::size_t memory) {
  std::string text;
  for (const auto id : writes_of(plan, layer)) {
    const auto* write = std::get_if<WriteMemory>(&plan.operation(id).kind);
    if (write == nullptr || static_cast<std::size_t>(write->memory.index) != memory) continue;
    text += memory_write(plan, layer, id, *write);
  }
  if (text.empty()) return text;
  return "\n  always_ff @(posedge clk_i) begin\n" + text + "  end\n";
}

std::string memory_declaration(const Plan& plan, std::size_t index) {
  const auto& memory = plan.process->memories[index];
  const auto& name = plan.memories[index].name;
  const auto word = word_of(memory.range);
  auto text =
      fmt::format("\n  // Memory '{}'.\n  {} {} [0:{}];\n  initial begin\n",
                  comment_safe(memory.name), type_of(word), name, memory.initial.size() - 1);
  for (std::size_t i = 0; i < memory.initial.size(); ++i) {
    text += fmt::format("    {}[{}] = {};\n", name, i,
                        literal(memory.initial[i], word.width, word.is_signed));
  }
  return text + "  end\n";
}

std::string state_declaration(const Plan& plan, int layer, std::size_t index) {
  const auto& state = plan.process->states[index];
  const auto word = word_of(state.range);
  const auto& name = plan.states[index].name;
  auto text =
      fmt::format("\n  // State '{}'.\n  {} {};\n", comment_safe(state.name), type_of(word), name);
  for (const auto id : writes_of(plan, layer)) {
    const auto* write = std::get_if<WriteState>(&plan.operation(id).kind);
    if (write != nullptr && static_cast<std::size_t>(write->state.index) == index) return text;
  }
  return text + fmt::format("  assign {} = {};\n", name,
                            literal(state.initial, word.width, word.is_signed));
}

}  // namespace

std::string step_name(int stage) { return fmt::format("step_s{}", stage); }

std::set<int> write_stages(const Plan& plan, int layer) {
  std::set<int> stages;
  for (const auto id : writes_of(plan, layer)) stages.insert(plan.stage_of_write(id));
  return stages;
}

bool writes_states(const Plan& plan, int layer) {
  for (const auto id : writes_of(plan, layer)) {
    if (std::holds_alternative<WriteState>(plan.operation(id).kind)) return true;
  }
  return false;
}

std::string store_declarations(const Plan& plan, int layer) {
  std::string text;
  for (std::size_t i = 0; i < plan.states.size(); ++i) {
    if (plan.states[i].layer == layer) text += state_declaration(plan, layer, i);
  }
  for (std::size_t i = 0; i < plan.memories.size(); ++i) {
    if (plan.memories[i].layer == layer) text += memory_declaration(plan, i);
  }
  return text;
}

std::string store_writes(const Plan& plan, int layer) {
  std::string text;
  for (const auto id : writes_of(plan, layer)) {
    const auto* write = std::get_if<WriteState>(&plan.operation(id).kind);
    if (write != nullptr) text += state_write(plan, layer, id, *write);
  }
  for (std::size_t i = 0; i < plan.memories.size(); ++i) {
    if (plan.memories[i].layer == layer) text += memory_writes(plan, layer, i);
  }
  return text;
}

}  // namespace gatefold::emit

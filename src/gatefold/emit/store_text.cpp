#include "gatefold/emit/store_text.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/arrays.h"
#include "gatefold/emit/control.h"
#include "gatefold/emit/expression.h"
#include "gatefold/emit/load_port.h"
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

/// The words that one write of each memory of an array stores, as one word.
std::string written_word(const Plan& plan, int layer, const std::vector<ValueId>& ids) {
  std::vector<std::string> words;
  for (const auto id : ids) {
    const auto& write = std::get<WriteMemory>(plan.operation(id).kind);
    const auto& memory = plan.process->memories[static_cast<std::size_t>(write.memory.index)];
    words.insert(words.begin(), convert(written(plan, layer, id, write.a), word_of(memory.range)));
  }
  return words.size() == 1 ? words.front() : fmt::format("{{{}}}", join(words, ", "));
}

/// One write of each memory of an array.
std::string array_write(const Plan& plan, const ArrayPlan& array, const std::vector<ValueId>& ids) {
  const auto& write = std::get<WriteMemory>(plan.operation(ids.front()).kind);
  const auto address = extend(written(plan, array.layer, ids.front(), write.address),
                              count_width(static_cast<std::int64_t>(array.words)), false);
  // A step that needs no beat stands in stage 0 during a reset too.
  const char* reset = plan.stage_of_write(ids.front()) == 0 ? "rst_ni && " : "";
  return fmt::format("    if ({}{}) begin\n      {}[{}] <= {};\n    end\n", reset,
                     condition(plan, array.layer, ids.front(), write.enable), array.name, address,
                     written_word(plan, array.layer, ids));
}

std::vector<ValueId> writes_of(const Plan& plan, int layer, MemoryId memory) {
  std::vector<ValueId> ids;
  for (const auto id : writes_of(plan, layer)) {
    const auto* write = std::get_if<WriteMemory>(&plan.operation(id).kind);
    if (write != nullptr && write->memory == memory) ids.push_back(id);
  }
  return ids;
}

/// All writes of an array, the later winning.
std::string array_writes(const Plan& plan, const ArrayPlan& array) {
  std::vector<std::vector<ValueId>> rounds;
  for (const auto memory : array.memories) {
    const auto ids = writes_of(plan, array.layer, memory);
    rounds.resize(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) rounds[i].push_back(ids[i]);
  }
  std::string text;
  for (const auto& ids : rounds) text += array_write(plan, array, ids);
  if (array.reloadable) text += load_write(plan, array);
  if (text.empty()) return text;
  return "\n  always_ff @(posedge clk_i) begin\n" + text + "  end\n";
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

std::set<int> write_stages(const Plan& plan, int layer) {
  std::set<int> stages;
  for (const auto id : writes_of(plan, layer)) stages.insert(plan.stage_of_write(id));
  return stages;
}

bool needs_reset(const Plan& plan, int layer) {
  return std::ranges::any_of(writes_of(plan, layer), [&](ValueId id) {
    return std::holds_alternative<WriteState>(plan.operation(id).kind) ||
           plan.stage_of_write(id) == 0;
  });
}

std::string store_declarations(const Plan& plan, int layer) {
  std::string text;
  for (std::size_t i = 0; i < plan.states.size(); ++i) {
    if (plan.states[i].layer == layer) text += state_declaration(plan, layer, i);
  }
  return text + array_declarations(plan, layer);
}

std::string store_writes(const Plan& plan, int layer) {
  std::string text;
  for (const auto id : writes_of(plan, layer)) {
    const auto* write = std::get_if<WriteState>(&plan.operation(id).kind);
    if (write != nullptr) text += state_write(plan, layer, id, *write);
  }
  for (const auto& array : plan.arrays) {
    if (array.layer == layer) text += array_writes(plan, array);
  }
  return text;
}

}  // namespace gatefold::emit

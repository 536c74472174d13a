#include "gatefold/emit/layer_module.h"

#include <fmt/core.h>

#include "gatefold/emit/add3_text.h"
#include "gatefold/emit/arrays.h"
#include "gatefold/emit/control.h"
#include "gatefold/emit/expression.h"
#include "gatefold/emit/joint_tables.h"
#include "gatefold/emit/load_port.h"
#include "gatefold/emit/multiply_text.h"
#include "gatefold/emit/store_text.h"
#include "gatefold/emit/table_text.h"
#include "gatefold/emit/text.h"
#include "gatefold/support/assert.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

constexpr auto bit = "logic";

const LayerPlan& layer_plan(const Plan& plan, int layer) {
  return plan.layers[static_cast<std::size_t>(layer)];
}

std::string header(const Plan& plan, int layer) {
  std::string text = multiplier_attribute(plan, layer) +
                     fmt::format("module {} (\n", layer_plan(plan, layer).module);
  std::vector<std::string> lines;
  for (const auto& port : module_ports(plan, layer)) {
    lines.push_back(
        fmt::format("  {} {} {}", port.is_input ? "input " : "output", port.type, port.name));
  }
  return text + join(lines, ",\n") + "\n);\n";
}

std::string note_of(const ValuePlan& value) {
  return value.note.empty() ? std::string() : "  // " + value.note;
}

bool is_read(const Plan& plan, ValueId id) {
  return std::holds_alternative<ReadMemory>(plan.operation(id).kind);
}

/// A read whose word is known in the next stage only.
bool is_registered_read(const Plan& plan, ValueId id) {
  return is_read(plan, id) && read_port(plan, id).registered;
}

std::string declared(const Plan& plan, ValueId id, const std::string& name, bool noted) {
  const auto& value = plan.value(id);
  return fmt::format("  {} {};{}\n", type_of(value.word), name, noted ? note_of(value) : "");
}

/// The word of an array that a value of the stage is the first to read.
std::string array_word(const Plan& plan, ValueId id) {
  if (!is_read(plan, id) || !opens_port(plan, id)) return {};
  return port_declarations(plan, id) +
         fmt::format("  assign {}_word = {};\n", plan.value(id).name, port_word(plan, id));
}

std::string computed_value(const Plan& plan, ValueId id) {
  const auto& name = plan.value(id).name;
  const auto declaration = declared(plan, id, name, true);
  if (std::holds_alternative<Add3>(plan.operation(id).kind))
    return declaration + add3_statements(plan, id);
  if (is_in_dsp(plan, id)) return declaration + multiply_statements(plan, id);
  const auto joint = opens_joint_table(plan, id) ? joint_table_declarations(plan, id) : "";
  return array_word(plan, id) + joint + declaration +
         fmt::format("  assign {} = {};\n", name, expression(plan, id));
}

/// The combinational logic of a stage.
std::string stage_logic(const Plan& plan, int layer, int stage) {
  std::string text;
  for (const auto id : layer_plan(plan, layer).values) {
    if (plan.value(id).birth == stage && !is_registered_read(plan, id))
      text += computed_value(plan, id);
  }
  return text.empty() ? text : fmt::format("\n  // Stage {}.\n", stage) + text;
}

/// The registers between a stage and the next: declarations, loads, and what is read off them.
struct StageRegisters {
  std::string declarations, loads, words;
};

/// The register is that of the array's port; the value is a part of it.
void add_registered_read(const Plan& plan, ValueId id, const std::string& next,
                         StageRegisters& registers) {
  if (opens_port(plan, id)) {
    registers.declarations += port_declarations(plan, id);
    registers.loads +=
        fmt::format("      {}_word <= {};\n", plan.value(id).name, port_word(plan, id));
  }
  registers.words += fmt::format("  assign {} = {};\n", next, expression(plan, id));
}

/// The registers' process, which loads where the register enable says.
std::string loading(const Plan& plan, int stage, const std::string& loads) {
  switch (plan.register_enable) {
    case RegisterEnable::Advance:
      return "  always_ff @(posedge clk_i) begin\n    if (advance_i) begin\n" + loads +
             "    end\n  end\n";
    case RegisterEnable::Valid:
      return fmt::format(
          "  always_ff @(posedge clk_i) begin\n    if (advance_i & {}_i) begin\n{}    end\n  end\n",
          step_name(stage), loads);
    case RegisterEnable::GatedClock:
      return fmt::format("  always_ff @(posedge {}_i) begin\n{}  end\n", clock_name(stage), loads);
  }
  GATEFOLD_ASSERT(false, "every register enable is handled");
}

std::string stage_registers(const Plan& plan, int layer, int stage) {
  StageRegisters registers;
  for (const auto id : layer_plan(plan, layer).delayed) {
    const auto& value = plan.value(id);
    if (stage < value.birth || stage >= value.last) continue;
    const auto next = plan.local_name(layer, {id, stage + 1});
    registers.declarations += declared(plan, id, next, stage + 1 == plan.stages);
    if (stage == value.birth && is_registered_read(plan, id)) {
      add_registered_read(plan, id, next, registers);
    } else {
      registers.loads +=
          fmt::format("      {} <= {};\n", next, plan.local_name(layer, {id, stage}));
    }
  }
  if (registers.loads.empty()) return {};
  return fmt::format("\n  // Registers from stage {} to stage {}.\n{}{}{}", stage, stage + 1,
                     registers.declarations, loading(plan, stage, registers.loads),
                     registers.words);
}

/// The values that other modules read, in order of the body, each in its stages.
std::vector<Source> exported_sources(const Plan& plan, int layer) {
  const auto& planned = layer_plan(plan, layer);
  std::set<Source> sources;
  for (const auto* ids : {&planned.values, &planned.delayed}) {
    for (const auto id : *ids) {
      for (const int stage : plan.value(id).exported) sources.insert({id, stage});
    }
  }
  return {sources.begin(), sources.end()};
}

std::string export_name(const Plan& plan, const Source& source) {
  return fmt::format("{}_s{}_o", plan.value(source.value).name, source.stage);
}

std::string exports(const Plan& plan, int layer) {
  std::string text;
  for (const auto& source : exported_sources(plan, layer)) {
    text += fmt::format("  assign {} = {};\n", export_name(plan, source),
                        plan.local_name(layer, source));
  }
  return text.empty() ? text : "\n" + text;
}

/// Clocks, reset and enables of a layer's registers and stores.
std::vector<ModulePort> control_ports(const Plan& plan, int layer) {
  const auto registers = register_stages(plan, layer);
  const bool gated = plan.register_enable == RegisterEnable::GatedClock;
  auto steps = write_stages(plan, layer);
  const bool writes = !steps.empty();
  if (plan.register_enable == RegisterEnable::Valid)
    steps.insert(registers.begin(), registers.end());
  std::vector<ModulePort> ports;
  const auto add = [&](const std::string& name, const std::string& outer) {
    ports.push_back({true, bit, name, outer});
  };
  const bool clocked = writes || has_load_port(plan, layer) || (!gated && !registers.empty());
  if (clocked) add("clk_i", "clk_i");
  if (needs_reset(plan, layer)) add("rst_ni", "rst_ni");
  if (clocked) add("advance_i", "advance");
  for (const int stage : steps) add(step_name(stage) + "_i", step_name(stage));
  if (!gated) return ports;
  for (const int stage : registers) add(clock_name(stage) + "_i", clock_name(stage));
  return ports;
}

}  // namespace

std::vector<ModulePort> module_ports(const Plan& plan, int layer) {
  const auto& planned = layer_plan(plan, layer);
  auto ports = control_ports(plan, layer);
  const auto load = load_ports(plan, layer);
  ports.insert(ports.end(), load.begin(), load.end());
  for (const auto& source : planned.imports) {
    ports.push_back({true, type_of(plan.value(source.value).word), plan.local_name(layer, source),
                     plan.top_name(source)});
  }
  for (const auto& source : exported_sources(plan, layer)) {
    ports.push_back({false, type_of(plan.value(source.value).word), export_name(plan, source),
                     plan.top_name(source)});
  }
  return ports;
}

std::string layer_module(const Plan& plan, int layer) {
  const auto& named = plan.design->layers[static_cast<std::size_t>(layer)];
  auto text = file_banner(plan.banner, fmt::format("Layer '{}' ({}) of model '{}'.", named.name,
                                                   named.kind, plan.design->name));
  text += header(plan, layer);
  text += table_functions(plan, layer) + joint_table_functions(plan, layer);
  text += store_declarations(plan, layer);
  for (int stage = 0; stage <= plan.stages; ++stage) {
    text += stage_logic(plan, layer, stage);
    text += stage_registers(plan, layer, stage);
  }
  text += store_writes(plan, layer);
  return text + exports(plan, layer) + "endmodule\n";
}

}  // namespace gatefold::emit

#include "gatefold/emit/process_module.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/control.h"
#include "gatefold/emit/expression.h"
#include "gatefold/emit/layer_module.h"
#include "gatefold/emit/load_port.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

/// The word of an input's beat; in a step that takes none, 0 where anybody needs it.
std::string received(const PortPlan& port, std::size_t k, const ValuePlan& value) {
  const auto word = port.beat.word(k);
  auto slice = fmt::format("{}_data_i[{}:{}]", port.name, port.beat.offsets[k + 1] - 1,
                           port.beat.offsets[k]);
  if (word.is_signed) slice = fmt::format("$signed({})", slice);
  auto text = convert({slice, word, {}}, value.word);
  if (!port.is_gated[k]) return text;
  return fmt::format("{}_when_s0 ? {} : {}", port.name, text,
                     literal(0, value.word.width, value.word.is_signed));
}

std::string input_words(const Plan& plan, const PortPlan& port) {
  std::string text;
  for (std::size_t k = 0; k < port.words.size(); ++k) {
    if (!port.words[k].valid()) continue;
    const auto& value = plan.value(port.words[k]);
    text += fmt::format("  {} {};\n  assign {} = {};\n", type_of(value.word), value.name,
                        value.name, received(port, k, value));
  }
  return text;
}

/// Gathers what no layer reads, so that every bit of the port has a reader.
std::string unused_bits(const PortPlan& port) {
  std::vector<std::string> parts;
  std::int64_t start = 0;
  const auto close = [&](std::int64_t end) {
    if (end > start) parts.push_back(fmt::format("{}_data_i[{}:{}]", port.name, end - 1, start));
  };
  for (std::size_t k = 0; k < port.words.size(); ++k) {
    if (!port.words[k].valid() || port.beat.offsets[k] == port.beat.offsets[k + 1]) continue;
    close(port.beat.offsets[k]);
    start = port.beat.offsets[k + 1];
  }
  close(port.beat.wire_width());
  if (parts.empty()) return {};
  return fmt::format("  logic unused_{};\n  assign unused_{} = ^{{{}}};\n", port.name, port.name,
                     join(parts, ", "));
}

/// What the layers' modules give.
std::string layer_wires(const Plan& plan, int layer) {
  std::string text;
  for (const auto& port : module_ports(plan, layer)) {
    if (!port.is_input) text += fmt::format("  {} {};\n", port.type, port.outer);
  }
  return text;
}

std::string instance(const Plan& plan, int layer) {
  const auto& planned = plan.layers[static_cast<std::size_t>(layer)];
  std::vector<std::string> connections;
  for (const auto& port : module_ports(plan, layer)) {
    connections.push_back(fmt::format("    .{}({})", port.name, port.outer));
  }
  return fmt::format("\n  // Layer '{}'.\n  {} {}_inst (\n{}\n  );\n",
                     comment_safe(plan.design->layers[static_cast<std::size_t>(layer)].name),
                     planned.module, planned.stem, join(connections, ",\n"));
}

std::string output_data(const Plan& plan, const PortPlan& port) {
  std::vector<std::string> parts;
  for (std::size_t k = port.words.size(); k-- > 0;) {
    const auto word = port.beat.word(k);
    if (word.width == 0) continue;
    const auto& value = plan.value(port.words[k]);
    const Operand operand{
        value.constant ? "" : plan.top_name({plan.canonical(port.words[k]), plan.stages}),
        value.word, value.constant};
    parts.push_back("    " + convert(operand, word));
  }
  if (parts.empty()) parts.push_back("    1'b0");
  return fmt::format("\n  assign {}_data_o = {{\n{}\n  }};\n", port.name, join(parts, ",\n"));
}

}  // namespace

std::string process_module(const Plan& plan, const std::string& title) {
  auto text = file_banner(plan.banner, title);
  text += module_header(plan.module, stream_ports(plan.inputs), stream_ports(plan.outputs),
                        load_port_lines(load_port_of(plan)));
  text += control_text(plan);
  text += "\n  // The words of the inputs' beats.\n";
  for (const auto& port : plan.inputs) text += input_words(plan, port) + unused_bits(port);
  text += "\n  // What the layers give, by the stage in which it is read.\n";
  for (const int layer : printed_layers(plan)) text += layer_wires(plan, layer);
  for (const int layer : printed_layers(plan)) text += instance(plan, layer);
  for (const auto& port : plan.outputs) text += output_data(plan, port);
  return text + "endmodule\n";
}

}  // namespace gatefold::emit

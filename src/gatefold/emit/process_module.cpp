#include "gatefold/emit/top_module.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/control.h"
#include "gatefold/emit/expression.h"
#include "gatefold/emit/layer_module.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

Word word_at(const PortPlan& port, std::size_t k) { return word_of(port.channel->words[k]); }

std::string port_list(const Plan& plan) {
  std::vector<std::string> lines{"  input  logic clk_i", "  input  logic rst_ni"};
  for (const auto& port : plan.inputs) {
    lines.push_back(fmt::format("  input  logic {}_valid_i", port.name));
    lines.push_back(fmt::format("  output logic {}_ready_o", port.name));
    lines.push_back(
        fmt::format("  input  logic [{}:0] {}_data_i", port.wire_width() - 1, port.name));
  }
  for (const auto& port : plan.outputs) {
    lines.push_back(fmt::format("  output logic {}_valid_o", port.name));
    lines.push_back(fmt::format("  input  logic {}_ready_i", port.name));
    lines.push_back(
        fmt::format("  output logic [{}:0] {}_data_o", port.wire_width() - 1, port.name));
  }
  return join(lines, ",\n");
}

std::string port_table(const Plan& plan) {
  std::string text = "// Words of a beat, the first in the low bits:\n";
  for (const auto& [ports, suffix] :
       {std::pair{&plan.inputs, "data_i"}, std::pair{&plan.outputs, "data_o"}}) {
    for (const auto& port : *ports) {
      for (const auto& line : packing_lines(port)) {
        text += fmt::format("//   {}_{}{}\n", port.name, suffix, line);
      }
    }
  }
  return text;
}

/// The word of an input's beat, 0 in a step that takes none.
std::string received(const PortPlan& port, std::size_t k, const ValuePlan& value) {
  const auto word = word_at(port, k);
  auto slice = fmt::format("{}_data_i[{}:{}]", port.name, port.offsets[k + 1] - 1, port.offsets[k]);
  if (word.is_signed) slice = fmt::format("$signed({})", slice);
  auto text = convert({slice, word, {}}, value.word);
  if (port.when.empty()) return text;
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
    if (!port.words[k].valid() || port.offsets[k] == port.offsets[k + 1]) continue;
    close(port.offsets[k]);
    start = port.offsets[k + 1];
  }
  close(port.width() > 0 ? port.width() : 1);
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
    const auto word = word_at(port, k);
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

/// The words of a run: the first and the last of equal width and sign.
std::string run_line(const PortPlan& port, std::size_t first, std::size_t last) {
  const auto word = word_at(port, first);
  const auto elements =
      first == last ? fmt::format("[{}]", first) : fmt::format("[{}..{}]", first, last);
  if (word.width == 0) return fmt::format(": {}{} is 0", port.port->name, elements);
  return fmt::format("[{}:{}]: {}{}, {} {}", port.offsets[last + 1] - 1, port.offsets[first],
                     comment_safe(port.port->name), elements,
                     word.is_signed ? "signed" : "unsigned",
                     word.width == 1 ? "1 bit" : fmt::format("{} bits", word.width)) +
         (first == last ? "" : " each");
}

}  // namespace

std::vector<std::string> packing_lines(const PortPlan& port) {
  std::vector<std::string> lines;
  for (std::size_t first = 0; first < port.channel->words.size();) {
    auto last = first;
    while (last + 1 < port.channel->words.size() && word_at(port, last + 1) == word_at(port, first))
      ++last;
    lines.push_back(run_line(port, first, last));
    first = last + 1;
  }
  return lines;
}

std::string top_module(const Plan& plan) {
  auto text = file_banner(plan, fmt::format("Model '{}'.", plan.design->name));
  text += port_table(plan) + fmt::format("module {} (\n{}\n);\n", plan.top, port_list(plan));
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

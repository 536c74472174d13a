#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/load_port.h"
#include "gatefold/emit/network.h"
#include "gatefold/emit/primitive_modules.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

/// The signals of one end of a stream in the top module.
struct Signals {
  std::string valid, ready, data;
};

/// Where the taker (or, for `giving`, the giver) of a channel is joined to.
Signals signals_of(const Network& network, hardware::ChannelId id, bool giving) {
  const auto joins = [&](const StreamPort& port) { return port.channel == id; };
  if (const auto in = std::ranges::find_if(network.inputs, joins); in != network.inputs.end())
    return {in->name + "_valid_i", in->name + "_ready_o", in->name + "_data_i"};
  if (const auto out = std::ranges::find_if(network.outputs, joins); out != network.outputs.end())
    return {out->name + "_valid_o", out->name + "_ready_i", out->name + "_data_o"};
  const auto channel = std::ranges::find_if(network.channels, joins);
  const char* suffix = giving || channel->depth == 0 ? "" : "_pop";
  return {channel->name + "_valid" + suffix, channel->name + "_ready" + suffix,
          channel->name + "_data" + suffix};
}

std::string declaration(const NetworkChannel& channel, const Signals& signals) {
  return fmt::format("  logic {}, {};\n  logic [{}:0] {};\n", signals.valid, signals.ready,
                     channel.beat.wire_width() - 1, signals.data);
}

/// The initial beats as one literal, the first in the high bits; empty where all bits are 0.
std::string initial_beats(const NetworkChannel& channel) {
  std::string digits;
  bool zero = true;
  for (const auto& beat : channel.beat.channel->initial) {
    const auto literal = channel.beat.digits(beat.data());
    zero = zero && literal.find_first_not_of('0') == std::string::npos;
    digits +=
        fmt::format("{}{}'h{}", digits.empty() ? "" : ", ", channel.beat.wire_width(), literal);
  }
  return zero ? "" : fmt::format(", .INITIAL_BEATS({{{}}})", digits);
}

std::string queue(const Network& network, const NetworkChannel& channel) {
  const auto in = signals_of(network, channel.channel, true);
  const auto out = signals_of(network, channel.channel, false);
  const auto initial = channel.beat.channel->initial.size();
  auto parameters = fmt::format(".WIDTH({}), .DEPTH({})", channel.beat.wire_width(), channel.depth);
  if (initial > 0) parameters += fmt::format(", .INITIAL({})", initial) + initial_beats(channel);
  return declaration(channel, out) +
         fmt::format(
             "  {} #({}) {}_fifo (\n    .clk_i(clk_i),\n    .rst_ni(rst_ni),\n"
             "    .push_valid_i({}),\n    .push_ready_o({}),\n    .push_data_i({}),\n"
             "    .pop_valid_o({}),\n    .pop_ready_i({}),\n    .pop_data_o({})\n  );\n",
             fifo_module, parameters, channel.name, in.valid, in.ready, in.data, out.valid,
             out.ready, out.data);
}

std::string channel_text(const Network& network, const NetworkChannel& channel) {
  auto text = fmt::format("\n  // Channel '{}'.\n", comment_safe(channel.title));
  text += declaration(channel, signals_of(network, channel.channel, true));
  return channel.depth == 0 ? text : text + queue(network, channel);
}

std::string instance(const Network& network, std::size_t process) {
  const auto& plan = network.processes[process];
  std::vector<std::string> lines{"    .clk_i(clk_i)", "    .rst_ni(rst_ni)"};
  const auto join_port = [&](const PortPlan& port, bool giving) {
    const auto signals = signals_of(network, port.channel, giving);
    const char out = giving ? 'o' : 'i', back = giving ? 'i' : 'o';
    lines.push_back(fmt::format("    .{}_valid_{}({})", port.name, out, signals.valid));
    lines.push_back(fmt::format("    .{}_ready_{}({})", port.name, back, signals.ready));
    lines.push_back(fmt::format("    .{}_data_{}({})", port.name, out, signals.data));
  };
  for (const auto& port : plan.inputs) join_port(port, false);
  for (const auto& port : plan.outputs) join_port(port, true);
  if (const auto load = load_port_of(plan); load.words > 0) {
    lines.emplace_back("    .load_valid_i(load_valid)");
    lines.emplace_back("    .load_address_i(load_address)");
    lines.push_back(fmt::format("    .load_data_i(load_data{})",
                                load_slice(load.data_width, network.load.data_width)));
  }
  return fmt::format("\n  // Process '{}'.\n  {} {}_inst (\n{}\n  );\n",
                     comment_safe(plan.process->name), plan.module, network.process_stems[process],
                     join(lines, ",\n"));
}

}  // namespace

std::string network_module(const Network& network) {
  auto text = file_banner(network.banner, fmt::format("Model '{}'.", network.design->name));
  text += module_header(network.top, stream_ports(network.inputs), stream_ports(network.outputs),
                        load_port_lines(network.load));
  text += load_registers(network.load);
  for (const auto& channel : network.channels) text += channel_text(network, channel);
  for (std::size_t p = 0; p < network.processes.size(); ++p) text += instance(network, p);
  return text + "endmodule\n";
}

}  // namespace gatefold::emit

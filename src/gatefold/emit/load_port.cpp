#include "gatefold/emit/load_port.h"

#include <algorithm>
#include <bit>
#include <fmt/core.h>

#include "gatefold/emit/arrays.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

/// Bits of an address that choose the word.
int word_bits(const ArrayPlan& array) {
  return std::bit_width(static_cast<std::uint64_t>(array.words - 1));
}

/// The port of the arrays of one layer, or of all (-1).
LoadPort port_of(const Plan& plan, int layer) {
  LoadPort port{plan.load_address_width, 0, 0};
  for (const auto& array : plan.arrays) {
    if (!array.reloadable || (layer >= 0 && array.layer != layer)) continue;
    port.data_width = std::max(port.data_width, array.width);
    port.words += static_cast<std::int64_t>(array.words);
  }
  return port;
}

std::string vector_type(int width) { return fmt::format("logic [{}:0]", width - 1); }

}  // namespace

LoadPort plan_load_port(std::vector<Plan>& processes) {
  LoadPort port;
  std::int64_t next = 0;
  for (auto& plan : processes) {
    for (auto& array : plan.arrays) {
      if (!array.reloadable) continue;
      const std::int64_t room = std::int64_t{1} << word_bits(array);
      array.first_address = (next + room - 1) / room * room;
      next = array.first_address + room;
      port.words = array.first_address + static_cast<std::int64_t>(array.words);
      port.data_width = std::max(port.data_width, array.width);
    }
  }
  if (port.words == 0) return port;
  port.address_width = count_width(next);
  for (auto& plan : processes)
    if (port_of(plan, -1).words > 0) plan.load_address_width = port.address_width;
  return port;
}

LoadPort load_port_of(const Plan& plan) { return port_of(plan, -1); }

bool has_load_port(const Plan& plan, int layer) { return port_of(plan, layer).words > 0; }

std::vector<ModulePort> load_ports(const Plan& plan, int layer) {
  const auto port = port_of(plan, layer);
  if (port.words == 0) return {};
  return {{true, "logic", "load_valid_i", "load_valid_i"},
          {true, vector_type(port.address_width), "load_address_i", "load_address_i"},
          {true, vector_type(port.data_width), "load_data_i",
           "load_data_i" + load_slice(port.data_width, load_port_of(plan).data_width)}};
}

std::vector<std::string> load_port_lines(const LoadPort& port) {
  if (port.words == 0) return {};
  return {"  input  logic load_valid_i",
          fmt::format("  input  {} load_address_i", vector_type(port.address_width)),
          fmt::format("  input  {} load_data_i", vector_type(port.data_width))};
}

std::string load_registers(const LoadPort& port) {
  if (port.words == 0) return {};
  return fmt::format(
      "\n  // Words that are loaded.\n  logic load_valid;\n  {} load_address;\n  {} load_data;\n"
      "  always_ff @(posedge clk_i) begin\n    load_valid <= load_valid_i;\n"
      "    load_address <= load_address_i;\n    load_data <= load_data_i;\n  end\n",
      vector_type(port.address_width), vector_type(port.data_width));
}

std::string load_slice(int used, int width) { return used < width ? bits(used - 1, 0) : ""; }

std::string load_write(const Plan& plan, const ArrayPlan& array) {
  const int low = word_bits(array), width = plan.load_address_width;
  std::string chosen = "load_valid_i";
  if (low < width)
    chosen += fmt::format(" && load_address_i{} == {}", bits(width - 1, low),
                          literal(array.first_address >> low, width - low, false));
  const std::string word =
      low == 0 ? "0" : "load_address_i" + (low < width ? bits(low - 1, 0) : std::string());
  return fmt::format("    if ({}) begin\n      {}[{}] <= load_data_i{};\n    end\n", chosen,
                     array.name, word,
                     load_slice(array.width, port_of(plan, array.layer).data_width));
}

std::vector<LoadedArray> loaded_arrays(const Network& network) {
  std::vector<LoadedArray> arrays;
  for (std::size_t p = 0; p < network.processes.size(); ++p)
    for (const auto& array : network.processes[p].arrays)
      if (array.reloadable) arrays.push_back({p, &array});
  return arrays;
}

std::string load_image(const Network& network) {
  const auto digits = static_cast<std::size_t>((network.load.data_width + 3) / 4);
  std::string text;
  std::int64_t next = 0;
  const auto add = [&](const std::string& word) {
    text += std::string(digits - word.size(), '0') + word + "\n";
    ++next;
  };
  for (const auto& [process, array] : loaded_arrays(network)) {
    while (next < array->first_address) add("");
    for (const auto& word : array_contents(network.processes[process], *array)) add(word);
  }
  return text;
}

}  // namespace gatefold::emit

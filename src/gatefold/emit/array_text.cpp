#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/arrays.h"
#include "gatefold/emit/expression.h"
#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

constexpr std::size_t line_width = 96;

/// More words than these stand in a file of their own.
constexpr std::size_t most_words_in_text = 256;

const Memory& memory_at(const Plan& plan, MemoryId id) {
  return plan.process->memories[static_cast<std::size_t>(id.index)];
}

const ArrayPlan& array_of(const Plan& plan, ValueId read) {
  const auto id = std::get<ReadMemory>(plan.operation(read).kind).memory;
  const auto& memory = plan.memories[static_cast<std::size_t>(id.index)];
  return plan.arrays[static_cast<std::size_t>(memory.array)];
}

/// A channel whose beats are the words of the array: how they are packed.
Channel words_of(const Plan& plan, const ArrayPlan& array) {
  Channel channel;
  for (const auto id : array.memories) channel.words.push_back(memory_at(plan, id).range);
  return channel;
}

bool is_uniform(const std::vector<std::string>& lines) {
  return std::ranges::all_of(lines, [&](const auto& line) { return line == lines.front(); });
}

/// The text of a module does not depend on what is loaded.
bool has_file(const ArrayPlan& array, const std::vector<std::string>& lines) {
  if (array.reloadable) return true;
  return lines.size() > most_words_in_text && !is_uniform(lines);
}

std::string word_assignments(const ArrayPlan& array, const std::vector<std::string>& lines) {
  std::string text, line = "   ";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto next = fmt::format(" {}[{}] = {}'h{};", array.name, i, array.width, lines[i]);
    if (line.size() > 3 && line.size() + next.size() > line_width) {
      text += line + "\n";
      line = "   ";
    }
    line += next;
  }
  return "  initial begin\n" + text + line + "\n  end\n";
}

std::string initial_block(const Plan& plan, const ArrayPlan& array) {
  const auto lines = array_contents(plan, array);
  if (has_file(array, lines))
    return fmt::format("  initial $readmemh(\"{}\", {});\n", array_path(plan, array), array.name);
  if (!is_uniform(lines)) return word_assignments(array, lines);
  return fmt::format(
      "  initial begin\n    for (int i = 0; i < {}; i = i + 1) {}[i] = {}'h{};\n  end\n",
      lines.size(), array.name, array.width, lines.front());
}

std::string declaration(const Plan& plan, const ArrayPlan& array) {
  std::vector<std::string> names;
  for (const auto id : array.memories)
    names.push_back("'" + comment_safe(memory_at(plan, id).name) + "'");
  return fmt::format("\n  // {} {}, the first in the low bits.\n  logic [{}:0] {} [0:{}];\n",
                     names.size() == 1 ? "Memory" : "Memories", join(names, ", "), array.width - 1,
                     array.name, array.words - 1);
}

std::string name_of_port(const Plan& plan, ValueId read) {
  return plan.value(read_port(plan, read).first).name;
}

}  // namespace

std::string array_path(const Plan& plan, const ArrayPlan& array) {
  return fmt::format("rtl/{}_{}.hex", plan.layers[static_cast<std::size_t>(array.layer)].module,
                     array.name);
}

std::vector<std::string> array_contents(const Plan& plan, const ArrayPlan& array) {
  const auto channel = words_of(plan, array);
  const BeatLayout layout(channel);
  std::vector<std::string> lines;
  for (std::size_t address = 0; address < array.words; ++address) {
    std::vector<std::int64_t> words;
    for (const auto id : array.memories) words.push_back(memory_at(plan, id).initial[address]);
    lines.push_back(layout.digits(words.data()));
  }
  return lines;
}

std::string port_declarations(const Plan& plan, ValueId read) {
  const auto& array = array_of(plan, read);
  const auto& port = read_port(plan, read);
  const auto name = name_of_port(plan, read);
  const int width = count_width(static_cast<std::int64_t>(array.words));
  return fmt::format(
      "  logic [{}:0] {}_address;\n  assign {}_address = {};\n  logic [{}:0] {}_word;\n", width - 1,
      name, name, extend(operand_of(plan, array.layer, port.address), width, false),
      array.width - 1, name);
}

std::string port_word(const Plan& plan, ValueId read) {
  return fmt::format("{}[{}_address]", array_of(plan, read).name, name_of_port(plan, read));
}

std::string memory_word(const Plan& plan, ValueId read) {
  const auto id = std::get<ReadMemory>(plan.operation(read).kind).memory;
  const auto& array = array_of(plan, read);
  const auto word = word_of(memory_at(plan, id).range);
  const int low = plan.memories[static_cast<std::size_t>(id.index)].low;
  auto text = name_of_port(plan, read) + "_word";
  if (array.memories.size() > 1) text += bits(low + std::max(1, word.width) - 1, low);
  return word.is_signed ? fmt::format("$signed({})", text) : text;
}

std::string array_declarations(const Plan& plan, int layer) {
  std::string text;
  for (const auto& array : plan.arrays) {
    if (array.layer == layer) text += declaration(plan, array) + initial_block(plan, array);
  }
  return text;
}

std::vector<File> array_files(const Plan& plan) {
  std::vector<File> files;
  for (const auto& array : plan.arrays) {
    const auto lines = array_contents(plan, array);
    if (has_file(array, lines))
      files.push_back({array_path(plan, array), join(lines, "\n") + "\n"});
  }
  return files;
}

}  // namespace gatefold::emit

#include "gatefold/emit/beat_layout.h"

#include <fmt/core.h>

#include "gatefold/emit/text.h"

namespace gatefold::emit {
namespace {

/// The words of a run: the first and the last of equal width and sign.
std::string run_line(const std::string& title, const BeatLayout& beat, std::size_t first,
                     std::size_t last) {
  const auto word = beat.word(first);
  const auto elements =
      first == last ? fmt::format("[{}]", first) : fmt::format("[{}..{}]", first, last);
  if (word.width == 0) return fmt::format(": {}{} is 0", comment_safe(title), elements);
  return fmt::format("[{}:{}]: {}{}, {} {}", beat.offsets[last + 1] - 1, beat.offsets[first],
                     comment_safe(title), elements, word.is_signed ? "signed" : "unsigned",
                     word.width == 1 ? "1 bit" : fmt::format("{} bits", word.width)) +
         (first == last ? "" : " each");
}

}  // namespace

BeatLayout::BeatLayout(const hardware::Channel& beats) : channel(&beats), offsets{0} {
  for (const auto& range : beats.words)
    offsets.push_back(offsets.back() + hardware::word_of(range).width);
}

std::string BeatLayout::digits(const std::int64_t* words) const {
  std::string text(static_cast<std::size_t>((wire_width() + 3) / 4), '0');
  std::vector<bool> bits(text.size() * 4);
  for (std::size_t k = 0; k < channel->words.size(); ++k) {
    const auto raw = static_cast<std::uint64_t>(words[k]);
    for (auto bit = offsets[k]; bit < offsets[k + 1]; ++bit)
      bits[static_cast<std::size_t>(bit)] = (raw >> (bit - offsets[k])) & 1;
  }
  for (std::size_t d = 0; d < text.size(); ++d) {
    const std::size_t low = (text.size() - 1 - d) * 4;
    const int digit = bits[low] + 2 * bits[low + 1] + 4 * bits[low + 2] + 8 * bits[low + 3];
    text[d] = "0123456789abcdef"[digit];
  }
  return text;
}

std::vector<std::string> packing_lines(const StreamPort& port) {
  std::vector<std::string> lines;
  const auto& beat = port.beat;
  for (std::size_t first = 0; first < beat.words();) {
    auto last = first;
    while (last + 1 < beat.words() && beat.word(last + 1) == beat.word(first)) ++last;
    lines.push_back(run_line(port.title, beat, first, last));
    first = last + 1;
  }
  return lines;
}

std::string module_header(const std::string& module, const std::vector<const StreamPort*>& inputs,
                          const std::vector<const StreamPort*>& outputs,
                          const std::vector<std::string>& other_ports) {
  std::string table = "// Words of a beat, the first in the low bits:\n";
  std::vector<std::string> lines{"  input  logic clk_i", "  input  logic rst_ni"};
  const auto add = [&](const StreamPort& port, const char* there, const char* back, char suffix) {
    lines.push_back(fmt::format("  {} logic {}_valid_{}", there, port.name, suffix));
    lines.push_back(
        fmt::format("  {} logic {}_ready_{}", back, port.name, suffix == 'i' ? 'o' : 'i'));
    lines.push_back(fmt::format("  {} logic [{}:0] {}_data_{}", there, port.beat.wire_width() - 1,
                                port.name, suffix));
    for (const auto& line : packing_lines(port))
      table += fmt::format("//   {}_data_{}{}\n", port.name, suffix, line);
  };
  for (const auto* port : inputs) add(*port, "input ", "output", 'i');
  for (const auto* port : outputs) add(*port, "output", "input ", 'o');
  lines.insert(lines.end(), other_ports.begin(), other_ports.end());
  return table + fmt::format("module {} (\n{}\n);\n", module, join(lines, ",\n"));
}

}  // namespace gatefold::emit

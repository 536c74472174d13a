#include <algorithm>
#include <fmt/format.h>

#include "gatefold/report/report.h"
#include "gatefold/report/words.h"

namespace gatefold::report {

std::string activity_lines(const Report& report) {
  if (!report.toggles || report.toggles->inferences == 0) return {};
  const schedule::Toggles& toggles = *report.toggles;
  int width = 5;
  for (const auto& layer : toggles.layers) width = std::clamp(width_of(layer.layer), width, 40);
  const auto each = [&](std::int64_t bits) {
    return rounded(static_cast<double>(bits) / static_cast<double>(toggles.inferences));
  };
  const auto line = [&](const std::string& name, const auto&... cells) {
    std::string text = shorten(name, width);
    text.append(static_cast<std::size_t>(width - width_of(text)), ' ');
    ((text += fmt::format("  {:>12}", cells)), ...);
    return text + "\n";
  };
  const auto line_of = [&](const schedule::LayerToggles& row) {
    return line(row.layer, each(row.words), each(row.registers), each(row.clocked), each(row.read),
                each(row.written));
  };
  std::string text = line("layer", "toggles", "in registers", "clocked", "read", "written");
  for (const auto& layer : toggles.layers) text += line_of(layer);
  schedule::LayerToggles total = toggles.total();
  total.layer = "total";
  return text + line_of(total);
}

}  // namespace gatefold::report

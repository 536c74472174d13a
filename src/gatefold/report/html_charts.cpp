// Bars by layer: pipeline stages, zero weights, seconds.
#include <algorithm>
#include <fmt/format.h>

#include "gatefold/report/html.h"
#include "gatefold/report/words.h"

namespace gatefold::report {
namespace {

constexpr int label_width = 170, bars_width = 330, figure_width = 120, row_height = 24;
constexpr int bar_height = 14, chart_width = label_width + bars_width + figure_width;
constexpr int label_columns = 24;

std::string drawing(int height, const std::string& title, const std::string& content) {
  return fmt::format(
      "<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" aria-label=\"{2}\">\n"
      "{3}</svg>\n",
      chart_width, height, title, content);
}

std::string label(const std::string& name, int y) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}<title>{}</title></text>\n",
                     label_width - 8, y + bar_height - 3, escaped(shorten(name, label_columns)),
                     escaped(name));
}

std::string bar(double x, int y, double width, const char* style) {
  if (width <= 0) return "";
  return fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>\n",
                     style, x, y, width, bar_height);
}

std::string figure(double x, int y, const std::string& text) {
  return fmt::format("<text class=\"soft\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", x,
                     y + bar_height - 3, escaped(text));
}

/// Vertical lines between the cycles, with the cycle's number over every cell that has room.
std::string cycle_grid(int cycles, double cell, int height) {
  const int step = std::max(1, static_cast<int>(26 / cell) + (cell < 26 ? 1 : 0));
  std::string text;
  for (int i = 0; i <= cycles; ++i) {
    const double x = label_width + i * cell;
    if (cell >= 4 || i % step == 0)
      text += fmt::format(
          "<line class=\"grid\" x1=\"{0:.1f}\" y1=\"18\" x2=\"{0:.1f}\" y2=\"{1}\"/>\n", x, height);
    if (i < cycles && i % step == 0)
      text += fmt::format(
          "<text class=\"soft\" x=\"{:.1f}\" y=\"13\" text-anchor=\"middle\">{}</text>\n",
          x + cell / 2, i + 1);
  }
  return text + "<text class=\"soft\" x=\"" + fmt::format("{}", label_width - 8) +
         "\" y=\"13\" text-anchor=\"end\">clock cycle</text>\n";
}

}  // namespace

std::string pipeline_chart(const Report& report) {
  const double cell = static_cast<double>(bars_width) / std::max(1, report.latency_cycles);
  std::string bars;
  int y = 24;
  for (const LayerRow& row : report.layers) {
    if (!row.has_hardware()) continue;
    bars += label(row.layer, y) +
            bar(label_width + row.first_stage * cell, y, row.cycles() * cell, "fill") +
            figure(label_width + bars_width + 8, y,
                   fmt::format("{}, {} ns", cycles(row.cycles()),
                               decimal(row.cycles() * report.clock_ns)));
    y += row_height;
  }
  if (bars.empty()) return "";
  return drawing(y, "Pipeline stages by layer", cycle_grid(report.latency_cycles, cell, y) + bars);
}

std::string weights_chart(const Report& report) {
  std::int64_t most = 0;
  for (const LayerRow& row : report.layers) most = std::max(most, row.weights);
  if (most == 0) return "";
  std::string bars;
  int y = 4;
  for (const LayerRow& row : report.layers) {
    if (row.weights == 0) continue;
    const double scale = static_cast<double>(bars_width) / static_cast<double>(most);
    const double used = static_cast<double>(row.weights - row.zero_weights) * scale;
    const double all = static_cast<double>(row.weights) * scale;
    bars +=
        label(row.layer, y) + bar(label_width, y, used, "fill") +
        bar(label_width + used, y, all - used, "rest") +
        figure(label_width + all + 8, y,
               fmt::format("{} of {}", percent(row.zero_weights, row.weights), count(row.weights)));
    y += row_height;
  }
  return drawing(y, "Zero weights by layer", bars);
}

std::string seconds_chart(const Report& report) {
  double most = 0;
  for (const auto& [stage, seconds] : report.seconds) most = std::max(most, seconds);
  if (most <= 0) return "";
  std::string bars;
  int y = 4;
  for (const auto& [stage, seconds] : report.seconds) {
    const double width = bars_width * seconds / most;
    bars += label(stage, y) + bar(label_width, y, width, "time") +
            figure(label_width + width + 8, y, fmt::format("{:.2f} s", seconds));
    y += row_height;
  }
  return drawing(y, "Seconds by step of the compiler", bars);
}

}  // namespace gatefold::report

#include "gatefold/report/html.h"

#include <fmt/format.h>

#include "gatefold/report/styles.h"
#include "gatefold/report/words.h"

namespace gatefold::report {
namespace {

std::string card(const std::string& figure, const std::string& what) {
  return fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>\n", escaped(figure),
                     escaped(what));
}

std::string clock(const Report& report) {
  return fmt::format("clock {} ns ({} MHz)", decimal(report.clock_ns),
                     decimal(1000 / report.clock_ns));
}

std::string area_cards(const Report& report) {
  const LayerRow& total = report.total;
  if (!total.synthesised)
    return card(rounded(total.estimated_luts), report.area_unit + ", estimated") +
           card(count(total.estimated_flip_flops), "FF, estimated") +
           (has_block_rams(report) ? card(count(total.estimated_block_rams), "BRAM, estimated")
                                   : "") +
           (has_dsps(report) ? card(count(total.estimated_dsps), "DSP, estimated") : "");
  const flows::Cells& cells = *total.synthesised;
  return card(count(cells.luts), fmt::format("{} synthesised; {} estimated", report.area_unit,
                                             rounded(total.estimated_luts))) +
         card(count(cells.flip_flops),
              fmt::format("FF synthesised; {} estimated", count(total.estimated_flip_flops))) +
         (has_block_rams(report)
              ? card(count(cells.brams), fmt::format("BRAM synthesised; {} estimated",
                                                     count(total.estimated_block_rams)))
              : "") +
         (has_dsps(report) ? card(count(cells.dsps), fmt::format("DSP synthesised; {} estimated",
                                                                 count(total.estimated_dsps)))
                           : "");
}

std::string path_card(const Report& report) {
  std::string what = fmt::format("longest path, estimated; {}", clock(report));
  if (report.total.synthesised)
    what = fmt::format("longest path, estimated; {} levels of logic synthesised",
                       report.total.synthesised->levels);
  return card(decimal(report.critical_ns) + " ns", what);
}

std::string weights_card(const Report& report) {
  const LayerRow& total = report.total;
  if (total.weights == 0) return "";
  return card(percent(total.zero_weights, total.weights),
              fmt::format("of {} weights are zero and cost nothing", count(total.weights)));
}

std::string cards(const Report& report) {
  return "<div class=\"cards\">\n" +
         card(decimal(report.latency_ns) + " ns",
              fmt::format("latency: {}, {}", cycles(report.latency_cycles), clock(report))) +
         card(decimal(report.interval_cycles * report.clock_ns) + " ns",
              fmt::format("interval: a new input every {}",
                          report.interval_cycles == 1 ? "cycle" : cycles(report.interval_cycles))) +
         area_cards(report) + path_card(report) + weights_card(report) + "</div>\n";
}

std::string section(const std::string& title, const std::string& note, const std::string& drawing) {
  if (drawing.empty()) return "";
  return fmt::format("<section><h2>{}</h2>\n<p>{}</p>\n{}</section>\n", title, note, drawing);
}

/// A table of the text report, line by line.
std::string preformatted(std::string_view lines) {
  std::string text;
  for (std::size_t end; (end = lines.find('\n')) != lines.npos; lines.remove_prefix(end + 1))
    text += escaped(lines.substr(0, end)) + "\n";
  return "<pre>" + text + "</pre>\n";
}

std::string subtitle(const Report& report) {
  std::string text = report.target;
  if (!report.target_title.empty()) text += ", " + report.target_title;
  text += "; " + clock(report);
  if (report.synthesis) text += "; synthesised by " + report.synthesis->tool_version;
  return escaped(text);
}

std::string charts(const Report& report) {
  return section("Pipeline", "The clock cycles in which each layer works. Layers may share one.",
                 pipeline_chart(report)) +
         section("Pruning", "Zero weights (grey) need no hardware.", weights_chart(report)) +
         section("Time to compile", "Seconds of each step on this machine.", seconds_chart(report));
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += is_control(c) ? '?' : c;
    }
  }
  return result;
}

std::string to_html(const Report& report) {
  const std::string model = escaped(report.model);
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<title>{0}: Gatefold report</title>\n<style>\n{1}</style>\n</head>\n<body>\n"
             "<h1>{0}</h1>\n<p>{2}</p>\n",
             model, styles.front().text, subtitle(report)) +
         cards(report) +
         section("Layers",
                 "64 x s8: 64 numbers of 8 bits, signed (u: unsigned). LUT: lookup table; FF: "
                 "flip-flop (one bit of register); BRAM: block RAM; DSP: multiplier beside the "
                 "LUTs. Bars compare LUTs.",
                 layer_table(report)) +
         (report.processes.empty()
              ? ""
              : section("Processes", "Steps of an inference, and the share of its interval.",
                        preformatted(process_lines(report)))) +
         (report.processes.empty() || report.matrices.empty()
              ? ""
              : section("Matrices",
                        "Steps at a position, and the least without zeros on as many multipliers.",
                        preformatted(matrix_lines(report)))) +
         (report.toggles ? section("Activity",
                                   "Bits an inference on real inputs: words that change, registers "
                                   "that change and that load, memories read and written.",
                                   preformatted(activity_lines(report)))
                         : "") +
         "<div class=\"columns\">\n" +
         section("Network", "Dashed: no hardware of its own. On the arrows: numbers and bits.",
                 network_drawing(report)) +
         "<div>\n" + charts(report) + "</div>\n</div>\n</body>\n</html>\n";
}

}  // namespace gatefold::report

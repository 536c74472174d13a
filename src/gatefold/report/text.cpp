#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "gatefold/report/report.h"
#include "gatefold/report/words.h"

namespace gatefold::report {
namespace {

constexpr int page_width = 120;
constexpr int gap = 2;

/// One line of the table; a note stands in place of the cells.
struct Line {
  std::vector<std::string> cells;
  std::string note;
};

/// Two lines of headings over each column.
struct Column {
  std::string upper, lower;
  bool is_left = false;
};

std::vector<Column> columns(const Report& report) {
  const std::string& area = report.area_unit;
  std::vector<Column> all{
      {"", "layer", true}, {"", "values in", true}, {"", "values out", true}, {"", "weights"},
      {"", "zero"},        {"", "adders"},          {"est.", area},           {"est.", "FF"}};
  const auto add_blocks = [&](const std::string& by) {
    if (has_block_rams(report)) all.push_back({by, "BRAM"});
    if (has_dsps(report)) all.push_back({by, "DSP"});
  };
  add_blocks("est.");
  if (report.synthesis) {
    all.insert(all.end(), {{"synth.", area}, {"synth.", "carry"}, {"synth.", "FF"}});
    add_blocks("synth.");
  }
  all.insert(all.end(), {{"pipeline", "stages"}, {"", "ns"}});
  return all;
}

Line line_of(const LayerRow& row, const Report& report) {
  Line line{{row.layer}, row.note};
  line.cells.insert(line.cells.end(),
                    {row.input_words, row.output_words, row.weights ? count(row.weights) : "",
                     percent(row.zero_weights, row.weights), row.adders ? count(row.adders) : "",
                     rounded(row.estimated_luts), count(row.estimated_flip_flops)});
  const auto add_blocks = [&](std::int64_t block_rams, std::int64_t dsps) {
    if (has_block_rams(report)) line.cells.push_back(block_rams ? count(block_rams) : "");
    if (has_dsps(report)) line.cells.push_back(dsps ? count(dsps) : "");
  };
  add_blocks(row.estimated_block_rams, row.estimated_dsps);
  if (report.synthesis) {
    const auto cells = row.synthesised.value_or(flows::Cells{});
    const bool has = row.synthesised.has_value();
    for (const std::int64_t figure : {cells.luts, cells.carries, cells.flip_flops})
      line.cells.push_back(has ? count(figure) : "");
    add_blocks(cells.brams, cells.dsps);
  }
  line.cells.push_back(stages(row));
  line.cells.push_back(row.has_hardware() ? decimal(row.cycles() * report.clock_ns) : "");
  return line;
}

class Table {
 public:
  Table(std::vector<Column> columns, std::vector<Line> lines)
      : columns_(std::move(columns)), lines_(std::move(lines)) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      int width = std::max(width_of(columns_[c].upper), width_of(columns_[c].lower));
      for (const Line& line : lines_)
        if (line.note.empty() || c == 0) width = std::max(width, width_of(line.cells[c]));
      widths_.push_back(width);
    }
    for (const std::size_t c : {1, 2}) widths_[c] = std::min(widths_[c], 18);
    widths_[0] = std::max(8, std::min(widths_[0], widths_[0] + page_width - width()));
  }

  std::string text(std::size_t rule_before) const {
    std::string result = heading(&Column::upper) + heading(&Column::lower) + rule();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (i == rule_before) result += rule();
      result += text_of(lines_[i]);
    }
    return result;
  }

 private:
  std::vector<Column> columns_;
  std::vector<Line> lines_;
  std::vector<int> widths_;

  int width() const {
    int sum = -gap;
    for (const int width : widths_) sum += width + gap;
    return sum;
  }

  std::string rule() const { return std::string(static_cast<std::size_t>(width()), '-') + "\n"; }

  std::string heading(std::string Column::*text) const {
    Line line;
    for (const Column& column : columns_) line.cells.push_back(column.*text);
    return text_of(line);
  }

  std::string text_of(const Line& line) const {
    std::string result;
    const std::size_t shown = line.note.empty() ? columns_.size() : 1;
    for (std::size_t c = 0; c < shown; ++c) {
      const std::string cell = shorten(line.cells[c], widths_[c]);
      const std::string padding(static_cast<std::size_t>(widths_[c] - width_of(cell)), ' ');
      if (c > 0) result.append(gap, ' ');
      result += columns_[c].is_left ? cell + padding : padding + cell;
    }
    if (!line.note.empty())
      result += "  (" + shorten(line.note, width() - widths_[0] - gap - 2) + ")";
    result.erase(result.find_last_not_of(' ') + 1);
    return result + "\n";
  }
};

/// Pieces joined by commas, broken before the page's edge.
std::string wrapped(const std::string& head, const std::vector<std::string>& pieces, int indent) {
  std::string result,
      line = fmt::format(
          "{}{}", head,
          std::string(static_cast<std::size_t>(std::max(0, indent - width_of(head))), ' '));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string piece = pieces[i] + (i + 1 < pieces.size() ? ", " : "");
    if (width_of(line) + width_of(piece) > page_width) {
      result += line + "\n";
      line = std::string(static_cast<std::size_t>(indent), ' ');
    }
    line += piece;
  }
  return result + line + "\n";
}

std::string heading_of(const Report& report) {
  const std::string target =
      report.target_title.empty() ? "" : fmt::format(", {}", report.target_title);
  return shorten(fmt::format("{} on {}{}", report.model, report.target, target), page_width) + "\n";
}

/// `, 3 BRAM, 16 DSP`, as far as the report has such.
std::string blocks(const Report& report, std::int64_t block_rams, std::int64_t dsps) {
  std::string text;
  if (has_block_rams(report)) text += fmt::format(", {} BRAM", count(block_rams));
  if (has_dsps(report)) text += fmt::format(", {} DSP", count(dsps));
  return text;
}

std::string whole(const Report& report) {
  std::string text = fmt::format(
      "latency      {} = {} ns at a clock of {} ns ({} MHz)\n"
      "interval     a new input every {} ns ({})\n"
      "estimated    {} {}, {} FF{}, longest path {} ns\n",
      cycles(report.latency_cycles), decimal(report.latency_ns), decimal(report.clock_ns),
      decimal(1000 / report.clock_ns), decimal(report.interval_cycles * report.clock_ns),
      cycles(report.interval_cycles), rounded(report.total.estimated_luts), report.area_unit,
      count(report.total.estimated_flip_flops),
      blocks(report, report.total.estimated_block_rams, report.total.estimated_dsps),
      decimal(report.critical_ns));
  if (!report.folds.empty()) text += fmt::format("folds        {}\n", report.folds);
  if (!report.synthesis) return text;
  const flows::Cells& cells = report.synthesis->total;
  return text + fmt::format("synthesised  {} {}, {} carry, {} FF{}, {} levels of logic, {} ({})\n",
                            count(cells.luts), report.area_unit, count(cells.carries),
                            count(cells.flip_flops), blocks(report, cells.brams, cells.dsps),
                            cells.levels, "by " + report.synthesis->tool_version,
                            report.synthesis->target);
}

std::string operations(const Report& report) {
  int indent = 0;
  for (const LayerRow& row : report.layers)
    if (row.has_hardware()) indent = std::max(indent, width_of(row.layer));
  indent = std::min(indent, 40) + gap;
  std::string text = "Operations in hardware\n";
  for (const LayerRow& row : report.layers)
    if (row.has_hardware())
      text += wrapped(shorten(row.layer, indent - gap), row.operations, indent);
  return text;
}

std::string processes(const Report& report) {
  if (report.processes.empty()) return {};
  return "\nProcesses: steps of an inference, and the share of its interval\n" +
         process_lines(report);
}

std::string matrices(const Report& report) {
  const std::string lines = matrix_lines(report);
  if (lines.empty()) return {};
  return "\nMatrices: steps at a position, and the least without zeros on as many multipliers\n" +
         lines;
}

std::string activity(const Report& report) {
  const std::string lines = activity_lines(report);
  if (lines.empty()) return {};
  return fmt::format("\nActivity on {} real inputs: bits an inference\n",
                     count(report.toggles->inferences)) +
         lines;
}

std::string compile_times(const Report& report) {
  std::vector<std::string> pieces;
  for (const auto& [stage, seconds] : report.seconds)
    pieces.push_back(fmt::format("{} {:.2f} s", stage, seconds));
  return pieces.empty() ? "" : "\n" + wrapped("Time taken: ", pieces, 12);
}

}  // namespace

std::string to_text(const Report& report) {
  std::vector<Line> lines;
  for (const LayerRow& row : report.layers) lines.push_back(line_of(row, report));
  const std::size_t layers = lines.size();
  lines.push_back(line_of(report.control, report));
  lines.push_back(line_of(report.total, report));
  const Table table(columns(report), std::move(lines));
  return heading_of(report) + "\n" + whole(report) + "\n" + table.text(layers) +
         "\n64 x s8: 64 numbers of 8 bits, signed (u: unsigned). Zero weights need no hardware. "
         "LUT: lookup table;\nFF: flip-flop (one bit of register). Layers may share a pipeline "
         "stage." +
         (has_block_rams(report) ? " BRAM: block RAM." : "") +
         (has_dsps(report) ? " DSP: multiplier beside the LUTs." : "") + "\n\n" +
         operations(report) + processes(report) + matrices(report) + activity(report) +
         compile_times(report);
}

}  // namespace gatefold::report

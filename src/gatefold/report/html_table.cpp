#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "gatefold/report/html.h"
#include "gatefold/report/words.h"

namespace gatefold::report {
namespace {

/// The LUTs that the bars show: synthesised where there are some.
double luts_of(const LayerRow& row) {
  return row.synthesised ? static_cast<double>(row.synthesised->luts) : row.estimated_luts;
}

std::string number(const std::string& text) { return fmt::format("<td class=\"n\">{}</td>", text); }

std::string number_with_bar(const std::string& text, double share) {
  return fmt::format("<td class=\"n\">{}<span class=\"bar\" style=\"width:{:.1f}%\"></span></td>",
                     text, 100 * share);
}

std::string type(const std::string& words, const std::string& full) {
  return fmt::format("<td class=\"type\" title=\"{}\">{}</td>", escaped(full),
                     escaped(shorten(words, 24)));
}

std::string name(const LayerRow& row) {
  return fmt::format("<td class=\"name\">{}<small>{}</small></td>", escaped(row.layer),
                     escaped(row.kind));
}

/// The cells of block RAMs and DSPs, as far as the report has such.
std::string blocks(const Report& report, std::int64_t block_rams, std::int64_t dsps) {
  std::string text;
  if (has_block_rams(report)) text += number(block_rams ? count(block_rams) : "");
  if (has_dsps(report)) text += number(dsps ? count(dsps) : "");
  return text;
}

int block_columns(const Report& report) { return has_block_rams(report) + has_dsps(report); }

std::string cells(const Report& report, const LayerRow& row, double most) {
  const double share = most > 0 ? luts_of(row) / most : -1;
  const auto luts = [&](const std::string& text, bool is_bar) {
    return is_bar && share >= 0 ? number_with_bar(text, share) : number(text);
  };
  const std::string text = luts(rounded(row.estimated_luts), !report.synthesis) +
                           number(count(row.estimated_flip_flops)) +
                           blocks(report, row.estimated_block_rams, row.estimated_dsps);
  if (!report.synthesis) return text;
  if (!row.synthesised) return text + number("") + number("") + number("") + blocks(report, 0, 0);
  return text + luts(count(row.synthesised->luts), true) + number(count(row.synthesised->carries)) +
         number(count(row.synthesised->flip_flops)) +
         blocks(report, row.synthesised->brams, row.synthesised->dsps);
}

std::string body_of(const Report& report, const LayerRow& row, double most) {
  return fmt::format("<td class=\"ops\">{}</td>{}{}", fmt::join(row.operations, ", "),
                     type(row.input_words, row.input_type),
                     type(row.output_words, row.output_type)) +
         number(row.weights ? count(row.weights) : "") +
         number(percent(row.zero_weights, row.weights)) +
         number(row.adders ? count(row.adders) : "") + cells(report, row, most) +
         number(stages(row)) +
         number(row.has_hardware() ? decimal(row.cycles() * report.clock_ns) : "");
}

std::string row_of(const Report& report, const LayerRow& row, double most, int columns) {
  if (row.note.empty())
    return fmt::format("<tr>{}{}</tr>\n", name(row), body_of(report, row, most));
  return fmt::format("<tr class=\"absent\">{}<td colspan=\"{}\">{}</td></tr>\n", name(row),
                     columns - 1, escaped(row.note));
}

std::string group(const std::string& name, int columns) {
  return fmt::format("<th class=\"group\" colspan=\"{}\">{}</th>", columns, name);
}

std::string heading(const Report& report) {
  const std::string blocks =
      std::string(has_block_rams(report) ? "<th class=\"n\">BRAM</th>" : "") +
      (has_dsps(report) ? "<th class=\"n\">DSP</th>" : "");
  const int more = block_columns(report);
  std::string groups = group("estimated", 2 + more), cells = blocks;
  if (report.synthesis) {
    groups += group("synthesised", 3 + more);
    cells +=
        fmt::format("<th class=\"n\">{}</th><th class=\"n\">carry</th><th class=\"n\">FF</th>{}",
                    report.area_unit, blocks);
  }
  return fmt::format(
      "<thead><tr><th class=\"none\" colspan=\"4\"></th><th class=\"group\" "
      "colspan=\"2\">weights</th><th class=\"none\"></th>"
      "{}<th class=\"group\" colspan=\"2\">"
      "pipeline</th></tr>\n<tr><th>layer</th><th>operations</th><th>values in</th><th>values out"
      "</th><th class=\"n\">all</th><th class=\"n\">zero</th><th class=\"n\">adders</th>"
      "<th class=\"n\">{}</th><th class=\"n\">FF</th>{}<th class=\"n\">stages</th>"
      "<th class=\"n\">ns</th></tr></thead>\n",
      groups, report.area_unit, cells);
}

}  // namespace

std::string layer_table(const Report& report) {
  double most = 0;
  for (const LayerRow& row : report.layers) most = std::max(most, luts_of(row));
  const int columns =
      report.synthesis ? 14 + 2 * block_columns(report) : 11 + block_columns(report);
  std::string rows;
  for (const LayerRow& row : report.layers) rows += row_of(report, row, most, columns);
  rows += row_of(report, report.control, 0, columns);
  rows += fmt::format("<tr class=\"total\">{}{}</tr>\n", name(report.total),
                      body_of(report, report.total, 0));
  return fmt::format("<div class=\"wide\"><table>\n{}<tbody>\n{}</tbody></table></div>\n",
                     heading(report), rows);
}

}  // namespace gatefold::report

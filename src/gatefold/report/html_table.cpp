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

std::string cells(const Report& report, const LayerRow& row, double most) {
  const double share = most > 0 ? luts_of(row) / most : -1;
  const auto luts = [&](const std::string& text, bool is_bar) {
    return is_bar && share >= 0 ? number_with_bar(text, share) : number(text);
  };
  std::string text = luts(rounded(row.estimated_luts), !report.synthesis) +
                     number(count(row.estimated_flip_flops));
  if (!report.synthesis) return text;
  if (!row.synthesised) return text + number("") + number("") + number("");
  return text + luts(count(row.synthesised->luts), true) + number(count(row.synthesised->carries)) +
         number(count(row.synthesised->flip_flops));
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

std::string heading(bool synthesised) {
  const std::string group = synthesised ? "<th class=\"group\" colspan=\"3\">synthesised</th>" : "";
  const std::string cells =
      synthesised ? "<th class=\"n\">LUT</th><th class=\"n\">carry</th><th class=\"n\">FF</th>"
                  : "";
  return fmt::format(
      "<thead><tr><th class=\"none\" colspan=\"4\"></th><th class=\"group\" "
      "colspan=\"2\">weights</th><th class=\"none\"></th>"
      "<th class=\"group\" colspan=\"2\">estimated</th>{}<th class=\"group\" colspan=\"2\">"
      "pipeline</th></tr>\n<tr><th>layer</th><th>operations</th><th>values in</th><th>values out"
      "</th><th class=\"n\">all</th><th class=\"n\">zero</th><th class=\"n\">adders</th>"
      "<th class=\"n\">LUT</th><th class=\"n\">FF</th>{}<th class=\"n\">stages</th>"
      "<th class=\"n\">ns</th></tr></thead>\n",
      group, cells);
}

}  // namespace

std::string layer_table(const Report& report) {
  double most = 0;
  for (const LayerRow& row : report.layers) most = std::max(most, luts_of(row));
  const int columns = report.synthesis ? 14 : 11;
  std::string rows;
  for (const LayerRow& row : report.layers) rows += row_of(report, row, most, columns);
  rows += row_of(report, report.control, 0, columns);
  rows += fmt::format("<tr class=\"total\">{}{}</tr>\n", name(report.total),
                      body_of(report, report.total, 0));
  return fmt::format("<div class=\"wide\"><table>\n{}<tbody>\n{}</tbody></table></div>\n",
                     heading(report.synthesis.has_value()), rows);
}

}  // namespace gatefold::report

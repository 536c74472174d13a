#include <algorithm>
#include <fmt/format.h>

#include "gatefold/report/report.h"
#include "gatefold/report/words.h"

// What the zeros of each trained matrix save.
namespace gatefold::report {
namespace {

void add_rows(const graph::Graph& graph, const std::vector<FoldedMatrix>& folds,
              std::vector<MatrixRow>& rows) {
  for (const graph::Node& node : graph.nodes()) {
    if (const auto* scan = std::get_if<graph::Scan>(&node.op)) add_rows(*scan->body, folds, rows);
    const auto* linear = std::get_if<graph::Linear>(&node.op);
    if (linear == nullptr || is_sum(*linear)) continue;
    MatrixRow row{node.layer, linear->weights.size()};
    row.zero_weights = std::count(linear->weights.data.begin(), linear->weights.data.end(), 0);
    const auto fold = std::ranges::find(folds, linear, &FoldedMatrix::linear);
    if (fold != folds.end()) {
      row.multipliers = fold->multipliers;
      row.steps = fold->steps;
    }
    rows.push_back(row);
  }
}

}  // namespace

std::int64_t MatrixRow::dense_steps() const {
  return is_fold() ? (weights + multipliers - 1) / multipliers : 1;
}

std::int64_t MatrixRow::saved_steps() const {
  return std::max<std::int64_t>(dense_steps() - steps, 0);
}

std::vector<MatrixRow> matrix_rows(const graph::Graph& graph,
                                   const std::vector<FoldedMatrix>& folds) {
  std::vector<MatrixRow> rows;
  add_rows(graph, folds, rows);
  return rows;
}

std::string matrix_lines(const Report& report) {
  if (report.processes.empty() || report.matrices.empty()) return {};
  int width = 6;
  for (const MatrixRow& row : report.matrices) width = std::clamp(width_of(row.layer), width, 40);
  const auto line = [&](const std::string& name, const auto&... cells) {
    std::string text = shorten(name, width);
    text.append(static_cast<std::size_t>(width - width_of(text)), ' ');
    ((text += fmt::format("  {:>11}", cells)), ...);
    return text;
  };
  std::string text =
      line("matrix", "weights", "zero", "multipliers", "steps", "without", "saved") + "\n";
  for (const MatrixRow& row : report.matrices) {
    const auto weights = count(row.weights), zero = percent(row.zero_weights, row.weights);
    text += row.is_fold()
                ? line(row.layer, weights, zero, count(row.multipliers), count(row.steps),
                       count(row.dense_steps()), percent(row.saved_steps(), row.dense_steps()))
                : line(row.layer, weights, zero) +
                      fmt::format("  adders for {} weights that are not zero",
                                  count(row.weights - row.zero_weights));
    text += "\n";
  }
  return text;
}

}  // namespace gatefold::report

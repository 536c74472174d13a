#pragma once

#include <gtest/gtest.h>
#include <optional>
#include <vector>

#include "tests/random_graph.h"

#include "gatefold/graph/run.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/passes/unroll_scans.h"

namespace gatefold::testing {

/// Several inferences in a row, so that nothing of one may be left in the next.
constexpr int samples = 3;

inline hardware::Batch batch_of(const graph::Graph& graph,
                                const std::vector<std::vector<numeric::IntTensor>>& rows) {
  hardware::Batch batch;
  std::size_t port = 0;
  for (const graph::NodeId id : graph.inputs()) {
    auto& tensor = batch[std::get<graph::Input>(graph.node(id).op).name];
    for (const auto& row : rows)
      tensor.data.insert(tensor.data.end(), row[port].data.begin(), row[port].data.end());
    tensor.shape = {samples, rows.front()[port].size()};
    ++port;
  }
  return batch;
}

inline void expect_equal(const graph::Graph& graph, const hardware::Design& design,
                         const std::vector<std::vector<numeric::IntTensor>>& rows) {
  const auto got = hardware::run_design(design, batch_of(graph, rows));
  graph::KeptStates kept;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto expected = graph::run_reference(graph, rows[row], kept);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& words = got.at(graph.outputs()[i].name).data;
      const auto size = static_cast<std::ptrdiff_t>(expected[i].data.size());
      const auto first = words.begin() + static_cast<std::ptrdiff_t>(row) * size;
      ASSERT_EQ(std::vector<std::int64_t>(first, first + size), expected[i].data)
          << "inference " << row << "\n"
          << graph::print(graph) << hardware::print(design);
    }
  }
}

/// Whether the only refusals are those that the lowering announces.
inline bool is_announced(const Diagnostics& errors) {
  for (const Diagnostic& error : errors)
    if (error.id != DiagnosticId::NoHardware && error.id != DiagnosticId::QuantizerTooWide &&
        error.id != DiagnosticId::WordTooWide)
      return false;
  return true;
}

/// The simplified design; none where the lowering refuses the graph for a reason that it announces.
inline std::optional<hardware::Design> compared(const graph::Graph& graph, RandomGraphs& random,
                                                const lowering::Folds& folds) {
  const auto flat = passes::unroll_inner_scans(graph);
  const auto design = lowering::lower_network(flat.value(), {}, folds);
  if (!design) {
    EXPECT_TRUE(is_announced(design.errors())) << to_string(design.errors());
    return std::nullopt;
  }
  EXPECT_EQ(hardware::verify(*design), "") << graph::print(graph) << hardware::print(*design);
  const hardware::Design simple = hardware::simplify(*design);
  EXPECT_EQ(hardware::verify(simple), "");
  for (const bool extreme : {false, true}) {
    std::vector<std::vector<numeric::IntTensor>> rows;
    for (int i = 0; i < samples; ++i) rows.push_back(random.inputs(graph, extreme));
    expect_equal(graph, *design, rows);
    expect_equal(graph, simple, rows);
  }
  return simple;
}

/// 1, or 0 where it is refused.
inline int lower_and_compare(const graph::Graph& graph, RandomGraphs& random, std::int64_t reuse) {
  return compared(graph, random, {.reuse = reuse, .layers = {}}) ? 1 : 0;
}

}  // namespace gatefold::testing

#include "gatefold/passes/narrow.h"

#include <utility>

#include "gatefold/graph/per_axis.h"

namespace gatefold::passes {

using numeric::Grid;
using Grids = numeric::PerAxis<Grid>;

graph::Quantize narrowed(graph::Quantize q, const graph::Shape& shape,
                         const graph::TensorType& out) {
  q.overflow = numeric::Overflow::Saturate;
  q.saturated_bits = 0;
  if (out.ranges.size() == 1) {
    for (Grid& grid : q.grid.values) grid.bounds = {out.ranges[0].low, out.ranges[0].high, 0};
    return q;
  }
  std::vector<Grid> grids;
  for (std::int64_t i = 0; i < numeric::element_count(shape); ++i) {
    grids.push_back(q.grid.at(i, shape));
    grids.back().bounds = {out.range(i).low, out.range(i).high, 0};
  }
  q.grid = graph::least_general(Grids(Grids::by_element, std::move(grids)), shape);
  return q;
}

}  // namespace gatefold::passes

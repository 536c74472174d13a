#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/graph/op.h"

namespace gatefold::passes {

/// Parameters of an elementwise op for a tensor that holds chosen elements of another, in another
/// order or shape.
class Reindex {
 public:
  /// Element i of the tensor of shape `to` is element flats[i] of one of shape `from`.
  Reindex(graph::Shape from, graph::Shape to, std::vector<std::int64_t> flats);

  graph::Encoding operator()(const graph::Encoding& encoding) const;
  graph::Quantize operator()(graph::Quantize q) const;
  graph::Map operator()(const graph::Map& map) const;

  const std::vector<std::int64_t>& flats() const { return flats_; }

 private:
  graph::Shape from_, to_;
  std::vector<std::int64_t> flats_;
};

}  // namespace gatefold::passes

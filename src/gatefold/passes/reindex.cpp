#include "gatefold/passes/reindex.h"

#include <utility>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/support/match.h"

namespace gatefold::passes {

using graph::Encoding;
using graph::Map;
using graph::Quantize;

Reindex::Reindex(graph::Shape from, graph::Shape to, std::vector<std::int64_t> flats)
    : from_(std::move(from)), to_(std::move(to)), flats_(std::move(flats)) {}

Encoding Reindex::operator()(const Encoding& encoding) const {
  return graph::gather(encoding, from_, to_, flats_);
}

Quantize Reindex::operator()(Quantize q) const {
  q.grid = graph::gather(q.grid, from_, to_, flats_);
  if (q.source) q.source = (*this)(*q.source);
  return q;
}

Map Reindex::operator()(const Map& map) const {
  return std::visit(
      Match{
          [&](const graph::RealFunction& f) {
            return Map{(*this)(Encoding{graph::Rational(1), graph::Rational(0), {f}}).functions[0]};
          },
          [&](const graph::Table& t) {
            return Map{graph::Table{t.first, graph::gather(t.entries, from_, to_, flats_),
                                    (*this)(t.encoding)}};
          },
          [&](const graph::Clamp& c) { return Map{c}; }},
      map.function);
}

}  // namespace gatefold::passes

// MatMul of two computed tensors: `contract`, y[i, j] = sum over k of a[i, k] * b[k, j].
#include "gatefold/layers/contraction.h"

#include <algorithm>

#include "gatefold/layers/alignment.h"

namespace gatefold::layers {
namespace {

using graph::Value;

/// Matrices [..., M, K] and [..., K, N] with the same axes in front.
bool are_factors(const Shape& a, const Shape& b) {
  if (a.size() < 2 || a.size() != b.size()) return false;
  return std::equal(a.begin(), a.end() - 2, b.begin()) && a.back() == b[b.size() - 2];
}

}  // namespace

Status import_contraction(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  if (!are_factors(importer.shape(node, 0), importer.shape(node, 1)))
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "computed operands that are no matrices with the same axes in front");
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(Value a, importer.linear_value(node, 0));
  GATEFOLD_TRY(Value b, importer.linear_value(node, 1));
  GATEFOLD_CHECK(remove_offsets(importer, a, layer));
  GATEFOLD_CHECK(remove_offsets(importer, b, layer));
  return importer.set_op(node, graph::Contract{}, {a, b});
}

}  // namespace gatefold::layers

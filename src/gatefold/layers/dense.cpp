// Gemm and MatMul with a constant matrix: `linear`, y[j] = sum over i of x[i] * W[i, j] + b[j].
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/importer.h"
#include "gatefold/layers/weights.h"

namespace gatefold::layers {
namespace {

using graph::Value;

Result<Weights> matrix_of(const ConstantSymbol& constant, bool transposed, const Rational& factor,
                          const ForeignNode& node) {
  if (constant.shape.size() != 2)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "a constant that is no matrix");
  Weights matrix{1, constant.shape[transposed ? 1 : 0], constant.shape[transposed ? 0 : 1], {}};
  if (matrix.rows < 1 || matrix.columns < 1)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "an empty matrix");
  const auto ordered = [&](const std::vector<Rational>& values) {
    std::vector<Rational> rows;
    rows.reserve(values.size());
    for (std::int64_t i = 0; i < matrix.rows; ++i)
      for (std::int64_t j = 0; j < matrix.columns; ++j) {
        const std::int64_t flat = transposed ? j * matrix.rows + i : i * matrix.columns + j;
        rows.push_back(values[static_cast<std::size_t>(flat)]);
      }
    return rows;
  };
  matrix.values = scaled(ordered(constant.values), factor);
  matrix.grid = scaled(with_steps(constant.grid, ordered), factor);
  return matrix;
}

Status set_linear(Importer& importer, const ForeignNode& node, Weights matrix, Bias bias) {
  GATEFOLD_TRY(const Value x, importer.linear_value(node, 0));
  GATEFOLD_TRY(const Value y, add_linear(importer, node, x, std::move(matrix), std::move(bias)));
  importer.set(node, y);
  return success();
}

}  // namespace

Status import_gemm(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const double alpha, attribute(node, "alpha", 1.0));
  GATEFOLD_TRY(const double beta, attribute(node, "beta", 1.0));
  GATEFOLD_TRY(const auto trans_a, attribute(node, "transA", std::int64_t{0}));
  GATEFOLD_TRY(const auto trans_b, attribute(node, "transB", std::int64_t{0}));
  if (trans_a != 0)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "a transposed input");
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  if (importer.shape(node, 0).size() != 1)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "an input of more than two axes");
  GATEFOLD_TRY(const ConstantSymbol weights, importer.constant(node, 1, "matrix"));
  GATEFOLD_TRY(Weights matrix, matrix_of(weights, trans_b != 0, numeric::exact(alpha), node));
  GATEFOLD_TRY(auto bias, bias_at(importer, node, 2, matrix.columns, numeric::exact(beta)));
  return set_linear(importer, node, std::move(matrix), std::move(bias));
}

Status import_matmul(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const ConstantSymbol weights, importer.constant(node, 1, "matrix"));
  GATEFOLD_TRY(Weights matrix, matrix_of(weights, false, 1, node));
  return set_linear(importer, node, std::move(matrix), {});
}

}  // namespace gatefold::layers

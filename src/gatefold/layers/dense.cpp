// Gemm and MatMul with a constant matrix: `linear`, y[j] = sum over i of x[i] * W[i, j] + b[j].
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/contraction.h"
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

Result<Value> set_linear(Importer& importer, const ForeignNode& node, Weights matrix, Bias bias) {
  GATEFOLD_TRY(const Value x, importer.linear_value(node, 0));
  GATEFOLD_TRY(const Value y, add_linear(importer, node, x, std::move(matrix), std::move(bias)));
  importer.set(node, y);
  return y;
}

/// A bias that is added right behind a matrix.
struct BiasBehind {
  const ForeignNode* add = nullptr;
  Bias bias;
};

/// One that hardware exchanges with the weights.
BiasBehind reloadable_bias(Importer& importer, const ForeignNode& node, std::int64_t outputs) {
  if (!importer.options().is_reloadable(layer_name(node))) return {};
  if (!importer.has_input(node, 0) || importer.batch_axis(node, 0) != 0) return {};
  const ForeignNode* add = importer.only_reader(node);
  if (add == nullptr || add->type != "Add" || add->inputs.size() != 2) return {};
  const std::size_t constant = add->inputs[0] == node.outputs.front() ? 1 : 0;
  if (!importer.finds_constant(*add, constant)) return {};
  auto bias = bias_at(importer, *add, constant, outputs);
  if (!bias) return {};
  return {add, *std::move(bias)};
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
  GATEFOLD_CHECK(set_linear(importer, node, std::move(matrix), std::move(bias)));
  return success();
}

Status import_matmul(Importer& importer, const ForeignNode& node) {
  if (importer.has_input(node, 1) && !importer.is_constant(node, 1))
    return import_contraction(importer, node);
  GATEFOLD_TRY(const ConstantSymbol weights, importer.constant(node, 1, "matrix"));
  GATEFOLD_TRY(Weights matrix, matrix_of(weights, false, 1, node));
  auto [add, bias] = reloadable_bias(importer, node, matrix.columns);
  GATEFOLD_TRY(const Value y, set_linear(importer, node, std::move(matrix), std::move(bias)));
  if (add != nullptr) importer.take_over(*add, y);
  return success();
}

}  // namespace gatefold::layers

// Gemm and MatMul with a constant matrix: `linear`, y[j] = sum over i of x[i] * W[i, j] + b[j].
#include <algorithm>

#include "gatefold/layers/alignment.h"
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

using graph::Value;
using numeric::PerAxis;

/// The widest integer weight that counts as quantized.
constexpr int widest_weight = 24;
/// The same times the scale of an input, a float32.
constexpr int widest_scaled_weight = 48;

struct Matrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<Rational> values;  // [rows, columns]
};

/// Integers and steps such that value = integer * step: one step for all where the integers stay
/// narrow, else one per column.
Result<graph::Linear> integer_weights(const Matrix& matrix, int width, const std::string& layer) {
  const auto at = [&](std::int64_t i, std::int64_t j) -> const Rational& {
    return matrix.values[static_cast<std::size_t>(i * matrix.columns + j)];
  };
  std::vector<Rational> steps(static_cast<std::size_t>(matrix.columns), 0);
  Rational common = 0;
  for (std::int64_t j = 0; j < matrix.columns; ++j) {
    for (std::int64_t i = 0; i < matrix.rows; ++i)
      steps[static_cast<std::size_t>(j)] =
          common_step(steps[static_cast<std::size_t>(j)], at(i, j));
    common = common_step(common, steps[static_cast<std::size_t>(j)]);
  }
  const auto narrow = [&](const Rational& value) { return is_narrow(value, common, width); };
  const bool uniform =
      sgn(common) == 0 || std::all_of(matrix.values.begin(), matrix.values.end(), narrow);
  for (Rational& step : steps) {
    if (uniform) step = common;
    if (sgn(step) == 0) step = 1;
  }
  graph::Linear linear;
  linear.weights = {{1, matrix.rows, matrix.columns}, {}};
  for (std::int64_t i = 0; i < matrix.rows; ++i)
    for (std::int64_t j = 0; j < matrix.columns; ++j) {
      const Rational& step = steps[static_cast<std::size_t>(j)];
      if (!is_narrow(at(i, j), step, width))
        return diagnose(DiagnosticId::UnquantizedWeights, layer, width);
      linear.weights.data.push_back(Rational(at(i, j) / step).get_num().get_si());
    }
  linear.multiplier = uniform ? PerAxis<Rational>(steps.front()) : PerAxis<Rational>(0, steps);
  return linear;
}

Result<Matrix> matrix_of(const ConstantSymbol& constant, bool transposed, const Rational& factor,
                         const ForeignNode& node) {
  if (constant.shape.size() != 2)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "a constant that is no matrix");
  Matrix matrix{constant.shape[transposed ? 1 : 0], constant.shape[transposed ? 0 : 1], {}};
  if (matrix.rows < 1 || matrix.columns < 1)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "an empty matrix");
  matrix.values.reserve(constant.values.size());
  for (std::int64_t i = 0; i < matrix.rows; ++i)
    for (std::int64_t j = 0; j < matrix.columns; ++j) {
      const std::int64_t flat = transposed ? j * matrix.rows + i : i * matrix.columns + j;
      matrix.values.push_back(constant.values[static_cast<std::size_t>(flat)] * factor);
    }
  return matrix;
}

/// The scales of the inputs of a sum, where they differ; empty when one is 0.
std::optional<PerAxis<Rational>> input_scales(const graph::TensorType& x, std::int64_t rows) {
  const PerAxis<Rational>& scale = x.encoding.scale;
  const bool by_input = !scale.is_uniform() && (scale.axis + 1 == std::ssize(x.shape) ||
                                                (scale.axis < 0 && x.shape.size() == 1));
  const auto is_zero = [](const Rational& value) { return sgn(value) == 0; };
  if (!by_input || std::ssize(scale.values) != rows || std::ranges::any_of(scale.values, is_zero))
    return std::nullopt;
  return PerAxis<Rational>(static_cast<int>(x.shape.size()) - 1, scale.values);
}

/// Moves the scales of a sum's inputs into its weights, where these then are integers that leave
/// room for a sum in the widest word: the integers of `x` share the scale 1 afterwards. False where
/// nothing is moved.
Result<bool> absorb_input_scales(Importer& importer, const ForeignNode& node, Value& x,
                                 Matrix& matrix) {
  auto scales = input_scales(importer.type(x), matrix.rows);
  if (!scales) return false;
  Matrix scaled = matrix;
  for (std::int64_t flat = 0; flat < std::ssize(scaled.values); ++flat)
    scaled.values[static_cast<std::size_t>(flat)] *=
        scales->values[static_cast<std::size_t>(flat / matrix.columns)];
  if (!integer_weights(scaled, widest_scaled_weight, node.name)) return false;
  matrix = std::move(scaled);
  for (Rational& scale : scales->values) scale = 1 / scale;
  graph::Map unscaled{graph::RealFunction(graph::Affine{*std::move(scales), Rational(0)})};
  GATEFOLD_TRY(x, importer.add(std::move(unscaled), {x}, layer_name(node)));
  return true;
}

Status set_linear(Importer& importer, const ForeignNode& node, Matrix matrix,
                  std::vector<Rational> bias) {
  GATEFOLD_TRY(Value x, importer.linear_value(node, 0));
  GATEFOLD_CHECK(integer_weights(matrix, widest_weight, node.name));
  GATEFOLD_TRY(const bool is_scaled, absorb_input_scales(importer, node, x, matrix));
  const int width = is_scaled ? widest_scaled_weight : widest_weight;
  GATEFOLD_TRY(graph::Linear linear, integer_weights(matrix, width, node.name));
  linear.bias = std::move(bias);
  return importer.set_op(node, std::move(linear), {x});
}

Result<std::vector<Rational>> gemm_bias(const Importer& importer, const ForeignNode& node,
                                        std::int64_t outputs, double beta) {
  if (!importer.has_input(node, 2)) return std::vector<Rational>{};
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, 2, "bias"));
  GATEFOLD_TRY(const auto spread, broadcast(constant, {outputs}, node.name));
  std::vector<Rational> bias;
  for (std::int64_t j = 0; j < outputs; ++j)
    bias.push_back(spread.at(j, {outputs}) * numeric::exact(beta));
  return bias;
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
  GATEFOLD_TRY(Matrix matrix, matrix_of(weights, trans_b != 0, numeric::exact(alpha), node));
  GATEFOLD_TRY(auto bias, gemm_bias(importer, node, matrix.columns, beta));
  return set_linear(importer, node, std::move(matrix), std::move(bias));
}

Status import_matmul(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const ConstantSymbol weights, importer.constant(node, 1, "matrix"));
  GATEFOLD_TRY(Matrix matrix, matrix_of(weights, false, 1, node));
  return set_linear(importer, node, std::move(matrix), {});
}

}  // namespace gatefold::layers

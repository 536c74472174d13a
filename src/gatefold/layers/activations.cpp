// Relu, LeakyRelu, Sigmoid, Tanh: functions of one real number that a following quantizer rounds.
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

Status import_function(Importer& importer, const ForeignNode& node, graph::RealFunction function) {
  return importer.apply(node, 0, {std::move(function)});
}

}  // namespace

Status import_relu(Importer& importer, const ForeignNode& node) {
  return import_function(importer, node, graph::Relu{});
}

Status import_leaky_relu(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const double alpha, attribute(node, "alpha", static_cast<double>(0.01f)));
  return import_function(importer, node, graph::LeakyRelu{numeric::exact(alpha)});
}

Status import_sigmoid(Importer& importer, const ForeignNode& node) {
  return import_function(importer, node, graph::Elementary::Sigmoid);
}

Status import_tanh(Importer& importer, const ForeignNode& node) {
  return import_function(importer, node, graph::Elementary::Tanh);
}

}  // namespace gatefold::layers

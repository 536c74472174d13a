#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gatefold/frontends/foreign_model.h"

// Models as a reader would give them, for tests of the import.
namespace gatefold::testing {

using frontends::ElementKind;
using frontends::ForeignArray;
using frontends::ForeignModel;
using frontends::ForeignNode;

inline ForeignArray array(numeric::Shape shape, std::vector<double> values) {
  return {ElementKind::Float32, std::move(shape), std::move(values), {}};
}
inline ForeignArray scalar(double value) { return array({}, {value}); }
inline ForeignArray integers(std::vector<std::int64_t> values) {
  return {ElementKind::Integer, {static_cast<std::int64_t>(values.size())}, {}, std::move(values)};
}

inline ForeignNode node(std::string type, std::vector<std::string> inputs, std::string output) {
  ForeignNode made;
  made.name = output + "_layer";
  made.type = std::move(type);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

/// A QONNX quantizer `type` (Quant or IntQuant) of 4 signed bits and scale 1/4.
inline ForeignNode quant(std::string input, std::string output) {
  ForeignNode made = node("Quant", {std::move(input), "scale", "zero", "bits"}, std::move(output));
  made.domain = "qonnx.custom_op.general";
  made.attributes = {{"signed", std::int64_t{1}}, {"narrow", std::int64_t{0}}};
  return made;
}

/// `x` [batch, 2] quantized to `q`, then the given nodes up to `y`; a 2x2 matrix `w`, parameters of
/// quantizers `scale`, `zero`, `bits`.
inline ForeignModel model(std::vector<ForeignNode> nodes) {
  ForeignModel made;
  made.name = "m";
  made.format = "onnx";
  made.inputs = {{"x", ElementKind::Float32, {-1, 2}}};
  made.outputs = {{"y", ElementKind::Float32, {-1, 2}}};
  made.arrays = {{"scale", scalar(0.25)},
                 {"zero", scalar(0)},
                 {"bits", scalar(4)},
                 {"w", array({2, 2}, {1, -0.5, 0.25, 2})}};
  made.nodes = {quant("x", "q")};
  for (ForeignNode& each : nodes) made.nodes.push_back(std::move(each));
  return made;
}

}  // namespace gatefold::testing

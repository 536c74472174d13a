#pragma once

#include <string>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/frontends/onnx/onnx_arrays.h"
#include "gatefold/support/result.h"

namespace gatefold::onnx {
class AttributeProto;
}

namespace gatefold::frontends {

/// An attribute of the node named `node`. OnnxSubgraph for a graph, OnnxAttribute for every other
/// kind that carries no plain value, and the diagnostics of ArrayReader for a tensor.
Result<Attribute> read_attribute(const onnx::AttributeProto& attribute, const std::string& node,
                                 ArrayReader& arrays);

}  // namespace gatefold::frontends

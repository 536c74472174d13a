#pragma once

#include <string>

#include "onnx.pb.h"

namespace gatefold::frontends {

/// The path of the module that a node comes from and its operator, `/dense1/linear`, as PyTorch's
/// exporter notes it in the node's metadata (`pkg.torch.onnx.name_scopes`, a Python list of growing
/// dotted paths that ends with the operator); empty when it is not there or not of that form.
std::string module_scope(const onnx::NodeProto& node);

}  // namespace gatefold::frontends

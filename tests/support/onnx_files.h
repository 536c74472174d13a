#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx.pb.h"

#include "gatefold/frontends/read_model.h"

namespace gatefold::testing {

inline void set_type(onnx::ValueInfoProto& port, const std::vector<std::int64_t>& shape,
                     int data_type) {
  auto& tensor = *port.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(data_type);
  tensor.mutable_shape();
  for (const std::int64_t extent : shape) {
    tensor.mutable_shape()->add_dim()->set_dim_value(extent);
  }
}

inline onnx::ValueInfoProto& add_input(onnx::ModelProto& model, const std::string& name,
                                       const std::vector<std::int64_t>& shape,
                                       int data_type = onnx::TensorProto::FLOAT) {
  auto& port = *model.mutable_graph()->add_input();
  port.set_name(name);
  set_type(port, shape, data_type);
  return port;
}

inline onnx::ValueInfoProto& add_output(onnx::ModelProto& model, const std::string& name,
                                        const std::vector<std::int64_t>& shape) {
  auto& port = *model.mutable_graph()->add_output();
  port.set_name(name);
  set_type(port, shape, onnx::TensorProto::FLOAT);
  return port;
}

inline onnx::NodeProto& add_node(onnx::ModelProto& model, const std::string& type,
                                 const std::string& name, const std::vector<std::string>& inputs,
                                 const std::vector<std::string>& outputs) {
  auto& node = *model.mutable_graph()->add_node();
  node.set_op_type(type);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  return node;
}

inline onnx::AttributeProto& add_attribute(onnx::NodeProto& node, const std::string& name,
                                           onnx::AttributeProto::AttributeType type) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

inline void set_shape(onnx::TensorProto& tensor, const std::vector<std::int64_t>& shape,
                      int data_type) {
  tensor.set_data_type(data_type);
  for (const std::int64_t extent : shape) tensor.add_dims(extent);
}

/// An initializer without data.
inline onnx::TensorProto& add_array(onnx::ModelProto& model, const std::string& name,
                                    const std::vector<std::int64_t>& shape,
                                    int data_type = onnx::TensorProto::FLOAT) {
  auto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  set_shape(tensor, shape, data_type);
  return tensor;
}

/// x -> Gemm (w, b) -> Relu -> y, with float data of shape [3,2] and [2].
inline onnx::ModelProto small_model() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  auto& opset = *model.add_opset_import();
  opset.set_version(13);
  add_input(model, "x", {1, 3});
  add_output(model, "y", {1, 2});
  auto& w = add_array(model, "w", {3, 2});
  for (const float value : {1.0F, -2.0F, 0.5F, 0.25F, 3.0F, 0.0F}) w.add_float_data(value);
  auto& b = add_array(model, "b", {2});
  const float bias[] = {0.125F, -1.0F};
  b.set_raw_data(bias, sizeof(bias));
  add_node(model, "Gemm", "fc1", {"x", "w", "b"}, {"h"});
  add_node(model, "Relu", "relu1", {"h"}, {"y"});
  return model;
}

inline Result<frontends::ForeignModel> read(std::string_view bytes,
                                            const std::filesystem::path& folder = "/nowhere") {
  return frontends::read_onnx(std::as_bytes(std::span(bytes)), folder, "m");
}

inline Result<frontends::ForeignModel> read(const onnx::ModelProto& model,
                                            const std::filesystem::path& folder = "/nowhere") {
  return read(std::string_view(model.SerializeAsString()), folder);
}

/// All diagnostics, each as the user reads its first line.
inline std::string messages(const Result<frontends::ForeignModel>& result) {
  if (result.ok()) return "no error";
  std::string lines;
  for (const Diagnostic& error : result.errors()) {
    const std::string whole = error.to_string();
    lines += (lines.empty() ? "" : "\n") + whole.substr(0, whole.find("\n  remedy: "));
  }
  return lines;
}

}  // namespace gatefold::testing

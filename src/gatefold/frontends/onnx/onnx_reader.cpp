#include <set>
#include <string_view>
#include <utility>

#include "onnx.pb.h"

#include "gatefold/frontends/link_model.h"
#include "gatefold/frontends/onnx/onnx_arrays.h"
#include "gatefold/frontends/onnx/onnx_attributes.h"
#include "gatefold/frontends/onnx/onnx_scope.h"
#include "gatefold/frontends/read_model.h"
#include "gatefold/frontends/text.h"

namespace gatefold::frontends {
namespace {

/// The standard's own domain has two spellings; both become the empty string.
std::string plain_domain(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

/// Fills a ForeignModel from a parsed file and collects every problem on the way.
class OnnxReader {
 public:
  OnnxReader(const onnx::ModelProto& file, const std::filesystem::path& folder)
      : file_(file), graph_(file.graph()), arrays_(folder) {}

  Result<ForeignModel> read(const std::string& name) {
    model_.name = name;
    model_.format = "onnx";
    read_opsets();
    read_initializers();
    read_ports();
    read_nodes();
    if (!errors_.empty()) return std::move(errors_);
    return link_model(std::move(model_));
  }

 private:
  template <typename... Args>
  void refuse(DiagnosticId id, const std::string& layer, const Args&... args) {
    errors_.push_back(diagnose(id, layer, args...));
  }

  void append(const Diagnostics& errors) {
    errors_.insert(errors_.end(), errors.begin(), errors.end());
  }

  bool check_name(const std::string& name, const std::string& layer, const std::string& whose) {
    const bool good = is_readable_name(name);
    if (!good) refuse(DiagnosticId::OnnxBadName, layer, whose);
    return good;
  }

  void read_opsets() {
    for (const auto& opset : file_.opset_import()) {
      if (!opset.domain().empty()) check_name(opset.domain(), "", "domain of an operator set");
      const auto [known, fresh] =
          model_.opsets.try_emplace(plain_domain(opset.domain()), opset.version());
      if (fresh || known->second == opset.version()) continue;
      refuse(DiagnosticId::OnnxOpset, "", known->first, known->second, opset.version());
    }
  }

  void read_initializers() {
    for (const auto& tensor : graph_.initializer()) {
      const int index = initializer_count_++;
      if (!check_name(tensor.name(), "", fmt::format("name of initializer {}", index))) continue;
      const Place place{"", fmt::format("array '{}'", tensor.name())};
      add_array(tensor.name(), arrays_.read(tensor, place), "an array");
    }
    if (graph_.sparse_initializer_size() > 0) {
      refuse(DiagnosticId::OnnxArrayStorage, "", "an initializer", "as a sparse tensor");
    }
  }

  void add_array(const std::string& name, Result<ForeignArray> array, const std::string& by) {
    if (!array.ok()) return append(array.errors());
    if (model_.arrays.try_emplace(name, *std::move(array)).second) return;
    refuse(DiagnosticId::ValueDefinedTwice, "", name, "an array", by);
  }

  void read_ports() {
    for (const auto& input : graph_.input()) {
      if (!is_initializer(input.name())) read_port(input, true);
    }
    for (const auto& output : graph_.output()) read_port(output, false);
  }

  bool is_initializer(const std::string& name) const { return model_.arrays.contains(name); }

  void read_port(const onnx::ValueInfoProto& info, bool is_input) {
    if (!check_name(info.name(), "", is_input ? "name of an input" : "name of an output")) return;
    ForeignPort port;
    port.name = info.name();
    const auto& type = info.type().tensor_type();
    const Place place{"", fmt::format("port '{}'", port.name)};
    auto kind = element_kind(type.elem_type(), place);
    if (!kind.ok()) return append(kind.errors());
    port.kind = *kind;
    port.has_shape = type.has_shape();
    if (is_input && !port.has_shape) {
      return refuse(DiagnosticId::OnnxPortShape, "", port.name, "has no shape");
    }
    for (const auto& extent : type.shape().dim()) read_extent(extent, port);
    (is_input ? model_.inputs : model_.outputs).push_back(std::move(port));
  }

  void read_extent(const onnx::TensorShapeProto::Dimension& extent, ForeignPort& port) {
    if (!extent.has_dim_value()) return port.shape.push_back(dynamic_extent);
    if (extent.dim_value() < 1) {
      refuse(DiagnosticId::OnnxPortShape, "", port.name,
             fmt::format("has the extent {}", extent.dim_value()));
    }
    port.shape.push_back(extent.dim_value());
  }

  void read_nodes() {
    for (const auto& function : file_.functions()) {
      functions_.emplace(plain_domain(function.domain()), function.name());
    }
    const std::vector<std::string> names = node_names();
    for (int i = 0; i < graph_.node_size(); ++i) {
      read_node(graph_.node(i), names[static_cast<std::size_t>(i)]);
    }
  }

  /// A name or type that cannot be shown is reported and replaced, so that reading goes on.
  std::vector<std::string> node_names() {
    std::vector<NodeLabel> labels;
    for (int i = 0; i < graph_.node_size(); ++i) {
      const auto& node = graph_.node(i);
      NodeLabel label{node.name(), node.op_type()};
      if (!label.name.empty() && !check_name(label.name, "", fmt::format("name of node {}", i))) {
        label.name.clear();
      }
      if (!check_name(label.type, label.name, fmt::format("type of node {}", i))) {
        label.type = "node";
      }
      labels.push_back(std::move(label));
    }
    return unique_node_names(labels);
  }

  void read_node(const onnx::NodeProto& proto, const std::string& name) {
    ForeignNode node;
    node.name = name;
    node.domain = plain_domain(proto.domain());
    node.type = proto.op_type();
    node.scope = module_scope(proto);
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    check_names(node);
    if (functions_.contains({node.domain, node.type})) {
      return refuse(DiagnosticId::OnnxFunctionCall, name, node.type);
    }
    const std::size_t errors_before = errors_.size();
    for (const auto& attribute : proto.attribute()) read_attribute_of(node, attribute);
    if (errors_.size() > errors_before) return;
    if (node.type == "Constant" && node.domain.empty()) return take_constant(std::move(node));
    model_.nodes.push_back(std::move(node));
  }

  void check_names(const ForeignNode& node) {
    if (!node.domain.empty()) check_name(node.domain, node.name, "domain");
    for (const std::string& input : node.inputs) {
      if (!input.empty()) check_name(input, node.name, "name of an input");
    }
    for (const std::string& output : node.outputs) {
      if (!output.empty()) check_name(output, node.name, "name of an output");
    }
  }

  void read_attribute_of(ForeignNode& node, const onnx::AttributeProto& proto) {
    if (!check_name(proto.name(), node.name, "name of an attribute")) return;
    auto attribute = read_attribute(proto, node.name, arrays_);
    if (!attribute.ok()) return append(attribute.errors());
    if (node.attributes.try_emplace(proto.name(), *std::move(attribute)).second) return;
    refuse(DiagnosticId::OnnxAttribute, node.name, proto.name(), "is given twice");
  }

  void take_constant(ForeignNode node) {
    const std::size_t count = node.attributes.size();
    if (count != 1 || node.outputs.size() != 1 || node.outputs[0].empty()) {
      return refuse(DiagnosticId::OnnxConstant, node.name,
                    fmt::format("{} values and {} outputs", count, node.outputs.size()));
    }
    const auto& [key, value] = *node.attributes.begin();
    add_array(node.outputs[0], constant_array(node.name, key, value),
              fmt::format("node '{}'", node.name));
  }

  static Result<ForeignArray> constant_array(const std::string& node, const std::string& key,
                                             const Attribute& value) {
    ForeignArray array;
    if (const auto* tensor = std::get_if<ForeignArray>(&value); tensor && key == "value") {
      return *tensor;
    }
    if (const auto* real = std::get_if<double>(&value); real && key == "value_float") {
      array.reals = {*real};
      return array;
    }
    if (const auto* reals = std::get_if<std::vector<double>>(&value);
        reals && key == "value_floats") {
      array.shape = {static_cast<std::int64_t>(reals->size())};
      array.reals = *reals;
      return array;
    }
    array.kind = ElementKind::Integer;
    if (const auto* integer = std::get_if<std::int64_t>(&value); integer && key == "value_int") {
      array.integers = {*integer};
      return array;
    }
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value);
        integers && key == "value_ints") {
      array.shape = {static_cast<std::int64_t>(integers->size())};
      array.integers = *integers;
      return array;
    }
    return diagnose(DiagnosticId::OnnxAttribute, node, key, "holds no numbers");
  }

  const onnx::ModelProto& file_;
  const onnx::GraphProto& graph_;
  ArrayReader arrays_;
  ForeignModel model_;
  Diagnostics errors_;
  std::set<std::pair<std::string, std::string>> functions_;  // domain, name
  int initializer_count_ = 0;
};

}  // namespace

Result<ForeignModel> read_onnx(std::span<const std::byte> bytes,
                               const std::filesystem::path& folder, const std::string& name) {
  onnx::ModelProto file;
  const bool fits = bytes.size() <= largest_file;
  if (!fits || !file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return diagnose(DiagnosticId::OnnxMalformed, "", name);
  }
  if (!file.has_graph()) return diagnose(DiagnosticId::OnnxNoGraph, "", name);
  return OnnxReader(file, folder).read(name);
}

}  // namespace gatefold::frontends

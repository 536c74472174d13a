#include "gatefold/frontends/onnx/onnx_attributes.h"

#include <algorithm>

#include "onnx.pb.h"

#include "gatefold/frontends/text.h"

namespace gatefold::frontends {
namespace {

using onnx::AttributeProto;

Diagnostic refused(const AttributeProto& attribute, const std::string& node,
                   std::string_view reason) {
  return diagnose(DiagnosticId::OnnxAttribute, node, attribute.name(), reason);
}

Result<Attribute> read_string(const AttributeProto& attribute, const std::string& node) {
  if (!is_utf8(attribute.s())) return refused(attribute, node, "is not UTF-8 text");
  return Attribute(attribute.s());
}

Result<Attribute> read_strings(const AttributeProto& attribute, const std::string& node) {
  const auto& strings = attribute.strings();
  if (!std::all_of(strings.begin(), strings.end(), is_utf8)) {
    return refused(attribute, node, "is not UTF-8 text");
  }
  return Attribute(std::vector<std::string>(strings.begin(), strings.end()));
}

Result<Attribute> read_tensor(const AttributeProto& attribute, const std::string& node,
                              ArrayReader& arrays) {
  const Place place{node, fmt::format("attribute '{}'", attribute.name())};
  GATEFOLD_TRY(ForeignArray array, arrays.read(attribute.t(), place));
  return Attribute(std::move(array));
}

template <typename Element, typename Field>
Attribute list_of(const Field& field) {
  return std::vector<Element>(field.begin(), field.end());
}

}  // namespace

Result<Attribute> read_attribute(const AttributeProto& attribute, const std::string& node,
                                 ArrayReader& arrays) {
  if (attribute.has_ref_attr_name()) {
    return refused(attribute, node, "refers to an attribute of a function");
  }
  switch (attribute.type()) {
    case AttributeProto::FLOAT:
      return Attribute(double{attribute.f()});
    case AttributeProto::INT:
      return Attribute(std::int64_t{attribute.i()});
    case AttributeProto::STRING:
      return read_string(attribute, node);
    case AttributeProto::TENSOR:
      return read_tensor(attribute, node, arrays);
    case AttributeProto::FLOATS:
      return list_of<double>(attribute.floats());
    case AttributeProto::INTS:
      return list_of<std::int64_t>(attribute.ints());
    case AttributeProto::STRINGS:
      return read_strings(attribute, node);
    case AttributeProto::GRAPH:
    case AttributeProto::GRAPHS:
      return diagnose(DiagnosticId::OnnxSubgraph, node, attribute.name());
    case AttributeProto::UNDEFINED:
      return refused(attribute, node, "has no type");
    default:
      return refused(attribute, node, "is a list of tensors, a sparse tensor or a type");
  }
}

}  // namespace gatefold::frontends

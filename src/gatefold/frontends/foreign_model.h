#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "gatefold/numeric/tensor.h"

namespace gatefold::frontends {

/// How the file stores an array's elements; arithmetic on constants follows it (float32 is
/// rounded).
enum class ElementKind { Float16, BFloat16, Float32, Float64, Integer, Boolean };

/// A constant of the file. Floats of every width are held exactly as doubles, integers and
/// booleans as int64; exactly one of the two vectors is used.
struct ForeignArray {
  ElementKind kind = ElementKind::Float32;
  numeric::Shape shape;
  std::vector<double> reals;
  std::vector<std::int64_t> integers;

  bool is_real() const { return kind <= ElementKind::Float64; }
  std::int64_t size() const { return numeric::element_count(shape); }

  friend bool operator==(const ForeignArray&, const ForeignArray&) = default;
};

inline constexpr std::int64_t dynamic_extent = -1;

/// A port as the file declares it; every extent is positive or dynamic (a named or missing
/// dimension). An output may come without a shape: then `has_shape` is false.
struct ForeignPort {
  std::string name;
  ElementKind kind = ElementKind::Float32;
  std::vector<std::int64_t> shape;
  bool has_shape = true;

  friend bool operator==(const ForeignPort&, const ForeignPort&) = default;
};

using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>, ForeignArray>;

/// A node as the file has it. `name` is never empty and unique in the model (the reader invents
/// `<type>_<k>` for nameless nodes). An omitted optional input or output is an empty string.
/// `domain` is empty for ONNX's own operators (also where the file says `ai.onnx`).
struct ForeignNode {
  std::string name;
  std::string
      scope;  // `/module/…/operator` where the exporter keeps it beside the name, else empty
  std::string domain;
  std::string type;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;

  friend bool operator==(const ForeignNode&, const ForeignNode&) = default;
};

/// A model file without meaning: names, attributes, arrays. Nodes are in topological order, every
/// input is a port, an array or an earlier node's output, and every name is defined once. Constant
/// nodes have become arrays; arrays that the file also lists as inputs are no ports.
struct ForeignModel {
  std::string name;    // from the file's name
  std::string format;  // `onnx`
  std::vector<ForeignPort> inputs;
  std::vector<ForeignPort> outputs;
  std::vector<ForeignNode> nodes;
  std::map<std::string, ForeignArray> arrays;
  std::map<std::string, std::int64_t> opsets;  // by domain, `` for ONNX

  friend bool operator==(const ForeignModel&, const ForeignModel&) = default;
};

}  // namespace gatefold::frontends

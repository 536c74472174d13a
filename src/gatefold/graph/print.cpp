#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

#include "gatefold/graph/graph.h"
#include "gatefold/graph/names.h"
#include "gatefold/support/assert.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

using numeric::IntTensor;

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (byte < 0x20) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += c;
    }
  }
  return fmt::format("{}\"", result);
}

std::string text(std::int64_t v) { return fmt::format("{}", v); }
std::string text(const Rational& v) { return numeric::to_string(v); }
std::string text(const numeric::Grid& grid);

template <typename T>
std::string text(const std::vector<T>& values) {
  std::string result = "{";
  for (const T& v : values) {
    if (result.size() > 1) result += ' ';
    result += text(v);
  }
  return fmt::format("{}}}", result);
}

std::string text(const numeric::Grid& grid) {
  return fmt::format("({}{} {} {} {}..{})", grid.type.is_signed ? 's' : 'u', grid.type.width,
                     grid.scale.get_str(), grid.zero_point.get_str(), grid.bounds.low,
                     grid.bounds.high);
}

template <typename T>
std::string text(const PerAxis<T>& parameter) {
  if (parameter.is_uniform()) return text(parameter.values.front());
  if (parameter.axis == PerAxis<T>::by_element)
    return fmt::format("each {}", text(parameter.values));
  return fmt::format("axis {} {}", parameter.axis, text(parameter.values));
}

std::string text(const RealFunction& function) {
  return std::visit(
      Match{[](const Affine& f) {
              return fmt::format("affine({} {})", text(f.scale), text(f.offset));
            },
            [](const Relu&) -> std::string { return "relu"; },
            [](const LeakyRelu& f) { return fmt::format("leaky({})", text(f.slope)); },
            [](Elementary f) { return name_of(f); }},
      function);
}

std::string text(const Encoding& encoding) {
  std::string result = fmt::format("({} {}", text(encoding.scale), text(encoding.offset));
  for (const RealFunction& f : encoding.functions) result += fmt::format(" {}", text(f));
  return result + ")";
}

// A row of the last axis on each line.
std::string text(const IntTensor& tensor) {
  std::string result = fmt::format("{}{{", numeric::to_string(tensor.shape));
  const std::int64_t row = tensor.shape.empty() ? 1 : tensor.shape.back();
  for (std::int64_t i = 0; i < tensor.size(); ++i)
    fmt::format_to(std::back_inserter(result), "{}{}", i % row == 0 ? "\n  " : " ", tensor[i]);
  return fmt::format("{}}}", result);
}

std::string attributes(const Quantize& q) {
  std::string result =
      fmt::format("grid {} {} {}", text(q.grid), name_of(q.rounding), name_of(q.overflow));
  if (q.saturated_bits != 0) result += fmt::format(" saturated {}", q.saturated_bits);
  if (q.source) result += fmt::format(" source {}", text(*q.source));
  return result;
}

std::string attributes(const Input& o) {
  return fmt::format("{} {} {}", quoted(o.name), text(o.shape), attributes(o.port));
}

std::string attributes(const Constant& o) {
  return fmt::format("{} as {}", text(o.value), text(o.encoding));
}

std::string attributes(const Rearrange& o) {
  const std::string arguments = std::visit(
      Match{[](const Reshape& w) { return text(w.shape); },
            [](const Transpose& w) {
              return text(std::vector<std::int64_t>(w.permutation.begin(), w.permutation.end()));
            },
            [](const Slice& w) {
              return fmt::format("{} {} {}", text(w.starts), text(w.steps), text(w.extents));
            },
            [](const Pad& w) {
              return fmt::format("{} {} {}", text(w.before), text(w.after), w.value);
            },
            [](const Concatenate& w) { return fmt::format("{}", w.axis); },
            [](const Gather& w) { return fmt::format("{} {}", w.axis, text(w.indices)); },
            [](const Window& w) {
              return fmt::format("{} {} {}", text(w.kernel), text(w.strides), text(w.dilations));
            },
            [](const Repeat& w) { return text(w.factors); }},
      o.wiring);
  return fmt::format("{} {}", name_of(o.wiring), arguments);
}

std::string text(const Reloadable& r) {
  return fmt::format("reloadable {}..{} addends {}..{} {} ", r.weights.low, r.weights.high,
                     r.addend.low, r.addend.high, text(r.addends));
}

std::string attributes(const Linear& o) {
  return fmt::format("multiplier {} bias {} {}weights {}", text(o.multiplier), text(o.bias),
                     o.reloadable ? text(*o.reloadable) : "", text(o.weights));
}

std::string attributes(const Contract&) { return ""; }

std::string attributes(const Map& o) {
  return std::visit(Match{[](const RealFunction& f) { return text(f); },
                          [](const Table& t) {
                            return fmt::format("table {} {} as {}", t.first, text(t.entries),
                                               text(t.encoding));
                          },
                          [](const Clamp& c) {
                            return fmt::format("clamp {} {}", c.low ? text(*c.low) : "none",
                                               c.high ? text(*c.high) : "none");
                          }},
                    o.function);
}

std::string attributes(const Combine& o) { return name_of(o.kind); }

std::string attributes(const Reduce& o) {
  return fmt::format("{} {}{}", name_of(o.kind),
                     text(std::vector<std::int64_t>(o.axes.begin(), o.axes.end())),
                     o.keep_axes ? " keep" : "");
}

std::string attributes(const Order& o) {
  return fmt::format("{} {} {}", name_of(o.kind), o.count, o.largest ? "largest" : "smallest");
}

std::string attributes(const Scan& o) {
  return fmt::format("{} {}{}{} {}", o.sequence_inputs, o.sequence_outputs,
                     o.reverse ? " reverse" : "", o.stateful ? " stateful" : "", print(*o.body));
}

std::string text(const Value& v) {
  return v.output == 0 ? fmt::format("%{}", v.node.index)
                       : fmt::format("%{}.{}", v.node.index, v.output);
}

std::string types_of(const Node& node) {
  std::string result;
  for (const TensorType& type : node.outputs)
    result += fmt::format("{}{}", result.empty() ? "" : "; ", type.to_string());
  return result;
}

std::string host_text(HostFunction host) {
  switch (host) {
    case HostFunction::None:
      return "";
    case HostFunction::Softmax:
      return " host softmax";
  }
  GATEFOLD_ASSERT(false, "host function");
}

std::string line_of(const Node& node, std::size_t index) {
  std::string inputs;
  for (const Value v : node.inputs)
    inputs += fmt::format("{}{}", inputs.empty() ? "" : " ", text(v));
  const std::string rest = std::visit([](const auto& op) { return attributes(op); }, node.op);
  return fmt::format("%{} = {}({}) {}{}@{} : {}\n", index, name_of(node.op), inputs, rest,
                     rest.empty() ? "" : " ", quoted(node.layer), types_of(node));
}

}  // namespace

std::string print(const Graph& graph) {
  std::string result = fmt::format("graph {} {{\n", quoted(graph.name));
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) result += line_of(graph.nodes()[i], i);
  for (const Output& output : graph.outputs())
    result += fmt::format("output {} {}{}\n", quoted(output.name), text(output.value),
                          host_text(output.host));
  return result + "}\n";
}

}  // namespace gatefold::graph

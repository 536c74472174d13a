#include <fmt/format.h>
#include <optional>

#include "gatefold/graph/graph.h"
#include "gatefold/graph/names.h"
#include "gatefold/graph/text_reader.h"

namespace gatefold::graph {
namespace {

using numeric::Grid;
using numeric::IntTensor;

constexpr int deepest_scan = 16;

Result<Graph> parse_graph(TextReader& in, int depth);

void read(TextReader& in, std::int64_t& v) { v = in.integer(); }
void read(TextReader& in, Rational& v) { v = in.rational(); }
void read(TextReader& in, Grid& grid);

template <typename T>
void read(TextReader& in, std::vector<T>& values) {
  in.expect("{");
  while (!in.failed() && !in.take("}")) read(in, values.emplace_back());
}

// `s8`
numeric::FixedType read_word_type(TextReader& in) {
  const std::string name = in.word();
  const auto type = numeric::FixedType::parse(name + "f0");
  if (!type) in.fail(fmt::format("'{}' is not a word type", name));
  return type.value_or(numeric::FixedType{});
}

void read(TextReader& in, Grid& grid) {
  in.expect("(");
  grid.type = read_word_type(in);
  grid.scale = in.rational();
  grid.zero_point = in.rational();
  grid.bounds.low = in.integer();
  in.expect("..");
  grid.bounds.high = in.integer();
  in.expect(")");
}

template <typename T>
void read(TextReader& in, PerAxis<T>& parameter) {
  parameter.values.clear();
  if (in.take("each")) {
    parameter.axis = PerAxis<T>::by_element;
    read(in, parameter.values);
  } else if (in.take("axis")) {
    parameter.axis = in.small_integer();
    if (parameter.axis < 0) in.fail("an axis is negative");
    read(in, parameter.values);
  } else {
    parameter.axis = PerAxis<T>::uniform;
    read(in, parameter.values.emplace_back());
  }
}

std::optional<RealFunction> take_function(TextReader& in) {
  if (in.take("relu")) return Relu{};
  if (in.take("affine")) {
    Affine f;
    in.expect("(");
    read(in, f.scale);
    read(in, f.offset);
    in.expect(")");
    return f;
  }
  if (in.take("leaky")) {
    LeakyRelu f;
    in.expect("(");
    read(in, f.slope);
    in.expect(")");
    return f;
  }
  for (const char* name : {"sigmoid", "tanh", "exp", "reciprocal", "rsqrt"})
    if (in.take(name)) return *parse_elementary(name);
  return std::nullopt;
}

void read(TextReader& in, Encoding& encoding) {
  in.expect("(");
  read(in, encoding.scale);
  read(in, encoding.offset);
  while (auto f = take_function(in)) encoding.functions.push_back(std::move(*f));
  in.expect(")");
}

void read_shape(TextReader& in, Shape& shape) {
  in.expect("[");
  while (!in.failed() && !in.take("]")) {
    shape.push_back(in.integer());
    if (!in.at("]")) in.expect(",");
  }
}

void read(TextReader& in, IntTensor& tensor) {
  read_shape(in, tensor.shape);
  read(in, tensor.data);
}

template <typename T>
T known(TextReader& in, const std::string& name, std::optional<T> value) {
  if (!value) in.fail(fmt::format("'{}' is not known", name));
  return value.value_or(T{});
}

Quantize read_quantize(TextReader& in) {
  Quantize q;
  in.expect("grid");
  read(in, q.grid);
  const std::string rounding = in.word();
  q.rounding = known(in, rounding, numeric::parse_rounding(rounding));
  const std::string overflow = in.word();
  q.overflow = known(in, overflow, numeric::parse_overflow(overflow));
  if (in.take("saturated")) q.saturated_bits = in.small_integer();
  if (in.take("source")) {
    Encoding source;
    read(in, source);
    q.source = std::move(source);
  }
  return q;
}

Op read_input(TextReader& in) {
  Input op;
  op.name = in.string();
  read(in, op.shape);
  op.port = read_quantize(in);
  return op;
}

Op read_constant(TextReader& in) {
  Constant op;
  read(in, op.value);
  in.expect("as");
  read(in, op.encoding);
  return op;
}

std::vector<int> read_axes(TextReader& in) {
  std::vector<int> axes;
  in.expect("{");
  while (!in.failed() && !in.take("}")) axes.push_back(in.small_integer());
  return axes;
}

template <typename... Lists>
void read_lists(TextReader& in, Lists&... lists) {
  (read(in, lists), ...);
}

Wiring read_wiring(TextReader& in) {
  const std::string name = in.word();
  if (name == "reshape") {
    Reshape w;
    read(in, w.shape);
    return w;
  }
  if (name == "transpose") return Transpose{read_axes(in)};
  if (name == "slice") {
    Slice w;
    read_lists(in, w.starts, w.steps, w.extents);
    return w;
  }
  if (name == "pad") {
    Pad w;
    read_lists(in, w.before, w.after);
    w.value = in.integer();
    return w;
  }
  if (name == "concatenate") return Concatenate{in.small_integer()};
  if (name == "gather") {
    Gather w{in.small_integer(), {}};
    read(in, w.indices);
    return w;
  }
  if (name == "window") {
    Window w;
    read_lists(in, w.kernel, w.strides, w.dilations);
    return w;
  }
  if (name != "repeat") in.fail(fmt::format("'{}' is not known", name));
  Repeat w;
  read(in, w.factors);
  return w;
}

void read_bounds(TextReader& in, numeric::Interval& range) {
  range.low = in.integer();
  in.expect("..");
  range.high = in.integer();
  if (range.low > range.high) in.fail("a range without an integer");
}

Op read_linear(TextReader& in) {
  Linear op;
  in.expect("multiplier");
  read(in, op.multiplier);
  in.expect("bias");
  read(in, op.bias);
  if (in.take("reloadable")) {
    Reloadable& r = op.reloadable.emplace();
    read_bounds(in, r.weights);
    in.expect("addends");
    read_bounds(in, r.addend);
    read(in, r.addends);
  }
  in.expect("weights");
  read(in, op.weights);
  return op;
}

std::optional<std::int64_t> read_bound(TextReader& in) {
  if (in.take("none")) return std::nullopt;
  return in.integer();
}

Op read_map(TextReader& in) {
  if (in.take("table")) {
    Table t;
    t.first = in.integer();
    read(in, t.entries);
    in.expect("as");
    read(in, t.encoding);
    return Map{t};
  }
  if (in.take("clamp")) {
    Clamp c;
    c.low = read_bound(in);
    c.high = read_bound(in);
    return Map{c};
  }
  auto function = take_function(in);
  if (!function) in.fail("a function is missing");
  Map map;
  if (function) map.function = *std::move(function);
  return map;
}

Op read_combine(TextReader& in) {
  const std::string name = in.word();
  return Combine{known(in, name, parse_combine_kind(name))};
}

Op read_reduce(TextReader& in) {
  const std::string name = in.word();
  Reduce op{known(in, name, parse_reduce_kind(name)), read_axes(in), false};
  op.keep_axes = in.take("keep");
  return op;
}

Op read_order(TextReader& in) {
  const std::string name = in.word();
  Order op{known(in, name, parse_order_kind(name)), in.integer(), true};
  op.largest = in.take("largest");
  if (!op.largest) in.expect("smallest");
  return op;
}

// The body's own diagnostics are those of its graph.
Result<Op> read_scan(TextReader& in, int depth) {
  Scan op;
  op.sequence_inputs = in.small_integer();
  op.sequence_outputs = in.small_integer();
  op.reverse = in.take("reverse");
  op.stateful = in.take("stateful");
  if (depth >= deepest_scan) in.fail(fmt::format("scans are nested over {} deep", deepest_scan));
  GATEFOLD_TRY(Graph body, parse_graph(in, depth + 1));
  op.body = std::make_shared<const Graph>(std::move(body));
  return Op{std::move(op)};
}

Result<Op> read_op(TextReader& in, const std::string& name, int depth) {
  if (name == "input") return read_input(in);
  if (name == "constant") return read_constant(in);
  if (name == "rearrange") return Op{Rearrange{read_wiring(in)}};
  if (name == "linear") return read_linear(in);
  if (name == "contract") return Op{Contract{}};
  if (name == "map") return read_map(in);
  if (name == "combine") return read_combine(in);
  if (name == "reduce") return read_reduce(in);
  if (name == "order") return read_order(in);
  if (name == "quantize") return Op{read_quantize(in)};
  if (name == "scan") return read_scan(in, depth);
  in.fail(fmt::format("'{}' is not an op", name));
  return Op{Contract{}};
}

Diagnostic text_error(const TextReader& in) {
  return diagnose(DiagnosticId::TextForm, "", in.line(), in.reason());
}

Value read_value(TextReader& in, const Graph& graph) {
  in.expect("%");
  const std::int64_t index = in.integer();
  const int output = in.take(".") ? in.small_integer() : 0;
  const bool known_node = index >= 0 && index < static_cast<std::int64_t>(graph.nodes().size());
  const Value value{NodeId{static_cast<std::int32_t>(known_node ? index : 0)}, output};
  if (!known_node || output < 0 ||
      output >= static_cast<int>(graph.node(value.node).outputs.size()))
    in.fail(fmt::format("%{}.{} is not defined", index, output));
  return value;
}

std::string types_of(const Node& node) {
  std::string result;
  for (const TensorType& type : node.outputs)
    result += fmt::format("{}{}", result.empty() ? "" : "; ", type.to_string());
  return result;
}

Status read_node(TextReader& in, Graph& graph, int depth) {
  if (in.integer() != static_cast<std::int64_t>(graph.nodes().size()))
    in.fail(fmt::format("this node has the number {}", graph.nodes().size()));
  in.expect("=");
  const std::string name = in.word();
  std::vector<Value> inputs;
  in.expect("(");
  while (!in.failed() && !in.take(")")) inputs.push_back(read_value(in, graph));
  GATEFOLD_TRY(Op op, read_op(in, name, depth));
  in.expect("@");
  std::string layer = in.string();
  if (layer.empty()) in.fail("a node has no layer");
  in.expect(":");
  const std::string types = in.rest_of_line();
  if (in.failed()) return text_error(in);
  GATEFOLD_TRY(const Value value, graph.add(std::move(op), std::move(inputs), std::move(layer)));
  const std::string inferred = types_of(graph.node(value.node));
  if (inferred == types) return success();
  in.fail(fmt::format("the type is {}, not {}", inferred, types));
  return text_error(in);
}

Result<Graph> parse_graph(TextReader& in, int depth) {
  Graph graph;
  in.expect("graph");
  graph.name = in.string();
  in.expect("{");
  while (in.take("%")) GATEFOLD_CHECK(read_node(in, graph, depth));
  while (in.take("output")) {
    std::string name = in.string();
    const Value value = read_value(in, graph);
    const bool softmax = in.take("host");
    if (softmax) in.expect("softmax");
    const HostFunction host = softmax ? HostFunction::Softmax : HostFunction::None;
    if (!in.failed()) graph.add_output(std::move(name), value, host);
  }
  in.expect("}");
  if (in.failed()) return text_error(in);
  return graph;
}

}  // namespace

Result<Graph> parse(const std::string& text) {
  TextReader in(text);
  GATEFOLD_TRY(Graph graph, parse_graph(in, 0));
  if (in.at_end()) return graph;
  in.fail("there is text after the graph");
  return text_error(in);
}

}  // namespace gatefold::graph

// LSTM, GRU and RNN: a scan over time for each direction.
#include <algorithm>
#include <memory>

#include "gatefold/graph/per_axis.h"
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/recurrent_cell.h"

namespace gatefold::layers {
namespace {

using graph::Rearrange;
using graph::Value;
using numeric::PerAxis;
using Values = std::vector<Value>;

/// What tells one recurrent operator from another.
struct Kind {
  std::int64_t gates;
  std::size_t states;
  std::vector<std::string> activations;
  std::vector<std::size_t> roles;  // of `role_names`, that its types are asked for
  Step step;
};

constexpr std::array role_names = {"gates", "cell", "hidden"};

Diagnostic form(const ForeignNode& node, const std::string& what) {
  return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, what);
}

/// The type of a role: of this layer, of all layers, of all roles.
Result<graph::Quantize> type_of(const Importer& importer, const ForeignNode& node,
                                const std::string& role) {
  const auto& types = importer.options().recurrent_types;
  for (const std::string& key :
       {layer_name(node) + "." + role, layer_name(node), role, std::string("*")}) {
    const auto found = types.find(key);
    if (found == types.end()) continue;
    const numeric::FixedType& type = found->second;
    graph::Quantize quantize;
    quantize.grid =
        numeric::make_grid(type.width, type.is_signed, numeric::power_of_two(-type.fraction));
    return quantize;
  }
  return diagnose(DiagnosticId::RecurrentNotTyped, node.name, node.type, role);
}

Result<graph::RealFunction> activation_of(const std::string& name, const ForeignNode& node) {
  if (name == "Sigmoid") return graph::RealFunction(graph::Elementary::Sigmoid);
  if (name == "Tanh") return graph::RealFunction(graph::Elementary::Tanh);
  if (name == "Relu") return graph::RealFunction(graph::Relu{});
  return form(node, "the activation " + name);
}

/// The layer as a whole.
struct Layer {
  const ForeignNode& node;
  const Kind& kind;
  std::int64_t directions = 1, hidden = 0, features = 0;
  bool is_reverse = false;
  bool is_batch_first = false;
  bool is_stateful = false;

  std::int64_t rows() const { return kind.gates * hidden; }
};

Status check_form(const Importer& importer, const ForeignNode& node) {
  if (importer.has_input(node, 4)) return form(node, "lengths of sequences");
  if (importer.has_input(node, 7)) return form(node, "peepholes");
  if (node.attributes.contains("clip")) return form(node, "clip");
  GATEFOLD_TRY(const auto coupled, attribute(node, "input_forget", std::int64_t{0}));
  return coupled != 0 ? Status(form(node, "coupled gates")) : success();
}

Result<Layer> layer_of(const Importer& importer, const ForeignNode& node, const Kind& kind) {
  GATEFOLD_CHECK(check_form(importer, node));
  Layer layer{node, kind};
  GATEFOLD_TRY(const std::string direction, attribute(node, "direction", std::string("forward")));
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
    return bad_attribute(node, "direction");
  GATEFOLD_TRY(const auto layout, attribute(node, "layout", std::int64_t{0}));
  GATEFOLD_TRY(layer.hidden, required_attribute<std::int64_t>(node, "hidden_size"));
  layer.directions = direction == "bidirectional" ? 2 : 1;
  layer.is_reverse = direction == "reverse";
  layer.is_batch_first = layout != 0;
  layer.is_stateful = importer.options().is_stateful(layer_name(node));
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  if (importer.batch_axis(node, 0) != (layer.is_batch_first ? 0 : 1))
    return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  if (importer.shape(node, 0).size() != 2 || layer.hidden < 1)
    return form(node, "an input that is no sequence of vectors");
  layer.features = importer.shape(node, 0)[1];
  return layer;
}

/// Direction d of a constant [directions, extents…].
Result<std::vector<Rational>> direction_of(const Importer& importer, const Layer& layer,
                                           std::size_t index, const std::string& what,
                                           Shape extents, std::int64_t d) {
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(layer.node, index, what));
  const std::int64_t size = numeric::element_count(extents);
  extents.insert(extents.begin(), layer.directions);
  if (constant.shape != extents)
    return diagnose(DiagnosticId::BadBroadcast, layer.node.name, numeric::to_string(constant.shape),
                    numeric::to_string(extents));
  const auto first = constant.values.begin() + d * size;
  return std::vector<Rational>(first, first + size);
}

Status set_types(const Importer& importer, const Layer& layer, Cell& cell) {
  Diagnostics problems;
  for (const std::size_t role : layer.kind.roles) {
    auto type = type_of(importer, layer.node, role_names[role]);
    if (type) cell.types[role] = *std::move(type);
    if (!type) problems.push_back(type.errors().front());
  }
  return problems.empty() ? success() : Status(problems);
}

Status set_activations(const Layer& layer, Cell& cell, std::int64_t d) {
  const auto& defaults = layer.kind.activations;
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < layer.directions; ++i)
    names.insert(names.end(), defaults.begin(), defaults.end());
  GATEFOLD_TRY(names, attribute(layer.node, "activations", names));
  if (names.size() != defaults.size() * static_cast<std::size_t>(layer.directions))
    return bad_attribute(layer.node, "activations");
  for (std::size_t i = 0; i < defaults.size(); ++i) {
    GATEFOLD_TRY(
        auto function,
        activation_of(names[static_cast<std::size_t>(d) * defaults.size() + i], layer.node));
    cell.activations.push_back(std::move(function));
  }
  return success();
}

Result<Cell> cell_of(const Importer& importer, const Layer& layer, std::int64_t d) {
  Cell cell{layer.node, layer.hidden, {layer.kind.gates, layer.features}, {}, {}, {}, {}, {}, {}};
  const std::int64_t rows = layer.rows();
  GATEFOLD_TRY(cell.input_weights,
               direction_of(importer, layer, 1, "matrix W", {rows, layer.features}, d));
  GATEFOLD_TRY(cell.hidden_weights,
               direction_of(importer, layer, 2, "matrix R", {rows, layer.hidden}, d));
  std::vector<Rational> bias(static_cast<std::size_t>(2 * rows), 0);
  if (importer.has_input(layer.node, 3)) {
    GATEFOLD_TRY(bias, direction_of(importer, layer, 3, "bias", {2 * rows}, d));
  }
  cell.input_bias.assign(bias.begin(), bias.begin() + rows);
  cell.hidden_bias.assign(bias.begin() + rows, bias.end());
  GATEFOLD_TRY(const auto after, attribute(layer.node, "linear_before_reset", std::int64_t{0}));
  cell.resets_after = after != 0;
  GATEFOLD_CHECK(set_activations(layer, cell, d));
  GATEFOLD_CHECK(set_types(importer, layer, cell));
  return cell;
}

/// A state before the first step, [hidden], on the state's own grid.
Result<Value> constant_state(Importer& importer, const Layer& layer, std::size_t index,
                             const graph::Quantize& type, std::int64_t d) {
  const auto hidden = static_cast<std::size_t>(layer.hidden);
  const numeric::Grid& grid = type.grid.values.front();
  graph::Constant state{{{layer.hidden}, std::vector<std::int64_t>(hidden, 0)},
                        {grid.scale, Rational(0), {}}};
  if (!importer.has_input(layer.node, index))
    return importer.add(state, {}, layer_name(layer.node));
  GATEFOLD_TRY(const ConstantSymbol symbol, importer.constant(layer.node, index, "state"));
  const std::int64_t samples = std::ssize(symbol.values) / (layer.directions * layer.hidden);
  if (samples * layer.directions * layer.hidden != std::ssize(symbol.values) || samples < 1)
    return bad_attribute(layer.node, "initial states");
  for (std::int64_t s = 0; s < samples; ++s)
    for (std::size_t j = 0; j < hidden; ++j) {
      const std::int64_t row = layer.is_batch_first ? s * layer.directions + d : d * samples + s;
      const Rational& real = symbol.values[static_cast<std::size_t>(row) * hidden + j];
      const Rational raw = real / grid.scale;
      const auto integer = raw.get_den() == 1 ? numeric::to_int64(raw.get_num()) : std::nullopt;
      if (!integer || !grid.bounds.contains(numeric::Interval::constant(*integer)))
        return form(layer.node, "an initial state that its type does not hold");
      if (s > 0 && state.value.data[j] != *integer)
        return form(layer.node, "initial states that differ between samples");
      state.value.data[j] = *integer;
    }
  return importer.add(state, {}, layer_name(layer.node));
}

Result<Value> initial_state(Importer& importer, const Layer& layer, std::size_t index,
                            const graph::Quantize& type, std::int64_t d) {
  const ForeignNode& node = layer.node;
  if (!importer.has_input(node, index) || importer.is_constant(node, index))
    return constant_state(importer, layer, index, type, d);
  if (layer.is_stateful) return form(node, "kept states that the model computes at first");
  GATEFOLD_TRY(Value state, importer.value(node, index));
  if (importer.batch_axis(node, index) != (layer.is_batch_first ? 0 : 1) ||
      importer.type(state).shape != Shape{layer.directions, layer.hidden})
    return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  const std::string name = layer_name(node);
  const graph::Slice slice{{d, 0}, {1, 1}, {1, layer.hidden}};
  GATEFOLD_TRY(state, importer.add(Rearrange{slice}, {state}, name));
  GATEFOLD_TRY(state, importer.add(Rearrange{graph::Reshape{{layer.hidden}}}, {state}, name));
  return importer.add(type, {state}, name);
}

/// The grid on which the words of every step stand.
Result<graph::Quantize> step_grid(const graph::TensorType& x, const ForeignNode& node) {
  const numeric::Interval range = x.range();
  const auto type = numeric::FixedType::holding(range);
  const auto make = [&](const Rational& scale, const Rational& offset) {
    return numeric::Grid{type, {range.low, range.high, 0}, scale, -offset / scale};
  };
  for (const Rational& scale : x.encoding.scale.values)
    if (sgn(scale) <= 0)
      return diagnose(DiagnosticId::ScaleMismatch, node.name, node.type,
                      "the scale of an input is not positive");
  auto grid = graph::combine(x.encoding.scale, x.encoding.offset, x.shape, make);
  if (grid.axis == 0 || grid.axis == PerAxis<numeric::Grid>::by_element)
    return diagnose(DiagnosticId::ScaleMismatch, node.name, node.type,
                    "the scale of an input differs between steps");
  if (grid.axis > 0) --grid.axis;
  graph::Quantize quantize;
  quantize.grid = std::move(grid);
  return quantize;
}

/// Ops go to the body of a scan until this is gone.
class BodyScope {
 public:
  explicit BodyScope(Importer& importer)
      : importer_(importer), outer_(importer.exchange_graph({})) {}
  BodyScope(const BodyScope&) = delete;
  BodyScope& operator=(const BodyScope&) = delete;
  ~BodyScope() { importer_.exchange_graph(std::move(outer_)); }

 private:
  Importer& importer_;
  graph::Graph outer_;
};

Result<graph::Graph> body_of(Importer& importer, const Layer& layer, const Cell& cell,
                             const graph::Quantize& grid) {
  const std::string name = layer_name(layer.node);
  const BodyScope scope(importer);
  GATEFOLD_TRY(const Value x, importer.add(graph::Input{"x", {layer.features}, grid}, {}, name));
  Values states;
  for (std::size_t i = 0; i < layer.kind.states; ++i) {
    const graph::Quantize& type = i == 0 ? cell.output() : cell.cell();
    const std::string port = i == 0 ? "h" : "c";
    GATEFOLD_TRY(const Value state,
                 importer.add(graph::Input{port, {layer.hidden}, type}, {}, name));
    states.push_back(state);
  }
  GATEFOLD_TRY(const Values next, layer.kind.step(importer, cell, x, states));
  graph::Graph body = importer.exchange_graph({});
  body.name = name;
  body.add_output("y", next.front());
  for (std::size_t i = 0; i < next.size(); ++i) body.add_output(i == 0 ? "h" : "c", next[i]);
  return body;
}

/// The sequence of outputs, then the last states.
Result<Values> scanned(Importer& importer, const Layer& layer, Value x, std::int64_t d) {
  GATEFOLD_TRY(const Cell cell, cell_of(importer, layer, d));
  GATEFOLD_TRY(const graph::Quantize grid, step_grid(importer.type(x), layer.node));
  Values inputs{x};
  for (std::size_t i = 0; i < layer.kind.states; ++i) {
    GATEFOLD_TRY(const Value state,
                 initial_state(importer, layer, 5 + i, i == 0 ? cell.output() : cell.cell(), d));
    inputs.push_back(state);
  }
  GATEFOLD_TRY(graph::Graph body, body_of(importer, layer, cell, grid));
  graph::Scan scan{std::make_shared<const graph::Graph>(std::move(body)), 1, 1,
                   layer.is_reverse || d == 1, layer.is_stateful};
  GATEFOLD_TRY(const Value first,
               importer.add(std::move(scan), std::move(inputs), layer_name(layer.node)));
  Values results;
  for (int i = 0; i <= static_cast<int>(layer.kind.states); ++i) results.push_back({first.node, i});
  return results;
}

/// Results of all directions side by side: sequences [time, directions, hidden], states
/// [directions, hidden].
Result<Value> stacked(Importer& importer, const Layer& layer, const std::vector<Values>& results,
                      std::size_t index) {
  const std::string name = layer_name(layer.node);
  const int axis = index == 0 ? 1 : 0;
  Values parts;
  for (const Values& direction : results) {
    Shape shape = importer.type(direction[index]).shape;
    shape.insert(shape.begin() + axis, 1);
    GATEFOLD_TRY(const Value part, importer.add(Rearrange{graph::Reshape{std::move(shape)}},
                                                {direction[index]}, name));
    parts.push_back(part);
  }
  if (parts.size() == 1) return parts.front();
  return importer.add(Rearrange{graph::Concatenate{axis}}, parts, name);
}

Status import_recurrent(Importer& importer, const ForeignNode& node, const Kind& kind) {
  GATEFOLD_TRY(const Layer layer, layer_of(importer, node, kind));
  GATEFOLD_TRY(const Value x, importer.linear_value(node, 0));
  std::vector<Values> results;
  for (std::int64_t d = 0; d < layer.directions; ++d) {
    GATEFOLD_TRY(Values direction, scanned(importer, layer, x, d));
    results.push_back(std::move(direction));
  }
  for (std::size_t i = 0; i < std::min(node.outputs.size(), kind.states + 1); ++i) {
    GATEFOLD_TRY(const Value all, stacked(importer, layer, results, i));
    if (layer.is_batch_first) {
      importer.set(node, all, i);
    } else {
      importer.set(node, MovedBatch{all, i == 0 ? 2 : 1}, i);
    }
  }
  return success();
}

}  // namespace

Status import_lstm(Importer& importer, const ForeignNode& node) {
  static const Kind kind{4, 2, {"Sigmoid", "Tanh", "Tanh"}, {0, 1, 2}, lstm_step};
  return import_recurrent(importer, node, kind);
}

Status import_gru(Importer& importer, const ForeignNode& node) {
  static const Kind kind{3, 1, {"Sigmoid", "Tanh"}, {0, 2}, gru_step};
  return import_recurrent(importer, node, kind);
}

Status import_rnn(Importer& importer, const ForeignNode& node) {
  static const Kind kind{1, 1, {"Tanh"}, {2}, rnn_step};
  return import_recurrent(importer, node, kind);
}

}  // namespace gatefold::layers

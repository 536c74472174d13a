#include "gatefold/layers/importer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gatefold/layers/alignment.h"
#include "gatefold/layers/constant_operators.h"
#include "gatefold/layers/exact_relu.h"
#include "gatefold/layers/extents.h"
#include "gatefold/layers/moved_batch.h"
#include "gatefold/support/match.h"

namespace gatefold::layers {

using graph::Value;

namespace {

/// Of a file that names no version.
constexpr std::int64_t newest_opset = 21;

}  // namespace

Importer::Importer(const frontends::ForeignModel& model, const ImportOptions& options)
    : model_(model), options_(options) {
  graph_.name = model.name;
  for (const ForeignNode& node : model.nodes)
    for (const std::string& name : node.inputs) ++readers_[name];
}

Result<graph::Graph> Importer::run() {
  if (auto status = check_opsets(); !status) report(status.errors());
  for (const auto& port : model_.inputs)
    if (auto status = declare_port(port); !status) report(status.errors());
  declare_constants();
  for (const ForeignNode& node : model_.nodes)
    if (!done_.contains(&node)) import_node(node);
  for (const auto& port : model_.outputs)
    if (auto status = finish_output(port); !status) report(status.errors());
  if (!problems_.empty()) return problems_;
  return std::move(graph_);
}

Status Importer::check_opsets() const {
  constexpr std::int64_t oldest = 7;
  if (opset() >= oldest) return success();
  return diagnose(DiagnosticId::OpsetTooOld, "", opset(), oldest);
}

void Importer::declare_constants() {
  for (const auto& [name, array] : model_.arrays) {
    symbols_[name] = Poisoned{};
    if (auto constant = from_array(array, name); constant)
      symbols_[name] = *std::move(constant);
    else if (readers_[name] > 0)
      report(constant.errors());
  }
}

void Importer::import_node(const ForeignNode& node) {
  for (const std::string& name : node.outputs) symbols_[name] = Poisoned{};
  const bool is_known = find_rule(node.domain, node.type) ||
                        find_constant_operator(node.domain, node.type).has_value();
  if (!is_known) {
    const auto problem =
        has_constants_only(node) ? DiagnosticId::ConstantLayer : DiagnosticId::UnsupportedLayer;
    return report({diagnose(problem, node.name, node.type)});
  }
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (has_input(node, i) && std::holds_alternative<Poisoned>(input(node, i))) return;
  if (std::ranges::all_of(node.outputs, &std::string::empty))
    return report({diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "no output")});
  if (auto status = import_layer(node); !status) return report(status.errors());
  check_extra_outputs(node);
}

bool Importer::has_constants_only(const ForeignNode& node) const {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (has_input(node, i) && !is_constant(node, i)) return false;
  return true;
}

Result<bool> Importer::import_constant(const ForeignNode& node) {
  if (!has_constants_only(node)) return false;
  const auto function = find_constant_operator(node.domain, node.type);
  if (!function || node.inputs.empty())
    return diagnose(DiagnosticId::ConstantLayer, node.name, node.type);
  GATEFOLD_TRY(auto constant, (*function)(*this, node));
  if (!constant) return diagnose(DiagnosticId::ConstantLayer, node.name, node.type);
  set(node, *std::move(constant));
  return true;
}

Status Importer::import_layer(const ForeignNode& node) {
  GATEFOLD_TRY(const bool is_done, import_constant(node));
  if (is_done) return success();
  if (node.type != "Reshape" && reads_extents(*this, node)) return import_extents(*this, node);
  if (reads_moved_batch(*this, node)) return import_moved_batch(*this, node);
  const auto rule = find_rule(node.domain, node.type);
  if (!rule) return diagnose(DiagnosticId::UnsupportedLayer, node.name, node.type);
  return (*rule)(*this, node);
}

void Importer::check_extra_outputs(const ForeignNode& node) {
  for (std::size_t i = 1; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty() &&
        std::holds_alternative<Poisoned>(symbols_.at(node.outputs[i])) &&
        (readers_[node.outputs[i]] > 0 || is_output(node.outputs[i])))
      report({diagnose(DiagnosticId::ExtraOutput, node.name, node.type, node.outputs[i])});
}

bool Importer::is_output(const std::string& name) const {
  return std::ranges::any_of(model_.outputs, [&](const auto& port) { return port.name == name; });
}

Status Importer::finish_output(const frontends::ForeignPort& port) {
  const auto found = symbols_.find(port.name);
  if (found == symbols_.end()) return diagnose(DiagnosticId::ConstantOutput, port.name);
  return std::visit(Match{[&](const ConstantSymbol&) -> Status {
                            return diagnose(DiagnosticId::ConstantOutput, port.name);
                          },
                          [&](const ExtentsSymbol&) -> Status {
                            return diagnose(DiagnosticId::ConstantOutput, port.name);
                          },
                          [&](const PortSymbol& symbol) -> Status {
                            GATEFOLD_TRY(const Value value, default_port(symbol, port.name));
                            graph_.add_output(port.name, value);
                            return success();
                          },
                          [&](const Value& value) -> Status {
                            const auto host = host_functions_.find(port.name);
                            if (host != host_functions_.end()) {
                              graph_.add_output(port.name, value, host->second);
                              return success();
                            }
                            const bool left_to_host = options_.final_activation_on_host;
                            if (left_to_host && !type(value).encoding.is_linear()) {
                              graph_.add_output(port.name, value);
                              return success();
                            }
                            GATEFOLD_TRY(const Value linear,
                                         resolve_functions(value, graph_.node(value.node).layer));
                            graph_.add_output(port.name, linear);
                            return success();
                          },
                          [&](const MovedBatch&) -> Status {
                            return diagnose(DiagnosticId::BatchAxis, port.name, "the output");
                          },
                          [](const Poisoned&) -> Status { return success(); }},
                    found->second);
}

std::int64_t Importer::opset() const {
  const auto standard = model_.opsets.find("");
  return standard == model_.opsets.end() ? newest_opset : standard->second;
}

bool Importer::has_input(const ForeignNode& node, std::size_t index) const {
  return index < node.inputs.size() && !node.inputs[index].empty();
}

const Symbol& Importer::input(const ForeignNode& node, std::size_t index) const {
  return symbols_.at(node.inputs[index]);
}

bool Importer::is_constant(const ForeignNode& node, std::size_t index) const {
  return std::holds_alternative<ConstantSymbol>(input(node, index));
}

Result<ConstantSymbol> Importer::constant(const ForeignNode& node, std::size_t index,
                                          const std::string& what) const {
  if (has_input(node, index))
    if (const auto* constant = std::get_if<ConstantSymbol>(&input(node, index))) return *constant;
  return diagnose(DiagnosticId::NeedsConstant, node.name, node.type, what);
}

namespace {

/// What stands behind a name, wherever its batch is.
Symbol content_of(const Symbol& symbol) {
  const auto* moved = std::get_if<MovedBatch>(&symbol);
  if (!moved) return symbol;
  return std::visit([](const auto& content) { return Symbol(content); }, moved->content);
}

Symbol with_batch_at(int axis, Symbol symbol) {
  if (axis == 0) return symbol;
  if (auto* port = std::get_if<PortSymbol>(&symbol)) return MovedBatch{std::move(*port), axis};
  return MovedBatch{std::get<Value>(symbol), axis};
}

}  // namespace

Status Importer::check_computed(const ForeignNode& node, std::size_t index) const {
  if (!has_input(node, index))
    return diagnose(DiagnosticId::MissingInput, node.name, node.type, index);
  const Symbol symbol = content_of(input(node, index));
  if (std::holds_alternative<PortSymbol>(symbol) || std::holds_alternative<Value>(symbol))
    return success();
  return diagnose(DiagnosticId::ConstantOperand, node.name, node.type, index);
}

Shape Importer::shape(const ForeignNode& node, std::size_t index) const {
  const Symbol symbol = content_of(input(node, index));
  if (const auto* port = std::get_if<PortSymbol>(&symbol)) return port->shape;
  return type(std::get<Value>(symbol)).shape;
}

int Importer::batch_axis(const ForeignNode& node, std::size_t index) const {
  const auto* moved = std::get_if<MovedBatch>(&input(node, index));
  return moved ? moved->axis : 0;
}

Result<Value> Importer::value(const ForeignNode& node, std::size_t index) {
  if (!has_input(node, index))
    return diagnose(DiagnosticId::MissingInput, node.name, node.type, index);
  const Symbol symbol = content_of(input(node, index));
  if (const auto* port = std::get_if<PortSymbol>(&symbol)) return default_port(*port, node.name);
  if (const auto* computed = std::get_if<Value>(&symbol)) return *computed;
  return diagnose(DiagnosticId::ConstantOperand, node.name, node.type, index);
}

Result<Value> Importer::linear_value(const ForeignNode& node, std::size_t index) {
  GATEFOLD_TRY(const Value found, value(node, index));
  return resolve_functions(found, node.name);
}

graph::Graph Importer::exchange_graph(graph::Graph other) {
  return std::exchange(graph_, std::move(other));
}

void Importer::set(const ForeignNode& node, Symbol symbol, std::size_t output) {
  if (!node.outputs[output].empty()) symbols_[node.outputs[output]] = std::move(symbol);
}

Result<Value> Importer::add(graph::Op op, std::vector<Value> inputs, const std::string& layer) {
  return graph_.add(std::move(op), std::move(inputs), layer);
}

Status Importer::set_op(const ForeignNode& node, graph::Op op, std::vector<Value> inputs) {
  GATEFOLD_TRY(const Value result, add(std::move(op), std::move(inputs), layer_name(node)));
  set(node, result);
  return success();
}

Status Importer::apply(const ForeignNode& node, std::size_t index,
                       const std::vector<graph::RealFunction>& functions) {
  GATEFOLD_CHECK(check_computed(node, index));
  const Symbol symbol = input(node, index);
  const auto* port = std::get_if<PortSymbol>(&symbol);
  if (port && port->wiring.empty()) {
    PortSymbol changed = *port;
    changed.functions.insert(changed.functions.end(), functions.begin(), functions.end());
    set(node, std::move(changed));
    return success();
  }
  GATEFOLD_TRY(Value operand, value(node, index));
  for (const graph::RealFunction& function : functions) {
    GATEFOLD_TRY(operand, add(graph::Map{function}, {operand}, layer_name(node)));
  }
  set(node, operand);
  return success();
}

Status Importer::rearrange(const ForeignNode& node, const std::vector<graph::Wiring>& wirings,
                           std::size_t output, int batch_axis) {
  const Symbol symbol = content_of(input(node, 0));
  const auto* port = std::get_if<PortSymbol>(&symbol);
  if (!port) {
    GATEFOLD_TRY(Value operand, value(node, 0));
    for (const graph::Wiring& wiring : wirings) {
      GATEFOLD_TRY(operand, add(graph::Rearrange{wiring}, {operand}, layer_name(node)));
    }
    set(node, with_batch_at(batch_axis, operand), output);
    return success();
  }
  PortSymbol changed = *port;
  for (const graph::Wiring& wiring : wirings) {
    graph::TensorType type{changed.shape, {numeric::Interval{}}, {}};
    GATEFOLD_TRY(const auto types, graph::infer(graph::Rearrange{wiring}, {&type, 1}, node.name));
    changed.wiring.push_back(wiring);
    changed.shape = types.front().shape;
  }
  set(node, with_batch_at(batch_axis, std::move(changed)), output);
  return success();
}

Result<Value> Importer::resolve_functions(Value value, const std::string& layer) {
  if (type(value).encoding.is_linear()) return value;
  std::vector<std::pair<graph::RealFunction, std::string>> waiting;
  Value base = value;
  while (!type(base).encoding.is_linear()) {
    const graph::Node& node = graph_.node(base.node);
    const auto* map = std::get_if<graph::Map>(&node.op);
    if (!map) {
      const auto exact = relu_quantizer(type(base));
      if (!exact) return diagnose(DiagnosticId::ActivationNeedsQuantizer, layer);
      GATEFOLD_TRY(base, add(*exact, {base}, std::string(node.layer)));
      break;
    }
    waiting.emplace_back(std::get<graph::RealFunction>(map->function), node.layer);
    base = node.inputs.front();
  }
  std::reverse(waiting.begin(), waiting.end());
  for (auto& [function, origin] : waiting) {
    graph::Map map{function};
    if (std::holds_alternative<graph::Relu>(function)) {
      // Offsets such as biases move real 0 to other integers in each channel.
      if (!exact_relu(type(base))) GATEFOLD_CHECK(remove_offsets(*this, base, origin));
      const auto relu = exact_relu(type(base));
      if (!relu) return diagnose(DiagnosticId::ActivationNeedsQuantizer, origin);
      map.function = *relu;
    } else if (!std::holds_alternative<graph::Affine>(function)) {
      return diagnose(DiagnosticId::ActivationNeedsQuantizer, origin);
    }
    GATEFOLD_TRY(base, add(std::move(map), {base}, origin));
  }
  return base;
}

const graph::Linear* Importer::settled_matrix(const std::string& layer) {
  const auto found = options_.settled.find(layer);
  const std::size_t next = settled_[layer]++;
  if (found == options_.settled.end() || next >= found->second.size()) return nullptr;
  return &found->second[next];
}

const ForeignNode* Importer::only_reader(const ForeignNode& node) const {
  const std::string& name = node.outputs.front();
  const auto read = readers_.find(name);
  if (read == readers_.end() || read->second != 1 || is_output(name)) return nullptr;
  const auto reader = std::ranges::find_if(model_.nodes, [&](const ForeignNode& other) {
    return std::ranges::find(other.inputs, name) != other.inputs.end();
  });
  return &*reader;
}

bool Importer::finds_constant(const ForeignNode& later, std::size_t index) {
  if (index >= later.inputs.size() || later.inputs[index].empty()) return false;
  const std::string& name = later.inputs[index];
  if (!symbols_.contains(name)) {
    const auto maker = std::ranges::find_if(model_.nodes, [&](const ForeignNode& node) {
      return std::ranges::find(node.outputs, name) != node.outputs.end();
    });
    for (std::size_t i = 0; i < maker->inputs.size(); ++i)
      if (!maker->inputs[i].empty() && !finds_constant(*maker, i)) return false;
    import_node(*maker);
    done_.insert(&*maker);
  }
  return is_constant(later, index);
}

void Importer::take_over(const ForeignNode& later, Symbol symbol) {
  set(later, std::move(symbol));
  done_.insert(&later);
}

bool Importer::is_final(const ForeignNode& node) const {
  const auto read = readers_.find(node.outputs.front());
  if (read != readers_.end() && read->second > 0) return false;
  return is_output(node.outputs.front());
}

void Importer::finish_on_host(const ForeignNode& node, graph::HostFunction function) {
  host_functions_[node.outputs.front()] = function;
}

void Importer::report(const Diagnostics& problems) {
  for (const Diagnostic& problem : problems)
    if (std::find(problems_.begin(), problems_.end(), problem) == problems_.end())
      problems_.push_back(problem);
}

Result<numeric::FixedType> parse_input_type(const std::string& text) {
  const auto type = numeric::FixedType::parse(text);
  if (!type || type->width < 1) return diagnose(DiagnosticId::BadInputType, "", text);
  return *type;
}

Result<graph::Graph> import_model(const frontends::ForeignModel& model,
                                  const ImportOptions& options) {
  return Importer(model, options).run();
}

}  // namespace gatefold::layers

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gatefold/layers/import_model.h"
#include "gatefold/layers/symbol.h"

namespace gatefold::layers {

using frontends::ForeignNode;

/// The state of one import: the graph so far and what every name of the file stands for. A layer's
/// import rule reads its node's inputs here and sets its outputs (layers/rules.def).
class Importer {
 public:
  Importer(const frontends::ForeignModel& model, const ImportOptions& options);

  Result<graph::Graph> run();

  const ImportOptions& options() const { return options_; }
  const graph::TensorType& type(graph::Value value) const { return graph_.type(value); }

  /// The version of the file's ONNX operators.
  std::int64_t opset() const;
  /// The size of the batch, where the file fixes it.
  std::optional<std::int64_t> batch() const { return batch_; }

  bool has_input(const ForeignNode& node, std::size_t index) const;
  const Symbol& input(const ForeignNode& node, std::size_t index) const;
  bool is_constant(const ForeignNode& node, std::size_t index) const;
  /// The constant at this input; NeedsConstant when it is computed or missing.
  Result<ConstantSymbol> constant(const ForeignNode& node, std::size_t index,
                                  const std::string& what) const;
  /// The integers at this input with whatever functions wait on the edge; a port without a
  /// quantizer gets the type that the options give it.
  Result<graph::Value> value(const ForeignNode& node, std::size_t index);
  /// The same with a linear encoding: an exact ReLU becomes a clamp, else ActivationNeedsQuantizer.
  Result<graph::Value> linear_value(const ForeignNode& node, std::size_t index);
  /// MissingInput, or ConstantOperand for what is not computed from the model's inputs.
  Status check_computed(const ForeignNode& node, std::size_t index) const;
  /// Shape of a computed input without the batch axis.
  Shape shape(const ForeignNode& node, std::size_t index) const;
  /// Which axis of the file's tensor is the batch; 0 for all but tensors near recurrent layers.
  int batch_axis(const ForeignNode& node, std::size_t index) const;

  void set(const ForeignNode& node, Symbol symbol, std::size_t output = 0);
  /// Appends an op and makes it the node's output.
  Status set_op(const ForeignNode& node, graph::Op op, std::vector<graph::Value> inputs);
  Result<graph::Value> add(graph::Op op, std::vector<graph::Value> inputs,
                           const std::string& layer);
  /// Applies functions of one real number to an input, in order: on the edge, or in the host's
  /// hands.
  Status apply(const ForeignNode& node, std::size_t index,
               const std::vector<graph::RealFunction>& functions);
  /// Applies wirings to input 0, in order; shapes in them are without the batch axis. The batch is
  /// axis `batch_axis` of the file's result.
  Status rearrange(const ForeignNode& node, const std::vector<graph::Wiring>& wirings,
                   std::size_t output = 0, int batch_axis = 0);
  /// Makes another graph the one that ops are added to, and gives the one that was.
  graph::Graph exchange_graph(graph::Graph other);
  /// Makes the port's quantizer; an equal second one gives the same value.
  Result<graph::Value> quantize_port(const PortSymbol& port, graph::Quantize quantize,
                                     const std::string& layer);
  /// The type of the layer's next reloadable matrix, where the options settle it.
  const graph::Linear* settled_matrix(const std::string& layer);
  /// The node that alone reads the node's output; null where there is none, or it is an output of
  /// the model.
  const ForeignNode* only_reader(const ForeignNode& node) const;
  /// Whether the input of a node that comes later is a constant, which is then known.
  bool finds_constant(const ForeignNode& later, std::size_t index);
  /// Sets the first output of a node that comes later and needs no import any more.
  void take_over(const ForeignNode& later, Symbol symbol);
  /// True when the node's output is an output of the model and nothing else reads it.
  bool is_final(const ForeignNode& node) const;
  /// Marks the model output that this node makes as finished by the host.
  void finish_on_host(const ForeignNode& node, graph::HostFunction function);

 private:
  Status declare_port(const frontends::ForeignPort& port);
  Status set_batch(const frontends::ForeignPort& port);
  void declare_constants();
  Status check_opsets() const;
  void import_node(const ForeignNode& node);
  /// The node's value where all its inputs are constants; false where that is left to its rule.
  Result<bool> import_constant(const ForeignNode& node);
  Status import_layer(const ForeignNode& node);
  void check_extra_outputs(const ForeignNode& node);
  bool has_constants_only(const ForeignNode& node) const;
  bool is_output(const std::string& name) const;
  Status finish_output(const frontends::ForeignPort& port);
  Result<graph::Value> default_port(const PortSymbol& port, const std::string& layer);
  Result<graph::Value> resolve_functions(graph::Value value, const std::string& layer);
  void report(const Diagnostics& problems);

  const frontends::ForeignModel& model_;
  ImportOptions options_;
  graph::Graph graph_;
  std::optional<std::int64_t> batch_;
  std::map<std::string, Symbol> symbols_;
  std::map<std::string, graph::Value> ports_;                  // quantized ports by name
  std::map<std::string, int> readers_;                         // how many nodes read a name
  std::map<std::string, std::size_t> settled_;                 // matrices so far by layer
  std::set<const ForeignNode*> done_;                          // before their turn
  std::map<std::string, graph::HostFunction> host_functions_;  // by output name
  Diagnostics problems_;
};

/// The trained layer that a node belongs to, as its author named it: exporters write a module's
/// path and then names of their own (`/relu1/act_quant/export_handler/Quant` is the layer `relu1`).
std::string layer_name(const ForeignNode& node);

/// An import rule: sets the outputs of the node or says why it cannot.
using Rule = Status (*)(Importer&, const ForeignNode&);

/// The rule of an operator, or none. The three domains under which QONNX's operators live are one.
std::optional<Rule> find_rule(const std::string& domain, const std::string& type);

/// `from_array` refuses NaN and infinity (NonFiniteConstant).
Result<ConstantSymbol> from_array(const frontends::ForeignArray& array, const std::string& name);

/// The grid of a constant whose elements `order` brings into another order.
std::optional<ConstantGrid> with_steps(
    const std::optional<ConstantGrid>& grid,
    const std::function<std::vector<Rational>(const std::vector<Rational>&)>& order);

/// A constant as a parameter of a computed tensor of this shape (no batch axis), by broadcasting.
Result<numeric::PerAxis<Rational>> broadcast(const ConstantSymbol& constant, const Shape& shape,
                                             const std::string& layer);

}  // namespace gatefold::layers

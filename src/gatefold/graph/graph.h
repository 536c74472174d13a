#pragma once

#include <span>
#include <string>
#include <vector>

#include "gatefold/graph/op.h"
#include "gatefold/support/ids.h"
#include "gatefold/support/result.h"

namespace gatefold::graph {

using NodeId = Id<struct NodeTag>;

/// One output of a node.
struct Value {
  NodeId node;
  int output = 0;
  friend auto operator<=>(const Value&, const Value&) = default;
};

struct Node {
  Op op;
  std::vector<Value> inputs;
  std::vector<TensorType> outputs;  // inferred
  std::string layer;                // the trained layer that it came from; never empty
};

/// A function of a whole output that the host computes in double precision after the hardware,
/// where the user left it to the host.
enum class HostFunction { None, Softmax };

struct Output {
  std::string name;
  Value value;
  HostFunction host = HostFunction::None;
  friend bool operator==(const Output&, const Output&) = default;
};

/// An exact integer program: nodes in topological order. A value type; passes take one and give
/// one.
class Graph {
 public:
  std::string name;

  /// Appends a node, inferring its types. Errors: shapes or encodings that do not fit the op, and
  /// words wider than `numeric::max_word_width`, named after `layer`.
  Result<Value> add(Op op, std::vector<Value> inputs, std::string layer);
  /// Appends an input of a part of a graph: a value whose type is given, not inferred.
  Value add_given(TensorType type, std::string layer);
  void add_output(std::string output_name, Value value, HostFunction host = HostFunction::None);

  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_[static_cast<std::size_t>(id.index)]; }
  const TensorType& type(Value v) const {
    return node(v.node).outputs[static_cast<std::size_t>(v.output)];
  }
  std::span<const Output> outputs() const { return outputs_; }
  /// The nodes whose op is Input, in port order.
  std::vector<NodeId> inputs() const;

 private:
  std::vector<Node> nodes_;
  std::vector<Output> outputs_;
};

bool operator==(const Graph& a, const Graph& b);

/// The output types of an op on inputs of these types.
Result<std::vector<TensorType>> infer(const Op& op, std::span<const TensorType> inputs,
                                      const std::string& layer);

/// The exact meaning of an op on one sample; `types` are the inputs' types. The emulator's fast
/// kernels are tested against it. Not for Input. A scan begins with the states that it is given, a
/// stateful one too.
std::vector<numeric::IntTensor> evaluate(const Op& op, std::span<const TensorType> types,
                                         std::span<const numeric::IntTensor> inputs);

/// Which element of which input each output element copies; input -1 means the raw `value`.
struct Source {
  int input = 0;
  std::int64_t flat = 0;
  std::int64_t value = 0;
};
std::vector<Source> sources(const Wiring& wiring, std::span<const TensorType> inputs);

/// Checks every invariant of a graph (order, arity, inferred types equal to the stored ones,
/// outputs defined); returns the first violation as text, empty when there is none.
std::string verify(const Graph& graph);

/// Whether an inference depends on the inferences before it: on the states of a stateful scan.
bool is_stateful(const Graph& graph);

/// The text form; parse(print(g)) == g.
std::string print(const Graph& graph);
Result<Graph> parse(const std::string& text);

}  // namespace gatefold::graph

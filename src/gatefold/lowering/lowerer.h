#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/adder_graph/partial_tables.h"
#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"
#include "gatefold/lowering/lower.h"

namespace gatefold::lowering {

using hardware::ValueId;
using numeric::Interval;

/// The words of a tensor, row-major.
using Words = std::vector<ValueId>;

/// The design under construction and the words of every graph value so far. Each op's lowering is a
/// function of it (lowering/<op>.cpp), declared below.
class Lowerer {
 public:
  /// Lowers into a process of the design; both outlive it.
  Lowerer(const graph::Graph& graph, const LoweringOptions& options, hardware::Design& design,
          std::size_t process);

  /// The words of a value that stand before its node is lowered, which is then skipped.
  void seed(graph::Value value, Words words) { words_[value] = std::move(words); }
  /// Lowers all nodes, in order.
  Status run();
  /// What is emitted from now on belongs to this layer.
  void enter_layer(const std::string& name, const std::string& kind);

  const LoweringOptions& options() const { return options_; }
  const graph::Graph& graph() const { return graph_; }
  const graph::TensorType& type(graph::Value value) const { return graph_.type(value); }
  const Words& words(graph::Value value) const { return words_.at(value); }
  const Interval& range(ValueId id) const { return process().operation(id).range; }

  // Building blocks; every one belongs to the layer of the node being lowered, gives the interval
  // that arithmetic proves, and skips what computes nothing.
  ValueId constant(std::int64_t value);
  ValueId add(ValueId a, ValueId b, int shift_a = 0, int shift_b = 0, bool subtract = false);
  ValueId shift(ValueId a, int bits);
  ValueId negate(ValueId a);
  ValueId multiply(ValueId a, ValueId b);
  ValueId clamp(ValueId a, const Interval& bounds);
  ValueId wrap(ValueId a, int width, bool is_signed);
  ValueId compare(hardware::Relation relation, ValueId a, ValueId b);
  ValueId select(ValueId condition, ValueId a, ValueId b);
  ValueId smaller(ValueId a, ValueId b);
  ValueId larger(ValueId a, ValueId b);
  /// `entries[raw - first]` for every raw that `a` can take.
  ValueId lookup(ValueId a, std::int64_t first, const std::vector<std::int64_t>& entries);
  /// Constant matrix times words, plus a constant for each output (none: all 0): weights are
  /// [inputs, outputs] row-major.
  Words matrix(const Words& inputs, const std::vector<std::int64_t>& weights, int outputs,
               const std::vector<std::int64_t>& addends = {});
  /// What the sums of a linear node carry on top of their values: the constants that their one
  /// reader, a quantizer, would add (empty: nothing).
  const std::vector<std::int64_t>& addends(graph::Value sums) const;
  /// The quantizer that alone reads a value; null when there is another reader or an output.
  const graph::Quantize* only_reader(graph::Value value) const;
  void carry(graph::Value sums, std::vector<std::int64_t> addends);
  /// Narrows the proved range of a word to what the graph knows.
  void claim(ValueId id, const Interval& known);

  ValueId emit(hardware::Kind kind, Interval range);
  hardware::ChannelId add_channel(const std::string& name, std::vector<Interval> ranges);
  hardware::Design& design() { return design_; }
  hardware::Process& process() { return design_.processes[process_]; }
  const hardware::Process& process() const { return design_.processes[process_]; }

 private:
  Result<std::vector<Words>> lower_node(graph::NodeId id);
  void claim_ranges(graph::NodeId node, const std::vector<Words>& outputs);
  /// Notes the problems and returns words of any value, so that the layers behind are checked too.
  std::vector<Words> refuse(const graph::Node& node, const Diagnostics& problems);
  /// Levels of words, counted from the earliest that is no constant, or from where adder graphs
  /// tell no arrivals apart (tables add a level).
  std::vector<int> levels(const Words& words) const;
  ValueId partial_product(ValueId a, ValueId digits, int width, bool top);
  ValueId product(ValueId a, ValueId b);
  int signed_width(ValueId id) const;
  bool takes_dsp(ValueId a, ValueId b) const;
  /// The adder graph of a problem on its inputs' words.
  Words sums(Words nodes, const adder_graph::Problem& problem);
  ValueId term(const Words& nodes, const adder_graph::Term& term);
  /// The inputs of the sums behind tables.
  Words tables(const adder_graph::Tabulated& tabulated, const Words& inputs);
  /// Words of one bit side by side, the first lowest.
  ValueId address(const Words& bits);

  const graph::Graph& graph_;
  LoweringOptions options_;
  hardware::Design& design_;
  std::size_t process_;
  std::map<graph::Value, Words> words_;
  std::map<graph::Value, std::vector<std::int64_t>> addends_;
  std::vector<int> level_;  // operations on the longest path to each word
  std::map<std::vector<std::int64_t>, hardware::TableId> tables_;  // by first and entries
  int layer_ = 0;
  Diagnostics problems_;
};

// One function per op.
/// The largest magnitude of an interval.
inline double magnitude(const Interval& range) {
  return std::max(std::abs(static_cast<double>(range.low)),
                  std::abs(static_cast<double>(range.high)));
}

/// Whether an adder graph whose terms have magnitudes of this sum stays in words: partial sums may
/// leave the range of the result, for the signed digits of a weight add up to less than twice it.
inline bool adders_have_room(double sum) {
  return 2 * sum < std::ldexp(1.0, numeric::max_word_width - 1);
}

Words lower_input(Lowerer& lowerer, const graph::Input& input, const graph::Node& node);
Words lower_constant(Lowerer& lowerer, const graph::Constant& constant);
Words lower_rearrange(Lowerer& lowerer, const graph::Rearrange& op, const graph::Node& node);
Result<Words> lower_linear(Lowerer& lowerer, const graph::Linear& linear, graph::NodeId id);
Words lower_contract(Lowerer& lowerer, const graph::Node& node);
Words lower_map(Lowerer& lowerer, const graph::Map& map, const graph::Node& node);
ValueId combine_words(Lowerer& lowerer, graph::CombineKind kind, const Words& operands);
Words lower_combine(Lowerer& lowerer, const graph::Combine& combine, const graph::Node& node);
Words lower_reduce(Lowerer& lowerer, const graph::Reduce& reduce, const graph::Node& node);
/// All words as one.
ValueId reduce_words(Lowerer& lowerer, graph::ReduceKind kind, const Words& x);
/// Whether a word has room for a value with its place among so many in the low bits.
bool fits_key(const Interval& value, std::int64_t places);
Result<Words> lower_order(Lowerer& lowerer, const graph::Order& order, const graph::Node& node);
Result<Words> lower_quantize(Lowerer& lowerer, const graph::Quantize& quantize,
                             const graph::Node& node);

/// The constants that a quantizer adds to the elements of its input before it drops bits; 0 where
/// it computes something else.
std::vector<std::int64_t> addends_of(const graph::Quantize& quantize, const graph::TensorType& in);

}  // namespace gatefold::lowering

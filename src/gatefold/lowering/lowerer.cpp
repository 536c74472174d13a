#include "gatefold/lowering/lowerer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "gatefold/support/assert.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/match.h"

namespace gatefold::lowering {

namespace {

/// Operations without logic: the bits of their operands, moved.
bool is_wire(const hardware::Kind& kind) {
  using namespace hardware;
  return std::holds_alternative<Constant>(kind) || std::holds_alternative<Receive>(kind) ||
         std::holds_alternative<Shift>(kind) || std::holds_alternative<Wrap>(kind) ||
         std::holds_alternative<Not>(kind);
}

}  // namespace

using hardware::Kind;
using hardware::Relation;

Lowerer::Lowerer(const graph::Graph& graph, const LoweringOptions& options,
                 hardware::Design& design, std::size_t process)
    : graph_(graph), options_(options), design_(design), process_(process) {}

Status Lowerer::run() {
  const auto nodes = graph_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const graph::NodeId id{static_cast<std::int32_t>(i)};
    if (words_.contains({id, 0})) continue;
    enter_layer(nodes[i].layer, graph::name_of(nodes[i].op));
    auto lowered = lower_node(id);
    GATEFOLD_CHECK(check_interrupt());
    std::vector<Words> outputs = lowered ? *std::move(lowered) : refuse(nodes[i], lowered.errors());
    claim_ranges(id, outputs);
    for (std::size_t k = 0; k < outputs.size(); ++k)
      words_[{id, static_cast<int>(k)}] = std::move(outputs[k]);
  }
  if (!problems_.empty()) return problems_;
  return success();
}

void Lowerer::claim_ranges(graph::NodeId node, const std::vector<Words>& outputs) {
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const graph::Value value{node, static_cast<int>(k)};
    const auto& carried = addends(value);
    for (std::size_t e = 0; e < outputs[k].size(); ++e) {
      const Interval& known = type(value).range(static_cast<std::int64_t>(e));
      claim(outputs[k][e], carried.empty() ? known : known + Interval::constant(carried[e]));
    }
  }
}

const std::vector<std::int64_t>& Lowerer::addends(graph::Value sums) const {
  static const std::vector<std::int64_t> none;
  const auto found = addends_.find(sums);
  return found == addends_.end() ? none : found->second;
}

void Lowerer::carry(graph::Value sums, std::vector<std::int64_t> addends) {
  addends_[sums] = std::move(addends);
}

const graph::Quantize* Lowerer::only_reader(graph::Value value) const {
  const graph::Quantize* found = nullptr;
  for (const graph::Output& output : graph_.outputs())
    if (output.value == value) return nullptr;
  for (const graph::Node& node : graph_.nodes())
    for (const graph::Value& input : node.inputs) {
      if (input != value) continue;
      if (found != nullptr || !std::holds_alternative<graph::Quantize>(node.op)) return nullptr;
      found = &std::get<graph::Quantize>(node.op);
    }
  return found;
}

namespace {

Result<std::vector<Words>> single(Words words) { return std::vector<Words>{std::move(words)}; }

Result<std::vector<Words>> single(Result<Words> words) {
  if (!words) return Diagnostics(words.errors());
  return single(*std::move(words));
}

}  // namespace

Result<std::vector<Words>> Lowerer::lower_node(graph::NodeId id) {
  const graph::Node& node = graph_.node(id);
  return std::visit(
      Match{[&](const graph::Input& op) { return single(lower_input(*this, op, node)); },
            [&](const graph::Constant& op) { return single(lower_constant(*this, op)); },
            [&](const graph::Rearrange& op) { return single(lower_rearrange(*this, op, node)); },
            [&](const graph::Linear& op) { return single(lower_linear(*this, op, id)); },
            [&](const graph::Contract&) { return single(lower_contract(*this, node)); },
            [&](const graph::Map& op) { return single(lower_map(*this, op, node)); },
            [&](const graph::Combine& op) { return single(lower_combine(*this, op, node)); },
            [&](const graph::Reduce& op) { return single(lower_reduce(*this, op, node)); },
            [&](const graph::Order& op) { return single(lower_order(*this, op, node)); },
            [&](const graph::Quantize& op) { return single(lower_quantize(*this, op, node)); },
            [](const graph::Scan&) -> Result<std::vector<Words>> {
              GATEFOLD_ASSERT(false, "scans are unrolled before they are lowered in parallel");
            }},
      node.op);
}

std::vector<Words> Lowerer::refuse(const graph::Node& node, const Diagnostics& problems) {
  for (const Diagnostic& problem : problems)
    if (std::find(problems_.begin(), problems_.end(), problem) == problems_.end())
      problems_.push_back(problem);
  std::vector<Words> outputs;
  for (const graph::TensorType& type : node.outputs) {
    std::vector<Interval> ranges;
    for (std::int64_t e = 0; e < type.size(); ++e) ranges.push_back(type.range(e));
    const auto channel = add_channel(node.layer, ranges);
    Words words;
    for (std::size_t e = 0; e < ranges.size(); ++e)
      words.push_back(emit(hardware::Receive{channel, static_cast<int>(e)}, ranges[e]));
    outputs.push_back(std::move(words));
  }
  return outputs;
}

void Lowerer::enter_layer(const std::string& name, const std::string& kind) {
  auto& layers = design_.layers;
  const auto found = std::ranges::find(layers, name, &hardware::Layer::name);
  layer_ = static_cast<int>(found - layers.begin());
  if (found == layers.end())
    layers.push_back({name, kind});
  else if (found->kind.find(kind) == std::string::npos)
    found->kind += "+" + kind;
}

hardware::ChannelId Lowerer::add_channel(const std::string& name, std::vector<Interval> ranges) {
  design_.channels.push_back({name, std::move(ranges), {}});
  return {static_cast<std::int32_t>(design_.channels.size() - 1)};
}

ValueId Lowerer::emit(Kind kind, Interval range) {
  int level = 0;
  for (const ValueId id : hardware::operands(kind))
    level = std::max(level, level_[static_cast<std::size_t>(id.index)]);
  level_.push_back(level + (is_wire(kind) ? 0 : 1));
  return process().add(std::move(kind), range, layer_);
}

void Lowerer::claim(ValueId id, const Interval& known) {
  Interval& own = process().body[static_cast<std::size_t>(id.index)].range;
  own.low = std::max(own.low, known.low);
  own.high = std::min(own.high, known.high);
  own.zeros = std::max(own.zeros, known.zeros);
  GATEFOLD_ASSERT(own.low <= own.high, "a word has no value left");
}

ValueId Lowerer::constant(std::int64_t value) {
  return emit(hardware::Constant{value}, Interval::constant(value));
}

ValueId Lowerer::add(ValueId a, ValueId b, int shift_a, int shift_b, bool subtract) {
  const Interval x = numeric::shift_left(range(a), shift_a);
  const Interval y = numeric::shift_left(range(b), shift_b);
  const auto is_zero = [](const Interval& r) { return r.is_constant() && r.low == 0; };
  if (is_zero(y)) return shift(a, shift_a);
  if (is_zero(x)) return subtract ? negate(shift(b, shift_b)) : shift(b, shift_b);
  return emit(hardware::Add{a, b, shift_a, shift_b, subtract}, subtract ? x - y : x + y);
}

ValueId Lowerer::shift(ValueId a, int bits) {
  if (bits == 0) return a;
  const Interval& x = range(a);
  if (bits > 0) return emit(hardware::Shift{a, bits}, numeric::shift_left(x, bits));
  return emit(hardware::Shift{a, bits},
              {x.low >> -bits, x.high >> -bits, std::max(0, x.zeros + bits)});
}

ValueId Lowerer::negate(ValueId a) { return emit(hardware::Negate{a}, -range(a)); }

ValueId Lowerer::clamp(ValueId a, const Interval& bounds) {
  const Interval& x = range(a);
  if (x.low >= bounds.low && x.high <= bounds.high) return a;
  const Interval clamped{std::clamp(x.low, bounds.low, bounds.high),
                         std::clamp(x.high, bounds.low, bounds.high), 0};
  return emit(hardware::Clamp{a, bounds.low, bounds.high}, clamped);
}

ValueId Lowerer::wrap(ValueId a, int width, bool is_signed) {
  return emit(hardware::Wrap{a, width, is_signed}, numeric::FixedType{width, 0, is_signed}.range());
}

ValueId Lowerer::compare(Relation relation, ValueId a, ValueId b) {
  return emit(hardware::Compare{relation, a, b}, {0, 1, 0});
}

ValueId Lowerer::select(ValueId condition, ValueId a, ValueId b) {
  return emit(hardware::Select{condition, a, b}, numeric::hull(range(a), range(b)));
}

ValueId Lowerer::smaller(ValueId a, ValueId b) {
  const ValueId result = select(compare(Relation::LessEqual, a, b), a, b);
  claim(result, numeric::minimum(range(a), range(b)));
  return result;
}

ValueId Lowerer::larger(ValueId a, ValueId b) {
  const ValueId result = select(compare(Relation::LessEqual, b, a), a, b);
  claim(result, numeric::maximum(range(a), range(b)));
  return result;
}

ValueId Lowerer::lookup(ValueId a, std::int64_t first, const std::vector<std::int64_t>& entries) {
  const Interval& x = range(a);
  const auto begin = entries.begin() + (x.low - first);
  const std::vector<std::int64_t> used(begin, begin + (x.high - x.low + 1));
  const auto [low, high] = std::minmax_element(used.begin(), used.end());
  const Interval result{*low, *high, 0};
  if (result.is_constant()) return constant(result.low);
  std::vector<std::int64_t> key = used;
  key.push_back(x.low);
  const auto next = static_cast<std::int32_t>(process().tables.size());
  const auto [found, inserted] = tables_.emplace(std::move(key), hardware::TableId{next});
  if (inserted) process().tables.push_back({"table_" + std::to_string(next), x.low, used});
  return emit(hardware::Lookup{found->second, a}, result);
}

namespace {

/// One more input for each constant that is not 0, read by its output alone.
void add_constants(adder_graph::Problem& problem, const std::vector<std::int64_t>& addends) {
  for (std::size_t j = 0; j < addends.size(); ++j) {
    if (addends[j] == 0) continue;
    std::vector<std::int64_t> row(addends.size(), 0);
    row[j] = 1;
    problem.weights.insert(problem.weights.end(), row.begin(), row.end());
    problem.ranges.push_back(Interval::constant(addends[j]));
    ++problem.inputs;
  }
}

}  // namespace

Words Lowerer::matrix(const Words& inputs, const std::vector<std::int64_t>& weights, int outputs,
                      const std::vector<std::int64_t>& addends) {
  adder_graph::Problem problem;
  problem.inputs = static_cast<int>(inputs.size());
  problem.outputs = outputs;
  problem.weights = weights;
  problem.extra_depth = options_.extra_depth;
  problem.effort = options_.effort;
  problem.model = options_.adder_costs;
  for (const ValueId id : inputs) problem.ranges.push_back(range(id));
  add_constants(problem, addends);
  Words nodes = inputs;
  for (const std::int64_t addend : addends)
    if (addend != 0) nodes.push_back(constant(addend));
  problem.depths = levels(nodes);
  if (const auto tabulated = adder_graph::cheaper_tables(problem, *options_.solved))
    return sums(tables(*tabulated, nodes), tabulated->sums);
  return sums(std::move(nodes), problem);
}

Words Lowerer::sums(Words nodes, const adder_graph::Problem& problem) {
  const adder_graph::AdderGraph& solution = options_.solved->solve(problem);
  for (const adder_graph::Adder& adder : solution.adders) {
    nodes.push_back(add(nodes[static_cast<std::size_t>(adder.a)],
                        nodes[static_cast<std::size_t>(adder.b)], adder.shift_a, adder.shift_b,
                        adder.subtract));
    claim(nodes.back(), adder.range);
  }
  Words results;
  for (const adder_graph::Term& output : solution.outputs) results.push_back(term(nodes, output));
  return results;
}

Words Lowerer::tables(const adder_graph::Tabulated& tabulated, const Words& inputs) {
  Words words;
  for (const int input : tabulated.rest) words.push_back(inputs[static_cast<std::size_t>(input)]);
  for (const adder_graph::PartialTable& table : tabulated.tables) {
    Words bits;
    for (const int input : table.inputs) bits.push_back(inputs[static_cast<std::size_t>(input)]);
    words.push_back(lookup(address(bits), 0, table.entries));
  }
  return words;
}

ValueId Lowerer::address(const Words& bits) {
  ValueId word;
  int level = 0;
  for (std::size_t k = 0; k < bits.size(); ++k) {
    const ValueId low = shift(bits[k], -range(bits[k]).zeros);
    const ValueId bit = range(low).low < 0 ? wrap(low, 1, false) : low;
    word = k == 0 ? bit : add(word, bit, 0, static_cast<int>(k));
    level = std::max(level, level_[static_cast<std::size_t>(bits[k].index)]);
  }
  level_[static_cast<std::size_t>(word.index)] = level;  // it adds nothing up
  return word;
}

std::vector<int> Lowerer::levels(const Words& words) const {
  std::vector<int> result;
  int least = std::numeric_limits<int>::max(), latest = 0;
  for (const ValueId id : words) {
    result.push_back(level_[static_cast<std::size_t>(id.index)]);
    if (!range(id).is_constant()) least = std::min(least, result.back());
    latest = std::max(latest, result.back());
  }
  least = std::max(least, latest - adder_graph::latest_arrival + 1);
  for (int& level : result) level = std::max(0, level - least);
  return result;
}

ValueId Lowerer::term(const Words& nodes, const adder_graph::Term& term) {
  if (term.node < 0) return constant(0);
  const ValueId shifted = shift(nodes[static_cast<std::size_t>(term.node)], term.shift);
  return term.negate ? negate(shifted) : shifted;
}

namespace {

void give_outputs(Lowerer& lowerer) {
  for (const graph::Output& output : lowerer.graph().outputs()) {
    const Words& given = lowerer.words(output.value);
    std::vector<Interval> ranges;
    for (const ValueId id : given) ranges.push_back(lowerer.range(id));
    const auto channel = lowerer.add_channel(output.name, std::move(ranges));
    lowerer.process().gives.push_back({channel, given, {}});
    lowerer.design().outputs.push_back({output.name, channel, lowerer.type(output.value).shape});
  }
}

}  // namespace

Result<hardware::Design> lower(const graph::Graph& graph, const LoweringOptions& options) {
  hardware::Design design;
  design.name = graph.name;
  design.processes.emplace_back().name = graph.name;
  Lowerer lowerer(graph, options, design, 0);
  GATEFOLD_CHECK(lowerer.run());
  give_outputs(lowerer);
  return design;
}

}  // namespace gatefold::lowering

#include "gatefold/lowering/elements.h"

#include <algorithm>

#include "gatefold/graph/op_rules.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/lowering/position.h"
#include "gatefold/lowering/quantize.h"
#include "gatefold/support/match.h"

namespace gatefold::lowering {

using namespace graph;

namespace {

/// By group, the element of a lane; a group without one repeats the element before.
std::vector<std::int64_t> in_turn(const std::vector<std::vector<std::int64_t>>& groups,
                                  std::size_t lane) {
  std::vector<std::int64_t> elements;
  for (const auto& group : groups) {
    const bool is_free = group[lane] < 0;
    elements.push_back(!is_free ? group[lane] : elements.empty() ? 0 : elements.back());
  }
  return elements;
}

class Elements {
 public:
  Elements(Lowerer& lowerer, const Graph& graph, const ProcessPlan& plan, ValueId group,
           std::map<Value, Words>& words)
      : lowerer_(lowerer), graph_(graph), plan_(plan), group_(group), words_(words) {}

  Status lower(NodeId id) {
    const Node& node = graph_.node(id);
    lowerer_.enter_layer(node.layer, graph::name_of(node.op));
    std::vector<TensorType> types;
    for (const Value& input : node.inputs) types.push_back(graph_.type(input));
    const Op op = at_position(node, types, plan_.layout.axes).value();
    std::vector<Words> inputs;
    for (const Value& input : node.inputs) inputs.push_back(words_of(input, node));
    Words result;
    for (std::size_t lane = 0; lane < plan_.layout.lanes(); ++lane) {
      Words operands;
      for (const Words& words : inputs) operands.push_back(words[words.size() == 1 ? 0 : lane]);
      if (const auto* combine = std::get_if<Combine>(&op)) {
        result.push_back(combine_words(lowerer_, combine->kind, operands));
        continue;
      }
      const TensorType in = at_position(types.front(), plan_.layout.axes);
      GATEFOLD_TRY(const ValueId word, lower_one(op, in, lane, operands.front(), node.layer));
      result.push_back(word);
    }
    words_[{id, 0}] = std::move(result);
    return success();
  }

 private:
  /// By lane; those of a constant that the node reads come from tables.
  Words words_of(const Value& value, const Node& node) {
    if (const auto found = words_.find(value); found != words_.end()) return found->second;
    const Shape& shape = node.outputs.front().shape;
    const int axes = plan_.layout.axes;
    const auto constant =
        at_position(std::get<Constant>(graph_.node(value.node).op), axes, shape.size()).value();
    const Shape own{shape.begin() + axes, shape.end()};
    std::vector<std::int64_t> elements;
    for (std::int64_t i = 0; i < numeric::element_count(own); ++i) {
      const auto at = broadcast_index(constant.value.shape, own, i);
      elements.push_back(constant.value.data[static_cast<std::size_t>(at)]);
    }
    Words words;
    for (std::size_t lane = 0; lane < plan_.layout.lanes(); ++lane)
      words.push_back(constant_in_turn(lowerer_, elements, plan_.layout.groups, lane, group_));
    return words;
  }

  Result<ValueId> lower_one(const Op& op, const TensorType& in, std::size_t lane, ValueId word,
                            const std::string& layer) {
    const auto elements = in_turn(plan_.layout.groups, lane);
    if (const auto* quantize = std::get_if<Quantize>(&op))
      return lower_in_turn(lowerer_, {*quantize, in, elements, group_, layer}, word);
    const auto& function = std::get<Map>(op).function;
    if (const auto* table = std::get_if<Table>(&function))
      return looked_up(*table, in.shape, elements, word);
    if (const auto* clamp = std::get_if<Clamp>(&function)) {
      const Interval& range = lowerer_.range(word);
      return lowerer_.clamp(word,
                            {clamp->low.value_or(range.low), clamp->high.value_or(range.high), 0});
    }
    return word;
  }

  ValueId looked_up(const Table& table, const Shape& shape,
                    const std::vector<std::int64_t>& elements, ValueId word) {
    std::vector<std::int64_t> turns;
    std::vector<std::vector<std::int64_t>> tables;
    for (const std::int64_t element : elements) {
      const auto& entries = table.entries.at(element, shape);
      const auto found = std::ranges::find(tables, entries);
      turns.push_back(found - tables.begin());
      if (found == tables.end()) tables.push_back(entries);
    }
    const auto last = table.first + static_cast<std::int64_t>(tables.front().size()) - 1;
    const ValueId inside = lowerer_.clamp(word, {table.first, last, 0});
    Words choices;
    for (const auto& entries : tables)
      choices.push_back(lowerer_.lookup(inside, table.first, entries));
    return chosen(lowerer_, choices, turns, group_);
  }

  Lowerer& lowerer_;
  const Graph& graph_;
  const ProcessPlan& plan_;
  ValueId group_;
  std::map<Value, Words>& words_;
};

}  // namespace

ValueId constant_in_turn(Lowerer& lowerer, const std::vector<std::int64_t>& elements,
                         const std::vector<std::vector<std::int64_t>>& groups, std::size_t lane,
                         ValueId group) {
  std::vector<std::int64_t> words;
  for (const std::int64_t element : in_turn(groups, lane))
    words.push_back(elements[static_cast<std::size_t>(element)]);
  const bool equal = std::ranges::adjacent_find(words, std::not_equal_to<>()) == words.end();
  return equal ? lowerer.constant(words.front()) : lowerer.lookup(group, 0, words);
}

Status lower_elements(Lowerer& lowerer, const Graph& graph, const ProcessPlan& plan, ValueId group,
                      std::map<Value, Words>& words) {
  Elements elements(lowerer, graph, plan, group, words);
  for (const NodeId id : plan.nodes) GATEFOLD_CHECK(elements.lower(id));
  return success();
}

}  // namespace gatefold::lowering

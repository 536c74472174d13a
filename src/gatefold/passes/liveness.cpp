#include "gatefold/passes/liveness.h"

#include <algorithm>

#include "gatefold/passes/rewrite.h"
#include "gatefold/support/match.h"

namespace gatefold::passes {
namespace {

using Marks = std::vector<bool>;

void mark(Marks& marks, std::int64_t flat) { marks[static_cast<std::size_t>(flat)] = true; }

class Walker {
 public:
  explicit Walker(const Graph& graph) : graph_(graph) {
    for (const Node& node : graph.nodes()) {
      auto& outputs = live_.emplace_back();
      for (const TensorType& type : node.outputs)
        outputs.emplace_back(static_cast<std::size_t>(type.size()), false);
    }
    for (const graph::Output& output : graph.outputs()) mark_all(output.value);
  }

  Liveness run() {
    for (std::size_t i = graph_.nodes().size(); i-- > 0;) visit(graph_.nodes()[i], live_[i]);
    return std::move(live_);
  }

 private:
  Marks& marks(Value v) { return live_[at(v.node)][static_cast<std::size_t>(v.output)]; }

  void mark_all(Value v) { marks(v).assign(marks(v).size(), true); }

  void visit(const Node& node, const std::vector<Marks>& outputs) {
    const bool any = std::ranges::any_of(
        outputs, [](const Marks& m) { return std::ranges::find(m, true) != m.end(); });
    if (!any) return;
    const auto all = [&](const auto&) {
      for (const Value v : node.inputs) mark_all(v);
    };
    const auto elementwise = [&](const auto&) { copy(outputs[0], marks(node.inputs[0])); };
    std::visit(
        Match{[](const graph::Input&) {}, [](const graph::Constant&) {},
              [&](const graph::Rearrange& o) { wire(o, node, outputs[0]); },
              [&](const graph::Linear& o) { sum(o, outputs[0], marks(node.inputs[0])); },
              [&](const graph::Map& o) { elementwise(o); },
              [&](const graph::Quantize& o) { elementwise(o); },
              [&](const graph::Contract& o) { all(o); }, [&](const graph::Combine& o) { all(o); },
              [&](const graph::Reduce& o) { all(o); }, [&](const graph::Order& o) { all(o); },
              [&](const graph::Scan& o) { all(o); }},
        node.op);
  }

  static void copy(const Marks& from, Marks& to) {
    for (std::size_t i = 0; i < from.size(); ++i)
      if (from[i]) to[i] = true;
  }

  void wire(const graph::Rearrange& op, const Node& node, const Marks& out) {
    std::vector<TensorType> types;
    for (const Value v : node.inputs) types.push_back(graph_.type(v));
    const auto sources = graph::sources(op.wiring, types);
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (out[i] && sources[i].input >= 0)
        mark(marks(node.inputs[static_cast<std::size_t>(sources[i].input)]), sources[i].flat);
  }

  // Whether some output of a group reads an input of it.
  static Marks read_rows(const graph::Linear& op) {
    const std::int64_t outputs = op.weights.shape[2];
    Marks rows(static_cast<std::size_t>(op.weights.shape[0] * op.weights.shape[1]), false);
    for (std::size_t i = 0; i < op.weights.data.size(); ++i)
      if (op.reloadable || op.weights.data[i] != 0)
        rows[i / static_cast<std::size_t>(outputs)] = true;
    return rows;
  }

  // All outputs of a group are mostly live; then its rows say it for all.
  static void sum(const graph::Linear& op, const Marks& out, Marks& in) {
    const auto groups = static_cast<std::size_t>(op.weights.shape[0]);
    const auto inputs = static_cast<std::size_t>(op.weights.shape[1]);
    const auto outputs = static_cast<std::size_t>(op.weights.shape[2]);
    const Marks rows = read_rows(op);
    for (std::size_t part = 0; part * outputs < out.size(); ++part) {
      const std::size_t group = part % groups;
      const auto first = out.begin() + static_cast<std::ptrdiff_t>(part * outputs);
      const bool all =
          std::find(first, first + op.weights.shape[2], false) == first + op.weights.shape[2];
      const auto reads = [&](std::size_t i) {
        if (all) return bool{rows[group * inputs + i]};
        for (std::size_t j = 0; j < outputs; ++j)
          if (out[part * outputs + j] &&
              (op.reloadable || op.weights.data[(group * inputs + i) * outputs + j] != 0))
            return true;
        return false;
      };
      for (std::size_t i = 0; i < inputs; ++i)
        if (reads(i)) in[part * inputs + i] = true;
    }
  }

  const Graph& graph_;
  Liveness live_;
};

}  // namespace

Liveness live_elements(const Graph& graph) { return Walker(graph).run(); }

std::vector<std::int64_t> live_channels(const std::vector<bool>& live, std::int64_t channels) {
  std::vector<bool> any(static_cast<std::size_t>(channels), false);
  for (std::size_t i = 0; i < live.size(); ++i)
    if (live[i]) any[i % any.size()] = true;
  std::vector<std::int64_t> result;
  for (std::size_t c = 0; c < any.size(); ++c)
    if (any[c]) result.push_back(static_cast<std::int64_t>(c));
  return result;
}

}  // namespace gatefold::passes

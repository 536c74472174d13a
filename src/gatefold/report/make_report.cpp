#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "gatefold/report/report.h"
#include "gatefold/report/words.h"
#include "gatefold/schedule/target.h"

namespace gatefold::report {
namespace {

/// Appends to a list in one string, each entry once.
void append_new(std::string& list, const std::string& entry, const char* separator) {
  const std::string all = fmt::format("{0}{1}{0}", separator, list);
  if (all.find(fmt::format("{0}{1}{0}", separator, entry)) != std::string::npos) return;
  list += fmt::format("{}{}", list.empty() ? "" : separator, entry);
}

class Builder {
 public:
  explicit Builder(const Inputs& inputs) : inputs_(inputs) {}

  Report build() {
    fill_whole();
    read_imported();
    for (const auto& row : inputs_.estimate.layers) read_estimate(row);
    read_types();
    if (inputs_.synthesis) read_synthesis(*inputs_.synthesis);
    explain_absent();
    add_up();
    return std::move(report_);
  }

 private:
  const Inputs& inputs_;
  Report report_;
  std::map<std::string, std::size_t> rows_;
  std::set<std::string> in_final_;  // layers that the passes have left something of

  LayerRow& row(const std::string& layer) {
    const auto [found, inserted] = rows_.emplace(layer, report_.layers.size());
    if (inserted) report_.layers.emplace_back().layer = layer;
    return report_.layers[found->second];
  }

  void fill_whole() {
    const auto& estimate = inputs_.estimate;
    report_.model = inputs_.imported.name;
    report_.target = inputs_.target;
    if (const auto target = schedule::load_target(inputs_.target); target.ok()) {
      report_.target_title = target->title;
      report_.area_unit = target->area_unit;
    }
    report_.clock_ns = estimate.clock_ns;
    report_.critical_ns = estimate.critical_ns;
    report_.latency_ns = estimate.latency_ns();
    report_.latency_cycles = estimate.latency_cycles;
    report_.interval_cycles = estimate.interval_cycles;
    report_.synthesis = inputs_.synthesis;
    report_.seconds = inputs_.seconds;
    report_.folds = inputs_.folds;
    report_.toggles = inputs_.toggles;
    report_.matrices = matrix_rows(inputs_.graph, inputs_.matrices);
    if (inputs_.design.processes.size() > 1)
      report_.processes = process_rows(inputs_.design, inputs_.schedule);
  }

  void read_imported() {
    std::set<std::pair<std::string, std::string>> edges;
    for (const graph::Node& node : inputs_.imported.nodes()) {
      LayerRow& to = row(node.layer);
      append_new(to.kind, kind_of(node.op), ", ");
      count_weights(to, node.op);
      for (const graph::Value input : node.inputs) {
        const std::string& from = inputs_.imported.node(input.node).layer;
        if (from != node.layer && edges.emplace(from, node.layer).second)
          report_.edges.emplace_back(from, node.layer);
      }
    }
  }

  static void count_weights(LayerRow& row, const graph::Op& op) {
    if (const auto* linear = std::get_if<graph::Linear>(&op)) {
      if (is_sum(*linear)) return;
      row.weights += linear->weights.size();
      row.zero_weights += std::count(linear->weights.data.begin(), linear->weights.data.end(), 0);
    } else if (const auto* scan = std::get_if<graph::Scan>(&op)) {
      for (const graph::Node& node : scan->body->nodes()) count_weights(row, node.op);
    }
  }

  void read_estimate(const schedule::LayerEstimate& estimate) {
    LayerRow& to = row(estimate.layer);
    for (const auto& [name, number] : estimate.operations)
      to.operations.push_back(fmt::format("{} {}", name, number));
    to.adders = estimate.adders;
    to.estimated_luts = estimate.luts;
    to.estimated_flip_flops = estimate.register_bits;
    to.estimated_block_rams = estimate.block_rams;
    to.estimated_dsps = estimate.dsps;
    to.first_stage = estimate.first_stage;
    to.last_stage = estimate.last_stage;
  }

  /// Types as they are in hardware; those of the trained model for layers that are not there.
  void read_types() {
    for (const graph::Node& node : inputs_.graph.nodes()) in_final_.insert(node.layer);
    read_types_of(inputs_.imported, [&](const std::string& l) { return !in_final_.contains(l); });
    read_types_of(inputs_.graph, [&](const std::string& l) { return in_final_.contains(l); });
  }

  template <typename Wanted>
  void read_types_of(const graph::Graph& graph, Wanted wanted) {
    const auto add_output = [&](const graph::Value value) {
      LayerRow& from = row(graph.node(value.node).layer);
      if (!wanted(from.layer)) return;
      append_new(from.output_type, graph.type(value).to_string(), "; ");
      append_new(from.output_words, words_of(graph.type(value)), "; ");
    };
    for (const graph::Node& node : graph.nodes())
      for (const graph::Value value : node.inputs) {
        if (graph.node(value.node).layer == node.layer) continue;
        add_output(value);
        if (!wanted(node.layer)) continue;
        LayerRow& to = row(node.layer);
        append_new(to.input_type, graph.type(value).to_string(), "; ");
        append_new(to.input_words, words_of(graph.type(value)), "; ");
      }
    for (const graph::Output& output : graph.outputs()) add_output(output.value);
  }

  void read_synthesis(const flows::Synthesis& synthesis) {
    for (const flows::LayerCells& layer : synthesis.layers)
      (layer.layer.empty() ? report_.control : row(layer.layer)).synthesised = layer.cells;
    report_.total.synthesised = synthesis.total;
  }

  void explain_absent() {
    for (LayerRow& absent : report_.layers) {
      if (absent.has_hardware()) continue;
      if (in_final_.contains(absent.layer)) {
        absent.note = "wires only";
      } else if (const LayerRow* next = next_hardware(absent.layer)) {
        absent.note = fmt::format("absorbed by {}", next->layer);
      } else {
        absent.note = "left to the host";
      }
    }
  }

  /// The nearest layer down the network that has hardware.
  const LayerRow* next_hardware(const std::string& layer) {
    std::vector<std::string> open{layer};
    std::set<std::string> seen{layer};
    for (std::size_t i = 0; i < open.size(); ++i) {
      const std::string from = open[i];
      if (const LayerRow& here = row(from); here.has_hardware()) return &here;
      for (const auto& [source, target] : report_.edges)
        if (source == from && seen.insert(target).second) open.push_back(target);
    }
    return nullptr;
  }

  void add_up() {
    LayerRow& total = report_.total;
    total.layer = "total";
    total.last_stage = report_.latency_cycles - 1;
    for (const LayerRow& layer : report_.layers) {
      total.weights += layer.weights;
      total.zero_weights += layer.zero_weights;
      total.adders += layer.adders;
      total.estimated_luts += layer.estimated_luts;
      total.estimated_flip_flops += layer.estimated_flip_flops;
      total.estimated_block_rams += layer.estimated_block_rams;
    }
    report_.control.layer = "handshake";
    report_.control.kind = "valid and ready";
    report_.control.estimated_luts = inputs_.estimate.luts - total.estimated_luts;
    report_.control.estimated_flip_flops =
        inputs_.estimate.register_bits - total.estimated_flip_flops;
    report_.control.estimated_block_rams = inputs_.estimate.block_rams - total.estimated_block_rams;
    total.estimated_luts = inputs_.estimate.luts;
    total.estimated_flip_flops = inputs_.estimate.register_bits;
    total.estimated_block_rams = inputs_.estimate.block_rams;
    total.estimated_dsps = inputs_.estimate.dsps;
  }
};

}  // namespace

bool has_block_rams(const Report& report) {
  return report.total.estimated_block_rams > 0 ||
         (report.synthesis && report.synthesis->total.brams > 0);
}

bool has_dsps(const Report& report) {
  return report.total.estimated_dsps > 0 || (report.synthesis && report.synthesis->total.dsps > 0);
}

Report make_report(const Inputs& inputs) { return Builder(inputs).build(); }

}  // namespace gatefold::report

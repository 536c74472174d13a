#pragma once

#include <optional>
#include <string>

#include "gatefold/report/report.h"

// A report on one dense layer with batch normalisation and a quantizer, whose figures are made up.
namespace gatefold::testing {

class SmallReport {
 public:
  explicit SmallReport(const std::string& dense_layer = "fc1") : dense_(dense_layer) {
    imported_ = network(true);
    graph_ = network(false);
    estimate_.layers = {row("x", {{"receive", 2}}, 0, 0, 8, 0, 0),
                        row(dense_, {{"add", 3}, {"subtract", 1}}, 4, 1234.4, 56, 0, 2),
                        row("relu_quant", {{"clamp", 3}}, 0, 21, 12, 2, 2)};
    estimate_.luts = 1256.4;
    estimate_.register_bits = 79;
    estimate_.latency_cycles = 3;
    estimate_.clock_ns = 2.5;
    estimate_.critical_ns = 2.375;
  }

  /// The dense layer has multipliers that are DSPs, and block RAM with what belongs to no layer.
  void use_blocks() {
    estimate_.layers[1].block_rams = 2;
    estimate_.layers[1].dsps = 5;
    estimate_.block_rams = 3;
    estimate_.dsps = 5;
  }

  void synthesise() {
    synthesis_.emplace();
    synthesis_->target = "xcup";
    synthesis_->tool_version = "Yosys 0.23";
    synthesis_->total = cells(1100, 140, 75);
    synthesis_->layers = {
        {dense_, cells(1090, 140, 55)}, {"relu_quant", cells(19, 0, 12)}, {"", cells(1, 0, 3)}};
  }

  const graph::Graph& graph() const { return graph_; }

  report::Report make() const {
    return report::make_report({imported_,
                                graph_,
                                hardware::Design{},
                                schedule::Schedule{},
                                estimate_,
                                synthesis_,
                                {{"import", 0.25}, {"lower", 1.5}},
                                "xcup"});
  }

 private:
  std::string dense_;
  graph::Graph imported_, graph_;
  schedule::Estimate estimate_;
  std::optional<flows::Synthesis> synthesis_;

  static schedule::LayerEstimate row(std::string layer, std::map<std::string, int> operations,
                                     int adders, double luts, std::int64_t register_bits, int first,
                                     int last) {
    schedule::LayerEstimate row;
    row.layer = std::move(layer);
    row.operations = std::move(operations);
    row.adders = adders;
    row.luts = luts;
    row.register_bits = register_bits;
    row.first_stage = first;
    row.last_stage = last;
    return row;
  }

  static flows::Cells cells(std::int64_t luts, std::int64_t carries, std::int64_t flip_flops) {
    flows::Cells cells;
    cells.luts = luts;
    cells.carries = carries;
    cells.flip_flops = flip_flops;
    cells.levels = 7;
    return cells;
  }

  static graph::Quantize quantizer(int width, bool is_signed) {
    graph::Quantize quantize;
    quantize.grid = numeric::make_grid(width, is_signed, numeric::Rational(1, 4));
    return quantize;
  }

  /// The trained model, with batch normalisation, or what the passes leave of it.
  graph::Graph network(bool is_trained) const {
    graph::Graph g;
    g.name = "small net";
    graph::Value v = *g.add(graph::Input{"x", {2}, quantizer(4, true)}, {}, "x");
    graph::Linear linear;
    linear.weights = {{1, 2, 3}, {1, 0, -3, 2, 0, 0}};
    v = *g.add(linear, {v}, dense_);
    if (is_trained) {
      v = *g.add(graph::Map{graph::Affine{numeric::Rational(1, 2), numeric::Rational(0)}}, {v},
                 "bn");
      v = *g.add(graph::Map{graph::Relu{}}, {v}, "relu_quant");
    }
    v = *g.add(quantizer(4, false), {v}, "relu_quant");
    g.add_output("y", v);
    return g;
  }
};

}  // namespace gatefold::testing

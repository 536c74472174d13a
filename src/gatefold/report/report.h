#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gatefold/flows/synthesise.h"
#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"
#include "gatefold/schedule/estimate.h"
#include "gatefold/schedule/toggles.h"

namespace gatefold::report {

/// A matrix of the graph that is worked off over time, in so many steps at a position.
struct FoldedMatrix {
  const graph::Linear* linear = nullptr;
  std::int64_t multipliers = 0, steps = 0;
};

/// Everything that a report draws on.
struct Inputs {
  const graph::Graph& imported;
  const graph::Graph& graph;
  const hardware::Design& design;
  const schedule::Schedule& schedule;
  const schedule::Estimate& estimate;
  const std::optional<flows::Synthesis>& synthesis;
  std::vector<std::pair<std::string, double>> seconds;  // of the compiler's stages
  std::string target;
  std::string folds = {};                         // why the folds are as they are
  std::optional<schedule::Toggles> toggles = {};  // on real inputs
  std::vector<FoldedMatrix> matrices = {};        // of `graph`; the others are adder graphs
};

/// One trained layer. Absent figures: the layer has no weights, or nothing was synthesised.
struct LayerRow {
  std::string layer, kind;              // kind: what was made of it, in words
  std::vector<std::string> operations;  // `add 123`, `lookup 4`, …
  std::int64_t weights = 0, zero_weights = 0;
  std::string input_type, output_type;    // `[64] u6 *1/32`; several are joined by `; `
  std::string input_words, output_words;  // `64 x u6`: elements, and the bits of each
  int adders = 0;
  double estimated_luts = 0;
  std::int64_t estimated_flip_flops = 0, estimated_block_rams = 0, estimated_dsps = 0;
  std::optional<flows::Cells> synthesised;
  int first_stage = 0, last_stage = -1;  // last < first: no hardware of its own
  std::string note;                      // why it has none; empty when it has some

  bool has_hardware() const { return last_stage >= first_stage; }
  int cycles() const { return last_stage - first_stage + 1; }
};

/// One process of a folded design: what it does in how many steps of an inference.
struct ProcessRow {
  std::string process;
  std::int64_t steps = 1;
  int stages = 1;
  std::int64_t multipliers = 0;
  std::int64_t state_bits = 0, memory_bits = 0;
  std::int64_t queued_beats = 0, queue_bits = 0;  // in the FIFOs that it takes from
};

/// A trained matrix and what its zeros save.
struct MatrixRow {
  std::string layer;
  std::int64_t weights = 0, zero_weights = 0;
  std::int64_t multipliers = 0, steps = 1;  // of a fold, at a position; 0 and 1: an adder graph

  bool is_fold() const { return multipliers > 0; }
  /// The least steps in which as many multipliers can do the same without zeros.
  std::int64_t dense_steps() const;
  std::int64_t saved_steps() const;
};

struct Report {
  std::string model, target;
  std::string target_title;       // `AMD UltraScale+ …`; empty for a target that is not built in
  std::string area_unit = "LUT";  // or the unit of a cell library, whose areas hold registers too
  double clock_ns = 0, critical_ns = 0, latency_ns = 0;
  int latency_cycles = 0, interval_cycles = 0;
  std::vector<LayerRow> layers;       // in the order of the trained model
  std::string folds;                  // why they are as they are; empty for a parallel design
  std::vector<ProcessRow> processes;  // of a folded design
  std::vector<MatrixRow> matrices;    // as they are in hardware
  std::optional<schedule::Toggles> toggles;  // on real inputs; their layers have hardware
  LayerRow control;                          // what belongs to no layer: the handshake
  LayerRow total;  // synthesised: of the whole, where layers do not quite add up
  std::optional<flows::Synthesis> synthesis;
  std::vector<std::pair<std::string, double>> seconds;
  std::vector<std::pair<std::string, std::string>> edges;  // between layers, for the drawn graph
};

/// Whether any block RAMs or DSPs are estimated or synthesised.
bool has_block_rams(const Report& report);
bool has_dsps(const Report& report);

/// Every layer of the imported graph has a row, with hardware or without.
Report make_report(const Inputs& inputs);

/// The processes of a folded design as lines of text; empty for a parallel one.
std::string process_lines(const Report& report);
/// The matrices of a folded design as lines of text; empty for a parallel one.
std::string matrix_lines(const Report& report);
/// What changes in each layer, in bits an inference; empty without real inputs.
std::string activity_lines(const Report& report);
std::vector<ProcessRow> process_rows(const hardware::Design& design,
                                     const schedule::Schedule& schedule);
std::vector<MatrixRow> matrix_rows(const graph::Graph& graph,
                                   const std::vector<FoldedMatrix>& folds);

/// A table for the terminal, at most 120 columns wide.
std::string to_text(const Report& report);
std::string to_json(const Report& report);
/// One self-contained page: figures, bars by layer, the drawn graph of layers, compile times.
std::string to_html(const Report& report);

}  // namespace gatefold::report

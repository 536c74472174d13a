#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"

namespace gatefold::lowering {

/// What holds the multiplications of two computed words.
enum class Multipliers {
  Auto,  // DSPs, where LUTs are dearer or too slow
  Luts,
  Dsps  // wherever their factors fit one
};

/// Their names for the user.
inline constexpr std::array<std::pair<std::string_view, Multipliers>, 3> multipliers{
    {{"auto", Multipliers::Auto}, {"luts", Multipliers::Luts}, {"dsps", Multipliers::Dsps}}};

/// The factors whose multiplication a DSP takes.
struct DspFactors {
  int long_bits = 0, short_bits = 0;  // at most, as signed words; 0: there are no DSPs
  double from_area = 0;               // the least product of both widths that is worth one
  friend bool operator==(const DspFactors&, const DspFactors&) = default;
};

struct LoweringOptions {
  /// Adder levels that a constant matrix may take above the least possible; -1 for as many as save
  /// area.
  int extra_depth = 0;
  /// Work of the search for adder graphs, in proportion; 0 for the first graph found.
  int effort = 1;
  /// What the adders of constant matrices cost.
  adder_graph::CostModel adder_costs;
  /// Most bits that the factors of one multiplication in LUTs have together; a product of wider
  /// factors is in a DSP, else a sum of partial products, of single bits where nothing else fits.
  int product_bits = 2 * numeric::max_word_width;
  /// Adder graphs found so far; copies of the options share them.
  std::shared_ptr<adder_graph::Cache> solved = std::make_shared<adder_graph::Cache>();
  Multipliers multipliers = Multipliers::Auto;
  DspFactors dsp;  // of the target, which `driver::HardwareMaker` fills in by `multipliers`
};

/// How much of the hardware is used again. The reuse of a layer is the number of steps in which a
/// constant matrix may be worked off at a position: 1 is an adder graph, R shares each multiplier
/// among R weights.
struct Folds {
  std::int64_t reuse = 1;                       // of layers that are not named
  std::map<std::string, std::int64_t> layers;   // by the layer's name
  std::map<std::string, DspFactors> dsps = {};  // of layers that differ from the options

  friend bool operator==(const Folds&, const Folds&) = default;
};

/// A network of processes: tensors with several positions (images, sequences) go by one position a
/// step, and each matrix is folded as its layer's reuse allows. No body of a scan may hold a scan.
/// Errors: layers that have no place in a network (NoHardware), else as of `lower`, of all that do
/// not depend on a refused one.
Result<hardware::Design> lower_network(const graph::Graph& graph, const LoweringOptions& options,
                                       const Folds& folds);

/// A fully parallel design of one process and one step per inference, of a graph without scans.
/// Layers and port names are the graph's. Errors, of all layers at once: quantizers too wide to
/// realise exactly (QuantizerTooWide), sums beyond a word (WordTooWide), reloadable matrices
/// (NotReloadable).
Result<hardware::Design> lower(const graph::Graph& graph, const LoweringOptions& options = {});

}  // namespace gatefold::lowering

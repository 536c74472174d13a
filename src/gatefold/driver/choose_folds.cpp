#include "gatefold/driver/choose_folds.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <vector>

#include "gatefold/driver/make_hardware.h"
#include "gatefold/schedule/recurrence.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::driver {
namespace {

/// A constant matrix of the graph: how often an inference uses it, and its size.
struct Matrix {
  std::string layer;
  std::int64_t positions = 1, weights = 1, nonzero = 1;
  bool reloadable = false;  // not as an adder graph
};

/// Matrices with more nonzero weights are not tried as adder graphs, which take long to find.
constexpr std::int64_t most_adder_graph_weights = 1 << 15;

/// `times`: how often an inference uses the graph.
void add_matrices(std::vector<Matrix>& matrices, const graph::Graph& graph, std::int64_t times) {
  for (const graph::Node& node : graph.nodes()) {
    if (const auto* scan = std::get_if<graph::Scan>(&node.op))
      add_matrices(matrices, *scan->body, graph.type(node.inputs.front()).shape.front());
    const auto* linear = std::get_if<graph::Linear>(&node.op);
    if (linear == nullptr) continue;
    const auto& weights = linear->weights;
    const std::int64_t outputs = weights.shape[0] * weights.shape[2];
    matrices.push_back({node.layer, times * (node.outputs.front().size() / outputs), weights.size(),
                        weights.size() - std::ranges::count(weights.data, 0),
                        linear->reloadable.has_value()});
  }
}

std::vector<Matrix> matrices_of(const graph::Graph& graph) {
  std::vector<Matrix> matrices;
  add_matrices(matrices, graph, 1);
  return matrices;
}

/// Cells of each layer: LUTs, and flip-flops at half of one, for there are two beside each.
std::map<std::string, double> cells_of(const schedule::Estimate& estimate) {
  std::map<std::string, double> cells;
  for (const auto& layer : estimate.layers)
    cells[layer.layer] += layer.luts + static_cast<double>(layer.register_bits) / 2;
  return cells;
}

class Chooser {
 public:
  Chooser(const graph::Graph& graph, const schedule::Target& target,
          const lowering::LoweringOptions& options, double clock_ns, const FoldGoals& goals)
      : graph_(graph),
        target_(target),
        options_(options),
        clock_ns_(clock_ns),
        goals_(goals),
        matrices_(matrices_of(graph)) {}

  Result<FoldedDesign> run() {
    if (!goals_.interval && !goals_.latency && !has_budget()) return as_told();
    if (goals_.interval) return within_interval();
    return search();
  }

 private:
  bool has_budget() const { return goals_.luts || goals_.registers; }

  bool fits(const FoldedDesign& made) const {
    return made.estimate.luts <= goals_.luts.value_or(HUGE_VAL) &&
           static_cast<double>(made.estimate.register_bits) <= goals_.registers.value_or(HUGE_VAL);
  }

  bool is_fast(const FoldedDesign& made) const {
    return !goals_.latency || made.schedule.latency_cycles <= *goals_.latency;
  }

  Result<FoldedDesign> make(lowering::Folds folds) const {
    GATEFOLD_CHECK(check_interrupt());
    for (const auto& [layer, reuse] : goals_.layers) folds.layers[layer] = reuse;
    FoldedDesign made;
    HardwareMaker maker(graph_, target_, options_, folds);
    GATEFOLD_TRY(hardware::Design design, maker.design(clock_ns_));
    made.design = schedule::with_least_intervals(std::move(design), target_, clock_ns_);
    GATEFOLD_TRY(made.schedule, schedule::pipeline(made.design, target_, clock_ns_));
    made.estimate = schedule::estimate(made.design, made.schedule, target_);
    made.folds = std::move(folds);
    return made;
  }

  /// Every matrix as slow as an inference each `interval` cycles allows, or an adder graph where
  /// that is smaller.
  Result<FoldedDesign> at_interval(std::int64_t interval) const {
    lowering::Folds folds{std::max<std::int64_t>(1, goals_.reuse.value_or(1)), {}};
    lowering::Folds adders = folds;
    for (const Matrix& matrix : matrices_) {
      folds.layers[matrix.layer] =
          std::max<std::int64_t>(matrix.reloadable ? 2 : 1, interval / matrix.positions);
      const bool tried = !matrix.reloadable && matrix.nonzero <= most_adder_graph_weights;
      adders.layers[matrix.layer] = tried ? 1 : folds.layers[matrix.layer];
    }
    GATEFOLD_TRY(FoldedDesign folded, make(folds));
    if (folds.layers == adders.layers) return folded;
    GATEFOLD_TRY(const FoldedDesign unfolded, make(adders));
    const auto with = cells_of(folded.estimate), without = cells_of(unfolded.estimate);
    lowering::Folds mixed = folds;
    for (auto& [layer, reuse] : mixed.layers)
      if (without.contains(layer) && with.contains(layer) && without.at(layer) <= with.at(layer))
        reuse = adders.layers.at(layer);
    if (mixed.layers == folds.layers) return folded;
    return make(std::move(mixed));
  }

  Result<FoldedDesign> as_told() const {
    GATEFOLD_TRY(FoldedDesign made, make({goals_.reuse.value_or(1), {}}));
    made.reason = "the reuse that was given";
    return made;
  }

  FoldedDesign because(FoldedDesign made, const std::string& reason) const {
    made.reason = reason;
    return made;
  }

  /// What is no matrix takes its own cycles; then the matrices get fewer.
  Result<FoldedDesign> within_interval() const {
    std::int64_t interval = *goals_.interval;
    for (;;) {
      GATEFOLD_TRY(FoldedDesign made, at_interval(interval));
      if (made.schedule.interval_cycles <= *goals_.interval) {
        if (!fits(made)) return impossible("the budget at this interval", made);
        if (!is_fast(made)) return impossible("the latency at this interval", made);
        return because(
            std::move(made),
            fmt::format("the smallest matrices for an interval of {} cycles", *goals_.interval));
      }
      if (interval == 1) return impossible("the interval", made);
      interval = std::max<std::int64_t>(
          1, std::min(interval - 1, interval * *goals_.interval / made.schedule.interval_cycles));
    }
  }

  /// Intervals from one cycle to one multiplier a matrix, each a quarter longer.
  std::vector<std::int64_t> ladder() const {
    std::int64_t longest = 1;
    for (const Matrix& matrix : matrices_)
      longest = std::max(longest, matrix.positions * matrix.weights);
    std::vector<std::int64_t> intervals{1};
    while (intervals.back() < longest)
      intervals.push_back(
          std::min(longest, std::max(intervals.back() + 1, intervals.back() * 5 / 4)));
    return intervals;
  }

  Result<FoldedDesign> search() const {
    const std::vector<std::int64_t> intervals = ladder();
    // Invariant of the bisection: `good` meets the goal, `bad` does not.
    const bool budget = has_budget();
    std::int64_t good = budget ? static_cast<std::int64_t>(intervals.size()) - 1 : 0;
    std::int64_t bad = budget ? -1 : static_cast<std::int64_t>(intervals.size());
    const auto meets = [&](const FoldedDesign& made) {
      return budget ? fits(made) : is_fast(made);
    };
    const auto at = [&](std::int64_t i) {
      return at_interval(intervals[static_cast<std::size_t>(i)]);
    };
    GATEFOLD_TRY(FoldedDesign best, at(good));
    if (!meets(best)) return impossible(budget ? "the budget" : "the latency", best);
    while (std::abs(good - bad) > 1) {
      const std::int64_t middle = (good + bad) / 2;
      GATEFOLD_TRY(FoldedDesign made, at(middle));
      if (meets(made)) {
        good = middle;
        best = std::move(made);
      } else {
        bad = middle;
      }
    }
    if (!is_fast(best)) return impossible("the latency within the budget", best);
    return because(std::move(best), budget ? "the shortest interval that fits the budget"
                                           : "the longest interval that keeps the latency");
  }

  Diagnostic impossible(const std::string& goal, const FoldedDesign& nearest) const {
    return diagnose(DiagnosticId::FoldsImpossible, "", goal, nearest.schedule.interval_cycles,
                    nearest.schedule.latency_cycles, std::ceil(nearest.estimate.luts),
                    nearest.estimate.register_bits);
  }

  const graph::Graph& graph_;
  const schedule::Target& target_;
  const lowering::LoweringOptions& options_;
  double clock_ns_;
  const FoldGoals& goals_;
  std::vector<Matrix> matrices_;
};

}  // namespace

bool FoldGoals::any() const {
  return reuse || !layers.empty() || interval || latency || luts || registers;
}

Status add_reuse(FoldGoals& goals, const std::string& text) {
  const std::size_t equals = text.rfind('=');
  const std::string digits = equals == std::string::npos ? text : text.substr(equals + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < 1)
    return diagnose(DiagnosticId::ReuseMalformed, "", text);
  if (equals == std::string::npos)
    goals.reuse = number;
  else
    goals.layers[text.substr(0, equals)] = number;
  return success();
}

Result<FoldedDesign> choose_folds(const graph::Graph& graph, const schedule::Target& target,
                                  const lowering::LoweringOptions& options, double clock_ns,
                                  const FoldGoals& goals) {
  return Chooser(graph, target, options, clock_ns, goals).run();
}

}  // namespace gatefold::driver

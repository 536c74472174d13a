#include "gatefold/driver/choose_folds.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <vector>

#include "gatefold/driver/fold_trials.h"

namespace gatefold::driver {
namespace {

/// Matrices with more nonzero weights are not tried as adder graphs, which take long to find.
constexpr std::int64_t most_adder_graph_weights = 1 << 15;

/// Networks of at most so many matrices are searched matrix by matrix from both sides.
constexpr std::size_t few_matrices = 8;

/// Designs made at most to fold single matrices further.
constexpr int most_single_steps = 32;

class Chooser {
 public:
  Chooser(const FoldTrials& trials, const FoldGoals& goals) : trials_(trials), goals_(goals) {}

  Result<FoldedDesign> run() const {
    if (goals_.reuse) return as_told();
    if (goals_.interval) return within_interval();
    if (goals_.has_budget()) return within_budget();
    if (goals_.latency) return within_latency();
    return as_told();
  }

 private:
  bool is_fast(const FoldedDesign& made) const {
    return made.schedule.latency_cycles <= goals_.latency.value_or(made.schedule.latency_cycles);
  }

  bool is_frequent(const FoldedDesign& made) const {
    return made.schedule.interval_cycles <= goals_.interval.value_or(made.schedule.interval_cycles);
  }

  bool meets(const FoldedDesign& made) const {
    return is_fast(made) && is_frequent(made) && trials_.fits(made);
  }

  /// The reuse that was given; a budget may still choose what multiplies.
  Result<FoldedDesign> as_told() const {
    GATEFOLD_TRY(FoldedDesign made, trials_.smallest({goals_.reuse.value_or(1), {}}, {}));
    if (!meets(made)) return impossible("the goals at this reuse", made);
    return because(std::move(made), "the reuse that was given");
  }

  /// Every matrix as slow as an inference each `interval` cycles allows, or an adder graph.
  Result<FoldedDesign> at_interval(std::int64_t interval) const {
    lowering::Folds folds{1, {}};
    lowering::Folds adders = folds;
    for (const Matrix& matrix : trials_.matrices()) {
      folds.layers[matrix.layer] = std::max(matrix.least_reuse(), interval / matrix.positions);
      const bool tried = !matrix.reloadable && matrix.nonzero <= most_adder_graph_weights;
      adders.layers[matrix.layer] = tried ? 1 : folds.layers[matrix.layer];
    }
    std::vector<lowering::Folds> others;
    if (folds != adders) others.push_back(std::move(adders));
    return trials_.smallest(folds, std::move(others));
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
      if (is_frequent(made) && !is_fast(made)) return within_latency();
      if (is_frequent(made)) {
        if (!trials_.fits(made)) return impossible("the budget at this interval", made);
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
    for (const Matrix& matrix : trials_.matrices())
      longest = std::max(longest, matrix.positions * matrix.weights);
    std::vector<std::int64_t> intervals{1};
    while (intervals.back() < longest)
      intervals.push_back(
          std::min(longest, std::max(intervals.back() + 1, intervals.back() * 5 / 4)));
    return intervals;
  }

  /// Between rungs of the ladder, of which `good` is taken to have what is wanted and `bad` not:
  /// the last design on the good side; or that of the good rung itself, if even it has not.
  template <typename Wanted>
  Result<FoldedDesign> bisect(std::int64_t good, std::int64_t bad, Wanted wanted) const {
    const std::vector<std::int64_t> intervals = ladder();
    const auto at = [&](std::int64_t i) {
      return at_interval(intervals[static_cast<std::size_t>(i)]);
    };
    GATEFOLD_TRY(FoldedDesign best, at(good));
    if (!wanted(best)) return best;
    while (std::abs(good - bad) > 1) {
      const std::int64_t middle = (good + bad) / 2;
      GATEFOLD_TRY(FoldedDesign made, at(middle));
      const bool is_wanted = wanted(made);
      (is_wanted ? good : bad) = middle;
      if (is_wanted) best = std::move(made);
    }
    return best;
  }

  Result<FoldedDesign> within_budget() const {
    const auto rungs = static_cast<std::int64_t>(ladder().size());
    GATEFOLD_TRY(FoldedDesign best, bisect(rungs - 1, -1, [&](const FoldedDesign& made) {
                   return trials_.fits(made);
                 }));
    if (!trials_.fits(best) && goals_.bounds(Resource::Toggles)) {
      GATEFOLD_TRY(best, shortest_that_fits(std::move(best)));
    }
    if (!trials_.fits(best)) return impossible("the budget", best);
    GATEFOLD_TRY(best, shorter_that_fits(std::move(best)));
    if (!is_fast(best)) return within_latency();
    return because(std::move(best), "the shortest interval that fits the budget");
  }

  /// Intervals between the rung that bisection found and the one before: cells fall with the
  /// interval on the whole, not from one to the next.
  Result<FoldedDesign> shorter_that_fits(FoldedDesign best) const {
    constexpr std::int64_t most_tried = 6;
    const std::vector<std::int64_t> intervals = ladder();
    const std::int64_t found = best.schedule.interval_cycles;
    const auto rung = std::ranges::lower_bound(intervals, found);
    const std::int64_t before = rung == intervals.begin() ? found : *std::prev(rung);
    const std::int64_t step = (found - before + most_tried - 1) / most_tried;
    for (std::int64_t interval = found - step; interval > before; interval -= step) {
      GATEFOLD_TRY(FoldedDesign made, at_interval(interval));
      if (trials_.fits(made)) best = std::move(made);
    }
    return best;
  }

  /// Longer intervals take fewer cells but more toggles: then every few rungs are tried. `nearest`
  /// where nothing fits.
  Result<FoldedDesign> shortest_that_fits(FoldedDesign nearest) const {
    constexpr std::size_t rungs_apart = 3;
    const std::vector<std::int64_t> intervals = ladder();
    for (std::size_t i = 0; i < intervals.size(); i += rungs_apart) {
      GATEFOLD_TRY(FoldedDesign made, at_interval(intervals[i]));
      if (trials_.fits(made)) return made;
    }
    return nearest;
  }

  /// The longest interval that keeps the latency (and the interval that was asked for), then single
  /// matrices slower still; or what is folded further than that, with single matrices faster.
  Result<FoldedDesign> within_latency() const {
    const auto rungs = static_cast<std::int64_t>(ladder().size());
    std::optional<FoldedDesign> too_slow;
    GATEFOLD_TRY(FoldedDesign best, bisect(0, rungs, [&](const FoldedDesign& made) {
                   const bool keeps = is_fast(made) && is_frequent(made);
                   if (!keeps) too_slow = made;
                   return keeps;
                 }));
    if (!is_fast(best)) return impossible("the latency", best);
    GATEFOLD_TRY(best, folded_further(std::move(best)));
    if (too_slow && trials_.matrices().size() <= few_matrices) {
      GATEFOLD_TRY(const FoldedDesign faster, folded_less(*std::move(too_slow)));
      if (is_better(faster, best)) best = faster;
    }
    if (!meets(best)) return impossible("these goals together", best);
    return because(std::move(best), "the smallest design found that keeps the latency");
  }

  /// What makes a matrix faster: half its reuse, or the least.
  std::set<std::int64_t> faster_reuses(const FoldedDesign& made, const std::string& layer) const {
    const auto matrix = std::ranges::find(trials_.matrices(), layer, &Matrix::layer);
    const std::int64_t reuse = made.folds.layers.at(layer), least = matrix->least_reuse();
    std::set<std::int64_t> faster{std::max(least, reuse / 2), least};
    faster.erase(faster.lower_bound(reuse), faster.end());
    return faster;
  }

  /// One matrix faster at a time: the one that saves cycles of latency for the fewest cells, until
  /// the goal's are kept or nothing saves any.
  Result<FoldedDesign> folded_less(FoldedDesign made) const {
    while (!is_fast(made) || !is_frequent(made)) {
      std::optional<FoldedDesign> best;
      double best_rate = 0;
      for (const std::string& layer : by_size(made))
        for (const std::int64_t reuse : faster_reuses(made, layer)) {
          lowering::Folds folds = made.folds;
          folds.layers.at(layer) = reuse;
          GATEFOLD_TRY(FoldedDesign next, trials_.make(std::move(folds)));
          const int saved = made.schedule.latency_cycles - next.schedule.latency_cycles;
          if (saved <= 0) continue;
          const double rate = (trials_.size(next) - trials_.size(made)) / saved;
          if (best && rate >= best_rate) continue;
          best_rate = rate;
          best = std::move(next);
        }
      if (!best) return made;
      made = *std::move(best);
    }
    return made;
  }

  /// Matrices whose reuse the goals leave open, the largest first.
  std::vector<std::string> by_size(const FoldedDesign& made) const {
    std::vector<std::pair<double, std::string>> sizes;
    for (const auto& [layer, resources] : trials_.resources_by_matrix(made))
      if (made.folds.layers.contains(layer) && !goals_.layers.contains(layer))
        sizes.emplace_back(-trials_.size(resources), layer);
    std::ranges::sort(sizes);
    std::vector<std::string> layers;
    for (auto& [size, layer] : sizes) layers.push_back(std::move(layer));
    return layers;
  }

  bool is_better(const FoldedDesign& made, const FoldedDesign& best) const {
    return is_fast(made) && is_frequent(made) && trials_.size(made) < trials_.size(best);
  }

  /// Single matrices folded further as long as the design gets smaller and keeps its cycles: to
  /// twice the reuse, then to a quarter more.
  Result<FoldedDesign> folded_further(FoldedDesign best) const {
    int steps = 0;
    for (const int quarters : {8, 5})
      for (const std::string& layer : by_size(best))
        while (steps < most_single_steps) {
          lowering::Folds folds = best.folds;
          std::int64_t& reuse = folds.layers.at(layer);
          reuse = std::max(reuse + 1, reuse * quarters / 4);
          GATEFOLD_TRY(FoldedDesign made, trials_.make(std::move(folds)));
          ++steps;
          if (!is_better(made, best)) break;
          best = std::move(made);
        }
    return best;
  }

  Diagnostic impossible(const std::string& goal, const FoldedDesign& nearest) const {
    std::string takes;
    for (const Resource resource : all_resources)
      if (nearest.resources[resource] > 0)
        takes += fmt::format("{}{:.0f} {}", takes.empty() ? "" : ", ",
                             std::ceil(nearest.resources[resource]), name_of(resource));
    return diagnose(DiagnosticId::FoldsImpossible, "", goal, nearest.schedule.interval_cycles,
                    nearest.schedule.latency_cycles, takes);
  }

  const FoldTrials& trials_;
  const FoldGoals& goals_;
};

}  // namespace

bool FoldGoals::any() const {
  return reuse || !layers.empty() || interval || latency || has_budget();
}

bool FoldGoals::has_budget() const { return !unbounded().within(most); }

bool FoldGoals::bounds(Resource resource) const { return std::isfinite(most[resource]); }

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
  const FoldTrials trials(graph, target, options, clock_ns, goals);
  return Chooser(trials, goals).run();
}

}  // namespace gatefold::driver

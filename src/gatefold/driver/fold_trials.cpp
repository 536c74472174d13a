#include "gatefold/driver/fold_trials.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "gatefold/driver/cheapest_choice.h"
#include "gatefold/driver/make_hardware.h"
#include "gatefold/lowering/folded_product.h"
#include "gatefold/schedule/recurrence.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::driver {
namespace {

/// `times`: how often an inference uses the graph.
void add_matrices(std::vector<Matrix>& matrices, const graph::Graph& graph, std::int64_t times) {
  for (const graph::Node& node : graph.nodes()) {
    if (const auto* scan = std::get_if<graph::Scan>(&node.op))
      add_matrices(matrices, *scan->body, times * graph.type(node.inputs.front()).shape.front());
    if (std::holds_alternative<graph::Contract>(node.op)) {
      const auto sizes = lowering::product_sizes(graph, node);
      matrices.push_back(
          {node.layer, times * sizes.batches * sizes.rows, sizes.terms(), sizes.terms()});
    }
    const auto* linear = std::get_if<graph::Linear>(&node.op);
    if (linear == nullptr) continue;
    const auto& weights = linear->weights;
    const std::int64_t outputs = weights.shape[0] * weights.shape[2];
    matrices.push_back({node.layer, times * (node.outputs.front().size() / outputs), weights.size(),
                        weights.size() - std::ranges::count(weights.data, 0),
                        linear->reloadable.has_value()});
  }
}

/// How often a choice is made anew with less room, where layers took more together than apart.
constexpr int most_corrections = 3;

}  // namespace

FoldTrials::FoldTrials(const graph::Graph& graph, const schedule::Target& target,
                       const lowering::LoweringOptions& options, double clock_ns,
                       const FoldGoals& goals)
    : graph_(graph), target_(target), options_(options), clock_ns_(clock_ns), goals_(goals) {
  add_matrices(matrices_, graph, 1);
}

Result<FoldedDesign> FoldTrials::make(lowering::Folds folds) const {
  GATEFOLD_CHECK(check_interrupt());
  for (const auto& [layer, reuse] : goals_.layers) folds.layers[layer] = reuse;
  for (const auto& [layer, factors] : goals_.dsps) folds.dsps[layer] = factors;
  FoldedDesign made;
  HardwareMaker maker(graph_, target_, options_, folds);
  GATEFOLD_TRY(hardware::Design design, maker.design(clock_ns_));
  made.design = schedule::with_least_intervals(std::move(design), target_, clock_ns_);
  GATEFOLD_TRY(made.schedule, schedule::pipeline(made.design, target_, clock_ns_));
  made.estimate = schedule::estimate(made.design, made.schedule, target_);
  if (!goals_.inputs.empty())
    made.toggles = schedule::count_toggles(made.design, made.schedule, goals_.inputs);
  made.resources = resources_of(made.estimate, target_, made.toggles);
  made.folds = std::move(folds);
  return made;
}

Result<FoldedDesign> FoldTrials::smallest(const lowering::Folds& folds,
                                          std::vector<lowering::Folds> others) const {
  std::vector<FoldedDesign> ways(1);
  GATEFOLD_TRY(ways.front(), make(folds));
  std::ranges::move(with_multipliers(ways.front()), std::back_inserter(others));
  for (lowering::Folds& other : others) {
    GATEFOLD_TRY(FoldedDesign made, make(std::move(other)));
    ways.push_back(std::move(made));
  }
  return mixed(std::move(ways));
}

/// The same folds, with what multiplies in the other ways that the budget may want: only LUTs, or
/// DSPs wherever they fit.
std::vector<lowering::Folds> FoldTrials::with_multipliers(const FoldedDesign& made) const {
  std::vector<lowering::Multipliers> wanted;
  if (options_.multipliers == lowering::Multipliers::Auto && target_.dsp.exist()) {
    if (goals_.bounds(Resource::Dsps)) wanted.push_back(lowering::Multipliers::Luts);
    if (goals_.bounds(Resource::Luts) || goals_.bounds(Resource::Registers))
      wanted.push_back(lowering::Multipliers::Dsps);
  }
  std::vector<lowering::Folds> ways;
  for (const lowering::Multipliers multipliers : wanted) {
    lowering::Folds& way = ways.emplace_back(made.folds);
    for (const auto& row : made.estimate.layers)
      way.dsps[row.layer] = dsp_factors(target_, multipliers, clock_ns_);
  }
  return ways;
}

/// The matrix of each layer: itself, or the last one before it in the design; none before the
/// first.
std::map<std::string, std::string> FoldTrials::matrix_of_layers(const FoldedDesign& made) const {
  std::set<std::string> matrices;
  for (const Matrix& matrix : matrices_) matrices.insert(matrix.layer);
  std::map<std::string, std::string> matrix_of;
  std::string matrix;
  for (const auto& row : made.estimate.layers) {
    if (matrices.contains(row.layer)) matrix = row.layer;
    if (!matrix.empty()) matrix_of.emplace(row.layer, matrix);
  }
  return matrix_of;
}

std::map<std::string, Resources> FoldTrials::resources_by_matrix(const FoldedDesign& made) const {
  std::map<std::string, Resources> matrices;
  for (const Matrix& matrix : matrices_) matrices[matrix.layer];
  const auto layers = resources_by_layer(made.estimate, target_, made.toggles);
  for (const auto& [layer, matrix] : matrix_of_layers(made)) matrices[matrix] += layers.at(layer);
  return matrices;
}

/// What the goals leave to the matrices.
Resources FoldTrials::bounds_of_matrices(const FoldedDesign& made) const {
  Resources bounds = goals_.most, elsewhere = made.resources;
  for (const auto& [layer, resources] : resources_by_matrix(made)) elsewhere -= resources;
  bounds -= elsewhere;
  return bounds;
}

std::optional<lowering::Folds> FoldTrials::chosen(const std::vector<FoldedDesign>& ways,
                                                  const Resources& bounds) const {
  std::map<std::string, std::vector<Option>> options;
  for (const FoldedDesign& way : ways)
    for (const auto& [layer, resources] : resources_by_matrix(way))
      options[layer].push_back({size(resources), resources});
  std::vector<std::vector<Option>> layers;
  for (auto& [layer, of_layer] : options) layers.push_back(std::move(of_layer));
  const auto choice = cheapest_choice(layers, bounds);
  if (!choice) return std::nullopt;
  std::map<std::string, const lowering::Folds*> way_of;
  for (std::size_t i = 0; const auto& [layer, of_layer] : options)
    way_of[layer] = &ways[(*choice)[i++]].folds;
  lowering::Folds folds = ways.front().folds;
  for (const auto& [layer, way] : way_of)
    if (way->layers.contains(layer)) folds.layers[layer] = way->layers.at(layer);
  for (const auto& [layer, matrix] : matrix_of_layers(ways.front()))
    if (const auto& dsps = way_of.at(matrix)->dsps; dsps.contains(layer))
      folds.dsps[layer] = dsps.at(layer);
  return folds;
}

/// How many bounds of the goals.
std::ptrdiff_t FoldTrials::exceeded(const FoldedDesign& made) const {
  return std::ranges::count_if(all_resources, [&](Resource resource) {
    return made.resources[resource] > goals_.most[resource];
  });
}

/// The smallest of those that exceed the fewest bounds.
const FoldedDesign& FoldTrials::best_of(const std::vector<FoldedDesign>& ways) const {
  return *std::ranges::min_element(
      ways, {}, [&](const FoldedDesign& way) { return std::pair(exceeded(way), size(way)); });
}

/// Each matrix as in one of these designs, of which there is one at least.
Result<FoldedDesign> FoldTrials::mixed(std::vector<FoldedDesign> ways) const {
  Resources bounds = bounds_of_matrices(ways.front());
  for (int i = 0; i < most_corrections; ++i) {
    auto folds = chosen(ways, bounds);
    if (!folds) break;
    const bool is_known =
        std::ranges::any_of(ways, [&](const FoldedDesign& way) { return way.folds == *folds; });
    if (is_known) break;
    GATEFOLD_TRY(FoldedDesign made, make(*std::move(folds)));
    for (std::size_t r = 0; r < resource_count; ++r)
      bounds.amounts[r] -= std::max(0.0, made.resources.amounts[r] - goals_.most.amounts[r]);
    const bool is_met = fits(made);
    ways.push_back(std::move(made));
    if (is_met) break;
  }
  return best_of(ways);
}

}  // namespace gatefold::driver
